#!/usr/bin/env bash
# The official test suite of JSON Schema, answered by Helm's validator and by ours. The suite comes with the source
# distribution of a Python package, the validator is a Go module; both are fetched for the run and not kept.
set -uo pipefail
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! python3 -m pip --version > /dev/null 2>&1; then
  (apt-get update -qq && apt-get install -y -qq python3-pip) > "$work/apt.log" 2>&1 || {
    tail -n 20 "$work/apt.log"
    exit 1
  }
fi
sum=0c26707e2efad8aa1bfc5b7ce170f3fccc2e4918ff85989ba9ffa9facb2be326
echo "jsonschema==4.26.0 --hash=sha256:$sum" > "$work/requirements.txt"
python3 -m pip download --quiet --no-deps --no-binary jsonschema --dest "$work" -r "$work/requirements.txt" || exit 1
mkdir "$work/source"
tar -xzf "$work"/jsonschema-*.tar.gz -C "$work/source" --strip-components=1 || exit 1
go build -o "$work/schemasuite" . || exit 1
"$work/schemasuite" "$work/source/json" > "$work/answers.jsonl" || exit 1
../../node_modules/.bin/node run.ts "$work/source/json" "$work/answers.jsonl" "$@"
