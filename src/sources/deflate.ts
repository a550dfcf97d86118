/**
 * Deflate that gives the same bytes everywhere: zlib's differ by version and processor, those of browsers by the
 * browser, and the digest of an archive is its name. RFC 1951
 */
import { canonicalCode, codeLengths, type PrefixCode } from './huffman.ts';

const WINDOW = 32_768;
const MIN_MATCH = 3;
const MAX_MATCH = 258;
/** How many earlier places are tried, and how long a match must be to try no more. */
const CHAIN = 128;
const GOOD = 64;
/** Symbols of a block; each has codes of its own. */
const BLOCK = 24_576;
const STORED_LIMIT = 65_535;

const END_OF_BLOCK = 256;
const LITERALS = 286;
const DISTANCES = 30;

const LENGTH_BASE: number[] = [];
const LENGTH_EXTRA: number[] = [];
const DISTANCE_BASE: number[] = [];
const DISTANCE_EXTRA: number[] = [];
/** Symbols by length, and by distance up to 256 or, above, by its upper bits. */
const LENGTH_SYMBOL = new Uint8Array(MAX_MATCH + 1);
const DISTANCE_SYMBOL = new Uint8Array(512);

/** RFC 1951, section 3.2.5 */
function fillTables(): void {
  if (LENGTH_BASE.length > 0) return;
  for (let symbol = 0, base = MIN_MATCH; symbol < 28; symbol++) {
    const extra = symbol < 8 ? 0 : (symbol >> 2) - 1;
    LENGTH_BASE.push(base);
    LENGTH_EXTRA.push(extra);
    for (let i = 0; i < 1 << extra; i++) LENGTH_SYMBOL[base++] = symbol;
  }
  LENGTH_BASE.push(MAX_MATCH);
  LENGTH_EXTRA.push(0);
  LENGTH_SYMBOL[MAX_MATCH] = 28;
  for (let symbol = 0, base = 1; symbol < DISTANCES; symbol++) {
    const extra = symbol < 4 ? 0 : (symbol >> 1) - 1;
    DISTANCE_BASE.push(base);
    DISTANCE_EXTRA.push(extra);
    for (let i = 0; i < 1 << extra; i++, base++) {
      if (base <= 256) DISTANCE_SYMBOL[base - 1] = symbol;
      else DISTANCE_SYMBOL[256 + ((base - 1) >> 7)] = symbol;
    }
  }
}

function distanceSymbol(distance: number): number {
  return DISTANCE_SYMBOL[distance <= 256 ? distance - 1 : 256 + ((distance - 1) >> 7)] as number;
}

/** The deflate data of some bytes. */
export function deflate(bytes: Uint8Array): Uint8Array {
  fillTables();
  const writer = new BitWriter(Math.max(64, bytes.length >> 2));
  const matcher = new Matcher(bytes);
  const symbols = new Uint32Array(BLOCK);
  for (let from = 0; ; ) {
    const count = matcher.fill(symbols);
    const to = matcher.at;
    writeBlock(writer, symbols.subarray(0, count), bytes.subarray(from, to), to === bytes.length);
    if (to === bytes.length) return writer.finish();
    from = to;
  }
}

/** Finds earlier occurrences of what comes. A symbol is a byte, or `distance << 9 | length`. */
class Matcher {
  readonly #bytes: Uint8Array;
  /** By hash of three bytes: the last place that has it; by place: the one before with the same hash. */
  readonly #last = new Int32Array(WINDOW).fill(-1);
  readonly #before = new Int32Array(WINDOW);
  #length = 0;
  #distance = 0;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Fills a block with symbols; how many it has. */
  fill(symbols: Uint32Array): number {
    const bytes = this.#bytes;
    let count = 0;
    while (this.at < bytes.length && count < symbols.length) {
      this.#find(this.at);
      let length = this.#length;
      let distance = this.#distance;
      this.#enter(this.at);
      // A longer match may start at the next byte; then this one is better left a literal.
      while (length >= MIN_MATCH && length < GOOD && count + 1 < symbols.length) {
        this.#find(this.at + 1);
        if (this.#length <= length) break;
        symbols[count++] = bytes[this.at++] as number;
        length = this.#length;
        distance = this.#distance;
        this.#enter(this.at);
      }
      if (length < MIN_MATCH) {
        symbols[count++] = bytes[this.at++] as number;
        continue;
      }
      symbols[count++] = (distance << 9) | length;
      for (const end = this.at + length; ++this.at < end; ) this.#enter(this.at);
    }
    return count;
  }

  #hash(at: number): number {
    const bytes = this.#bytes;
    const three = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
    return (Math.imul(three, 0x9e3779b1) >>> 17) & (WINDOW - 1);
  }

  #enter(at: number): void {
    if (at + MIN_MATCH > this.#bytes.length) return;
    const hash = this.#hash(at);
    this.#before[at & (WINDOW - 1)] = this.#last[hash] as number;
    this.#last[hash] = at;
  }

  /** The longest match at a place, the nearest among equals. */
  #find(at: number): void {
    const bytes = this.#bytes;
    const most = Math.min(MAX_MATCH, bytes.length - at);
    let best = MIN_MATCH - 1;
    this.#length = 0;
    if (most < MIN_MATCH) return;
    let place = this.#last[this.#hash(at)] as number;
    for (let tries = CHAIN; tries > 0 && place >= 0 && at - place < WINDOW; tries--) {
      if (bytes[place + best] === bytes[at + best]) {
        let length = 0;
        while (length < most && bytes[place + length] === bytes[at + length]) length++;
        if (length > best) {
          best = length;
          this.#length = length;
          this.#distance = at - place;
          if (length >= GOOD || length === most) return;
        }
      }
      const next = this.#before[place & (WINDOW - 1)] as number;
      // The entry of an older place has been taken by a newer one.
      if (next >= place) return;
      place = next;
    }
  }
}

/** Bits, the first in the lowest place of a byte. */
class BitWriter {
  #bytes: Uint8Array;
  #size = 0;
  #bits = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** At most 16 bits at once. */
  write(bits: number, count: number): void {
    this.#bits |= bits << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      this.#push(this.#bits & 0xff);
      this.#bits >>>= 8;
      this.#count -= 8;
    }
  }

  align(): void {
    if (this.#count > 0) this.write(0, 8 - this.#count);
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#push(byte);
  }

  finish(): Uint8Array {
    this.align();
    return this.#bytes.slice(0, this.#size);
  }

  #push(byte: number): void {
    if (this.#size === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#size);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#size++] = byte;
  }
}

function writeBlock(writer: BitWriter, symbols: Uint32Array, bytes: Uint8Array, last: boolean): void {
  const literalCounts = new Uint32Array(LITERALS);
  const distanceCounts = new Uint32Array(DISTANCES);
  literalCounts[END_OF_BLOCK] = 1;
  let extraBits = 0;
  for (const symbol of symbols) {
    if (symbol < 256) {
      literalCounts[symbol] = (literalCounts[symbol] as number) + 1;
      continue;
    }
    const length = LENGTH_SYMBOL[symbol & 511] as number;
    const distance = distanceSymbol(symbol >>> 9);
    literalCounts[257 + length] = (literalCounts[257 + length] as number) + 1;
    distanceCounts[distance] = (distanceCounts[distance] as number) + 1;
    extraBits += (LENGTH_EXTRA[length] as number) + (DISTANCE_EXTRA[distance] as number);
  }
  const literals = canonicalCode(codeLengths(literalCounts, 15));
  const distances = canonicalCode(codeLengths(distanceCounts, 15));
  const head = describeCodes(literals.lengths, distances.lengths);
  const size = head.size + extraBits + sizeOf(literalCounts, literals) + sizeOf(distanceCounts, distances);
  if (size >= 8 * bytes.length + 32) {
    writeStored(writer, bytes, last);
    return;
  }
  writer.write(last ? 1 : 0, 1);
  writer.write(2, 2);
  head.write(writer);
  writeSymbols(writer, symbols, literals, distances);
}

function sizeOf(counts: Uint32Array, { lengths }: PrefixCode): number {
  let size = 0;
  for (let i = 0; i < counts.length; i++) size += (counts[i] as number) * (lengths[i] as number);
  return size;
}

function writeStored(writer: BitWriter, bytes: Uint8Array, last: boolean): void {
  for (let at = 0; ; ) {
    const end = Math.min(bytes.length, at + STORED_LIMIT);
    writer.write(last && end === bytes.length ? 1 : 0, 3);
    writer.align();
    writer.write(end - at, 16);
    writer.write(~(end - at) & 0xffff, 16);
    writer.bytes(bytes.subarray(at, end));
    if (end === bytes.length) return;
    at = end;
  }
}

function writeSymbols(writer: BitWriter, symbols: Uint32Array, literals: PrefixCode, distances: PrefixCode): void {
  const put = ({ bits, lengths }: PrefixCode, symbol: number): void =>
    writer.write(bits[symbol] as number, lengths[symbol] as number);
  for (const symbol of symbols) {
    if (symbol < 256) {
      put(literals, symbol);
      continue;
    }
    const length = symbol & 511;
    const lengthSymbol = LENGTH_SYMBOL[length] as number;
    put(literals, 257 + lengthSymbol);
    writer.write(length - (LENGTH_BASE[lengthSymbol] as number), LENGTH_EXTRA[lengthSymbol] as number);
    const distance = symbol >>> 9;
    const distanceCode = distanceSymbol(distance);
    put(distances, distanceCode);
    writer.write(distance - (DISTANCE_BASE[distanceCode] as number), DISTANCE_EXTRA[distanceCode] as number);
  }
  put(literals, END_OF_BLOCK);
}

/** The order in which lengths of the code of code lengths are written. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const REPEAT_EXTRA: Readonly<Record<number, number>> = { 16: 2, 17: 3, 18: 7 };

/** How the codes of a block are told to the reader. RFC 1951, section 3.2.7 */
function describeCodes(
  literals: Uint8Array,
  distances: Uint8Array,
): { readonly size: number; write(writer: BitWriter): void } {
  const literalCount = usedLength(literals, 257);
  const distanceCount = usedLength(distances, 1);
  const all = new Uint8Array(literalCount + distanceCount);
  all.set(literals.subarray(0, literalCount));
  all.set(distances.subarray(0, distanceCount), literalCount);
  const runs = runsOf(all);
  const counts = new Uint32Array(19);
  for (const [symbol] of runs) counts[symbol] = (counts[symbol] as number) + 1;
  const code = canonicalCode(codeLengths(counts, 7));
  let orderCount = ORDER.length;
  while (orderCount > 4 && code.lengths[ORDER[orderCount - 1] as number] === 0) orderCount--;
  const extra = runs.reduce((sum, [symbol]) => sum + (REPEAT_EXTRA[symbol] ?? 0), 0);
  return {
    size: 17 + 3 * orderCount + extra + sizeOf(counts, code),
    write(writer) {
      writer.write(literalCount - 257, 5);
      writer.write(distanceCount - 1, 5);
      writer.write(orderCount - 4, 4);
      for (const symbol of ORDER.slice(0, orderCount)) writer.write(code.lengths[symbol] as number, 3);
      for (const [symbol, value] of runs) {
        writer.write(code.bits[symbol] as number, code.lengths[symbol] as number);
        writer.write(value, REPEAT_EXTRA[symbol] ?? 0);
      }
    },
  };
}

function usedLength(lengths: Uint8Array, least: number): number {
  let end = lengths.length;
  while (end > least && lengths[end - 1] === 0) end--;
  return end;
}

/** Lengths with repetitions taken together: symbols of the code of code lengths, with their extra bits. */
function runsOf(lengths: Uint8Array): (readonly [symbol: number, value: number])[] {
  const runs: (readonly [number, number])[] = [];
  for (let at = 0; at < lengths.length; ) {
    const length = lengths[at] as number;
    let count = 1;
    while (at + count < lengths.length && lengths[at + count] === length) count++;
    at += count;
    if (length !== 0) {
      runs.push([length, 0]);
      count--;
    }
    while (count >= 3) {
      const most = length === 0 ? (count >= 11 ? 138 : 10) : 6;
      const part = Math.min(count, most);
      runs.push(length !== 0 ? [16, part - 3] : part >= 11 ? [18, part - 11] : [17, part - 3]);
      count -= part;
    }
    for (; count > 0; count--) runs.push([length, 0]);
  }
  return runs;
}
