#!/usr/bin/env bash
# Installs what the npm scripts need, once per lock file. Called before `npm test` and by the demo.
set -euo pipefail
cd "$(dirname "$0")/.."
stamp=node_modules/.pintle-installed
if [ ! -e "$stamp" ] || [ package-lock.json -nt "$stamp" ]; then
  echo "installing dependencies (npm ci)"
  npm ci --no-audit --no-fund --loglevel=error
  touch "$stamp"
fi
