#!/usr/bin/env bash
# What takes too long for every change: clang-tidy on every file, the unit tests under
# ThreadSanitizer, and the whole of make test.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh build test long
/usr/bin/python3 tools/tidy.py --all
/usr/bin/python3 tools/run_tests.py --only unit --preset tsan
/usr/bin/python3 tools/run_tests.py
