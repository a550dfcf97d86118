/**
 * Inflates bit by bit, to say what Go says of data that is broken, and how much of it can be read. Sound data is for
 * the runtime, which is faster by far. RFC 1951; Go: compress/flate/inflate.go
 */
import { LIMIT_TEXT, TRUNCATED_TEXT } from './gzip.ts';

/** What became of deflate data: `end` is where what follows it begins. */
export interface Inflated {
  readonly output: Uint8Array;
  readonly end: number;
  /** Why it ended before its end. */
  readonly fault?: string;
}

/** Data that is broken, cut off or too large. */
class Broken extends Error {}

const MAX_LITERALS = 286;
const MAX_DISTANCES = 30;
const MAX_BITS = 15;
const END_OF_BLOCK = 256;
/** The order in which the lengths of the lengths' codes come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Codes by length: how many there are of each, and the symbols in the order of their codes. */
interface Huffman {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
  /** Bits that can be read at once, since no code is shorter. */
  readonly least: number;
}

/** The deflate data at `start`, as far as it can be read and up to `limit` bytes of output. */
export function inflateExactly(bytes: Uint8Array, start: number, limit: number): Inflated {
  const inflater = new Inflater(bytes, start, limit);
  try {
    inflater.run();
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    return { output: inflater.output, end: inflater.at, fault: error.message };
  }
  return { output: inflater.output, end: inflater.at };
}

class Inflater {
  at: number;
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly limit: number;
  private out: Uint8Array;
  private size = 0;
  private bits = 0;
  private count = 0;

  constructor(bytes: Uint8Array, start: number, limit: number) {
    this.bytes = bytes;
    this.start = start;
    this.limit = limit;
    this.at = start;
    this.out = new Uint8Array(Math.min(limit, 4 * (bytes.length - start) + 1024));
  }

  get output(): Uint8Array {
    return this.out.subarray(0, this.size);
  }

  run(): void {
    for (let final = 0; final === 0; ) {
      const head = this.take(3);
      final = head & 1;
      if (head >> 1 === 0) this.stored();
      else if (head >> 1 === 1) this.block(fixedCode(), undefined);
      else if (head >> 1 === 2) this.dynamic();
      else throw this.corrupt();
    }
  }

  private corrupt(): Broken {
    return new Broken(`flate: corrupt input before offset ${this.at - this.start}`);
  }

  private more(): void {
    if (this.at >= this.bytes.length) throw new Broken(TRUNCATED_TEXT);
    this.bits |= (this.bytes[this.at++] as number) << this.count;
    this.count += 8;
  }

  private take(width: number): number {
    while (this.count < width) this.more();
    const value = this.bits & ((1 << width) - 1);
    this.drop(width);
    return value;
  }

  private drop(width: number): void {
    this.bits >>>= width;
    this.count -= width;
  }

  /** Reads no more bytes than Go does, which looks codes up as if zeros followed. Go: huffSym */
  private symbol({ counts, symbols, least }: Huffman): number {
    for (let width = least; ; ) {
      while (this.count < width) this.more();
      let code = 0;
      let first = 0;
      let index = 0;
      for (width = 1; width <= MAX_BITS; width++) {
        code |= (this.bits >>> (width - 1)) & 1;
        const here = counts[width] as number;
        if (code - first < here) break;
        index += here;
        first = (first + here) << 1;
        code <<= 1;
      }
      if (width > MAX_BITS) throw this.corrupt();
      if (width > this.count) continue;
      this.drop(width);
      return symbols[index + code - first] as number;
    }
  }

  private stored(): void {
    this.bits = 0;
    this.count = 0;
    const left = this.bytes.length - this.at;
    this.at += Math.min(4, left);
    if (left < 4) throw new Broken(TRUNCATED_TEXT);
    const word = (at: number): number => (this.bytes[at] as number) | ((this.bytes[at + 1] as number) << 8);
    const length = word(this.at - 4);
    if (word(this.at - 2) !== (~length & 0xffff)) throw this.corrupt();
    const part = this.bytes.subarray(this.at, this.at + length);
    this.room(part.length);
    this.out.set(part, this.size);
    this.size += part.length;
    this.at += part.length;
    if (part.length < length) throw new Broken(TRUNCATED_TEXT);
  }

  private room(length: number): void {
    const needed = this.size + length;
    if (needed > this.limit) throw new Broken(LIMIT_TEXT);
    if (needed <= this.out.length) return;
    const larger = new Uint8Array(Math.min(this.limit, Math.max(needed, 2 * this.out.length)));
    larger.set(this.output);
    this.out = larger;
  }

  /** Go: readHuffman */
  private dynamic(): void {
    while (this.count < 14) this.more();
    const literals = (this.bits & 31) + 257;
    if (literals > MAX_LITERALS) throw this.corrupt();
    const distances = ((this.bits >> 5) & 31) + 1;
    if (distances > MAX_DISTANCES) throw this.corrupt();
    const known = ((this.bits >> 10) & 15) + 4;
    this.drop(14);
    const lengths = new Uint8Array(ORDER.length);
    for (const symbol of ORDER.slice(0, known)) lengths[symbol] = this.take(3);
    const code = this.code(lengths);
    const all = this.lengths(code, literals + distances);
    const first = this.code(all.subarray(0, literals));
    // Every block ends with one, so that its code can be read at once.
    const least = Math.max(first.least, all[END_OF_BLOCK] as number);
    this.block({ ...first, least }, this.code(all.subarray(literals)));
  }

  private lengths(code: Huffman, count: number): Uint8Array {
    const all = new Uint8Array(count);
    for (let i = 0; i < count; ) {
      const symbol = this.symbol(code);
      if (symbol < 16) {
        all[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw this.corrupt();
      const before = symbol === 16 ? (all[i - 1] as number) : 0;
      const times = symbol === 16 ? 3 + this.take(2) : symbol === 17 ? 3 + this.take(3) : 11 + this.take(7);
      if (i + times > count) throw this.corrupt();
      all.fill(before, i, i + times);
      i += times;
    }
    return all;
  }

  private code(lengths: Uint8Array): Huffman {
    const code = huffman(lengths);
    if (code === undefined) throw this.corrupt();
    return code;
  }

  private block(literals: Huffman, distances: Huffman | undefined): void {
    for (;;) {
      const symbol = this.symbol(literals);
      if (symbol === END_OF_BLOCK) return;
      if (symbol < END_OF_BLOCK) {
        this.room(1);
        this.out[this.size++] = symbol;
      } else if (symbol < MAX_LITERALS) {
        const length = this.length(symbol);
        this.copy(this.distance(distances), length);
      } else throw this.corrupt();
    }
  }

  private length(symbol: number): number {
    if (symbol === 285) return 258;
    if (symbol < 265) return symbol - 254;
    const width = (symbol - 261) >> 2;
    return 3 + ((4 + ((symbol - 261) & 3)) << width) + this.take(width);
  }

  private distance(code: Huffman | undefined): number {
    const symbol = code === undefined ? reversed(this.take(5)) : this.symbol(code);
    if (symbol >= MAX_DISTANCES) throw this.corrupt();
    if (symbol < 4) return symbol + 1;
    const width = (symbol - 2) >> 1;
    return 1 + ((2 + (symbol & 1)) << width) + this.take(width);
  }

  private copy(distance: number, length: number): void {
    if (distance > this.size) throw this.corrupt();
    this.room(length);
    const { out, size } = this;
    if (distance >= length) out.copyWithin(size, size - distance, size - distance + length);
    else for (let i = size; i < size + length; i++) out[i] = out[i - distance] as number;
    this.size += length;
  }
}

function reversed(five: number): number {
  return ((five & 1) << 4) | ((five & 2) << 2) | (five & 4) | ((five & 8) >> 2) | (five >> 4);
}

/** Undefined where the lengths are no code. One that has nothing, or a single code of one bit, is one. */
function huffman(lengths: Uint8Array): Huffman | undefined {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] as number) + 1;
  const starts = new Uint16Array(MAX_BITS + 2);
  let [left, used, least] = [1, 0, 0];
  for (let width = 1; width <= MAX_BITS; width++) {
    const here = counts[width] as number;
    left = 2 * left - here;
    used += here;
    if (here > 0 && least === 0) least = width;
    if (left < 0) return undefined;
    starts[width + 1] = used;
  }
  if (left > 0 && used > 0 && !(used === 1 && least === 1)) return undefined;
  const symbols = new Uint16Array(used);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const at = starts[length] as number;
    symbols[at] = symbol;
    starts[length] = at + 1;
  }
  return { counts, symbols, least };
}

let fixed: Huffman | undefined;

function fixedCode(): Huffman {
  fixed ??= huffman(Uint8Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)));
  return fixed as Huffman;
}
