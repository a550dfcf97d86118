/** The arithmetic of OpenPGP keys. The only file that knows the library; it is loaded with the first key. */
import type * as OpenPgp from 'openpgp';
import { concatBytes } from '../go/bytes.ts';
import { structural, unsupported } from './fault.ts';
import { type Packet, PUBLIC_KEY, PUBLIC_SUBKEY, SECRET_KEY, SECRET_SUBKEY } from './packets.ts';
import {
  CERTIFICATION_REVOCATION,
  FIRST_CERTIFICATION,
  LAST_CERTIFICATION,
  SIGNED_BINARY,
  SIGNED_TEXT,
  type SignaturePacket,
} from './signature-packet.ts';

/** A key or subkey. Ids and fingerprints are in lower-case hex, `created` in seconds since 1970. */
export interface PgpKey {
  readonly version: number;
  readonly algorithm: number;
  readonly id: string;
  readonly fingerprint: string;
  readonly created: number;
  /** Of a secret key: whether a passphrase locks it, or its secret part is elsewhere. */
  readonly secret: 'none' | 'open' | 'locked' | 'elsewhere';
  readonly packet: OpenPgp.PublicKeyPacket | OpenPgp.SecretKeyPacket;
}

type Library = typeof OpenPgp;

let loading: Promise<Library> | undefined;

function library(): Promise<Library> {
  loading ??= import('openpgp');
  return loading;
}

/** @throws PgpError */
export async function readKeyPacket(packet: Packet): Promise<PgpKey> {
  const pgp = await library();
  const key = newKeyPacket(pgp, packet.tag);
  try {
    await key.read(packet.body);
  } catch (error) {
    const { name, message } = error as Error;
    throw /^Unsupported|^UnknownPacket/.test(name) ? unsupported(message) : structural(message);
  }
  return {
    version: key.version,
    algorithm: key.algorithm,
    id: key.getKeyID().toHex(),
    fingerprint: key.getFingerprint(),
    created: Math.floor(key.getCreationTime().getTime() / 1000),
    secret: secrecyOf(key),
    packet: key,
  };
}

function newKeyPacket(pgp: Library, tag: number): OpenPgp.PublicKeyPacket | OpenPgp.SecretKeyPacket {
  switch (tag) {
    case PUBLIC_KEY:
      return new pgp.PublicKeyPacket();
    case PUBLIC_SUBKEY:
      return new pgp.PublicSubkeyPacket() as unknown as OpenPgp.PublicKeyPacket;
    case SECRET_KEY:
      return new pgp.SecretKeyPacket();
    case SECRET_SUBKEY:
      return new pgp.SecretSubkeyPacket() as unknown as OpenPgp.SecretKeyPacket;
    default:
      throw structural('first packet was not a public/private key');
  }
}

function secrecyOf(key: OpenPgp.PublicKeyPacket | OpenPgp.SecretKeyPacket): PgpKey['secret'] {
  if (!('privateParams' in key)) return 'none';
  if (key.isDummy()) return 'elsewhere';
  return key.isDecrypted() ? 'open' : 'locked';
}

/** What a signature is about. */
export interface SignedData {
  /** The bytes of a message. */
  readonly text?: Uint8Array;
  /** The key that an identity, a subkey or a revocation belongs to. */
  readonly key?: PgpKey;
  readonly identity?: Uint8Array;
  readonly subkey?: PgpKey;
}

/** What go-crypto calls the algorithms where a signature does not hold. Go: public_key.go VerifySignature */
const FAILURES: ReadonlyMap<number, string> = new Map([
  [1, 'RSA'],
  [3, 'RSA'],
  [17, 'DSA'],
  [19, 'ECDSA'],
  [22, 'EdDSA'],
  [27, 'Ed25519'],
  [28, 'ed448'],
]);

/**
 * Why the signature is not `signer`'s of the data, or nothing where it is. Times are not looked at.
 *
 * @returns go-crypto's text
 */
export async function signatureFault(
  signature: SignaturePacket,
  signer: PgpKey,
  data: SignedData,
): Promise<string | undefined> {
  if (signature.algorithm !== signer.algorithm) {
    return 'openpgp: invalid argument: public key and signature use different algorithms';
  }
  const pgp = await library();
  const packet = new pgp.SignaturePacket();
  try {
    packet.read(signature.body);
    // Keys are found by the rules of go-crypto; the library's own check has another idea of the issuer.
    packet.issuerKeyID = signer.packet.getKeyID();
    // Critical notations and weak hashes are judged by the caller; null is for any time.
    const config = {
      ...pgp.config,
      knownNotations: signature.notations.map(({ name }) => name),
      rejectHashAlgorithms: new Set<OpenPgp.enums.hash>(),
      rejectMessageHashAlgorithms: new Set<OpenPgp.enums.hash>(),
    };
    const anyTime = null as unknown as Date;
    const subject = libraryData(pgp, signature.type, data);
    if (isRareCurve(signer)) hashFirst(packet, signature.type, subject);
    await packet.verify(signer.packet, signature.type, subject, anyTime, true, config);
    return undefined;
  } catch {
    return `openpgp: invalid signature: ${FAILURES.get(signer.algorithm)} verification failure`;
  }
}

function isRareCurve({ packet }: PgpKey): boolean {
  const { curve = '' } = packet.getAlgorithmInfo();
  return curve === 'secp256k1' || curve.startsWith('brainpool');
}

/** In Node the library checks signatures on these curves by itself only where it is given nothing but the hash. */
function hashFirst(packet: OpenPgp.SignaturePacket, type: number, subject: object): void {
  const own = packet as unknown as {
    toHash(type: number, subject: object, detached: boolean): Uint8Array;
    hash(type: number, subject: object, toHash: Uint8Array): Promise<Uint8Array>;
    hashed: Promise<Uint8Array>;
  };
  own.hashed = own.hash(type, subject, own.toHash(type, subject, true));
}

function libraryData(pgp: Library, type: number, { text, key, identity, subkey }: SignedData): object {
  if (type === SIGNED_BINARY || type === SIGNED_TEXT) return literal(pgp, text ?? new Uint8Array());
  const isCertification =
    (type >= FIRST_CERTIFICATION && type <= LAST_CERTIFICATION) || type === CERTIFICATION_REVOCATION;
  return {
    key: key?.packet,
    // By its bytes: the library would decode and encode the name.
    ...(isCertification ? { userID: { write: () => identity } } : {}),
    ...(subkey ? { bind: subkey.packet } : {}),
  };
}

function literal(pgp: Library, bytes: Uint8Array): object {
  const packet = new pgp.LiteralDataPacket() as unknown as {
    setBytes(bytes: Uint8Array, format: OpenPgp.enums.literal): void;
  };
  packet.setBytes(bytes, pgp.enums.literal.binary);
  return packet;
}

/**
 * A locked key without its lock.
 *
 * @throws PgpError for the wrong passphrase
 */
export async function unlockKey(packet: Packet, passphrase: string): Promise<PgpKey> {
  const key = await readKeyPacket(packet);
  try {
    await (key.packet as OpenPgp.SecretKeyPacket).decrypt(passphrase);
  } catch (error) {
    const { message } = error as Error;
    throw message.startsWith('Incorrect key passphrase') || message === 'Error reading MPIs'
      ? structural('private key checksum failure')
      : unsupported(message);
  }
  return { ...key, secret: 'open' };
}

/** The packet with a signature of the text by an open secret key, and the name of its hash. */
export async function signText(
  key: PgpKey,
  text: Uint8Array,
  now: Date,
): Promise<{ readonly packet: Uint8Array; readonly hash: string }> {
  const pgp = await library();
  const packet = new pgp.SignaturePacket();
  packet.signatureType = pgp.enums.signature.text;
  packet.publicKeyAlgorithm = key.algorithm;
  const hash = hashFor(key);
  packet.hashAlgorithm = hash === 'SHA384' ? pgp.enums.hash.sha384 : pgp.enums.hash.sha512;
  const sign = packet.sign as (
    this: OpenPgp.SignaturePacket,
    key: OpenPgp.AnySecretKeyPacket,
    data: object,
    date: Date,
    detached: boolean,
    config: OpenPgp.Config,
  ) => Promise<void>;
  await sign.call(packet, key.packet as OpenPgp.SecretKeyPacket, literal(pgp, text), now, true, pgp.config);
  return { packet: framed(packet.write()), hash };
}

/** SHA-512 unless the key's curve goes with another. Go: clearsign.go acceptableHashesToWrite */
function hashFor(key: PgpKey): string {
  const { curve } = key.packet.getAlgorithmInfo();
  return curve === 'nistP384' || curve === 'brainpoolP384r1' ? 'SHA384' : 'SHA512';
}

/** A signature packet with its header. */
function framed(body: Uint8Array): Uint8Array {
  const { length } = body;
  const head =
    length < 192
      ? [0xc2, length]
      : length < 8384
        ? [0xc2, ((length - 192) >> 8) + 192, (length - 192) & 0xff]
        : [0xc2, 0xff, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  return concatBytes([Uint8Array.from(head), body]);
}
