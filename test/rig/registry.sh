#!/usr/bin/env bash
# registry.sh up [VARIANT...]     starts OCI registries on free ports of 127.0.0.1
# registry.sh down [VARIANT...]   ends them and drops what they hold
#
# VARIANT: plain, auth (with password), tls, auth-tls; all of them when none is named. What is up says
# $PINTLE_RIG/VARIANT/registry.json: address, scheme, username, password, ca (a file). The program is Debian's
# docker-registry, or what PINTLE_REGISTRY names.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
ALL=(plain auth tls auth-tls)
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

usage() {
  sed -n '2,3s/^# //p' "${BASH_SOURCE[0]}" >&2
  exit 2
}

# A line of htpasswd; the registry reads bcrypt only.
htpasswd_line() {
  (cd "$ROOT" && node -e 'console.log(`${process.argv[1]}:${require("bcryptjs").hashSync(process.argv[2], 5)}`)' "$1" "$2")
}

configure() {
  local variant=$1 folder=$2 port=$3
  local scheme=http username='' password='' ca=''
  {
    printf 'version: 0.1\nlog: {level: warn}\n'
    printf 'storage: {delete: {enabled: true}, filesystem: {rootdirectory: "%s/data"}}\n' "$folder"
    printf 'http:\n  addr: 127.0.0.1:%s\n  secret: %s\n' "$port" "$(openssl rand -hex 16)"
    if [[ $variant == *tls ]]; then
      scheme=https ca=$folder/ca.crt
      make_authority "$folder"
      make_certificate "$folder" server IP:127.0.0.1,DNS:localhost
      printf '  tls: {certificate: "%s/server.crt", key: "%s/server.key"}\n' "$folder" "$folder"
    fi
    if [[ $variant == auth* ]]; then
      username=rig password=$(openssl rand -hex 10)
      htpasswd_line "$username" "$password" > "$folder/htpasswd"
      printf 'auth: {htpasswd: {realm: rig, path: "%s/htpasswd"}}\n' "$folder"
    fi
  } > "$folder/config.yml"
  printf '{"address":"127.0.0.1:%s","scheme":"%s","username":"%s","password":"%s","ca":"%s"}\n' \
    "$port" "$scheme" "$username" "$password" "$ca" > "$folder/registry.json"
}

up() {
  local variant=$1 folder=$RIG/$1 program port
  if runs "$variant"; then return; fi
  program=${PINTLE_REGISTRY:-$(command -v docker-registry || true)}
  [ -n "$program" ] || fail 'docker-registry is not installed'
  for _ in 1 2 3; do
    rm -rf "$folder"
    mkdir -p "$folder/data"
    port=$(free_port)
    configure "$variant" "$folder" "$port"
    launch "$variant" env OTEL_TRACES_EXPORTER=none "$program" serve "$folder/config.yml"
    if await_port "$variant" "$port"; then return; fi
    halt "$variant"
  done
  tail -n 20 "$RIG/logs/$variant" >&2
  fail "the registry ($variant) does not start"
}

down() {
  halt "$1"
  rm -rf "${RIG:?}/$1"
}

[ $# -gt 0 ] || usage
command=$1
shift
[ "$command" = up ] || [ "$command" = down ] || usage
[ $# -gt 0 ] || set -- "${ALL[@]}"
for variant; do [[ " ${ALL[*]} " == *" $variant "* ]] || usage; done
require flock setsid openssl node
enter_rig
for variant; do "$command" "$variant"; done
