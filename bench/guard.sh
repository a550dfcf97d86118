#!/usr/bin/env bash
# Speed against the last kept result, with the standalone executable and the npm package built.
set -uo pipefail
cd "$(dirname "$0")/.."
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
[ -f "dist/exe/pintle-$(node -p 'process.platform + "-" + process.arch')" ] || node_modules/.bin/node scripts/build-exe.ts || exit 1
node_modules/.bin/node bench/guard.ts
