/** Bytes as text between BEGIN and END lines. Go: go-crypto openpgp/armor */
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { GoError } from '../go/error.ts';
import { structural } from './fault.ts';

/**
 * Armored data, without a newline at the end. It has a checksum, which Helm leaves out: nobody looks at it, but
 * without it GnuPG takes the END line for data where the base64 needs no padding.
 */
export function encodeArmor(type: string, bytes: Uint8Array): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${type}-----`, '', ...lines, `=${encodeBase64(crc24(bytes))}`, `-----END ${type}-----`].join(
    '\n',
  );
}

/** RFC 4880, section 6.1 */
function crc24(bytes: Uint8Array): Uint8Array {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let i = 0; i < 8; i++) {
      crc <<= 1;
      if (crc & 0x1000000) crc ^= 0x1864cfb;
    }
  }
  return Uint8Array.of(crc >> 16, crc >> 8, crc);
}

/** A block, and where the text after it starts. */
export interface ArmoredBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
  readonly end: number;
}

/**
 * The first armored block of a byte string at or after `from`.
 *
 * @throws PgpError, GoError for bad base64
 */
export function decodeArmor(text: string, from = 0): ArmoredBlock | undefined {
  const lines = linesOf(text, from);
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const type = beginOf(line.value.text);
    if (type !== undefined && skipHeaders(lines)) return readBody(type, lines, text.length);
  }
  return undefined;
}

/** Longer lines come in pieces, none of which is what it would be as a whole. Go: armor.go Decode, ReadLine */
const LONGEST_LINE = 99;

const BEGIN = '-----BEGIN ';
const DASHES = '-----';

/** The type in a line that begins a block. Go does not look at what ends it. */
function beginOf(line: string): string | undefined {
  const isBegin = line.startsWith(BEGIN) && line.length > BEGIN.length + DASHES.length && line.length <= LONGEST_LINE;
  return isBegin ? line.slice(BEGIN.length, -DASHES.length) : undefined;
}

interface Line {
  readonly text: string;
  readonly next: number;
}

function* linesOf(text: string, from: number): Generator<Line, undefined> {
  for (let at = from; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const next = newline < 0 ? end : newline + 1;
    yield { text: trimSpace(text.slice(at, end)), next };
    at = next;
  }
  return undefined;
}

const SPACE = '\t\n\v\f\r ';

/** Without the ASCII white space at both ends. */
export function trimSpace(text: string): string {
  let from = 0;
  while (from < text.length && SPACE.includes(text.charAt(from))) from++;
  return trimEnd(text.slice(from), SPACE);
}

/** Without those of the characters that it ends with; a pattern would take quadratic time. */
export function trimEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** False where what looked like a block is none. */
function skipHeaders(lines: Iterator<Line, undefined>): boolean {
  for (let line = lines.next(); !line.done; line = lines.next()) {
    if (line.value.text === '') return true;
    if (!line.value.text.includes(':')) return false;
  }
  return false;
}

function readBody(type: string, lines: Iterator<Line, undefined>, length: number): ArmoredBlock {
  const parts: string[] = [];
  let end = length;
  let checksum = false;
  for (let line = lines.next(); !line.done; line = lines.next()) {
    const { text, next } = line.value;
    end = next;
    if (text.startsWith('-----END ') && text.length <= LONGEST_LINE) break;
    if (text.length === 5 && text.startsWith('=')) checksum = true;
    if (checksum) continue;
    if (text.length > 96) throw structural('armor invalid');
    parts.push(text);
  }
  const bytes = decodeBase64(parts.join(''));
  if (!(bytes instanceof Uint8Array)) throw new GoError(`illegal base64 data at input byte ${bytes.errorAt}`);
  return { type, bytes, end };
}
