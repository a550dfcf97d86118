#!/usr/bin/env bash
# The same tests on the machine's own Node, which may be too old to run TypeScript: they are compiled first.
set -uo pipefail
cd "$(dirname "$0")/.."
own=$(type -aP node | grep -v node_modules | head -n 1)
"$own" --version
rm -rf build/suite
node_modules/.bin/tsc -p tsconfig.suite.json || exit 1
# What the tests read beside the code.
cp -r package.json package-lock.json biome.json docs examples dist bin build/suite/
ln -s ../../node_modules build/suite/node_modules
tar -C test --exclude="*.ts" -cf - . | tar -C build/suite/test -xf -
cd build/suite
out=$("$own" --test --test-reporter=spec $(find src cli test -name '*.test.js' ! -path '*/browser/*') 2>&1)
status=$?
[ $status -eq 0 ] || echo "$out" | tail -n 200
pass=$(echo "$out" | sed -n 's/^ℹ pass //p')
fail=$(echo "$out" | sed -n 's/^ℹ fail //p')
echo "${pass:-0} passed, ${fail:-1} failed"
exit $status
