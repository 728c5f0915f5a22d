#!/usr/bin/env bash
# Builds the web application into web/dist, where its inputs changed since the last time.
#
#   tools/web.sh            build
#   tools/web.sh ci DIR     only npm ci in DIR, where its lock file changed (tests/browser ...)
#
# What was built from what is remembered by hashes in .cache/web; web/dist itself is embedded into
# the program, so no stamp of ours may lie in it.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$(tools/node.sh)
PATH=$(dirname "$node"):$PATH
export PATH npm_config_update_notifier=false npm_config_fund=false npm_config_audit=false
mkdir -p .cache/web
exec 9>.cache/web/lock
flock 9  # two builds at once would write into each other's folder

install() {  # npm ci in "$1", if the lock file or Node is not what it was
  local dir=$1 stamp
  stamp=$({ node --version && cat "$dir/package.json" "$dir/package-lock.json"; } | sha256sum)
  [[ $(cat "$dir/node_modules/.stamp" 2>/dev/null) == "$stamp" ]] && return
  echo "npm ci in $dir"
  (cd "$dir" && npm ci --ignore-scripts --no-progress --loglevel=error)
  echo "$stamp" > "$dir/node_modules/.stamp"
}

inputs() {  # one hash of everything the build reads
  {
    node --version
    find web api -type d \( -name node_modules -o -name dist \) -prune -o -type f -print0 |
      LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum
}

if [[ ${1:-} == ci ]]; then
  install "$2"
  exit 0
fi
before=$(inputs)
[[ -f web/dist/index.html && $(cat .cache/web/built 2>/dev/null) == "$before" ]] && exit 0
install web
echo "Building the web application"
(cd web && npm run --silent build)
inputs > .cache/web/built  # after: the build may write a generated source
