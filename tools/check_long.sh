#!/usr/bin/env bash
# What takes too long for every change: clang-tidy on every file, the unit tests under
# ThreadSanitizer, ten minutes of each fuzz target, and the whole of make test with more kills,
# cuts, crashes and mutants.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh build test long
/usr/bin/python3 tools/tidy.py --all
/usr/bin/python3 tools/run_tests.py --only unit --preset tsan
/usr/bin/python3 tools/fuzz.py --seconds 600
# The longer counts of reliability's promises: kills, cuts, crash points, what waits, mutants.
export PICSHARZ_KILLS=2000 PICSHARZ_CUTS=1000 PICSHARZ_CRASHES=2500 PICSHARZ_WAITING=10000
export PICSHARZ_MAIL_EVENTS=1000 PICSHARZ_MAIL_SECONDS=600
export PICSHARZ_WORKER_KILLS=200 PICSHARZ_MUTANTS=100000 PICSHARZ_RACES=1000 PICSHARZ_CLIMBS=100
export PICSHARZ_DECODER=$PWD/build/release/picsharz
# Every page at 768 px too, in the pseudo-locale and from right to left; people, and API tests whose
# subject is no database, on both engines.
export PICSHARZ_MATRIX=all
# Mail alone: eleven faults of ten minutes each.
export PICSHARZ_TEST_TIMEOUT=14400
/usr/bin/python3 tools/run_tests.py
