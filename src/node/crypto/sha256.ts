/** What Bun has of its own: its form of `node:crypto` takes longer to load than small charts to render. */
interface Bun {
  readonly CryptoHasher: new (name: 'sha256') => Hasher;
}

interface Hasher {
  update(part: Uint8Array | string): unknown;
  digest(encoding: 'hex'): string;
}

/** The SHA-256 of parts that are put together, in hex. */
export function sha256(parts: Iterable<Uint8Array | string>): string {
  const { Bun } = globalThis as { Bun?: Bun };
  const hasher: Hasher = Bun
    ? new Bun.CryptoHasher('sha256')
    : process.getBuiltinModule('node:crypto').createHash('sha256');
  for (const part of parts) hasher.update(part);
  return hasher.digest('hex');
}
