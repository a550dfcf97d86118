#!/usr/bin/env bash
# The exchange suite: Helm and Pintle, as built, on four registries (plain, with password, with TLS, with both) and on
# servers of its own. Installs what a new machine lacks. Arguments go to run.ts.
set -uo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
export PINTLE_RIG=$work/rig

finish() {
  bash test/rig/registry.sh down
  rm -rf "$work"
}
trap finish EXIT

# The registry comes as a service that starts where there are services; it is not the one we use.
missing=()
command -v docker-registry > /dev/null || [ -n "${PINTLE_REGISTRY:-}" ] || missing+=(docker-registry)
command -v openssl > /dev/null || missing+=(openssl)
command -v gpg > /dev/null || missing+=(gnupg)
if [ ${#missing[@]} -gt 0 ]; then
  (apt-get update -qq && apt-get install -y -qq "${missing[@]}") > "$work/apt.log" 2>&1 || {
    tail -n 20 "$work/apt.log"
    exit 1
  }
fi
if [ -z "${HELM:-}" ]; then
  GOBIN=$work/bin go install helm.sh/helm/v4/cmd/helm@v4.2.4 || exit 1
  export HELM=$work/bin/helm
fi
[ -f dist/cli/main.cjs ] || npm run --silent build || exit 1
bash test/rig/registry.sh up || exit 1
# Whatever an ended run leaves goes with the folder.
TMPDIR=$work node_modules/.bin/node test/registry/run.ts "$@"
