import type { Inflate } from '../host.ts';
import { InflateError, LIMIT_TEXT, memberBody, TRUNCATED_TEXT } from './gzip.ts';

/** Inflation with the web's own streams, for browsers and workers. Stops as soon as the limit is passed. */
export const webInflate: Inflate = {
  async gunzip(bytes: Uint8Array, limit: number): Promise<Uint8Array> {
    memberBody(bytes, 0);
    const chunks: Uint8Array[] = [];
    let size = 0;
    const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
    const reader = source.pipeThrough(new DecompressionStream('gzip')).getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        size += value.length;
        if (size > limit) throw new InflateError(LIMIT_TEXT, join(chunks, size - value.length));
        chunks.push(value);
      }
    } catch (error) {
      await reader.cancel().catch(() => {});
      if (error instanceof InflateError) throw error;
      throw new InflateError(TRUNCATED_TEXT, join(chunks, size));
    }
    return join(chunks, size);
  },
};

function join(chunks: readonly Uint8Array[], size: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const out = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
