/** What a signature says besides that it holds. Go: go-crypto openpgp/packet/signature.go */
import { PgpError, structural, unsupported } from './fault.ts';

/** Kinds of signatures. RFC 9580, section 5.2.1 */
export const SIGNED_BINARY = 0x00;
export const SIGNED_TEXT = 0x01;
export const FIRST_CERTIFICATION = 0x10;
export const LAST_CERTIFICATION = 0x13;
export const SUBKEY_BINDING = 0x18;
export const PRIMARY_KEY_BINDING = 0x19;
export const DIRECT_KEY = 0x1f;
export const KEY_REVOCATION = 0x20;
export const SUBKEY_REVOCATION = 0x28;
export const CERTIFICATION_REVOCATION = 0x30;

/** The reason that makes a revocation hold for the time before it, too. */
const KEY_COMPROMISED = 2;
const KEY_FLAG_SIGN = 2;

/** Names of hashes by their numbers; the ones that are left out cannot be checked. */
const HASHES: ReadonlyMap<number, string> = new Map([
  [2, 'SHA1'],
  [8, 'SHA256'],
  [9, 'SHA384'],
  [10, 'SHA512'],
  [11, 'SHA224'],
  [12, 'SHA3-256'],
  [14, 'SHA3-512'],
]);

/** Hashes that are broken and that nobody reads any more. */
const BROKEN: ReadonlyMap<number, string> = new Map([
  [1, 'MD5'],
  [3, 'RIPEMD160'],
]);

/** RSA, RSA for signing only, DSA, ECDSA, the older EdDSA, Ed25519, Ed448. */
const ALGORITHMS: ReadonlySet<number> = new Set([1, 3, 17, 19, 22, 27, 28]);

export interface Notation {
  readonly name: string;
  readonly critical: boolean;
}

/** Times are in seconds since 1970, ids and fingerprints lower-case hex. */
export interface SignaturePacket {
  readonly body: Uint8Array;
  readonly version: number;
  readonly type: number;
  readonly algorithm: number;
  /** The name of the hash. */
  readonly hash: string;
  created: number;
  lifetime: number;
  /** Of the key that a self-signature is about. */
  keyLifetime: number;
  issuer?: string;
  issuerFingerprint?: string;
  primaryIdentity: boolean;
  /** Whether it says what the key is for, and that it is for signing. */
  hasFlags: boolean;
  maySign: boolean;
  compromised: boolean;
  notations: Notation[];
  embedded?: SignaturePacket;
}

/** The number of a broken hash in a signature that {@link readSignaturePacket} cannot read, by its name. */
export function brokenHash(body: Uint8Array): string | undefined {
  return BROKEN.get(body[3] ?? 0);
}

/** @throws PgpError */
export function readSignaturePacket(body: Uint8Array): SignaturePacket {
  const cursor = new Bytes(body);
  const version = cursor.number(1);
  if (version !== 4 && version !== 6) throw unsupported(`signature packet version ${version}`);
  const type = cursor.number(1);
  const algorithm = cursor.number(1);
  const hashId = cursor.number(1);
  if (!ALGORITHMS.has(algorithm)) throw unsupported(`public key algorithm ${algorithm}`);
  const hash = HASHES.get(hashId);
  if (hash === undefined || (version === 6 && hash === 'SHA1')) throw unsupported(`hash function ${hashId}`);
  const signature: SignaturePacket = {
    body,
    version,
    type,
    algorithm,
    hash,
    created: Number.NaN,
    lifetime: 0,
    keyLifetime: 0,
    primaryIdentity: false,
    hasFlags: false,
    maySign: false,
    compromised: false,
    notations: [],
  };
  const width = version === 6 ? 4 : 2;
  readSubpackets(signature, cursor.take(cursor.number(width)), true);
  if (Number.isNaN(signature.created)) throw structural('no creation time in signature');
  readSubpackets(signature, cursor.take(cursor.number(width)), false);
  return signature;
}

class Bytes {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  number(width: number): number {
    let n = 0;
    for (const byte of this.take(width)) n = n * 256 + byte;
    return n;
  }

  take(length: number): Uint8Array {
    if (length > this.#bytes.length - this.#at) throw new PgpError('fatal', 'unexpected EOF');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

function readSubpackets(signature: SignaturePacket, bytes: Uint8Array, hashed: boolean): void {
  for (let at = 0; at < bytes.length; ) {
    const { length, width } = subpacketLength(bytes, at);
    at += width;
    if (length > bytes.length - at) throw structural('signature subpacket truncated');
    if (length === 0) throw structural('zero length signature subpacket');
    const head = bytes[at] as number;
    readSubpacket(signature, head & 0x7f, head >= 0x80, bytes.subarray(at + 1, at + length), hashed);
    at += length;
  }
}

function subpacketLength(bytes: Uint8Array, at: number): { length: number; width: number } {
  const first = bytes[at] as number;
  if (first < 192) return { length: first, width: 1 };
  const width = first < 255 ? 2 : 5;
  if (bytes.length - at < width) throw structural('signature subpacket truncated');
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, width);
  return { length: width === 2 ? ((first - 192) << 8) + view.getUint8(1) + 192 : view.getUint32(1), width };
}

const ISSUER = 16;
const EMBEDDED_SIGNATURE = 32;
const ISSUER_FINGERPRINT = 33;

/** Subpackets that mean something here, by number. Go: parseSignatureSubpacket */
const READERS: ReadonlyMap<number, (signature: SignaturePacket, data: Uint8Array, critical: boolean) => void> = new Map(
  [
    [2, (s, d) => void (s.created = seconds(d, 'signature creation time not four bytes'))],
    [3, (s, d) => void (s.lifetime = seconds(d, 'expiration subpacket with bad length'))],
    [4, refuseLocal],
    [9, (s, d) => void (s.keyLifetime = seconds(d, 'key expiration subpacket with bad length'))],
    [ISSUER, readIssuer],
    [20, readNotation],
    [25, readPrimary],
    [27, readFlags],
    [29, readReason],
    [EMBEDDED_SIGNATURE, readEmbedded],
    [ISSUER_FINGERPRINT, readFingerprint],
  ],
);

/** Subpackets that are known and have no say in whether a signature holds. */
const HARMLESS: ReadonlySet<number> = new Set([5, 6, 11, 21, 22, 23, 24, 26, 28, 30, 35, 39]);

function readSubpacket(
  signature: SignaturePacket,
  type: number,
  critical: boolean,
  data: Uint8Array,
  hashed: boolean,
): void {
  // What is not hashed could have been put there by anybody.
  if (!hashed && type !== ISSUER && type !== ISSUER_FINGERPRINT && type !== EMBEDDED_SIGNATURE) return;
  const read = READERS.get(type);
  if (read !== undefined) read(signature, data, critical);
  else if (critical && !HARMLESS.has(type)) throw unsupported(`unknown critical signature subpacket type ${type}`);
}

function seconds(data: Uint8Array, fault: string): number {
  if (data.length !== 4) throw structural(fault);
  return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
}

function refuseLocal(_: SignaturePacket, data: Uint8Array): void {
  if (data[0] === 0) throw unsupported('signature with non-exportable certification');
}

function readIssuer(signature: SignaturePacket, data: Uint8Array): void {
  if (data.length !== 8) throw structural('issuer subpacket with bad length');
  if (signature.version === 4) signature.issuer = hexOf(data);
}

function readNotation(signature: SignaturePacket, data: Uint8Array, critical: boolean): void {
  if (data.length < 8) throw structural('notation data subpacket with bad length');
  const view = new DataView(data.buffer, data.byteOffset, 8);
  const end = 8 + view.getUint16(4);
  if (data.length !== end + view.getUint16(6)) throw structural('notation data subpacket with bad length');
  signature.notations.push({ name: new TextDecoder().decode(data.subarray(8, end)), critical });
}

function readPrimary(signature: SignaturePacket, data: Uint8Array): void {
  if (data.length !== 1) throw structural('primary user id subpacket with bad length');
  if ((data[0] as number) > 0) signature.primaryIdentity = true;
}

function readFlags(signature: SignaturePacket, data: Uint8Array): void {
  signature.hasFlags = true;
  if (((data[0] ?? 0) & KEY_FLAG_SIGN) !== 0) signature.maySign = true;
}

function readReason(signature: SignaturePacket, data: Uint8Array): void {
  if (data.length === 0) throw structural('empty revocation reason subpacket');
  signature.compromised = data[0] === KEY_COMPROMISED;
}

function readEmbedded(signature: SignaturePacket, data: Uint8Array): void {
  if (signature.embedded !== undefined) throw structural('Cannot have multiple embedded signatures');
  // A signature in a signature in a signature means nothing and could go on for ever.
  if (signature.type !== SUBKEY_BINDING) return;
  const embedded = readSignaturePacket(data);
  if (embedded.type !== PRIMARY_KEY_BINDING) {
    throw structural(`cross-signature has unexpected type ${embedded.type}`);
  }
  signature.embedded = embedded;
}

function readFingerprint(signature: SignaturePacket, data: Uint8Array): void {
  if (data.length === 0) throw structural('empty issuer fingerprint subpacket');
  const version = data[0] as number;
  const fingerprint = data.subarray(1);
  if (fingerprint.length !== (version >= 5 ? 32 : 20)) throw structural('bad fingerprint length');
  signature.issuerFingerprint = hexOf(fingerprint);
  signature.issuer = hexOf(version >= 5 ? fingerprint.subarray(0, 8) : fingerprint.subarray(12));
}

export function hexOf(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}

/** Go: SigExpired. True also before it was made. */
export function signatureExpired(signature: SignaturePacket, now: number): boolean {
  if (signature.created > now) return true;
  return signature.lifetime !== 0 && now > signature.created + signature.lifetime;
}

/** Go: keys.go revoked */
export function isRevoked(revocations: readonly SignaturePacket[], now: number): boolean {
  return revocations.some((revocation) => revocation.compromised || !signatureExpired(revocation, now));
}
