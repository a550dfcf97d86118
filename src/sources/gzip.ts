import { GoError } from '../go/error.ts';

/** Compressed data that ended early or badly; what came out before that is kept, as Go's reader would give it. */
export class InflateError extends GoError {
  override name = 'InflateError';
  readonly output: Uint8Array;

  constructor(message: string, output: Uint8Array) {
    super(message);
    this.output = output;
  }
}

/** Go: gzip.ErrHeader, gzip.ErrChecksum, io.ErrUnexpectedEOF. */
export const HEADER_TEXT = 'gzip: invalid header';
export const CHECKSUM_TEXT = 'gzip: invalid checksum';
export const TRUNCATED_TEXT = 'unexpected EOF';

/** What inflation that hits its limit ends with; the archive reader has a better text where it gets that far. */
export const LIMIT_TEXT = 'the decompressed data is larger than its limit';

const HAS_CHECKSUM = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;

/**
 * Where the deflate data of the gzip member at `start` begins (RFC 1952, section 2.3).
 *
 * @throws GoError with Go's text for a bad header or one that is cut off.
 */
export function memberBody(bytes: Uint8Array, start: number): number {
  if (bytes.length - start < 10) throw new GoError(bytes.length === start ? 'EOF' : TRUNCATED_TEXT);
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b || bytes[start + 2] !== 8) throw new GoError(HEADER_TEXT);
  const flags = bytes[start + 3] as number;
  let at = start + 10;
  if (flags & HAS_EXTRA) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  if (flags & HAS_NAME) at = afterZero(bytes, at);
  if (flags & HAS_COMMENT) at = afterZero(bytes, at);
  if (flags & HAS_CHECKSUM) at += 2;
  if (at > bytes.length) throw new GoError(TRUNCATED_TEXT);
  if (flags & HAS_CHECKSUM) {
    const sum = (bytes[at - 2] as number) | ((bytes[at - 1] as number) << 8);
    if (sum !== (crc32(bytes.subarray(start, at - 2)) & 0xffff)) throw new GoError(HEADER_TEXT);
  }
  return at;
}

/** Go: gunzip.go readString, which gives up on names longer than its buffer. */
function afterZero(bytes: Uint8Array, at: number): number {
  const end = bytes.indexOf(0, at);
  if (end < 0) throw new GoError(bytes.length - at >= 512 ? HEADER_TEXT : TRUNCATED_TEXT);
  if (end - at >= 512) throw new GoError(HEADER_TEXT);
  return end + 1;
}

let table: Uint32Array | undefined;

/** CRC-32 as gzip has it. */
export function crc32(bytes: Uint8Array): number {
  table ??= makeTable();
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc = (table[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function makeTable(): Uint32Array {
  const out = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let c = n;
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    out[n] = c;
  }
  return out;
}

/** What a gzip header can say besides the data. */
export interface GzipHeader {
  readonly extra?: Uint8Array;
  /** ASCII. */
  readonly comment?: string;
}

/** A gzip member around deflate data: RFC 1952 with no time and an unknown system, as Go writes it. */
export function gzipMember(deflated: Uint8Array, plain: Uint8Array, header: GzipHeader = {}): Uint8Array {
  const { extra, comment } = header;
  const head = [0x1f, 0x8b, 8, (extra ? HAS_EXTRA : 0) | (comment ? HAS_COMMENT : 0), 0, 0, 0, 0, 0, 255];
  if (extra) head.push(extra.length & 0xff, extra.length >> 8, ...extra);
  if (comment) for (let i = 0; i <= comment.length; i++) head.push(comment.charCodeAt(i) || 0);
  const out = new Uint8Array(head.length + deflated.length + 8);
  out.set(head);
  out.set(deflated, head.length);
  const view = new DataView(out.buffer, head.length + deflated.length);
  view.setUint32(0, crc32(plain), true);
  view.setUint32(4, plain.length >>> 0, true);
  return out;
}
