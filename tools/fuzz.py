#!/usr/bin/python3
"""Runs the fuzz targets of tests/fuzz: each for a number of runs, or for a time.

    tools/fuzz.py [--runs 100000 | --seconds 600] [--only NAME,...] [--no-build] [--seed 1]

Builds them with clang-19 (preset "fuzz": AddressSanitizer, UndefinedBehaviorSanitizer), makes their
seeds, and ends with 1 where one found something. The input that did it stays in build/fuzz/found;
what a long run learnt stays in build/fuzz/corpus. Runs and seed are fixed, so that the same program
gives the same answer.
"""

import argparse
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build/fuzz"
LONGEST_INPUT = 65536
INPUT_SECONDS = 5  # one input may take; more is a finding, too


def build():
    for command in (["cmake", "--preset", "fuzz"],
                    ["ninja", "-C", str(BUILD), "fuzz_programs"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def targets():
    return sorted(path.name.removeprefix("fuzz_") for path in (BUILD / "tests/fuzz").glob("fuzz_*")
                  if path.is_file() and os.access(path, os.X_OK))


def folders(name):
    """Where this target's seeds, corpus and findings are; the seeds are made anew."""
    made = [BUILD / kind / name for kind in ("seeds", "corpus", "found")]
    shutil.rmtree(made[0], ignore_errors=True)
    for folder in made:
        folder.mkdir(parents=True, exist_ok=True)
    program = BUILD / "tests/fuzz" / f"seeds_{name}"
    if program.exists():
        subprocess.run([program, made[0]], check=True, stdout=subprocess.DEVNULL)
    return made


def run(name, options):
    seeds, corpus, found = folders(name)
    bound = ([f"-max_total_time={options.seconds}"] if options.seconds
             else [f"-runs={options.runs}"])
    # A run of fixed length begins with the seeds alone: what another one learnt would change it.
    inputs = [corpus, seeds] if options.seconds else [seeds]
    command = [BUILD / "tests/fuzz" / f"fuzz_{name}", *bound, f"-seed={options.seed}",
               f"-max_len={LONGEST_INPUT}", f"-timeout={INPUT_SECONDS}", "-rss_limit_mb=2048",
               f"-artifact_prefix={found}/", "-print_final_stats=1", "-verbosity=0", *inputs]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    if done.returncode:
        print(f"{name}: FAILED\n{done.stdout[-6000:]}")
        return False
    executed = [line.split()[-1] for line in done.stdout.splitlines()
                if "number_of_executed_units" in line]
    print(f"{name}: fine, {executed[0] if executed else '?'} runs", flush=True)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000, help="of each target")
    parser.add_argument("--seconds", type=int, default=0, help="of each target, in place of runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="targets, with commas")
    parser.add_argument("--no-build", action="store_true")
    options = parser.parse_args()
    if not options.no_build:
        build()
    names = options.only.split(",") if options.only else targets()
    if not names:
        print("there are no fuzz targets")
        return 1
    return 0 if all([run(name, options) for name in names]) else 1


if __name__ == "__main__":
    sys.exit(main())
