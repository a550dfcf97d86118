import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPassing, retryWait } from './retry.ts';

const NOW = Date.parse('2026-01-02T03:04:05Z');

const WAITS: readonly (readonly [attempt: number, retryAfter: string | undefined, random: number, wait: number])[] = [
  [0, undefined, 0.5, 250],
  [1, undefined, 0.5, 500],
  [2, undefined, 0.5, 1000],
  [3, undefined, 0.5, 2000],
  [0, undefined, 0, 225],
  [0, undefined, 1, 275],
  [0, '0', 0.5, 0],
  [0, '2', 0.5, 2000],
  [0, '3600', 0.5, 30_000],
  [0, '9999999999999', 0.5, 250],
  [0, '-1', 0.5, 250],
  [0, '1.5', 0.5, 250],
  [0, 'soon', 0.5, 250],
  [0, 'Fri, 02 Jan 2026 03:04:08 GMT', 0.5, 3000],
  [0, 'Fri, 02 Jan 2026 03:04:01 GMT', 0.5, 0],
  [0, 'Sat, 03 Jan 2026 03:04:01 GMT', 0.5, 30_000],
];

test('how long to wait', () => {
  for (const [attempt, retryAfter, random, wait] of WAITS) {
    assert.equal(retryWait(attempt, retryAfter, random, NOW), wait, `${attempt} ${retryAfter} ${random}`);
  }
});

test('what may pass', () => {
  const passing = [200, 301, 400, 401, 403, 404, 408, 429, 500, 501, 502, 503, 504, 505].filter(isPassing);
  assert.deepEqual(passing, [429, 500, 502, 503, 504]);
});
