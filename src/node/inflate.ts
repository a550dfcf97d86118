import { GoError } from '../go/error.ts';
import type { Inflate } from '../host.ts';
import { CHECKSUM_TEXT, HEADER_TEXT, InflateError, LIMIT_TEXT, memberBody, TRUNCATED_TEXT } from '../sources/gzip.ts';
import { bun } from './bun.ts';

/** Loaded for the first archive: a chart in a folder needs none of it. */
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

/** Deflate cannot do better than this; what a header claims beyond it is not believed. */
const MAX_RATIO = 1032;
/** How much of an archive that is too large is inflated to say what is wrong with it. */
const PREFIX = 8 * 1024 * 1024;

/** Inflation with zlib, synchronous. */
export const nodeInflate: Inflate = {
  gunzip(bytes: Uint8Array, limit: number): Uint8Array {
    const quick = quickGunzip(bytes, limit);
    if (quick) return quick;
    try {
      return zlib().gunzipSync(bytes, { maxOutputLength: limit, chunkSize: expectedSize(bytes, limit) });
    } catch (error) {
      throw explain(bytes, error);
    }
  },
};

/**
 * Where Bun runs us, its own inflation spares loading zlib and the streams that come with it, which takes longer than
 * most charts. It knows no limit and only one member, and says little of what is wrong: what may be too large, may
 * have several members, or is no sound archive is left to zlib.
 */
function quickGunzip(bytes: Uint8Array, limit: number): Uint8Array | undefined {
  const Bun = bun();
  if (Bun === undefined || bytes.length * MAX_RATIO > limit) return undefined;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.indexOf(MEMBER, MEMBER.length) >= 0) return undefined;
  try {
    return Bun.gunzipSync(bytes, { library: 'libdeflate' });
  } catch {
    return undefined;
  }
}

/** What each member starts with, and compressed data seldom holds. */
const MEMBER = Uint8Array.of(0x1f, 0x8b, 8);

/**
 * The size that the archive says it has, so that zlib writes into one piece of memory. The memory is not touched
 * before there is data for it, and never more than the input could inflate to.
 */
function expectedSize(bytes: Uint8Array, limit: number): number {
  const end = bytes.length;
  if (end < 18) return 1024;
  const declared = new DataView(bytes.buffer, bytes.byteOffset + end - 4, 4).getUint32(0, true);
  return Math.max(1024, Math.min(declared + 64, limit + 64, end * MAX_RATIO));
}

/** The error that Go's gzip reader has for the same bytes, with what it would have read before. */
function explain(bytes: Uint8Array, error: unknown): Error {
  const code = (error as { code?: string }).code;
  const message = String((error as Error).message);
  const body = memberBody(bytes, 0);
  if (message.includes('header crc')) return new GoError(HEADER_TEXT);
  if (code === 'ERR_BUFFER_TOO_LARGE') {
    return new InflateError(LIMIT_TEXT, prefix(bytes.subarray(body, body + Math.floor(PREFIX / MAX_RATIO))));
  }
  const output = prefix(bytes.subarray(body));
  if (code === 'Z_BUF_ERROR') return new InflateError(TRUNCATED_TEXT, output);
  if (output.length > 0 && message.includes('data check')) {
    return new InflateError(CHECKSUM_TEXT, output);
  }
  return new InflateError('flate: corrupt input', output);
}

/** As much as can be inflated of data that is cut off. */
function prefix(deflated: Uint8Array): Uint8Array {
  const { constants, inflateRawSync } = zlib();
  try {
    return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 160 * 1024 * 1024 });
  } catch {
    return new Uint8Array(0);
  }
}
