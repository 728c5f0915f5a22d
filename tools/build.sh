#!/usr/bin/env bash
# Builds the optimised program, build/release/picsharz, with the web application inside.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/web.sh
cmake --preset release --log-level=WARNING >/dev/null
ninja -C build/release --quiet picsharz
