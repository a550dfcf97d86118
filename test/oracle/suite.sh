#!/usr/bin/env bash
# Kept answers of Helm, then fresh questions answered by Helm itself, which is built here from its Go module.
set -uo pipefail
cd "$(dirname "$0")"
node=../../node_modules/.bin/node
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
go build -o "$work/oracle" . || exit 1
seeds=${PINTLE_SEEDS:-"7 4711"}
count=${PINTLE_QUESTIONS:-10000}
for seed in $seeds; do
  python3 snippets.py "$seed" "$count" > "$work/ask"
  "$work/oracle" < "$work/ask" > "$work/answer" || exit 1
  python3 join.py "$work/ask" "$work/answer" > "$work/$seed.jsonl"
done
# shellcheck disable=SC2086
$node run.ts "$work"/*.jsonl
