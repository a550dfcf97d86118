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

/** The hashes that templates can ask for. */
export type DigestName = 'sha1' | 'sha256' | 'sha512';

/**
 * Work that is native where the host has it. A method may answer at once or later; templates are synchronous,
 * so for a promise the engine stops, the caller awaits it, and the render starts again with the answer kept.
 */
export interface Crypto {
  /** A new key pair as PKCS#8 and SPKI DER. `bits` counts for rsa. */
  generateKey(kind: KeyKind, bits: number): MaybePromise<{ readonly pkcs8: Uint8Array; readonly spki: Uint8Array }>;
  /** Makes RSA keys of these lengths on other threads, since they are going to be asked for. */
  prepareRsaKeys?(lengths: readonly number[]): Promise<void>;
  /** A signature over `data`: RSA PKCS#1 v1.5 or ECDSA (DER) with the hash, or Ed25519, which has its own. */
  sign(kind: SigningKind, pkcs8: Uint8Array, data: Uint8Array, hash: HashName): MaybePromise<Uint8Array>;
  /** A hash in hex, where the host has it at hand sooner than a library. */
  digest?(name: DigestName, data: Uint8Array): string;
  /** A password of 1 to 72 bytes, none of them zero, hashed with a salt of the host's: `$2a$` and what follows. */
  bcrypt?(password: Uint8Array, cost: number): MaybePromise<string>;
  /** RFC 7914. `N` times `r` times 128 bytes of memory are needed. */
  scrypt?(password: Uint8Array, salt: Uint8Array, cost: ScryptCost): MaybePromise<Uint8Array>;
}

/** What scrypt takes, and how many bytes it gives; the names are the RFC's. */
export interface ScryptCost {
  readonly N: number;
  readonly r: number;
  readonly p: number;
  readonly dkLen: number;
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
  /** Others have work on this thread, too: what takes long by itself lets them have their turn. */
  readonly isShared?: boolean;
  /** Is told how many characters a render is about to read through, to which a runtime may want to adapt. */
  expectText?(characters: number): void;
  /** Is told that a render is over that built much text, for a runtime that is slow to give memory back. */
  collect?(): void;
  /** Renders in a process of its own; what comes back is plain data. See `isolate` of renderChart. */
  isolated?(job: IsolatedJob, bounds: IsolationBounds, asks: Asks): Promise<unknown>;
}

/** A chart for another process, and how to render it: plain data. */
export interface IsolatedJob {
  /** What is wanted: what `renderChart` gives, or what a release consists of. */
  readonly wanted: 'chart' | 'release';
  readonly files: readonly { readonly name: string; readonly data: Uint8Array }[];
  readonly options: object;
}

/** What the other process may ask this one while it renders, by name; arguments and answers are plain data. */
export type Asks = Readonly<Record<string, (...args: never[]) => unknown>>;

/** What the other process may take. */
export interface IsolationBounds {
  /** Milliseconds. */
  readonly timeout: number;
  /** MiB. */
  readonly memory: number;
  readonly signal?: AbortSignal;
}

/** Undoes gzip. `limit` is the number of bytes after which the work must end with an error. */
export interface Inflate {
  gunzip(bytes: Uint8Array, limit: number): MaybePromise<Uint8Array>;
}

/** How to reach a server over TLS. PEM texts, not paths: reading files is the host's work. */
export interface TlsOptions {
  /** Certificate authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Certificate to identify with, and its key. */
  readonly cert?: string;
  readonly key?: string;
  /** Accept any certificate. */
  readonly insecureSkipVerify?: boolean;
  /** The name to expect in the server's certificate instead of the host's. */
  readonly serverName?: string;
}

/** One HTTP request, as it goes over the wire. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute, http or https. */
  readonly url: string;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that may come several times. */
  readonly repeatedHeaders?: Readonly<Record<string, readonly string[]>>;
  readonly body?: Uint8Array;
  readonly tls?: TlsOptions;
  /** The URL of the proxy to go through, whatever the environment says of proxies. */
  readonly proxy?: string;
  /** Which addresses the host's name may have; the one that was checked is the one that is connected to. */
  readonly addresses?: 'any' | 'public';
  /** The longest time without a byte, in milliseconds. */
  readonly idleTimeout?: number;
  readonly signal?: AbortSignal;
}

/** The answer to one request. A redirect is an answer like any other. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  /** By lower-case name; values of a header that came more than once are joined by `, `. */
  readonly headers: ReadonlyMap<string, string>;
  /** As it came, still compressed. To be read to its end or given up (`return`), which frees the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends one request and never another: redirects, credentials and retries are the caller's business. */
export interface Transport {
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** A hash that takes its input in pieces. */
export interface Hasher {
  update(bytes: Uint8Array): void;
  /** Lower-case hex of all that came; ends the use of the hasher. */
  hex(): string;
}

/** Hash functions. */
export interface Digests {
  sha256(): Hasher;
}

/** Progress of long work, for a terminal. Everything is optional to call but `end`. */
export interface Progress {
  /** A new line of work. `total` is in bytes, where it is known. */
  start(label: string, total?: number): ProgressLine;
}

export interface ProgressLine {
  advance(bytes: number): void;
  end(): void;
}
