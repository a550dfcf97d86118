import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestKey } from './nearest.ts';

const CASES: readonly (readonly [name: string, key: string, keys: readonly string[], want: string | undefined])[] = [
  ['a letter left out', 'imge', ['image', 'port'], 'image'],
  ['letters swapped', 'repilcas', ['replicas', 'replicaCount'], 'replicas'],
  ['letters swapped in a short key', 'imgae', ['image', 'port'], 'image'],
  ['another case', 'ServiceAccount', ['serviceAccount', 'service'], 'serviceAccount'],
  ['the nearer of two', 'hosts', ['ghosts', 'host'], 'ghosts'],
  ['nothing near', 'metrics', ['image', 'port'], undefined],
  ['a short key', 'a', ['b'], 'b'],
  ['no keys', 'a', [], undefined],
  ['a key too long to compare', 'x'.repeat(200), ['x'.repeat(199)], undefined],
];

for (const [name, key, keys, want] of CASES) {
  test(`nearest key: ${name}`, () => assert.equal(nearestKey(key, keys), want));
}
