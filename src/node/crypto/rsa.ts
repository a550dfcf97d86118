import type { KeyPairKeyObjectResult } from 'node:crypto';
import type { MaybePromise } from '../../host.ts';

type NodeCrypto = typeof import('node:crypto');

const EXPONENT = 65537n;

/**
 * A new RSA key pair. OpenSSL 3.5 makes one in 45 ms; before it (Node 20) its generator takes 150 ms for 2048 bits,
 * while two of its own random primes take 60 ms, so there the key is put together from those, by the rules of
 * FIPS 186-5 A.1.3: two primes of half the length whose difference is large, and an exponent prime to both. The
 * primes are looked for on two threads, so that such a key comes later.
 */
export function generateRsa(crypto: NodeCrypto, bits: number): MaybePromise<KeyPairKeyObjectResult> {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  if (major > 3 || (major === 3 && minor >= 5) || bits < 2048 || bits % 16 !== 0) {
    return crypto.generateKeyPairSync('rsa', { modulusLength: bits });
  }
  return generateFromPrimes(crypto, bits);
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
