#!/usr/bin/env bash
# Prints the path of the standalone executable for this machine, which is built where it is not there.
set -uo pipefail
cd "$(dirname "$0")/.."
exe=$PWD/dist/exe/pintle-$(node -p 'process.platform + "-" + process.arch')
if [ ! -f "$exe" ]; then
  [ -f dist/cli/main.cjs ] || npm run --silent build >&2 || exit 1
  node_modules/.bin/node scripts/build-exe.ts >&2 || exit 1
fi
echo "$exe"
