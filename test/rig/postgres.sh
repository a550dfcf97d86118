#!/usr/bin/env bash
# postgres.sh up      starts a PostgreSQL with a database for releases on a free port of 127.0.0.1
# postgres.sh down    ends it and drops what it holds
#
# What is up says $PINTLE_RIG/postgres/env, to be sourced: HELM_DRIVER_SQL_CONNECTION_STRING. The programs are those of
# $PINTLE_POSTGRES (a folder), or Debian's.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# PostgreSQL refuses to be root: root's runs as the user whom the package made.
as_owner=()
[ "$(id -u)" -ne 0 ] || as_owner=(setpriv --reuid postgres --regid postgres --clear-groups --)

# Debian keeps the server outside of PATH.
programs() {
  if [ -n "${PINTLE_POSTGRES:-}" ]; then
    echo "$PINTLE_POSTGRES"
  else
    dirname "$(find /usr/lib/postgresql -path '*/bin/initdb' 2> /dev/null | sort -V | tail -n 1)"
  fi
}

down() {
  halt postgres INT # without waiting for clients
  if [ -s "$RIG/postgres/data" ]; then rm -rf "$(cat "$RIG/postgres/data")"; fi
  rm -rf "$RIG/postgres"
}

boot() {
  local bin=$1 data port password
  data=$(mktemp -d "${TMPDIR:-/tmp}/pintle-postgres-XXXXXX")
  password=$(openssl rand -hex 10)
  port=$(free_port)
  mkdir -p "$RIG/postgres"
  echo "$data" > "$RIG/postgres/data"
  echo "$password" > "$data/password"
  if [ ${#as_owner[@]} -gt 0 ]; then chown -R postgres "$data"; fi
  cd "$data"
  "${as_owner[@]}" "$bin/initdb" -D "$data/files" -U helm -A scram-sha-256 --pwfile "$data/password" -E UTF8 \
    --locale C --no-sync > "$RIG/logs/initdb" 2>&1 {RIG_LOCK}>&- || fail "initdb failed; see $RIG/logs/initdb"
  launch postgres "${as_owner[@]}" "$bin/postgres" -D "$data/files" -p "$port" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c fsync=off
  await postgres "$bin/pg_isready" -q -h 127.0.0.1 -p "$port" || return 1
  PGPASSWORD=$password "$bin/psql" -q -h 127.0.0.1 -p "$port" -U helm -d postgres -c 'CREATE DATABASE helm' || return 1
  printf 'export HELM_DRIVER_SQL_CONNECTION_STRING=%q\n' \
    "postgres://helm:$password@127.0.0.1:$port/helm?sslmode=disable" > "$RIG/postgres/env"
}

up() {
  local bin
  if runs postgres && [ -s "$RIG/postgres/env" ]; then return; fi
  bin=$(programs)
  [ -x "$bin/initdb" ] || fail 'PostgreSQL is not installed'
  for _ in 1 2 3; do
    down
    if boot "$bin"; then return; fi
  done
  tail -n 20 "$RIG/logs/postgres" >&2
  fail 'PostgreSQL does not start'
}

[ $# -eq 1 ] && { [ "$1" = up ] || [ "$1" = down ]; } || {
  sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}
require flock setsid openssl
enter_rig
"$1"
