import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlagSet } from './args.ts';
import { float32 } from './flag-types.ts';

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

test('a float32 is not infinite unless it is said to be', () => {
  assert.throws(() => float32.parse('1e40', undefined), {
    message: 'strconv.ParseFloat: parsing "1e40": value out of range',
  });
  assert.equal(float32.parse('-inf', undefined), Number.NEGATIVE_INFINITY);
});
