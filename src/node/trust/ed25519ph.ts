/** Ed25519 over a hash of the message, which Node does not know and cosign signs with. RFC 8032, section 5.1 */
import { createHash, type KeyObject } from 'node:crypto';

const P = 2n ** 255n - 19n;
/** The order of the base point. */
const L = 2n ** 252n + 27742317777372353535851937790883648493n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
/** A square root of -1. */
const ROOT = 19681161376707505956807079304988542015446066515923890162744021073123829784752n;
const BASE_Y = 46316835694926478169428394003475163141307993866256225615783033603165251855960n;

/** X, Y, Z and X·Y/Z. */
type Point = readonly [bigint, bigint, bigint, bigint];

const IDENTITY: Point = [0n, 1n, 1n, 0n];

function mod(n: bigint): bigint {
  const rest = n % P;
  return rest < 0n ? rest + P : rest;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) result = mod(result * b);
  return result;
}

function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * D * t1 * t2);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

function multiply(point: Point, scalar: bigint): Point {
  let sum = IDENTITY;
  for (let step = point, n = scalar; n > 0n; n >>= 1n, step = add(step, step)) if (n & 1n) sum = add(sum, step);
  return sum;
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex') || '0'}`);
}

/** The point with this y whose x is odd or even; nothing where there is none. Section 5.1.3 */
function pointAt(y: bigint, odd: bigint): Point | undefined {
  const square = mod((y * y - 1n) * power(D * y * y + 1n, P - 2n));
  let x = power(square, (P + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * ROOT);
  if (mod(x * x) !== square || (x === 0n && odd === 1n)) return undefined;
  if ((x & 1n) !== odd) x = P - x;
  return [x, y, 1n, mod(x * y)];
}

function decode(bytes: Uint8Array): Point | undefined {
  const n = littleEndian(bytes);
  const y = n & (2n ** 255n - 1n);
  return y < P ? pointAt(y, n >> 255n) : undefined;
}

function encode([x, y, z]: Point): Buffer {
  const scale = power(z, P - 2n);
  const n = mod(y * scale) | ((mod(x * scale) & 1n) << 255n);
  return Buffer.from(n.toString(16).padStart(64, '0'), 'hex').reverse();
}

const DOMAIN = Buffer.concat([Buffer.from('SigEd25519 no Ed25519 collisions'), Buffer.of(1, 0)]);

/** Whether `signature` is an Ed25519ph signature of `data` by the key. */
export function verifyEd25519ph(data: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  if (signature.length !== 64) return false;
  // The key ends its DER form.
  const publicKey = key.export({ type: 'spki', format: 'der' }).subarray(-32);
  const [commitment, proof] = [signature.subarray(0, 32), littleEndian(signature.subarray(32))];
  const owner = decode(publicKey);
  const base = pointAt(BASE_Y, 0n);
  if (owner === undefined || base === undefined || proof >= L) return false;
  const hash = createHash('sha512').update(data).digest();
  const challenge = createHash('sha512').update(DOMAIN).update(commitment).update(publicKey).update(hash).digest();
  const [x, y, z, t] = multiply(owner, littleEndian(challenge) % L);
  const minus: Point = [mod(-x), y, z, mod(-t)];
  return encode(add(multiply(base, proof), minus)).equals(commitment);
}
