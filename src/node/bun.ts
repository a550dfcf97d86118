import type { DigestName } from '../host.ts';

/** What Bun has beside Node's modules, where it runs us: as a standalone executable. */
export interface Bun {
  gunzipSync(bytes: Uint8Array, options: { readonly library: 'libdeflate' }): Uint8Array;
  readonly CryptoHasher: new (name: DigestName) => Hasher;
  readonly password: {
    hashSync(password: Uint8Array, options: { readonly algorithm: 'bcrypt'; readonly cost: number }): string;
  };
  /** Collects garbage, at once if it is to be waited for. */
  gc(wait: boolean): void;
  readonly unsafe?: {
    /** How long code runs before it is compiled to machine code, as a multiple of what is usual. */
    setJITPolicy?(scale: number): void;
  };
}

/** What `node:crypto` has, too. */
export interface Hasher {
  update(part: Uint8Array | string): unknown;
  digest(encoding: 'hex'): string;
}

/** Bun, or undefined on Node. */
export const bun = (): Bun | undefined => (globalThis as { Bun?: Bun }).Bun;
