/**
 * How much memory a WebAssembly module may have, written into the module itself: engines hold to what a module
 * declares, while flags for limits are each engine's own. WebAssembly specification 5.5.8 Memory Section
 */

import { concatBytes } from '../../go/bytes.ts';

const HEADER = 8;
const MEMORY_SECTION = 5;
/** Limits with a maximum; other flags are for shared and for 64-bit memories. */
const HAS_MAX = 1;

/** Reads and copies a module, byte by byte. */
class Cursor {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new Error('the module ends too soon');
    return byte;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 0x1000_0000) throw new Error('the module has a number that is too large');
    }
  }
}

/**
 * A module whose memories cannot grow beyond a number of pages of 64 KiB.
 *
 * @throws Error for a module that wants more to begin with, or another kind of memory
 */
export function limitMemory(module: Uint8Array, maxPages: number): Uint8Array {
  const cursor = new Cursor(module, HEADER);
  while (cursor.at < module.length) {
    const start = cursor.at;
    const id = cursor.byte();
    const end = cursor.number() + cursor.at;
    if (id === MEMORY_SECTION) {
      const section = limitedSection(cursor, maxPages);
      if (cursor.at !== end) throw new Error('the memory section of the module is broken');
      return concatBytes([module.subarray(0, start), section, module.subarray(end)]);
    }
    cursor.at = end;
  }
  return module;
}

function limitedSection(cursor: Cursor, maxPages: number): Uint8Array {
  const count = cursor.number();
  const body = [...leb(count)];
  for (let i = 0; i < count; i++) {
    const flags = cursor.byte();
    if (flags > HAS_MAX) throw new Error('memory that is shared, or of 64 bits, is not allowed');
    const min = cursor.number();
    const max = flags === HAS_MAX ? cursor.number() : maxPages;
    if (min > maxPages) throw new Error(`memory of ${min} pages is more than the ${maxPages} that are allowed`);
    body.push(HAS_MAX, ...leb(min), ...leb(Math.min(max, maxPages)));
  }
  return Uint8Array.from([MEMORY_SECTION, ...leb(body.length), ...body]);
}

function leb(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return [...bytes, left];
}
