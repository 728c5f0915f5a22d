"""LH: five pages of the web as a phone sees them, by Lighthouse (tests/lighthouse)."""

import json
import os
import subprocess

import lab
from lab import BenchError

FOLDER = lab.ROOT / "tests/lighthouse"
RUNS = 3  # of each page; the median counts
PATIENCE = 1800


def measure():
    """{page: {performance, lcp_ms, tbt_ms, cls}} of a server with some photographs."""
    environment = dict(os.environ, PICSHARZ_BINARY=str(lab.BINARY),
                       PICSHARZ_MODELS=str(lab.ROOT / "build/models"))
    try:
        subprocess.run([lab.ROOT / "tools/web.sh", "ci", FOLDER], check=True, capture_output=True,
                       text=True)
        node = subprocess.run([lab.ROOT / "tools/node.sh"], check=True, capture_output=True,
                              text=True).stdout.strip()
        ran = subprocess.run([node, "lighthouse.mjs", "--json", "--runs", str(RUNS)], cwd=FOLDER,
                             env=environment, check=True, capture_output=True, text=True,
                             timeout=PATIENCE)
    except subprocess.CalledProcessError as error:
        raise BenchError(f"Lighthouse: {error.stderr.strip()[-500:]}") from error
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"Lighthouse did not end within {PATIENCE} s") from error
    return json.loads(ran.stdout)


def lh(report, _options, _month):
    for page, found in measure().items():
        report.add("LH", page, f"performance {found['performance']:.0f}, "
                   f"LCP {found['lcp_ms'] / 1e3:.2f} s, TBT {found['tbt_ms']:.0f} ms, "
                   f"CLS {found['cls']:.3f}", **found)
