#!/usr/bin/env bash
# The hostile inputs of docs/security.md. Installs what a new machine lacks. Arguments go to run.ts.
set -uo pipefail
cd "$(dirname "$0")/../.."
if ! command -v strace > /dev/null; then
  log=$(mktemp)
  (apt-get update -qq && apt-get install -y -qq strace) > "$log" 2>&1 || {
    tail -n 20 "$log"
    exit 1
  }
  rm -f "$log"
fi
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
exec node_modules/.bin/node test/hostile/run.ts "$@"
