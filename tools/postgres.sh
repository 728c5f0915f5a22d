#!/usr/bin/env bash
# A private PostgreSQL 15 on loopback, for tests. Nothing in it is meant to survive: fsync is off.
#
#   tools/postgres.sh start DIR [SETTING...]
#                                  makes a cluster in DIR, starts it on a free port, prints its URL
#   tools/postgres.sh stop DIR
#
# A setting is a line of postgresql.conf.
#
# PostgreSQL refuses to run as root: then it runs as the user postgres, who must be able to reach
# DIR.
set -euo pipefail
command=${1:?start or stop}
dir=$(realpath -m "${2:?a directory}")
bin=/usr/lib/postgresql/15/bin

as() { if [[ $(id -u) -eq 0 ]]; then runuser -u postgres -- "$@"; else "$@"; fi; }

free_port() {
  /usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0))
print(s.getsockname()[1])'
}

start() {
  local port=$1
  # The log lies outside data/, which must be PostgreSQL's alone.
  as "$bin/pg_ctl" -D "$dir/data" -l "$dir/log" -w -t 60 start \
    -o "-p $port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$dir" >/dev/null
}

if [[ $command == stop ]]; then
  as "$bin/pg_ctl" -D "$dir/data" -m immediate -w stop >/dev/null
  exit 0
fi
mkdir -p "$dir"
[[ $(id -u) -ne 0 ]] || chown postgres "$dir"
as "$bin/initdb" -D "$dir/data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 >/dev/null
as tee -a "$dir/data/postgresql.conf" >/dev/null <<C
fsync = off
jit = off
max_connections = 200
shared_buffers = 64MB
random_page_cost = 1.1
C
printf '%s\n' "${@:3}" | as tee -a "$dir/data/postgresql.conf" >/dev/null
for _ in 1 2 3; do  # somebody else may take the port in between
  port=$(free_port)
  if start "$port"; then
    echo "postgres://postgres@127.0.0.1:$port/postgres"
    exit 0
  fi
done
cat "$dir/log" >&2
exit 1
