/** OpenPGP packets, one after the other. Go: go-crypto openpgp/packet/packet.go readHeader, reader.go Next */
import { concatBytes } from '../go/bytes.ts';
import { PgpError, structural } from './fault.ts';

/** A packet whose content nobody has looked at yet. */
export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
}

export const SIGNATURE = 2;
export const SECRET_KEY = 5;
export const PUBLIC_KEY = 6;
export const SECRET_SUBKEY = 7;
export const USER_ID = 13;
export const PUBLIC_SUBKEY = 14;

const MARKER = 10;
const TRUST = 12;
const PADDING = 21;

/** Tags that OpenPGP gives a meaning to; of the others, those below 40 must not be passed over. */
const KNOWN: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 14, 17, 18, 20]);

const TRUNCATED = 'unexpected EOF';

/**
 * All packets of a file, without those that mean nothing.
 *
 * @throws PgpError
 */
export function* readPackets(bytes: Uint8Array): Generator<Packet, undefined> {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const packet = readPacket(cursor);
    if (packet.tag === MARKER || packet.tag === TRUST || packet.tag === PADDING || packet.tag >= 40) continue;
    if (!KNOWN.has(packet.tag)) throw new PgpError('fatal', `openpgp: unknown critical packet type: ${packet.tag}`);
    yield packet;
  }
  return undefined;
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

function readPacket(cursor: Cursor): Packet {
  const head = byte(cursor);
  if ((head & 0x80) === 0) throw structural('tag byte does not have MSB set');
  if ((head & 0x40) === 0) {
    const width = head & 3;
    const length = width === 3 ? cursor.bytes.length - cursor.at : number(cursor, 1 << width);
    return { tag: (head & 0x3f) >> 2, body: take(cursor, length) };
  }
  return { tag: head & 0x3f, body: newBody(cursor) };
}

/** The content of a packet of the new format, which may come in parts. */
function newBody(cursor: Cursor): Uint8Array {
  const parts: Uint8Array[] = [];
  for (;;) {
    const first = byte(cursor);
    if (first >= 224 && first < 255) {
      parts.push(take(cursor, 2 ** (first & 0x1f)));
      continue;
    }
    parts.push(take(cursor, bodyLength(first, cursor)));
    return parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(parts);
  }
}

function bodyLength(first: number, cursor: Cursor): number {
  if (first < 192) return first;
  return first < 224 ? ((first - 192) << 8) + byte(cursor) + 192 : number(cursor, 4);
}

function number(cursor: Cursor, width: number): number {
  let n = 0;
  for (let i = 0; i < width; i++) n = n * 256 + byte(cursor);
  return n;
}

function byte(cursor: Cursor): number {
  if (cursor.at >= cursor.bytes.length) throw new PgpError('fatal', TRUNCATED);
  return cursor.bytes[cursor.at++] as number;
}

function take(cursor: Cursor, length: number): Uint8Array {
  if (length > cursor.bytes.length - cursor.at) throw new PgpError('fatal', TRUNCATED);
  const part = cursor.bytes.subarray(cursor.at, cursor.at + length);
  cursor.at += length;
  return part;
}
