import { GoError } from '../go/error.ts';
import type { Inflate } from '../host.ts';
import { gunzipExactly } from '../sources/gunzip-exact.ts';
import { InflateError, LIMIT_TEXT, memberBody } from '../sources/gzip.ts';
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
      const { buffer, engine } = gunzipWithInfo(bytes, limit);
      // Zeros behind the last member do not trouble zlib.
      return engine.bytesWritten === bytes.length ? buffer : gunzipExactly(bytes, limit);
    } catch (error) {
      if (error instanceof GoError) throw error;
      if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') return gunzipExactly(bytes, limit);
      const body = memberBody(bytes, 0);
      throw new InflateError(LIMIT_TEXT, prefix(bytes.subarray(body, body + Math.floor(PREFIX / MAX_RATIO))));
    }
  },
};

/** What was inflated, and how much of the input that took. */
interface WithInfo {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

/** The types of Node know nothing of `info` here. */
function gunzipWithInfo(bytes: Uint8Array, limit: number): WithInfo {
  const options = { maxOutputLength: limit, chunkSize: expectedSize(bytes, limit), info: true };
  return zlib().gunzipSync(bytes, options) as unknown as WithInfo;
}

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

/** As much as can be inflated of data that is cut off. */
function prefix(deflated: Uint8Array): Uint8Array {
  const { constants, inflateRawSync } = zlib();
  try {
    return inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 160 * 1024 * 1024 });
  } catch {
    return new Uint8Array(0);
  }
}
