#!/usr/bin/env bash
# Scripts on a real control plane and on the sandbox, and with the standalone executable; releases that Helm 4, Helm 3
# and Pintle work on in turns; what they read of each other's records; writes of several managers; the client behind
# faults; the sandbox, request by request; operations with something going wrong at each of their calls; published
# charts, on a control plane of their own. Installs what a new machine lacks. With arguments, which go to run.ts, the
# scripts alone.
set -uo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
export PINTLE_RIG=$work/rig

finish() {
  bash test/rig/cluster.sh down
  PINTLE_RIG=$work/rig bash test/rig/postgres.sh down
  rm -rf "$work"
}
trap finish EXIT

if ! command -v openssl > /dev/null || [ -z "$(find /usr/lib/postgresql -name initdb 2> /dev/null)" ]; then
  (apt-get update -qq && apt-get install -y -qq --no-install-recommends openssl postgresql) > "$work/apt.log" 2>&1 || {
    tail -n 20 "$work/apt.log"
    exit 1
  }
fi
if [ -z "${HELM:-}" ]; then
  GOBIN=$work/bin go install -ldflags '-X helm.sh/helm/v4/internal/version.version=v4.2.4' \
    helm.sh/helm/v4/cmd/helm@v4.2.4 || exit 1
  export HELM=$work/bin/helm
fi
if [ -z "${HELM3:-}" ]; then
  GOBIN=$work/bin3 go install helm.sh/helm/v3/cmd/helm@latest || exit 1
  export HELM3=$work/bin3/helm
fi
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
bash test/rig/build.sh && bash test/rig/cluster.sh up && bash test/rig/postgres.sh up || exit 1
. "$PINTLE_RIG/cluster/env"
. "$PINTLE_RIG/postgres/env"

count='^([0-9]+) passed, ([0-9]+) failed$'
passed=0
failed=0
# Adds up what the parts count; a part without a count, or that ends badly without a failure, has failed.
part() {
  local line status
  TMPDIR=$work node_modules/.bin/node "$@" 2>&1 | tee "$work/log"
  status=${PIPESTATUS[0]}
  line=$(grep -aE "$count" "$work/log" | tail -n 1)
  if [[ $line =~ $count ]]; then
    passed=$((passed + BASH_REMATCH[1]))
    failed=$((failed + BASH_REMATCH[2]))
    if [ "$status" -ne 0 ] && [ "${BASH_REMATCH[2]}" -eq 0 ]; then failed=$((failed + 1)); fi
  else
    failed=$((failed + 1))
  fi
}
part test/e2e/run.ts "$@"
exe=$(bash scripts/exe.sh) || exit 1
PINTLE_PROGRAM=$exe part test/e2e/run.ts --on real "$@"
if [ $# -eq 0 ]; then
  part test/e2e/exchange/run.ts
  part test/e2e/reading.ts
  part test/e2e/writes/run.ts
  part test/e2e/client/run.ts --on real
  part test/sandbox/compare.ts
  for fault in run races stored sizes refusals leftovers endings clocks watches; do
    part "test/e2e/faults/$fault.ts"
  done
  # Charts bring webhooks that nobody answers, and definitions that others should not see.
  bash test/rig/cluster.sh down
  export PINTLE_RIG=$work/rig-charts
  bash test/rig/cluster.sh up || exit 1
  . "$PINTLE_RIG/cluster/env"
  PINTLE_COMPAT_ERRORS=1 part test/e2e/exchange/corpus.ts
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
