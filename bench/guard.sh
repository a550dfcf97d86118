#!/usr/bin/env bash
# Speed against the last kept result, with the standalone executable and the npm package built.
set -uo pipefail
cd "$(dirname "$0")/.."
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
bash scripts/exe.sh > /dev/null || exit 1
node_modules/.bin/node bench/guard.ts
