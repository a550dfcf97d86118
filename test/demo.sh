#!/usr/bin/env bash
# The demo as a newcomer runs it: it must end well, leave a manifest that names every part of the application, and a
# release of it in the sandbox.
set -uo pipefail
cd "$(dirname "$0")/.."
rm -rf dist build/shop-staging.yaml build/sandbox
if npm run --silent demo && [ "$(grep -c '^kind: ' build/shop-staging.yaml)" -ge 15 ] &&
  node bin/pintle.js list -n staging --sandbox=build/sandbox | grep -qE '^shop[[:space:]].*deployed'; then
  echo '1 passed, 0 failed'
else
  echo '0 passed, 1 failed'
  exit 1
fi
