/**
 * Reads tar archives as Go's archive/tar does: v7, ustar, STAR, GNU and PAX headers, with its checks and its
 * error texts. Sparse files are refused.
 */
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';

/** An entry that is not a header for the next one. */
export interface TarEntry {
  readonly name: string;
  /** The type flag, e.g. `0` for a file and `2` for a symbolic link. */
  readonly type: string;
  readonly mode: number;
  /** What the header says, which for a link may differ from `data.length`. */
  readonly size: number;
  readonly modified: Date;
  /** The content: a view into the archive. */
  readonly data: Uint8Array;
  /** The archive ends before the content does. */
  readonly truncated: boolean;
}

const BLOCK = 512;
/** Go: format.go maxSpecialFileSize. */
const MAX_SPECIAL = 1 << 20;
const NO_DATA = new Uint8Array(0);

/** Go: tar.ErrHeader, tar.ErrFieldTooLong, io.ErrUnexpectedEOF. */
const INVALID_HEADER = 'archive/tar: invalid tar header';
const TOO_LONG = 'archive/tar: header field too long';
const TRUNCATED = 'unexpected EOF';

interface Header {
  name: string;
  type: string;
  mode: number;
  size: number;
  milliseconds: number;
}

/**
 * A cursor over the entries of an archive. `streamError` is what the stream behind the bytes ended with, if not
 * well: it shows only when reading gets as far as that, as it would with a stream.
 */
export class TarReader {
  private readonly bytes: Uint8Array;
  private readonly streamError: GoError | undefined;
  private at = 0;
  private cut = false;

  constructor(bytes: Uint8Array, streamError?: GoError) {
    this.bytes = bytes;
    this.streamError = streamError;
  }

  /** The next entry, or nothing at the end. Go: reader.go next */
  next(): TarEntry | undefined {
    let pax: Map<string, string> | undefined;
    let longName = '';
    for (;;) {
      const header = this.readHeader();
      if (header === undefined) return undefined;
      switch (header.type) {
        case 'x':
          pax = parsePax(this.readSpecial(header));
          continue;
        case 'g':
          // Go merges them into a header of which nobody reads more than the type, and passes over what is wrong there.
          parsePax(this.readSpecial(header));
          return entry(header, NO_DATA, false);
        case 'L':
          longName = cString(this.readSpecial(header));
          continue;
        case 'K':
          this.readSpecial(header);
          continue;
      }
      if (pax) mergePax(header, pax);
      if (longName !== '') header.name = longName;
      if (header.type === '\0') header.type = header.name.endsWith('/') ? '5' : '0';
      if (header.type === 'S' || (pax && isSparse(pax))) {
        throw new GoError('archive/tar: sparse files are not supported');
      }
      return this.readData(header);
    }
  }

  /** The error of reading past the end. */
  endError(): GoError {
    return this.streamError ?? new GoError(TRUNCATED);
  }

  private readData(header: Header): TarEntry {
    const stored = isHeaderOnly(header.type) ? 0 : header.size;
    if (stored < 0) throw new GoError(INVALID_HEADER);
    const left = this.bytes.length - this.at;
    const data = stored === 0 ? NO_DATA : this.bytes.subarray(this.at, this.at + Math.min(stored, left));
    this.at += padded(stored);
    this.cut = stored > left;
    return entry(header, data, this.cut);
  }

  /** The content of an entry that describes the next one. Go: reader.go readSpecialFile */
  private readSpecial(header: Header): Uint8Array {
    if (header.size < 0) throw new GoError(INVALID_HEADER);
    const left = this.bytes.length - this.at;
    if (Math.min(header.size, left) > MAX_SPECIAL) throw new GoError(TOO_LONG);
    if (header.size > left) throw this.endError();
    const data = this.bytes.subarray(this.at, this.at + header.size);
    this.at += padded(header.size);
    return data;
  }

  private readHeader(): Header | undefined {
    const block = this.block();
    if (block === undefined) return undefined;
    if (!isZero(block)) return parseHeader(block);
    const second = this.block();
    if (second === undefined || isZero(second)) return undefined;
    throw new GoError(INVALID_HEADER);
  }

  /** The next block, or nothing where the archive ends on its border or inside the padding before it. */
  private block(): Uint8Array | undefined {
    if (this.cut) throw this.endError();
    const left = this.bytes.length - this.at;
    if (left <= 0) {
      if (this.streamError) throw this.streamError;
      return undefined;
    }
    if (left < BLOCK) throw this.endError();
    const block = this.bytes.subarray(this.at, this.at + BLOCK);
    this.at += BLOCK;
    return block;
  }
}

function entry(header: Header, data: Uint8Array, truncated: boolean): TarEntry {
  const { name, type, mode, size, milliseconds } = header;
  return { name, type, mode, size, modified: new Date(milliseconds), data, truncated };
}

/** Links, devices, folders and FIFOs have no content, whatever their size says. Go: common.go isHeaderOnlyType */
function isHeaderOnly(type: string): boolean {
  return type >= '1' && type <= '6' && type.length === 1;
}

/** Go: reader.go readGNUSparsePAXHeaders */
function isSparse(pax: ReadonlyMap<string, string>): boolean {
  const version = `${pax.get('GNU.sparse.major') ?? ''}.${pax.get('GNU.sparse.minor') ?? ''}`;
  return (
    version === '0.0' || version === '0.1' || version === '1.0' || (version === '.' && !!pax.get('GNU.sparse.map'))
  );
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function isZero(block: Uint8Array): boolean {
  for (let i = 0; i < block.length; i++) if (block[i] !== 0) return false;
  return true;
}

const FORMAT_V7 = 0;
const FORMAT_USTAR = 1;
const FORMAT_STAR = 2;
const FORMAT_GNU = 3;

function parseHeader(block: Uint8Array): Header {
  const format = formatOf(block);
  const header: Header = {
    name: cString(block.subarray(0, 100)),
    type: String.fromCharCode(block[156] as number),
    mode: numeric(block, 100, 8),
    size: numeric(block, 124, 12),
    milliseconds: numeric(block, 136, 12) * 1000,
  };
  numeric(block, 108, 8);
  numeric(block, 116, 8);
  if (format === FORMAT_V7) return header;
  numeric(block, 329, 8);
  numeric(block, 337, 8);
  const prefix = prefixOf(block, format);
  if (prefix !== '') header.name = `${prefix}/${header.name}`;
  return header;
}

/** Go: reader.go readHeader, the part that knows the formats beyond v7 */
function prefixOf(block: Uint8Array, format: number): string {
  if (format === FORMAT_USTAR) return cString(block.subarray(345, 500));
  if (format === FORMAT_STAR) {
    numeric(block, 476, 12);
    numeric(block, 488, 12);
    return cString(block.subarray(345, 476));
  }
  // Old GNU headers keep times where ustar has the prefix; some writers put a prefix there all the same.
  if (timeIsFine(block, 345) && timeIsFine(block, 357)) return '';
  const prefix = cString(block.subarray(345, 500));
  for (let i = 0; i < prefix.length; i++) if (prefix.charCodeAt(i) >= 0x80) return '';
  return prefix;
}

function timeIsFine(block: Uint8Array, at: number): boolean {
  if (block[at] === 0) return true;
  try {
    numeric(block, at, 12);
    return true;
  } catch {
    return false;
  }
}

/** Go: format.go getFormat */
function formatOf(block: Uint8Array): number {
  const sum = numeric(block, 148, 8, true);
  let unsigned = 0;
  let signed = 0;
  for (let i = 0; i < BLOCK; i++) {
    const c = i >= 148 && i < 156 ? 32 : (block[i] as number);
    unsigned += c;
    signed += c > 127 ? c - 256 : c;
  }
  if (sum !== unsigned && sum !== signed) throw new GoError(INVALID_HEADER);
  const magic = latin(block, 257, 263);
  if (magic === 'ustar\0') return latin(block, 508, 512) === 'tar\0' ? FORMAT_STAR : FORMAT_USTAR;
  if (magic === 'ustar ' && latin(block, 263, 265) === ' \0') return FORMAT_GNU;
  return FORMAT_V7;
}

function latin(block: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...block.subarray(from, to));
}

/** Text up to the first NUL. */
function cString(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decodeBytes(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A number in octal or in base 256. Go: strconv.go parseNumeric */
function numeric(block: Uint8Array, at: number, width: number, octalOnly = false): number {
  const first = block[at] as number;
  if (first & 0x80 && !octalOnly) return base256(block.subarray(at, at + width));
  let from = at;
  let to = at + width;
  while (from < to && isBlank(block[from] as number)) from++;
  while (to > from && isBlank(block[to - 1] as number)) to--;
  if (from === to) return 0;
  let n = 0;
  for (let i = from; i < to && block[i] !== 0; i++) {
    const digit = (block[i] as number) - 48;
    if (digit < 0 || digit > 7) throw new GoError(INVALID_HEADER);
    n = n * 8 + digit;
  }
  return n;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 0;
}

function base256(field: Uint8Array): number {
  const invert = (field[0] as number) & 0x40 ? 0xff : 0;
  let n = 0n;
  for (let i = 0; i < field.length; i++) {
    const c = (field[i] as number) ^ invert;
    n = (n << 8n) | BigInt(i === 0 ? c & 0x7f : c);
  }
  if (n >> 63n) throw new GoError(INVALID_HEADER);
  return Number(invert ? -n - 1n : n);
}

/** Records of the form `<length> <key>=<value>\n`. Go: reader.go parsePAX, strconv.go parsePAXRecord */
function parsePax(bytes: Uint8Array): Map<string, string> {
  const out = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? Number.NaN : decimal(decodeBytes(bytes.subarray(at, space)));
    const end = at + length;
    if (!(length >= 5 && end <= bytes.length) || end <= space + 1 || bytes[end - 1] !== 10) {
      throw new GoError(INVALID_HEADER);
    }
    const record = decodeBytes(bytes.subarray(space + 1, end - 1));
    const equals = record.indexOf('=');
    if (equals <= 0) throw new GoError(INVALID_HEADER);
    const key = record.slice(0, equals);
    const value = record.slice(equals + 1);
    const named = key === 'path' || key === 'linkpath' || key === 'uname' || key === 'gname';
    if ((named ? value : key).includes('\0')) throw new GoError(INVALID_HEADER);
    out.set(key === 'GNU.sparse.offset' || key === 'GNU.sparse.numbytes' ? 'GNU.sparse.map' : key, value);
    at = end;
  }
  return out;
}

/** A decimal integer as strconv.ParseInt takes it; NaN for anything else. */
function decimal(text: string): number {
  return /^[+-]?[0-9]{1,18}$/.test(text) ? Number(text) : Number.NaN;
}

/** Go: reader.go mergePAX. An empty value keeps what the plain header says. */
function mergePax(header: Header, records: ReadonlyMap<string, string>): void {
  for (const [key, value] of records) {
    if (value === '') continue;
    if (key === 'path') header.name = value;
    else if (key === 'size') header.size = whole(value);
    else if (key === 'mtime') header.milliseconds = paxTime(value);
    else if (key === 'atime' || key === 'ctime') paxTime(value);
    else if (key === 'uid' || key === 'gid') whole(value);
  }
}

function whole(text: string): number {
  const n = decimal(text);
  if (Number.isNaN(n)) throw new GoError(INVALID_HEADER);
  return n;
}

/** Seconds with a decimal fraction, as milliseconds. Go: strconv.go parsePAXTime */
function paxTime(text: string): number {
  const dot = text.indexOf('.');
  const seconds = whole(dot < 0 ? text : text.slice(0, dot));
  const fraction = dot < 0 ? '' : text.slice(dot + 1);
  if (!/^[0-9]*$/.test(fraction)) throw new GoError(INVALID_HEADER);
  const milliseconds = Number(fraction.slice(0, 3).padEnd(3, '0'));
  return seconds * 1000 + (text.startsWith('-') ? -milliseconds : milliseconds);
}
