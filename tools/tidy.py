#!/usr/bin/env python3
"""clang-tidy over what changed since the last commit (and on this branch), or over everything.

    tools/tidy.py [--all | FILE...]

The checks are in .clang-tidy. The compile commands come from the preset tidy (clang 19).
"""

import argparse
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree

BUILD = tree.ROOT / "build/tidy"
TIDY = "clang-tidy-19"
# A test is to be read: it may copy, swallow the exception that it provokes, count down in a
# condition, read a number that it has written itself, and call the system wrongly on purpose.
TESTS_MAY = ("-performance-*,-bugprone-empty-catch,-bugprone-inc-dec-in-conditions,-cert-err34-c,"
             "-clang-analyzer-unix.*")


def git(*arguments):
    run = subprocess.run(["git", *arguments], cwd=tree.ROOT, capture_output=True, text=True)
    return run.stdout.split("\n") if run.returncode == 0 else []


def changed():
    names = set(git("diff", "--name-only", "HEAD")) | set(git("diff", "--name-only", "main...HEAD"))
    names |= set(git("ls-files", "--others", "--exclude-standard"))
    return {tree.ROOT / name for name in names}


def commands():
    """The C++ files of ours that the build compiles; generated ones are not ours."""
    subprocess.run(["cmake", "--preset", "tidy", "--log-level=WARNING"], cwd=tree.ROOT, check=True,
                   stdout=subprocess.DEVNULL)
    entries = json.loads((BUILD / "compile_commands.json").read_text(encoding="utf-8"))
    files = {Path(entry["file"]) for entry in entries}
    return sorted(file for file in files if BUILD not in file.parents)


def tidy(file):
    less = ["--checks=" + TESTS_MAY] if "_test." in file.name else []
    run = subprocess.run([TIDY, "--quiet", *less, "-p", str(BUILD), str(file)],
                         capture_output=True, text=True)
    # Standard error holds only how many warnings were left out, unless clang-tidy itself failed.
    return run.returncode, run.stdout if run.stdout or not run.returncode else run.stderr


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--all", action="store_true", help="every file")
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    wanted = {file.resolve() for file in options.files} or (None if options.all else changed())
    files = [file for file in commands() if wanted is None or file in wanted]
    failed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for file, (code, output) in zip(files, pool.map(tidy, files)):
            if code:
                failed += 1
                print(f"--- {file.relative_to(tree.ROOT)}\n{output}")
    print(f"tidy: {len(files)} files, {failed} with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
