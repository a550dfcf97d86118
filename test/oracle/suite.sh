#!/usr/bin/env bash
# Kept answers of Helm, then fresh questions answered by Helm itself, which is built here from its Go module.
set -uo pipefail
cd "$(dirname "$0")"
node=../../node_modules/.bin/node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Without the flag Helm calls itself v4.2, which templates see.
go build -ldflags "-X helm.sh/helm/v4/internal/version.version=v4.2.4" -o "$work/oracle" . || exit 1
seeds=${PINTLE_SEEDS:-"7 4711"}
count=${PINTLE_QUESTIONS:-10000}
for seed in $seeds; do
  for generator in snippets more; do
    python3 ask.py "$work/oracle" "$seed" "$count" "$generator" > "$work/$generator-$seed.jsonl" || exit 1
  done
done
# shellcheck disable=SC2086
$node run.ts --oracle "$work/oracle" "$work"/*.jsonl
