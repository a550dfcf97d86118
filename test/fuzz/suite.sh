#!/usr/bin/env bash
# Fuzzes every target for a short while, and puts what is interesting to Helm's own code, built here from its Go module.
set -uo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
(cd helm && go build -o "$work/helm" .) || exit 1
../../node_modules/.bin/node run.ts --helm "$work/helm" "$@"
