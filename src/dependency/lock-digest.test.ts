import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadChartFiles } from '../chart/load.ts';
import { lockToYaml, readLock } from '../chart/lock.ts';
import type { Chart, Lock } from '../chart/types.ts';
import { requestedDependencies } from '../node/dependencies/chart-folder.ts';
import { nodeDigests } from '../node/http/digests.ts';
import { nodeInflate } from '../node/inflate.ts';
import { legacyLockDigest, lockDigest } from './lock-digest.ts';

/** What was asked for, and the lock that Helm wrote. */
const LOCKS: [name: string, files: Record<string, string>, lock: string][] = JSON.parse(
  readFileSync(new URL('../../test/testdata/dependency/locks.json', import.meta.url), 'utf8'),
);

function load(files: Readonly<Record<string, string>>): Chart {
  const list = Object.entries(files).map(([name, text]) => ({ name, data: Buffer.from(text) }));
  return loadChartFiles(list, { inflate: nodeInflate }) as Chart;
}

test('the digest of a lock is the one that Helm writes', () => {
  for (const [name, files, text] of LOCKS) {
    const lock = readLock(Buffer.from(text), 'Chart.lock') as Lock;
    const requested = requestedDependencies(load(files));
    assert.equal(lockDigest(requested, lock.dependencies, nodeDigests), lock.digest, name);
    assert.equal(lockToYaml(lock), text, name);
  }
});

test('digests of the dependencies count for nothing in it, and are lines of their own', () => {
  const digest = `sha256:${'ab'.repeat(32)}`;
  for (const [name, files, text] of LOCKS) {
    const lock = readLock(Buffer.from(text), 'Chart.lock') as Lock;
    const pinned = { ...lock, dependencies: lock.dependencies.map((dependency) => ({ ...dependency, digest })) };
    const written = lockToYaml(pinned);
    assert.equal(written.replaceAll(/^ {2}digest: .*\n/gm, ''), text, name);
    const read = readLock(Buffer.from(written), 'Chart.lock') as Lock;
    assert.deepEqual(
      read.dependencies.map((d) => d.digest),
      pinned.dependencies.map(() => digest),
      name,
    );
    assert.equal(lockDigest(requestedDependencies(load(files)), read.dependencies, nodeDigests), lock.digest, name);
  }
});

test('the digest of Helm 2 is that of requirements.yaml alone', () => {
  // As the lock of a chart that Helm 2 made has it.
  const requested = [
    { name: 'alpine', version: '0.1.0', repository: 'https://charts.example.com' },
    { name: 'web', version: '>1', repository: '@mine', tags: ['a'] },
  ];
  assert.equal(
    legacyLockDigest(requested, nodeDigests),
    lockOf(
      '{"dependencies":[{"name":"alpine","version":"0.1.0","repository":"https://charts.example.com"},{"name":"web","version":"\\u003e1","repository":"@mine","tags":["a"]}]}',
    ),
  );
});

function lockOf(json: string): string {
  const hasher = nodeDigests.sha256();
  hasher.update(Buffer.from(json));
  return `sha256:${hasher.hex()}`;
}

test('what is no digest in a lock is passed over', () => {
  const read = (line: string): unknown =>
    readLock(Buffer.from(`dependencies:\n- name: a\n  ${line}\n`), 'Chart.lock')?.dependencies[0]?.digest;
  for (const line of ['digest: ""', 'digest: [1]', 'digest: {a: b}', 'digest: null', 'digest: "a b"', 'x: y']) {
    assert.equal(read(line), undefined, line);
  }
  assert.equal(read('digest: sha512:00'), 'sha512:00');
});
