import type { Deflate } from '../host.ts';

/** Deflation with zlib, synchronous. */
export const nodeDeflate: Deflate = {
  deflateRaw: (bytes: Uint8Array): Uint8Array => process.getBuiltinModule('node:zlib').deflateRawSync(bytes),
};
