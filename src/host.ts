/**
 * What the core asks of the world around it. Interfaces only: the core never reaches for a global beyond the
 * web-standard ones, so a test, a browser and Node each hand in their own.
 */

/** The time, as milliseconds since 1970 and nanoseconds within the millisecond. */
export interface Clock {
  now(): { readonly milliseconds: number; readonly nanoseconds: number };
  /** The IANA name of the local time zone, e.g. `UTC`. */
  readonly timeZone: string;
}

/** Random bytes, good enough for keys. */
export interface Random {
  bytes(count: number): Uint8Array;
}

/** Kinds of private keys; ecdsa stands for P-256 where a key is made, and for any NIST curve where one signs. */
export type KeyKind = 'rsa' | 'ecdsa' | 'ed25519' | 'dsa';

/** Kinds of keys that sign. */
export type SigningKind = Exclude<KeyKind, 'dsa'>;

export type HashName = 'SHA-256' | 'SHA-384' | 'SHA-512';

/**
 * Work that is native where the host has it. A method may answer at once or later; templates are synchronous,
 * so for a promise the engine stops, the caller awaits it, and the render starts again with the answer kept.
 */
export interface Crypto {
  /** A new key pair as PKCS#8 and SPKI DER. `bits` counts for rsa. */
  generateKey(kind: KeyKind, bits: number): MaybePromise<{ readonly pkcs8: Uint8Array; readonly spki: Uint8Array }>;
  /** A signature over `data`: RSA PKCS#1 v1.5 or ECDSA (DER) with the hash, or Ed25519, which has its own. */
  sign(kind: SigningKind, pkcs8: Uint8Array, data: Uint8Array, hash: HashName): MaybePromise<Uint8Array>;
}

export type MaybePromise<T> = T | Promise<T>;

/** Structured log lines, as Helm writes them to stderr. */
export interface Log {
  log(level: 'DEBUG' | 'INFO' | 'WARN' | 'ERROR', message: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A read-only folder tree, for loading a chart from somewhere that is not memory. Paths use `/`. */
export interface Files {
  read(path: string): Promise<Uint8Array>;
  list(path: string): Promise<readonly string[]>;
}

/** The hosts that a render uses. */
export interface RenderHost {
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
}

/** Undoes gzip. `limit` is the number of bytes after which the work must end with an error. */
export interface Inflate {
  gunzip(bytes: Uint8Array, limit: number): MaybePromise<Uint8Array>;
}

/** Makes deflate data (RFC 1951), for packaging. */
export interface Deflate {
  deflateRaw(bytes: Uint8Array): MaybePromise<Uint8Array>;
}
