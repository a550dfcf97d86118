import { bun, type Hasher } from '../bun.ts';

/**
 * The SHA-256 of parts that are put together, in hex. Bun's form of `node:crypto` takes longer to load than small charts
 * to render, so that there its own is asked.
 */
export function sha256(...parts: readonly (Uint8Array | string)[]): string {
  const Bun = bun();
  const hasher: Hasher = Bun
    ? new Bun.CryptoHasher('sha256')
    : process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const part of parts) hasher.update(part);
  return hasher.digest('hex');
}
