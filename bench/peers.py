"""Other programs that make the same three renditions of the same photos, with one thread each.

A maker has a name, `make(paths)`, which makes the renditions and checks that they are there, and
`cpu()`: seconds that it has used so far, in all its processes. Paths are of different files, as
libvips remembers what it did with a name.
"""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import lab
from lab import BenchError

SHARP = lab.ROOT / "bench/sharp"
# What src/image has: widths (and at most twice as high), qualities, WebP's effort.
RENDITIONS = {320: "webp[Q=75,effort=0,strip]", 640: "webp[Q=75,effort=0,strip]",
              1280: "jpg[Q=80,strip]"}


class Sharp:
    """A warm Node process: bench/sharp, pinned by its lock file."""

    def __init__(self, process, version):
        self.process = process
        self.name = f"sharp {version}"

    def cpu(self):
        return lab.tree_cpu(self.process.pid)

    def make(self, paths):
        for path in paths:
            self.process.stdin.write(f"{path}\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            made = json.loads(answer) if answer else []
            if len(made) != len(RENDITIONS) or min(made) == 0:
                raise BenchError(f"sharp made {made} of {path}")


@contextlib.contextmanager
def sharp():
    try:
        subprocess.run([lab.ROOT / "tools/web.sh", "ci", SHARP], check=True, capture_output=True)
        node = subprocess.run([lab.ROOT / "tools/node.sh"], check=True, capture_output=True,
                              text=True).stdout.strip()
    except subprocess.CalledProcessError as error:
        raise BenchError(f"sharp cannot be installed: {error.stderr}") from error
    version = json.loads((SHARP / "node_modules/sharp/package.json").read_text())["version"]
    process = subprocess.Popen([node, "renditions.mjs"], cwd=SHARP, text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield Sharp(process, version)
    finally:
        lab.end(process)


class Vipsthumbnail:
    """A process for each size makes that rendition of all photos, so its start counts little."""

    def __init__(self, folder, version):
        self.folder = folder
        self.name = f"vipsthumbnail {version}"
        self.spent = 0.0

    def cpu(self):
        return self.spent

    def make(self, paths):
        for size, output in RENDITIONS.items():
            for old in self.folder.iterdir():
                old.unlink()
            self.run("--size", f"{size}x{2 * size}>", "-o", f"{self.folder}/%s.{output}", *paths)
            if len(list(self.folder.iterdir())) != len(paths):
                raise BenchError(f"vipsthumbnail did not make the {size} of every photo")

    def run(self, *arguments):
        process = subprocess.Popen(["vipsthumbnail", *map(str, arguments)],
                                   env=os.environ | {"VIPS_CONCURRENCY": "1"})
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise BenchError(f"vipsthumbnail ended with {process.returncode}")
        self.spent += used.ru_utime + used.ru_stime


@contextlib.contextmanager
def vipsthumbnail():
    if not shutil.which("vipsthumbnail"):
        raise BenchError("vipsthumbnail is not installed")
    said = subprocess.run(["vipsthumbnail", "--vips-version"], check=True, capture_output=True,
                          text=True).stdout
    version = re.search(r"\d+\.\d+\.\d+", said)
    with tempfile.TemporaryDirectory() as folder:
        yield Vipsthumbnail(Path(folder), version.group() if version else "?")
