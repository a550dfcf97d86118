import type { Random } from '../host.ts';
import { bitString, bytesToBig, integer, objectId, octetString, sequence } from './der.ts';

/** FIPS 186-3: the size of q that goes with the sizes of p that are asked for. */
const Q_BITS = 256;

/** Enough for a chance below 2^-128 to call a number of this size prime by mistake. FIPS 186-3, table C.1. */
const ROUNDS = 56;

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  let square = base % modulus;
  for (let e = exponent; e > 0n; e >>= 1n) {
    if (e & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}

/** A random number of exactly so many bits. */
function randomBits(random: Random, bits: number): bigint {
  const top = 1n << BigInt(bits - 1);
  return (bytesToBig(random.bytes(bits / 8)) & (top - 1n)) | top;
}

let small: bigint[] | undefined;

/** The odd primes below 2000, which weed out most candidates at little cost. */
function smallPrimes(): readonly bigint[] {
  if (small === undefined) {
    small = [];
    for (let n = 3; n < 2000; n += 2) {
      let prime = true;
      for (let d = 3; d * d <= n && prime; d += 2) prime = n % d !== 0;
      if (prime) small.push(BigInt(n));
    }
  }
  return small;
}

/** Miller-Rabin with random bases. */
function isPrime(random: Random, n: bigint): boolean {
  if (smallPrimes().some((prime) => n % prime === 0n)) return false;
  let d = n - 1n;
  let twos = 0;
  while ((d & 1n) === 0n) {
    d >>= 1n;
    twos++;
  }
  for (let round = 0; round < ROUNDS; round++) {
    const base = 2n + (bytesToBig(random.bytes(32)) % (n - 3n));
    let x = power(base, d, n);
    if (x === 1n || x === n - 1n) continue;
    for (let i = 1; i < twos && x !== n - 1n; i++) x = (x * x) % n;
    if (x !== n - 1n) return false;
  }
  return true;
}

/** A DSA key of L bits and N = 256. Go: dsa.GenerateParameters and dsa.GenerateKey. */
export function generateDsaKey(random: Random, bits: number): { pkcs8: Uint8Array; spki: Uint8Array } {
  let q = randomBits(random, Q_BITS) | 1n;
  while (!isPrime(random, q)) q = randomBits(random, Q_BITS) | 1n;
  const p = findModulus(random, bits, q);
  let h = 2n;
  let g = power(h, (p - 1n) / q, p);
  while (g === 1n) g = power(++h, (p - 1n) / q, p);
  // Twice the bytes, so that the remainder leans by nothing that counts.
  const x = 1n + (bytesToBig(random.bytes(64)) % (q - 1n));
  const y = power(g, x, p);
  const algorithm = sequence(objectId('1.2.840.10040.4.1'), sequence(integer(p), integer(q), integer(g)));
  return {
    pkcs8: sequence(integer(0n), algorithm, octetString(integer(x))),
    spki: sequence(algorithm, bitString(integer(y))),
  };
}

/** A prime of so many bits that leaves 1 by 2q. */
function findModulus(random: Random, bits: number, q: bigint): bigint {
  const step = 2n * q;
  for (;;) {
    const start = randomBits(random, bits);
    for (let p = start - (start % step) + 1n, tries = 0; tries < 4096; p += step, tries++) {
      if (p >> BigInt(bits) !== 0n) break;
      if (p >> BigInt(bits - 1) !== 0n && isPrime(random, p)) return p;
    }
  }
}
