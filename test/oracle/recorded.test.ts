import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { answer, parseLine, type Request } from './questions.ts';

/** Questions that were once answered otherwise than by Helm, with Helm's answers. */
const lines = readFileSync(new URL('../testdata/oracle/recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');

test('what Helm answered', async () => {
  for (const line of lines) {
    const { ask, answer: want } = parseLine(line) as { ask: Request; answer: unknown };
    assert.deepEqual(parseLine(await answer(ask)), want, JSON.stringify(ask));
  }
});
