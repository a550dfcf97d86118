import type { KeyPairKeyObjectResult } from 'node:crypto';

const EXPONENT = 65537n;

/**
 * A new RSA key pair. OpenSSL 3.5 makes one in 45 ms; before it (Node 20) its generator takes 150 ms for 2048 bits,
 * while two of its own random primes take 60 ms, so there the key is put together from those, by the rules of
 * FIPS 186-5 A.1.3: two primes of half the length whose difference is large, and an exponent prime to both.
 */
export function generateRsa(crypto: typeof import('node:crypto'), bits: number): KeyPairKeyObjectResult {
  const [major = 0, minor = 0] = process.versions.openssl.split('.').map(Number);
  if (major > 3 || (major === 3 && minor >= 5) || bits < 2048 || bits % 16 !== 0) {
    return crypto.generateKeyPairSync('rsa', { modulusLength: bits });
  }
  const [p, q] = primes(crypto, bits / 2);
  const d = inverse(EXPONENT, leastCommonMultiple(p - 1n, q - 1n));
  const numbers = { n: p * q, e: EXPONENT, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const jwk = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, base64Url(value)]));
  const privateKey = crypto.createPrivateKey({ key: { kty: 'RSA', ...jwk }, format: 'jwk' });
  return { privateKey, publicKey: crypto.createPublicKey(privateKey) };
}

/** Two primes, the larger first. OpenSSL sets the two highest bits of each, so that the product has its length. */
function primes(crypto: typeof import('node:crypto'), bits: number): readonly [bigint, bigint] {
  const distance = 1n << BigInt(bits - 100);
  for (;;) {
    const [a, b] = [prime(crypto, bits), prime(crypto, bits)];
    const difference = a > b ? a - b : b - a;
    if (difference > distance) return a > b ? [a, b] : [b, a];
  }
}

function prime(crypto: typeof import('node:crypto'), bits: number): bigint {
  for (;;) {
    const candidate = crypto.generatePrimeSync(bits, { bigint: true });
    if ((candidate - 1n) % EXPONENT !== 0n) return candidate;
  }
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
