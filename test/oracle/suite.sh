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
# The wider families hold questions that keep Helm itself busy for minutes; these do not.
more_seeds=${PINTLE_MORE_SEEDS:-"7"}
more_count=${PINTLE_MORE_QUESTIONS:-1500}
for seed in $seeds; do
  python3 ask.py "$work/oracle" "$seed" "$count" snippets > "$work/snippets-$seed.jsonl" || exit 1
done
for seed in $more_seeds; do
  python3 ask.py "$work/oracle" "$seed" "$more_count" more > "$work/more-$seed.jsonl" || exit 1
done
# shellcheck disable=SC2086
$node run.ts --oracle "$work/oracle" "$work"/*.jsonl
