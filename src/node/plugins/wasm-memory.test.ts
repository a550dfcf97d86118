import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitMemory } from './wasm-memory.ts';

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** A custom section before, and one after. */
const BEFORE = [0, 2, 1, 0x61];
const AFTER = [0, 3, 1, 0x62, 9];

const module = (...memory: number[]): Uint8Array =>
  Uint8Array.from([...HEAD, ...BEFORE, ...(memory.length > 0 ? [5, memory.length, ...memory] : []), ...AFTER]);

test('memories get a maximum, or a smaller one', () => {
  assert.deepEqual(limitMemory(module(1, 0, 2), 300), module(1, 1, 2, 0xac, 2));
  assert.deepEqual(limitMemory(module(1, 1, 2, 0xff, 0x7f), 4), module(1, 1, 2, 4));
  assert.deepEqual(limitMemory(module(1, 1, 2, 3), 4), module(1, 1, 2, 3));
  assert.deepEqual(limitMemory(module(2, 0, 1, 0, 0), 4), module(2, 1, 1, 4, 1, 0, 4));
  assert.deepEqual(limitMemory(module(), 4), module());
});

test('what wants more, or is broken, is refused', () => {
  assert.throws(() => limitMemory(module(1, 0, 5), 4), /memory of 5 pages is more than the 4 that are allowed/);
  assert.throws(() => limitMemory(module(1, 3, 1, 4), 4), /shared/);
  assert.throws(() => limitMemory(module(1, 4, 1), 4), /64 bits/);
  assert.throws(() => limitMemory(module(1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1), 4), /too large/);
  assert.throws(() => limitMemory(module(9, 0, 1), 4), /broken|allowed/);
  assert.throws(() => limitMemory(Uint8Array.from([...HEAD, 5, 9, 1]), 4), /too soon/);
});

test('the engine holds to it', async () => {
  // A memory that grows by 3 pages when it is asked.
  const grows = Uint8Array.from([
    ...HEAD,
    ...[1, 5, 1, 0x60, 0, 1, 0x7f],
    ...[3, 2, 1, 0],
    ...[5, 3, 1, 0, 1],
    ...[7, 5, 1, 1, 0x67, 0, 0],
    ...[10, 8, 1, 6, 0, 0x41, 3, 0x40, 0, 0x0b],
  ]);
  const grow = async (pages: number): Promise<unknown> => {
    const { instance } = await WebAssembly.instantiate(limitMemory(grows, pages) as BufferSource);
    return (instance.exports['g'] as () => number)();
  };
  assert.equal(await grow(4), 1);
  assert.equal(await grow(3), -1);
});
