import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeArmor } from './armor.ts';

/** Text, and the type of the block that go-crypto finds in it, or what it says. */
const BLOCKS: readonly (readonly [text: string, outcome: string])[] = [
  ['-----BEGIN A-----\n\nAAAA\n-----END A-----', 'A'],
  ['x\n -----BEGIN A----- \r\nB: c\n\nAAAA', 'A'],
  ['-----BEGIN A B\n\nAAAA\n-----END x', 'nothing'],
  ['-----BEGIN ABC-xx\n\nAAAA\n-----END x', 'A'],
  ['-----BEGIN -----\n\nAAAA', 'nothing'],
  [`-----BEGIN ${'A'.repeat(84)}-----\n\nAAAA`, 'nothing'],
  [`-----BEGIN A-----\n\nAAAA\n-----END ${'A'.repeat(100)}`, 'openpgp: invalid data: armor invalid'],
  ['-----BEGIN A-----\nB\n-----BEGIN C-----\n\nAAAA', 'C'],
];

test('armor is found where go-crypto finds it', () => {
  for (const [text, outcome] of BLOCKS) {
    let found: string;
    try {
      found = decodeArmor(text)?.type ?? 'nothing';
    } catch (error) {
      found = (error as Error).message;
    }
    assert.equal(found, outcome, text);
  }
});
