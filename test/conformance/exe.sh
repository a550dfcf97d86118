#!/usr/bin/env bash
# The published charts on the standalone executable, which is built for it. It keeps what it learns of a chart's
# templates in a folder of its own, so that the later cases of a chart are rendered with that.
set -uo pipefail
cd "$(dirname "$0")/../.."
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
node_modules/.bin/node scripts/build-exe.ts || exit 1
cache=$(mktemp -d)
trap 'rm -rf "$cache"' EXIT
program=$(bash scripts/exe.sh) || exit 1
HELM_CACHE_HOME=$cache node_modules/.bin/node test/conformance/run.ts --program "$program"
