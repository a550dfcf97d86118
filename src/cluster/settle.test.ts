import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject, KubeObject } from './json.ts';
import { isSameObject } from './settle.ts';

const base = { apiVersion: 'v1', kind: 'X', metadata: { name: 'a' } };

function object(more: JsonObject): KubeObject {
  return { ...base, ...more } as KubeObject;
}

for (const [name, sent, live, same] of [
  ['the same', { spec: { a: 1 } }, { spec: { a: 1 } }, true],
  ['what the server added', { spec: { a: [{ b: 1 }] } }, { spec: { a: [{ b: 1, c: 2 }], d: {} }, status: {} }, true],
  ['another value', { spec: { a: 1 } }, { spec: { a: 2 } }, false],
  ['one more in a list', { spec: { a: [1] } }, { spec: { a: [1, 2] } }, false],
  ['nothing that was sent', { spec: { a: null, b: {}, c: [], d: '' } }, { spec: {} }, true],
  ['something where nothing was sent', { spec: { a: '' } }, { spec: { a: 'x' } }, false],
  ['quantities in other words', { cpu: '1000m', mem: '1024Mi', n: 0.5 }, { cpu: '1', mem: '1Gi', n: '500m' }, true],
  ['other quantities', { cpu: '1000m' }, { cpu: '2' }, false],
  ['words', { cpu: 'one' }, { cpu: 'two' }, false],
  ['labels', { metadata: { labels: { a: 'b' } } }, { metadata: { labels: { a: 'b', c: 'd' }, uid: 'u' } }, true],
  ['other labels', { metadata: { labels: { a: 'b' } } }, { metadata: { labels: { a: 'x' } } }, false],
  ['its version', { metadata: { resourceVersion: '1' } }, { metadata: { resourceVersion: '2' } }, true],
  ['its status', { status: { a: 1 } }, { status: { a: 2 } }, true],
  ['texts of a Secret', { kind: 'Secret', stringData: { a: 'ä' } }, { kind: 'Secret', data: { a: 'w6Q=' } }, true],
  [
    'other texts of a Secret',
    { kind: 'Secret', stringData: { a: 'b' } },
    { kind: 'Secret', data: { a: 'w6Q=' } },
    false,
  ],
] as const) {
  test(`what was sent and what is there: ${name}`, () => {
    assert.equal(isSameObject(object(sent as JsonObject), object(live as JsonObject)), same);
  });
}
