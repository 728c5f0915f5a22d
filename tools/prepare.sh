#!/usr/bin/env bash
# What make run and make demo need before they start the program: packages, build, models.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/setup.sh build
tools/build.sh
models=${PICSHARZ_DATA__DIR:-$PWD/data}/models
mkdir -p "$(dirname "$models")"
if ! /usr/bin/python3 tools/models/prepare.py "$models"; then
  echo "The models could not be prepared (see above). Picsharz starts without them: photos get" >&2
  echo "no labels, and each is held until a moderator has seen it. make run tries again." >&2
fi
if ! /usr/bin/python3 tools/fetch_duckdb.py "$models"; then
  echo "DuckDB could not be fetched (see above). Picsharz starts without it: backups are JSON," >&2
  echo "and no question in SQL is answered. make run tries again." >&2
fi
