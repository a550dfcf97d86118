#!/usr/bin/env bash
# `npm run demo`: installs, builds, renders the example application for one environment, and shows what came out.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/setup.sh
echo "building dist/"
node scripts/build.ts --quick
node scripts/demo.ts "${1:-staging}"
