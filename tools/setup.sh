#!/usr/bin/env bash
# Installs the Debian packages that are missing.
#
#   tools/setup.sh GROUP...      groups of tools/packages.txt: build test bench long
#
# Where nothing is missing it changes nothing and ends at once. Installing needs root or sudo.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted() {  # the packages of the groups "$@" that no command on the PATH makes unnecessary
  local group package unless _
  while read -r group package unless _; do
    [[ $group == \#* || -z $group ]] && continue
    [[ " $* " == *" $group "* ]] || continue
    [[ $unless != - ]] && command -v "$unless" >/dev/null && continue
    echo "$package"
  done < tools/packages.txt | sort -u
}

missing() {
  local packages installed
  mapfile -t packages < <(wanted "$@")
  # dpkg-query fails where it does not know a package; that one is missing, and comes out below.
  installed=$(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${packages[@]}" 2>/dev/null |
    sed -n 's/^installed //p') || true
  comm -23 <(printf '%s\n' "${packages[@]}") <(sort -u <<<"$installed")
}

if [[ $# -eq 0 ]]; then
  echo "usage: tools/setup.sh GROUP...   (build test bench long)" >&2
  exit 2
fi
if ! command -v dpkg-query >/dev/null; then
  echo "Picsharz is built on Debian 12; this system has no dpkg. Install the packages of" >&2
  echo "tools/packages.txt by hand, then run cmake --preset release && ninja -C build/release." >&2
  exit 1
fi
mapfile -t packages < <(missing "$@")
[[ ${#packages[@]} -eq 0 ]] && exit 0

as_root=()
if [[ $(id -u) -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "These packages are missing: ${packages[*]}" >&2
    echo "Installing them needs root, and there is no sudo. As root, run:" >&2
    echo "  apt-get install --no-install-recommends ${packages[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi
echo "Installing what is missing: ${packages[*]}"
apt() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"; }
apt update
apt install -y --no-install-recommends "${packages[@]}"
