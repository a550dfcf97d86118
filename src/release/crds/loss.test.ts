import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KubeObject } from '../../cluster/json.ts';
import { crdLoss, isWrittenIn } from './loss.ts';

interface Shape {
  readonly group?: string;
  readonly scope?: string;
  readonly kind?: string;
  /** `v1`, or `v1-` for one that is not served. */
  readonly versions?: readonly string[];
  readonly stored?: readonly string[];
}

function crd({
  group = 'x.io',
  scope = 'Namespaced',
  kind = 'W',
  versions = ['v1'],
  stored = ['v1'],
}: Shape): KubeObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ws.x.io' },
    spec: {
      group,
      scope,
      names: { kind, plural: 'ws' },
      versions: versions.map((v) => ({ name: v.replace('-', ''), served: !v.endsWith('-') })),
    },
    status: { storedVersions: stored },
  };
}

const table: readonly [
  name: string,
  live: Shape,
  next: Shape,
  faults: readonly string[],
  dropped: readonly string[],
][] = [
  ['nothing changes', {}, {}, [], []],
  ['a version comes', {}, { versions: ['v1', 'v2'] }, [], []],
  [
    'a stored one goes',
    { versions: ['v1', 'v2'], stored: ['v1', 'v2'] },
    { versions: ['v2'] },
    ['version v1 of ws.x.io is removed, and objects may be stored in it'],
    [],
  ],
  ['one that is not stored goes', { versions: ['v1', 'v2'], stored: ['v2'] }, { versions: ['v2'] }, [], ['v1']],
  ['one is no longer served', { versions: ['v1', 'v2'] }, { versions: ['v1-', 'v2'] }, [], ['v1']],
  ['one that was not served goes', { versions: ['v1', 'v0-'] }, { versions: ['v1'] }, [], []],
  ['the scope', {}, { scope: 'Cluster' }, ['the scope of ws.x.io changes from Namespaced to Cluster'], []],
  ['the group', {}, { group: 'y.io' }, ['the group of ws.x.io changes from x.io to y.io'], []],
  ['the kind', {}, { kind: 'V' }, ['the kind of ws.x.io changes from W to V'], []],
];

for (const [name, live, next, faults, dropped] of table) {
  test(`loss: ${name}`, () => {
    const loss = crdLoss(crd(live), crd(next));
    assert.deepEqual(loss.faults, faults);
    assert.deepEqual(
      loss.dropped.map(({ version }) => version),
      dropped,
    );
  });
}

test('an object uses the versions that it was written in', () => {
  const object = (managedFields?: readonly { apiVersion: string }[]): KubeObject => ({
    apiVersion: 'x.io/v2',
    kind: 'W',
    metadata: { name: 'w', ...(managedFields && { managedFields }) },
  });
  assert.equal(isWrittenIn(object([{ apiVersion: 'x.io/v2' }]), 'x.io/v1'), false);
  assert.equal(isWrittenIn(object([{ apiVersion: 'x.io/v2' }, { apiVersion: 'x.io/v1' }]), 'x.io/v1'), true);
  assert.equal(isWrittenIn(object(), 'x.io/v1'), true);
});
