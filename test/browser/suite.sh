#!/usr/bin/env bash
# The built package in Node and in headless Chromium: both must render the same charts to the same bytes.
set -uo pipefail
cd "$(dirname "$0")/../.."
if ! command -v chromium > /dev/null; then
  (apt-get update -qq && apt-get install -y -qq chromium) > /tmp/pintle-chromium.log 2>&1 || {
    tail -n 20 /tmp/pintle-chromium.log
    exit 1
  }
fi
node_modules/.bin/node test/browser/run.ts
