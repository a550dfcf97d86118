import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../json.ts';
import { labelSelector, selects } from './selector.ts';

const some: Json = {
  matchLabels: { tier: 'web', app: 'shop' },
  matchExpressions: [
    { key: 'zone', operator: 'In', values: ['b', 'a'] },
    { key: 'old', operator: 'DoesNotExist' },
    { key: 'env', operator: 'NotIn', values: ['test'] },
    { key: 'name', operator: 'Exists', values: [] },
  ],
};

test('selectors as queries', () => {
  for (const [selector, query] of [
    [some, 'app=shop,env notin (test),name,!old,tier=web,zone in (a,b)'],
    [{}, ''],
    [{ matchLabels: null, matchExpressions: null }, ''],
    [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['x'] }] }, 'a in (x)'],
    [{ matchLabels: { a: '' } }, 'a='],
    [undefined, undefined],
    [null, undefined],
    [[], undefined],
    [{ matchLabels: { a: 1 } }, undefined],
    [{ matchLabels: 'a' }, undefined],
    [{ matchExpressions: [{ key: 'a', operator: 'Like' }] }, undefined],
    [{ matchExpressions: [null] }, undefined],
    [{ matchExpressions: {} }, undefined],
  ] as const) {
    assert.equal(labelSelector(selector as Json), query, JSON.stringify(selector));
  }
});

test('selectors as questions', () => {
  const labels = { app: 'shop', tier: 'web', zone: 'a', name: '' };
  for (const [selector, value, answer] of [
    [some, labels, true],
    [some, { ...labels, env: 'live' }, true],
    [some, { ...labels, env: 'test' }, false],
    [some, { ...labels, old: '' }, false],
    [some, { ...labels, zone: 'c' }, false],
    [some, { app: 'shop', tier: 'web', zone: 'a' }, false],
    [{}, undefined, true],
    [{ matchLabels: { constructor: 'x' } }, {}, false],
    [undefined, labels, false],
  ] as const) {
    assert.equal(selects(selector as Json, value), answer, JSON.stringify([selector, value]));
  }
});
