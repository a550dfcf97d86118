import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBytes } from '../go/bytes.ts';
import { writeTar } from './tar-write.ts';

/** Names that take a PAX header, and the name that Go gives that header. */
const NAMES: readonly (readonly [name: string, header: string])[] = [
  ['c/é', 'c/PaxHeaders.0'],
  ['é', 'PaxHeaders.0'],
  ['c/aé', 'c/PaxHeaders.0/a'],
  [`c/${'n'.repeat(120)}`, `c/PaxHeaders.0/${'n'.repeat(85)}`],
];

test('PAX headers have the names that Go gives them', () => {
  for (const [name, header] of NAMES) {
    const tar = writeTar([{ name, data: new Uint8Array(), modified: new Date(0) }]);
    assert.equal(decodeBytes(tar.subarray(0, 100)).replace(/\0+$/, ''), header, name);
  }
});
