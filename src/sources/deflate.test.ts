import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { deflate } from './deflate.ts';
import { canonicalCode, codeLengths } from './huffman.ts';

/** The same numbers on every machine. */
function noise(count: number, symbols: number, seed = 1): Uint8Array {
  const out = new Uint8Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    out[i] = (state >>> 16) % symbols;
  }
  return out;
}

function words(count: number): Uint8Array {
  const list = [
    'name: ',
    'spec:\n  ',
    'containers:\n',
    '- image: ',
    '{{ .Values.',
    ' }}\n',
    'template',
    'x',
    '42',
    '"',
  ];
  const text: string[] = [];
  for (const pick of noise(count, list.length, 7)) text.push(list[pick] as string);
  return new TextEncoder().encode(text.join(''));
}

/** Every symbol twice as often as the one before: as deep a tree as there can be. */
function skewed(): Uint8Array {
  const parts: number[] = [];
  for (let symbol = 0; symbol < 18; symbol++) for (let i = 0; i < 2 ** symbol; i++) parts.push(symbol * 7);
  return Uint8Array.from(parts);
}

const inputs: [name: string, bytes: Uint8Array][] = [
  ['nothing', new Uint8Array()],
  ['a byte', Uint8Array.of(0)],
  ['three bytes', Uint8Array.of(1, 2, 3)],
  ['one byte often', new Uint8Array(300_000)],
  ['258 and 259 equal bytes', new Uint8Array(258 + 259).fill(7)],
  ['noise', noise(200_000, 256)],
  ['noise of two symbols', noise(100_000, 2)],
  ['words', words(60_000)],
  ['skewed counts', skewed()],
  ['a match as far away as can be', Uint8Array.from([...noise(32_768, 256), ...noise(32_768, 256)])],
  ['a match just too far away', Uint8Array.from([...noise(32_769, 256), ...noise(32_769, 256)])],
  ['every byte', Uint8Array.from({ length: 256 }, (_, i) => i)],
];

test('what was deflated inflates to what it was', () => {
  for (const [name, bytes] of inputs) {
    const packed = deflate(bytes);
    assert.ok(Buffer.from(inflateRawSync(packed)).equals(bytes), name);
    assert.ok(packed.length <= bytes.length + 5 * Math.ceil(bytes.length / 20_000) + 16, `${name}: ${packed.length}`);
  }
});

test('text gets about as small as zlib makes it', () => {
  const bytes = words(60_000);
  assert.ok(deflate(bytes).length < 1.03 * deflateRawSync(bytes).length);
});

// These bytes are a promise: digests of packed charts depend on them.
test('the bytes never change', () => {
  const hash = createHash('sha256');
  for (const [, bytes] of inputs) hash.update(deflate(bytes));
  assert.equal(hash.digest('hex'), '6e397043c7bbb6ffeec9cf4f261ee242a7cb61fc66f70c9009fedbfffb996dee');
});

test('codes are complete and within their limit', () => {
  const counts = Uint32Array.from({ length: 19 }, (_, i) => 2 ** i);
  for (const limit of [5, 7, 15]) {
    const lengths = codeLengths(counts, limit);
    assert.ok(Math.max(...lengths) <= limit);
    assert.equal(
      lengths.reduce((sum, length) => sum + 2 ** -length, 0),
      1,
    );
    const { bits } = canonicalCode(lengths);
    assert.equal(new Set([...bits].map((bit, i) => `${lengths[i]}:${bit}`)).size, 19);
  }
});
