"""LH: five pages of the web as a phone sees them, by Lighthouse (tests/lighthouse). UI: how quickly
they answer, and how smoothly a long list moves (tests/browser/speed.mjs)."""

import json
import os
import subprocess

import lab
from lab import BenchError

RUNS = 5  # of each page; the median counts
# What is to be reached on each page, in the words of the script: at least, and at most.
LEAST = {"performance": 95}
MOST = {"lcp_ms": 1800, "tbt_ms": 50, "cls": 0.01}
PATIENCE = 1800


def node(folder, *command):
    """What a script of the web's tests prints as JSON."""
    environment = dict(os.environ, PICSHARZ_BINARY=str(lab.BINARY),
                       PICSHARZ_MODELS=str(lab.ROOT / "build/models"))
    try:
        subprocess.run([lab.ROOT / "tools/web.sh", "ci", folder], check=True, capture_output=True,
                       text=True)
        program = subprocess.run([lab.ROOT / "tools/node.sh"], check=True, capture_output=True,
                                 text=True).stdout.strip()
        ran = subprocess.run([program, *command, "--json"], cwd=folder, env=environment, check=True,
                             capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.CalledProcessError as error:
        raise BenchError(f"{command[0]}: {error.stderr.strip()[-500:]}") from error
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"{command[0]} did not end within {PATIENCE} s") from error
    return json.loads(ran.stdout)


def missed(found):
    """The figures of a page that do not reach their target."""
    low = [name for name, least in LEAST.items() if round(found[name]) < least]
    return low + [name for name, most in MOST.items() if found[name] > most]


def lh(report, _options, _month):
    pages = node(lab.ROOT / "tests/lighthouse", "lighthouse.mjs", "--runs", str(RUNS))
    for page, found in pages.items():
        short = missed(found)
        report.add("LH", page, f"performance {found['performance']:.0f}, "
                   f"LCP {found['lcp_ms'] / 1e3:.2f} s, TBT {found['tbt_ms']:.0f} ms, "
                   f"CLS {found['cls']:.3f}, benchmark index {found['index']:.0f}: " +
                   ("reached" if not short else "missed " + ", ".join(short)), **found)


def ui(report, _options, _month):
    found = node(lab.ROOT / "tests/browser", "speed.mjs")
    for what, milliseconds in found["inp_ms"].items():
        report.add("UI", what, f"{milliseconds:.0f} ms", inp_ms=milliseconds)
    frames = found["frames"]
    report.add("UI", "a list of 100,000 scrolls", f"{frames['scrolling']:.0f} frames/s (at rest "
               f"{frames['resting']:.0f})", **frames)
    report.add("UI", "Back", f"{found['back_ms']:.0f} ms", back_ms=found["back_ms"])
