import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { MaybePromise } from '../../host.ts';

type NodeCrypto = typeof import('node:crypto');

const EXPONENT = 65537n;

/** RSA keys: templates ask for one after the other, while there are threads to make several at a time. */
export interface RsaKeys {
  /** Makes keys of these lengths, for those who take them. */
  prepare(lengths: readonly number[]): Promise<void>;
  /** A key that is there, or a new one. */
  take(bits: number): MaybePromise<KeyPairKeyObjectResult>;
}

/**
 * RSA keys of a process. OpenSSL 3.5 makes one in 45 ms, which a render waits for. Without it a key comes later, and
 * a render that has to wait starts over; so that this does not happen for each, as many are made as were asked for
 * before.
 *
 * @param load gives `node:crypto`, which takes as long to load as a small render
 */
export function createRsaKeys(load: () => NodeCrypto): RsaKeys {
  const ready = new Map<number, KeyPairKeyObjectResult[]>();
  const missed = new Map<number, number>();
  const make = async (bits: number): Promise<void> => {
    const pair = await generateRsa(load(), bits);
    ready.set(bits, [...(ready.get(bits) ?? []), pair]);
  };
  const prepare = async (lengths: readonly number[]): Promise<void> => {
    await Promise.all(lengths.map(make));
  };
  const take = (bits: number): MaybePromise<KeyPairKeyObjectResult> => {
    const pair = ready.get(bits)?.shift();
    if (pair) return pair;
    const crypto = load();
    if (isQuick(bits)) return crypto.generateKeyPairSync('rsa', { modulusLength: bits });
    const count = missed.get(bits) ?? 0;
    const more = Math.max(1, count);
    missed.set(bits, count + more);
    return prepare(new Array<number>(more).fill(bits)).then(() => take(bits));
  };
  return { prepare, take };
}

/** Whether the library's own generator is the best there is. */
function isQuick(bits: number): boolean {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 5) || bits < 2048 || bits % 16 !== 0;
}

/**
 * A new RSA key pair, made on other threads. Before OpenSSL 3.5 (Node 20) its generator takes 150 ms for 2048 bits,
 * while two of its own random primes take 60 ms, so there the key is put together from those, by the rules of
 * FIPS 186-5 A.1.3: two primes of half the length whose difference is large, and an exponent prime to both.
 */
export function generateRsa(crypto: NodeCrypto, bits: number): Promise<KeyPairKeyObjectResult> {
  if (!isQuick(bits)) return generateFromPrimes(crypto, bits);
  return new Promise((resolve, reject) => {
    crypto.generateKeyPair('rsa', { modulusLength: bits }, (err, publicKey, privateKey) =>
      err ? reject(err) : resolve({ publicKey, privateKey }),
    );
  });
}

async function generateFromPrimes(crypto: NodeCrypto, bits: number): Promise<KeyPairKeyObjectResult> {
  const find = (): Promise<bigint> =>
    new Promise((resolve, reject) => {
      crypto.generatePrime(bits / 2, { bigint: true }, (err, prime) => (err ? reject(err) : resolve(prime)));
    });
  for (;;) {
    const [p, q] = await Promise.all([find(), find()]);
    if (areFit(p, q, bits / 2)) return fromPrimes(crypto, [p, q]);
  }
}

/** Far enough apart, and good for the exponent. OpenSSL sets the two highest bits, so that p·q has its length. */
function areFit(p: bigint, q: bigint, bits: number): boolean {
  const distance = p > q ? p - q : q - p;
  return distance > 1n << BigInt(bits - 100) && (p - 1n) % EXPONENT !== 0n && (q - 1n) % EXPONENT !== 0n;
}

function fromPrimes(crypto: NodeCrypto, primes: readonly [bigint, bigint]): KeyPairKeyObjectResult {
  const [p, q] = primes[0] > primes[1] ? primes : [primes[1], primes[0]];
  const d = inverse(EXPONENT, leastCommonMultiple(p - 1n, q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64Url(value)]));
  const privateKey = crypto.createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return (a / x) * b;
}

/** The inverse of `a` modulo `m`, by Euclid's extended algorithm. */
function inverse(a: bigint, m: bigint): bigint {
  let [r, nextR, t, nextT] = [m, a % m, 0n, 1n];
  while (nextR !== 0n) {
    const quotient = r / nextR;
    [r, nextR] = [nextR, r - quotient * nextR];
    [t, nextT] = [nextT, t - quotient * nextT];
  }
  return t < 0n ? t + m : t;
}

function base64Url(n: bigint): string {
  const hex = n.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
