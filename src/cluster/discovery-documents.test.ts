import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGroups } from './discovery-documents.ts';

test('the preferred version is the first that has a name, and any part of a kind makes a resource', () => {
  const resources = [
    { resource: 'a', responseKind: { group: 'g' } },
    { resource: 'b', responseKind: {} },
  ];
  const items = [{ metadata: {}, versions: [{ resources }, { version: 'v2' }] }];
  const { groups, resources: found } = readGroups({ kind: 'APIGroupDiscoveryList', items });
  assert.deepEqual(groups, [{ name: '', groupVersions: ['', 'v2'], preferred: 'v2' }]);
  assert.deepEqual(
    found?.get('')?.map(({ name }) => name),
    ['a'],
  );
});
