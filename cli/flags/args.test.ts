import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagSet } from './args.ts';

/** What pflag says; of a letter beyond ASCII it prints neither the letter nor its first byte. */
for (const [arg, message] of [
  ['-x', "unknown shorthand flag: 'x' in -x"],
  ['-é', "unknown shorthand flag: 'Ã' in -é"],
  ['-–set', "unknown shorthand flag: 'Ã' in -–set"],
  ['-\udc80', "unknown shorthand flag: 'Â' in -\udc80"],
] as const) {
  test(`an unknown short flag: ${arg}`, () => {
    assert.throws(() => new FlagSet([]).parse([arg]), { message });
  });
}
