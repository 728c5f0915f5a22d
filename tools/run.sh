#!/usr/bin/env bash
# From a fresh Debian 12 to a running Picsharz: packages, program, models, start.
#
#   tools/run.sh [flags of `picsharz serve`]
#
# Nothing needs to be configured: the database and the photos lie in ./data.
set -euo pipefail
cd "$(dirname "$0")/.."
export PICSHARZ_DATA__DIR=${PICSHARZ_DATA__DIR:-$PWD/data}
tools/prepare.sh
exec build/release/picsharz serve "$@"
