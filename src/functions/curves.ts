/**
 * The public keys that belong to private ones, worked out from the number alone: a key that a chart's author gives
 * may come without its public half. Nothing here signs, so plain big numbers do.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '../go/bytes.ts';
import { bigToBytes, bytesToBig } from '../go/der.ts';

/** A curve y² = x³ - 3x + b over a prime field, with its generator. SEC 2. */
export interface Curve {
  readonly name: string;
  readonly oid: string;
  /** Bytes of a coordinate and of a scalar. */
  readonly size: number;
  readonly hash: 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly p: bigint;
  readonly n: bigint;
  readonly x: bigint;
  readonly y: bigint;
}

const power = (exponent: number): bigint => 1n << BigInt(exponent);

/** The curves that Go's crypto/x509 knows. */
export function curves(): readonly Curve[] {
  return [
    {
      name: 'P-224',
      oid: '1.3.132.0.33',
      size: 28,
      hash: 'SHA-256',
      p: power(224) - power(96) + 1n,
      n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
      x: 0xb70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21n,
      y: 0xbd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34n,
    },
    {
      name: 'P-256',
      oid: '1.2.840.10045.3.1.7',
      size: 32,
      hash: 'SHA-256',
      p: power(256) - power(224) + power(192) + power(96) - 1n,
      n: 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n,
      x: 0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
      y: 0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
    },
    {
      name: 'P-384',
      oid: '1.3.132.0.34',
      size: 48,
      hash: 'SHA-384',
      p: power(384) - power(128) - power(96) + power(32) - 1n,
      n: 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n,
      x: 0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7n,
      y: 0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5fn,
    },
    {
      name: 'P-521',
      oid: '1.3.132.0.35',
      size: 66,
      hash: 'SHA-512',
      p: power(521) - 1n,
      n: 0x1fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409n,
      x: 0xc6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1dc127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66n,
      y: 0x11839296a789a3bc0045c8a5fb42c7d1bd998f54449579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650n,
    },
  ];
}

function mod(a: bigint, p: bigint): bigint {
  const r = a % p;
  return r < 0n ? r + p : r;
}

/** The inverse modulo a prime, or any number that `a` has no factor in common with. */
export function inverse(a: bigint, p: bigint): bigint {
  let [r0, r1] = [p, mod(a, p)];
  let [t0, t1] = [0n, 1n];
  while (r1 > 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [t0, t1] = [t1, t0 - q * t1];
  }
  return mod(t0, p);
}

type Point = readonly [x: bigint, y: bigint] | undefined;

function add(a: Point, b: Point, p: bigint): Point {
  if (a === undefined) return b;
  if (b === undefined) return a;
  const [ax, ay] = a;
  const [bx, by] = b;
  if (ax === bx && ay !== by) return undefined;
  const slope = ax === bx ? (3n * ax * ax - 3n) * inverse(2n * ay, p) : (by - ay) * inverse(bx - ax, p);
  const x = mod(slope * slope - ax - bx, p);
  return [x, mod(slope * (ax - x) - ay, p)];
}

/** Whether a point is one of the curve. The curve's b follows from its generator. */
export function isOnCurve({ p, x, y }: Curve, px: bigint, py: bigint): boolean {
  const b = y * y - x ** 3n + 3n * x;
  return mod(py * py - px ** 3n + 3n * px - b, p) === 0n;
}

/** The uncompressed public point of a private scalar. */
export function publicPoint({ p, x, y, size }: Curve, scalar: bigint): Uint8Array {
  let sum: Point;
  let step: Point = [x, y];
  for (let k = scalar; k > 0n; k >>= 1n) {
    if (k & 1n) sum = add(sum, step, p);
    step = add(step, step, p);
  }
  const [px, py] = sum ?? [0n, 0n];
  return concatBytes([Uint8Array.of(4), bigToBytes(px, size), bigToBytes(py, size)]);
}

const P25519 = (1n << 255n) - 19n;
const D25519 = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const BASE25519: Extended = extended(
  0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  0x6666666666666666666666666666666666666666666666666666666666666658n,
);

/** A point of Ed25519 in extended coordinates. RFC 8032, 5.1.4. */
type Extended = readonly [x: bigint, y: bigint, z: bigint, t: bigint];

function extended(x: bigint, y: bigint): Extended {
  return [x, y, 1n, (x * y) % P25519];
}

function addExtended([x1, y1, z1, t1]: Extended, [x2, y2, z2, t2]: Extended): Extended {
  const a = (y1 - x1) * (y2 - x2);
  const b = (y1 + x1) * (y2 + x2);
  const c = mod(2n * D25519 * t1 * t2, P25519);
  const d = mod(2n * z1 * z2, P25519);
  const [e, f, g, h] = [mod(b - a, P25519), d - c, d + c, mod(b + a, P25519)];
  return [mod(e * f, P25519), mod(g * h, P25519), mod(f * g, P25519), mod(e * h, P25519)];
}

/** The public key of an Ed25519 seed. RFC 8032, 5.1.5. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const half = sha512(seed).slice(0, 32);
  half[0] = (half[0] as number) & 0xf8;
  half[31] = ((half[31] as number) & 0x7f) | 0x40;
  let sum: Extended = extended(0n, 1n);
  let step = BASE25519;
  for (let k = bytesToBig(half.reverse()); k > 0n; k >>= 1n) {
    if (k & 1n) sum = addExtended(sum, step);
    step = addExtended(step, step);
  }
  const scale = inverse(sum[2], P25519);
  const x = mod(sum[0] * scale, P25519);
  const key = bigToBytes(mod(sum[1] * scale, P25519), 32).reverse();
  key[31] = (key[31] as number) | (x & 1n ? 0x80 : 0);
  return key;
}
