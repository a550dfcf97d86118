#!/usr/bin/env bash
# build.sh    builds etcd, the control plane of Kubernetes, kubectl and kwok into $PINTLE_RIG_PROGRAMS
#
# Versions are those of go.mod and kwok/go.mod. A program that is there from the same versions is not built again.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
require flock sha256sum awk
mkdir -p "$PROGRAMS"
exec {BUILD_LOCK}> "$PROGRAMS/lock"
flock -w 1800 "$BUILD_LOCK" || fail "another build works on $PROGRAMS"
export CGO_ENABLED=0 GOFLAGS='-mod=readonly -buildvcs=false' GOWORK=off
STAMP=$(cd "$HERE" && { uname -sm && cat go.mod go.sum kwok/go.mod kwok/go.sum; } | sha256sum | cut -d ' ' -f 1)

# Linker flags without which the server calls itself v0.0.0-master and charts with a kubeVersion refuse it.
version_flags() {
  local version major minor package
  version=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' "$HERE/go.mod")
  IFS=. read -r major minor _ <<< "${version#v}"
  printf '%s' '-s -w'
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf ' -X %s.%s' "$package" "gitVersion=$version" "$package" "gitCommit=$version" \
      "$package" "gitMajor=$major" "$package" "gitMinor=$minor" "$package" gitTreeState=clean
  done
}

# make_program MODULE-FOLDER PACKAGE NAME
make_program() {
  local program=$PROGRAMS/$3
  if [ -x "$program" ] && [ "$(cat "$program.stamp" 2> /dev/null)" = "$STAMP" ]; then return; fi
  require go
  say "$3 ..."
  (cd "$HERE/$1" && go build -ldflags "$FLAGS" -o "$program.new" "$2" {BUILD_LOCK}>&-) || fail "$3 cannot be built"
  mv -f "$program.new" "$program"
  echo "$STAMP" > "$program.stamp"
}

FLAGS=$(version_flags)
make_program . go.etcd.io/etcd/server/v3 etcd
for name in kube-apiserver kube-controller-manager kube-scheduler kubectl; do
  make_program . "k8s.io/kubernetes/cmd/$name" "$name"
done
make_program kwok sigs.k8s.io/kwok/cmd/kwok kwok
