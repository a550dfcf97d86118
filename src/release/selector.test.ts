import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { matchesSelector, parseSelector } from './selector.ts';

/** A selector, and Go's answer: an error, or for each of the labels below whether they match. */
const recorded = JSON.parse(
  readFileSync(new URL('../../test/testdata/release/selectors.json', import.meta.url), 'utf8'),
) as (readonly [selector: string, answer: string])[];

const LABELS = [
  [],
  [['a', 'b']],
  [
    ['a', 'c'],
    ['n', '5'],
  ],
  [
    ['a', ''],
    ['x/y', '1'],
    ['n', '10'],
    ['in', 'in'],
  ],
].map((entries) => new Map(entries as [string, string][]));

test('selectors are read and match as in Go', () => {
  for (const [selector, answer] of recorded) {
    let found: string;
    try {
      parseSelector(selector);
      found = LABELS.map((labels) => (matchesSelector(selector, labels) ? '1' : '0')).join('');
    } catch (error) {
      found = (error as Error).message;
    }
    assert.equal(found, answer, JSON.stringify(selector));
  }
});
