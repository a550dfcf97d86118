/** Checks provenance files. Go: helm pkg/provenance/sign.go Verify, go-crypto openpgp/read.go */
import type { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { type Cleartext, readCleartext } from './cleartext.ts';
import { type FaultReason, PgpError, provenanceFault } from './fault.ts';
import {
  candidateRevoked,
  type Entity,
  keyExpired,
  primarySelfSignature,
  readKeyring,
  type SigningCandidate,
  signingKeysById,
} from './keyring.ts';
import { signatureFault } from './openpgp.ts';
import { readPackets, SIGNATURE } from './packets.ts';
import {
  brokenHash,
  readSignaturePacket,
  SIGNED_BINARY,
  SIGNED_TEXT,
  type SignaturePacket,
  signatureExpired,
} from './signature-packet.ts';
import { readSums, sha256Digest } from './sums.ts';
import type { SignedArchive, Verification } from './verification.ts';

export { type SignedArchive, type Verification, verificationLines } from './verification.ts';

export interface VerifyOptions {
  /** The time at which keys and signatures must be valid; now, if left out. */
  readonly now?: Date;
}

/** A signed file is as long as a chart's metadata; what is much longer is not read. */
const MAX_PROVENANCE = 5 * 1024 * 1024;

/**
 * Checks a chart's archive against its provenance file and a keyring, binary or armored.
 *
 * @throws PintleError PROVENANCE_INVALID with Helm's text; `data.reason` says what is wrong
 */
export async function verifyProvenance(
  archive: SignedArchive,
  prov: Uint8Array,
  keyring: Uint8Array,
  options: VerifyOptions = {},
): Promise<Verification> {
  const entities = await loadKeyring(keyring, 'failed to load keyring: ');
  return verifyWith(archive, prov, entities, options);
}

/**
 * As {@link verifyProvenance}, for any signed archive (a plugin's): faults of the keyring are told as they are.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
export async function verifySigned(
  archive: SignedArchive,
  prov: Uint8Array,
  keyring: Uint8Array,
  options: VerifyOptions = {},
): Promise<Verification> {
  return verifyWith(archive, prov, await loadKeyring(keyring), options);
}

/**
 * A keyring for checking or signing.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
export async function loadKeyring(bytes: Uint8Array, prefix = ''): Promise<Entity[]> {
  try {
    return await readKeyring(bytes);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw provenanceFault('keyring-invalid', prefix + error.message, keyringHint(bytes), error);
  }
}

/** GnuPG since 2.1 keeps keys in a format of its own. */
function keyringHint(bytes: Uint8Array): string {
  const isKeybox = bytes.length >= 12 && String.fromCharCode(...bytes.subarray(8, 12)) === 'KBXf';
  return isKeybox
    ? 'this is a keybox of GnuPG; export its keys: gpg --export > pubring.gpg (to sign: gpg --export-secret-keys > secring.gpg)'
    : 'a keyring has OpenPGP keys, as gpg --export writes them';
}

async function verifyWith(
  archive: SignedArchive,
  prov: Uint8Array,
  entities: readonly Entity[],
  { now = new Date() }: VerifyOptions,
): Promise<Verification> {
  const message = readMessage(prov);
  refuseUnsignedText(message);
  const seconds = Math.floor(now.getTime() / 1000);
  const entity = await verifySignature(message, entities, seconds);
  const fileHash = await sha256Digest(archive.bytes);
  checkSum(archive.name, fileHash, message);
  return {
    signedBy: [...entity.identities.keys()],
    fingerprint: entity.key.fingerprint.toUpperCase(),
    fileHash,
    fileName: archive.name,
  };
}

function readMessage(prov: Uint8Array): Cleartext {
  const message = told('signature-invalid', () => (prov.length > MAX_PROVENANCE ? undefined : readCleartext(prov)));
  if (message !== undefined) return message;
  throw provenanceFault('signature-missing', 'signature block not found', 'the provenance file has no signed text');
}

/** Tells the user of what the readers of OpenPGP data and YAML find wrong. */
function told<T>(reason: FaultReason, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw provenanceFault(reason, error.message, undefined, error);
  }
}

/** Helm looks at the first message and at nothing around it; a reader would take all of it for signed. */
function refuseUnsignedText({ before, after }: Cleartext): void {
  const rest = before + after;
  if (!/[^\s]/.test(rest)) return;
  if (rest.includes('-----BEGIN PGP SIGNED MESSAGE-----')) {
    throw provenanceFault('several-signatures', 'provenance file has more than one signed message');
  }
  const where = /[^\s]/.test(before) ? 'before the signed message' : 'after the signature';
  throw provenanceFault('extra-text', `provenance file has text ${where}, which is not signed`);
}

function checkSum(name: string, digest: string, message: Cleartext): void {
  const sum = told('signature-invalid', () => readSums(message.plain)).get(name);
  if (sum === undefined) {
    throw provenanceFault(
      'other-file',
      `provenance does not contain a SHA for a file named ${quote(name)}`,
      'the provenance file belongs to another archive, or the archive was renamed',
    );
  }
  if (sum === digest) return;
  throw provenanceFault(
    'hash-mismatch',
    `sha256 sum does not match for ${name}: ${quote(sum)} != ${quote(digest)}`,
    'the archive is not the one that was signed',
  );
}

const UNKNOWN_ENTITY = 'openpgp: signature made by unknown entity';

/** The entity whose signature it is. Go: verifyDetachedSignature */
async function verifySignature(message: Cleartext, entities: readonly Entity[], now: number): Promise<Entity> {
  const { signature, candidates } = told('signature-invalid', () => findSigner(message.signature, entities));
  if (signature.type !== SIGNED_BINARY && signature.type !== SIGNED_TEXT) {
    const text = `openpgp: unsupported feature: unsupported signature type: ${signature.type}`;
    throw provenanceFault('signature-invalid', text);
  }
  refuseWeak(signature.hash);
  let fault: string | undefined;
  for (const candidate of candidates) {
    fault = await signatureFault(signature, candidate.key, { text: message.signed });
    if (fault !== undefined) continue;
    checkDetails(candidate, signature, now);
    return candidate.entity;
  }
  throw provenanceFault(
    'signature-invalid',
    fault as string,
    'the provenance file was changed after it was signed, or not signed by this key',
  );
}

/** Helm lets SHA-1 pass and tells of the others that the signer is unknown. */
function refuseWeak(hash: string): void {
  if (hash !== 'SHA1') return;
  throw provenanceFault('weak-hash', `openpgp: weak algorithms are rejected: ${hash}`, weakHint(hash));
}

function weakHint(hash: string): string {
  return `the signature is made with ${hash}, which can be forged; the chart has to be signed anew`;
}

interface Found {
  readonly signature: SignaturePacket;
  readonly candidates: readonly SigningCandidate[];
}

/** The first signature whose key is in the keyring. */
function findSigner(bytes: Uint8Array, entities: readonly Entity[]): Found {
  const issuers: string[] = [];
  let broken: string | undefined;
  for (const packet of readPackets(bytes)) {
    if (packet.tag !== SIGNATURE) throw new GoError('openpgp: invalid data: non signature packet found');
    const signature = readable(packet.body);
    if (signature === undefined) {
      broken ??= brokenHash(packet.body);
      continue;
    }
    if (signature.issuer === undefined) {
      throw new GoError("openpgp: invalid data: signature doesn't have an issuer");
    }
    const candidates = signingKeysById(entities, signature.issuer);
    if (candidates.length > 0) return { signature, candidates };
    issuers.push(signature.issuer.toUpperCase());
  }
  if (issuers.length === 0 && broken !== undefined) {
    throw provenanceFault('weak-hash', UNKNOWN_ENTITY, weakHint(broken));
  }
  throw unknownSigner(issuers, entities);
}

function readable(body: Uint8Array): SignaturePacket | undefined {
  try {
    return readSignaturePacket(body);
  } catch (error) {
    if (error instanceof PgpError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

function unknownSigner(issuers: readonly string[], entities: readonly Entity[]): PintleError {
  if (entities.length === 0) {
    return provenanceFault('keyring-empty', UNKNOWN_ENTITY, 'the keyring has no keys');
  }
  const hint =
    issuers.length === 0
      ? 'the signature is of a kind that cannot be checked'
      : `the keyring has no key ${issuers.join(' or ')} that may sign`;
  return provenanceFault('unknown-key', UNKNOWN_ENTITY, hint);
}

/** Whether the key could be trusted with this signature at this time. Go: checkMessageSignatureDetails */
function checkDetails(candidate: SigningCandidate, signature: SignaturePacket, now: number): void {
  const { entity, selfSignature, subkey } = candidate;
  const own = primarySelfSignature(entity);
  if (own === undefined) throw provenanceFault('unknown-key', UNKNOWN_ENTITY);
  const relevant = [signature, own];
  if (subkey) relevant.push(selfSignature, ...(selfSignature.embedded ? [selfSignature.embedded] : []));
  for (const { name } of relevant.flatMap(({ notations }) => notations.filter(({ critical }) => critical))) {
    throw provenanceFault('signature-invalid', `openpgp: invalid signature: unknown critical notation: ${name}`);
  }
  if (candidateRevoked(candidate, now)) {
    throw provenanceFault('key-revoked', 'openpgp: signature made by revoked key', 'its owner has taken the key back');
  }
  if (keyExpired(entity.key, own, now) || (subkey && keyExpired(subkey.key, selfSignature, now))) {
    throw provenanceFault('key-expired', 'openpgp: key expired', 'if its owner has prolonged it, fetch the key anew');
  }
  if (relevant.some((one) => signatureExpired(one, now))) {
    throw provenanceFault('signature-expired', 'openpgp: signature expired', 'the chart has to be signed anew');
  }
}
