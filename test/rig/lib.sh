# shellcheck shell=bash
# Sourced by the scripts beside it: processes that are started here and ended by their own number, free ports, keys.
# PINTLE_RIG is the folder of one rig: what runs, its logs, its data. PINTLE_RIG_PROGRAMS holds what build.sh built.
set -euo pipefail
umask 077
RIG=${PINTLE_RIG:-${TMPDIR:-/tmp}/pintle-rig-$(id -u)}
PROGRAMS=${PINTLE_RIG_PROGRAMS:-$HOME/.cache/pintle-rig}
PATIENCE=${PINTLE_RIG_PATIENCE:-60} # seconds

say() { printf '%s: %s\n' "${0##*/}" "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
require() {
  local program
  for program; do command -v "$program" > /dev/null || fail "$program is not installed"; done
}

# One script at a time works on a rig. What is started does not inherit the lock.
enter_rig() {
  mkdir -p "$RIG/pids" "$RIG/logs"
  [ -O "$RIG" ] || fail "$RIG belongs to another user: set PINTLE_RIG"
  RIG=$(cd "$RIG" && pwd -P)
  exec {RIG_LOCK}> "$RIG/lock"
  flock -w "$PATIENCE" "$RIG_LOCK" || fail "another script works on $RIG"
}

# The moment a process began, in clock ticks: with its number it names a process for good. Fails for one that is gone.
began() {
  local stat fields
  stat=$(cat "/proc/$1/stat" 2> /dev/null) || return 1
  read -ra fields <<< "${stat##*) }"
  [ "${fields[0]}" != Z ] && echo "${fields[19]}"
}

runs() {
  local number moment
  read -r number moment 2> /dev/null < "$RIG/pids/$1" || return 1
  [ "$(began "$number")" = "$moment" ]
}

# launch NAME COMMAND...: in a session of its own, output to logs/NAME.
launch() {
  local name=$1 number
  shift
  setsid "$@" > "$RIG/logs/$name" 2>&1 < /dev/null {RIG_LOCK}>&- &
  number=$!
  echo "$number $(began "$number" || echo gone)" > "$RIG/pids/$name"
}

# halt NAME [SIGNAL]: asks the process to end, and makes it end after ten seconds.
halt() {
  local name=$1 signal=${2:-TERM} number turn
  if runs "$name"; then
    read -r number _ < "$RIG/pids/$name"
    kill -"$signal" "$number" 2> /dev/null || true
    for turn in {1..100}; do
      runs "$name" || break
      [ "$turn" -lt 100 ] || kill -KILL "$number" 2> /dev/null || true
      sleep 0.1
    done
  fi
  rm -f "$RIG/pids/$name"
}

listens() { (: <> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; }

# Prints a port of 127.0.0.1 where nothing listens, below those that the kernel hands out.
free_port() {
  local port
  for _ in {1..100}; do
    port=$((21000 + (RANDOM << 15 | RANDOM) % 11000))
    listens "$port" || {
      echo "$port"
      return
    }
  done
  fail 'no free port'
}

# await_port NAME PORT: until NAME listens. Fails as soon as NAME is gone, which somebody else's port makes it.
await_port() {
  local end=$((SECONDS + PATIENCE))
  until listens "$2"; do
    runs "$1" || return 1
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.1
  done
  sleep 0.1
  runs "$1"
}

# await NAME COMMAND...: until COMMAND succeeds. Fails as soon as NAME is gone.
await() {
  local name=$1 end=$((SECONDS + PATIENCE))
  shift
  until "$@" > /dev/null 2>&1; do
    runs "$name" || return 1
    [ "$SECONDS" -lt "$end" ] || return 1
    sleep 0.2
  done
  runs "$name"
}

# make_authority FOLDER: ca.crt and ca.key, of a name that no other has. make_certificate FOLDER NAME ALTERNATIVES
# [SUBJECT]: NAME.crt and NAME.key, signed by it. For a month.
make_authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj "/CN=rig $(openssl rand -hex 4)" \
    -addext keyUsage=critical,keyCertSign,cRLSign -keyout "$1/ca.key" -out "$1/ca.crt" 2> /dev/null
}
make_certificate() {
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "${4:-/CN=$2}" \
    -keyout "$1/$2.key" -out "$1/$2.csr" 2> /dev/null
  printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$3" > "$1/$2.ext"
  openssl x509 -req -in "$1/$2.csr" -CA "$1/ca.crt" -CAkey "$1/ca.key" -CAcreateserial -days 30 \
    -extfile "$1/$2.ext" -out "$1/$2.crt" 2> /dev/null
}
