import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, gzipSync } from 'node:zlib';
import { GoError } from '../go/error.ts';
import { nodeInflate } from '../node/inflate.ts';
import { gunzipExactly } from './gunzip-exact.ts';
import { InflateError, LIMIT_TEXT } from './gzip.ts';

const LIMIT = 1 << 20;
const ABC = gzipSync('abc');
const TEXT = Array.from({ length: 3_000 }, (_, i) => `${i} ${(i * 7919) % 1_000}\n`).join('');

/** A sound header, and deflate data as hex. */
function member(deflated: string): Buffer {
  return Buffer.concat([ABC.subarray(0, 10), Buffer.from(deflated, 'hex')]);
}

function changed(bytes: Buffer, at: number, value: number): Buffer {
  const out = Buffer.from(bytes);
  out[at < 0 ? out.length + at : at] = value;
  return out;
}

test('sound files are inflated', () => {
  for (const options of [{ level: 1 }, { level: 9 }, { level: 0 }, { strategy: constants.Z_FIXED }]) {
    assert.equal(Buffer.from(gunzipExactly(gzipSync(TEXT, options), LIMIT)).toString(), TEXT);
  }
  assert.equal(Buffer.from(gunzipExactly(Buffer.concat([ABC, ABC]), LIMIT)).toString(), 'abcabc');
});

/** Name, file, Go's error, and what Go reads before it; recorded from compress/gzip. */
const BROKEN: readonly (readonly [string, Buffer, string, string])[] = [
  ['zeros behind', Buffer.concat([ABC, Buffer.alloc(3)]), 'unexpected EOF', 'abc'],
  ['more zeros behind', Buffer.concat([ABC, Buffer.alloc(30)]), 'gzip: invalid header', 'abc'],
  ['something else behind', Buffer.concat([ABC, Buffer.from('0123456789')]), 'gzip: invalid header', 'abc'],
  ['a cut second member', Buffer.concat([ABC, ABC.subarray(0, 12)]), 'unexpected EOF', 'abca'],
  ['no trailer', ABC.subarray(0, -3), 'unexpected EOF', 'abc'],
  ['a wrong checksum', changed(ABC, -6, 1), 'gzip: invalid checksum', 'abc'],
  ['a wrong size', changed(ABC, -1, 1), 'gzip: invalid checksum', 'abc'],
  ['a block of no kind', member('07'), 'flate: corrupt input before offset 1', ''],
  ['a second one', Buffer.concat([ABC, member('07')]), 'flate: corrupt input before offset 1', 'abc'],
  ['a stored block of two sizes', member('010300000061'), 'flate: corrupt input before offset 5', ''],
  ['a stored block that is cut', member('010300fcff61'), 'unexpected EOF', 'a'],
  ['a distance too far', member('0302'), 'flate: corrupt input before offset 2', ''],
  ['too many codes', member('fdff01'), 'flate: corrupt input before offset 3', ''],
];

test('broken files have the words of Go', () => {
  for (const [name, file, text, output] of BROKEN) {
    for (const gunzip of [gunzipExactly, nodeInflate.gunzip]) {
      assert.throws(
        () => gunzip(file, LIMIT),
        (error) => {
          assert.ok(error instanceof InflateError, name);
          assert.deepEqual([error.message, Buffer.from(error.output).toString()], [text, output], name);
          return true;
        },
      );
    }
  }
});

test('a first header that is none leaves nothing to read', () => {
  const sum = Buffer.from([0x1f, 0x8b, 8, 2, 0, 0, 0, 0, 0, 0, 1, 1, 3, 0]);
  for (const [file, text] of [
    [Buffer.alloc(0), 'EOF'],
    [Buffer.alloc(10), 'gzip: invalid header'],
    [sum, 'gzip: invalid header'],
  ] as const) {
    assert.throws(() => nodeInflate.gunzip(file, LIMIT), { name: GoError.name, message: text });
  }
});

test('no more is inflated than the limit', () => {
  assert.throws(() => gunzipExactly(gzipSync(TEXT), 1_000), { name: 'InflateError', message: LIMIT_TEXT });
});
