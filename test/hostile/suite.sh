#!/usr/bin/env bash
# The hostile inputs of docs/security.md. Installs what a new machine lacks. Arguments go to run.ts.
set -uo pipefail
cd "$(dirname "$0")/../.."
if ! command -v strace > /dev/null; then
  log=$(mktemp)
  (apt-get update -qq && apt-get install -y -qq strace) > "$log" 2>&1 || {
    tail -n 20 "$log"
    exit 1
  }
  rm -f "$log"
fi
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
if [ -z "${HELM:-}" ]; then
  bin=$(mktemp -d)
  trap 'rm -rf "$bin"' EXIT
  GOBIN=$bin go install helm.sh/helm/v4/cmd/helm@v4.2.4 || exit 1
  export HELM=$bin/helm
fi
# The whole list: part D by its own suite, for both programs. Part F takes a control plane, and is what test/e2e has kept.
bad=0
if [ $# -eq 0 ] || [ "$*" = --write ]; then
  bash test/registry/suite.sh --only '^D' || bad=1
  exe=$(bash scripts/exe.sh | tail -n 1) || exit 1
  PINTLE_PROGRAM=$exe bash test/registry/suite.sh --only '^D' || bad=1
fi
node_modules/.bin/node test/hostile/run.ts "$@" || bad=1
exit "$bad"
