/** Checks cosign signatures of charts in registries. Go: sigstore/cosign pkg/cosign/verify.go */
import { createHash, createPublicKey, type KeyObject, verify as verifySignature } from 'node:crypto';
import { PintleError } from '../../errors.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import {
  IN_TOTO_TYPE,
  plainJson,
  preAuthEncoding,
  simpleSigningFault,
  statementFault,
} from '../../provenance/cosign.ts';
import type { StoredSignature, StoredSignatures } from '../../sources/oci/signatures.ts';
import { verifyEd25519ph } from './ed25519ph.ts';
import { readTrustedRoot, type Signer, type TrustedRoot, verifyBundle } from './sigstore.ts';

/** Whose signatures count: a key's, or those of somebody that an identity provider vouches for. */
export interface CosignPolicy {
  /** PEM, a public key. */
  readonly key?: Uint8Array;
  /** A trusted root as JSON. With a key, it makes an entry in a log necessary. */
  readonly trustedRoot?: Uint8Array;
  /** Both exactly as they are in the certificate. */
  readonly identity?: string;
  readonly issuer?: string;
}

export interface CosignVerification {
  /** Of the manifest, `sha256:…`. */
  readonly digest: string;
  /** Of the DER form of the key, `sha256:…`, where the policy names one. */
  readonly key?: string;
  readonly signer?: Signer;
}

/** One signature that does not count, with the reason. */
class Refused extends Error {}

/**
 * Finds a signature of a manifest that the policy accepts; one is enough.
 *
 * @throws PintleError PROVENANCE_INVALID; `data.reasons` has what is wrong with each signature
 */
export async function verifyCosign(stored: StoredSignatures, policy: CosignPolicy): Promise<CosignVerification> {
  const { digest, signatures } = stored;
  const key = policy.key && readPublicKey(policy.key);
  const root = policy.trustedRoot && (await readTrustedRoot(policy.trustedRoot, key));
  if (key === undefined && (!root || !policy.identity || !policy.issuer)) {
    throw new PintleError('USAGE', 'a key, or a trusted root with an identity and its issuer, is necessary');
  }
  if (signatures.length === 0) {
    throw new PintleError('PROVENANCE_INVALID', `no signatures found for ${digest}`, {
      hint: 'nobody has signed this chart with cosign, or the signatures were not copied along with it',
      data: { reason: 'signature-missing' },
    });
  }
  const reasons: string[] = [];
  for (const signature of signatures) {
    try {
      const signer = await checkSignature(signature, digest, key, root, policy);
      return { digest, ...(key ? { key: keyDigest(key) } : {}), ...(signer ? { signer } : {}) };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      reasons.push(error.message);
    }
  }
  const distinct = [...new Set(reasons)];
  throw new PintleError('PROVENANCE_INVALID', `no matching signatures: ${distinct.join('; ')}`, {
    data: { reason: 'signature-invalid', reasons },
  });
}

/**
 * A public key that cosign makes: ECDSA on a NIST curve, RSA, Ed25519.
 *
 * @throws PintleError PROVENANCE_INVALID
 */
function readPublicKey(pem: Uint8Array): KeyObject {
  const fault = (text: string, cause?: unknown): PintleError =>
    new PintleError('PROVENANCE_INVALID', `reading the public key: ${text}`, {
      data: { reason: 'keyring-invalid' },
      cause,
    });
  const text = decodeBytes(pem);
  if (!text.includes('-----BEGIN PUBLIC KEY-----')) throw fault('no PEM block "PUBLIC KEY"');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch (error) {
    throw fault((error as Error).message, error);
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'rsa' && (details?.modulusLength ?? 0) < 2048) throw fault('RSA key of fewer than 2048 bits');
  if (type !== 'ec' && type !== 'rsa' && type !== 'ed25519') throw fault(`keys of type ${type} do not sign charts`);
  return key;
}

function keyDigest(key: KeyObject): string {
  return `sha256:${createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')}`;
}

function holds(data: Uint8Array, signature: Uint8Array, key: KeyObject): boolean {
  const isEd25519 = key.asymmetricKeyType === 'ed25519';
  try {
    if (verifySignature(isEd25519 ? null : 'sha256', data, key, signature)) return true;
    // Cosign signs a hash of the data unless it is old. Go: cosign pkg/cosign/keys.go GetDefaultLoadOptions
    return isEd25519 && verifyEd25519ph(data, signature, key);
  } catch {
    // What is no signature at all does not hold either.
    return false;
  }
}

async function checkSignature(
  stored: StoredSignature,
  digest: string,
  key: KeyObject | undefined,
  root: TrustedRoot | undefined,
  policy: CosignPolicy,
): Promise<Signer | undefined> {
  const subject = stored.kind === 'simple' ? simpleSubject(stored, digest) : bundleSubject(stored.json, digest);
  if (key && !subject.signatures.some((one) => holds(subject.signed, one, key))) {
    throw new Refused('signature is not of this key');
  }
  if (!root) return undefined;
  const signer = await checkBundle(subject.bundle(key !== undefined), subject.artifact, root);
  if (key) return undefined;
  if (signer.identity !== policy.identity) {
    throw new Refused(`certificate is for ${signer.identity ?? 'nobody'}, not for ${policy.identity}`);
  }
  if (signer.issuer !== policy.issuer) {
    throw new Refused(`certificate's identity is from ${signer.issuer ?? 'nowhere'}, not from ${policy.issuer}`);
  }
  return signer;
}

async function checkBundle(bundle: unknown, artifact: Uint8Array | undefined, root: TrustedRoot): Promise<Signer> {
  try {
    return await verifyBundle(bundle, artifact, root);
  } catch (error) {
    // Whatever the library throws, TypeErrors for what is missing included, the signature is not proved.
    const { message, cause } = error as Error;
    throw new Refused(cause instanceof Error ? `${message}: ${cause.message}` : message);
  }
}

/** What was signed and with what, whichever way it is stored. Its digest has been checked. */
interface Subject {
  readonly signed: Uint8Array;
  readonly signatures: readonly Uint8Array[];
  /** The bytes that a bundle does not hold itself. */
  readonly artifact?: Uint8Array;
  /** The bundle as JSON; of a key where there is no certificate. */
  bundle(ofKey: boolean): unknown;
}

type Json = Readonly<Record<string, unknown>>;

function json(bytes: Uint8Array, what: string): Json {
  let value: unknown;
  try {
    value = plainJson(bytes);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new Refused(`${what} is not JSON: ${error.message}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new Refused(`${what} is malformed`);
}

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const CERTIFICATE = 'dev.sigstore.cosign/certificate';
const CHAIN = 'dev.sigstore.cosign/chain';
const LOG_ENTRY = 'dev.sigstore.cosign/bundle';
const TIMESTAMP = 'dev.sigstore.cosign/rfc3161timestamp';

function simpleSubject({ payload, annotations }: StoredSignature & { kind: 'simple' }, digest: string): Subject {
  const fault = simpleSigningFault(payload, digest);
  if (fault !== undefined) throw new Refused(fault);
  const signature = annotations.get(SIGNATURE) ?? '';
  if (signature === '') throw new Refused('signature is empty');
  return {
    signed: payload,
    signatures: [Buffer.from(signature, 'base64')],
    artifact: payload,
    bundle: (ofKey) => simpleBundle(payload, signature, annotations, ofKey),
  };
}

/** The older format's annotations as a bundle. */
function simpleBundle(
  payload: Uint8Array,
  signature: string,
  annotations: ReadonlyMap<string, string>,
  ofKey: boolean,
): unknown {
  const [leaf] = certificatesIn(annotations.get(CERTIFICATE));
  if (!ofKey && leaf === undefined) throw new Refused('signature has no certificate');
  const certificates = [leaf, ...certificatesIn(annotations.get(CHAIN))];
  const entry = annotations.get(LOG_ENTRY);
  const timestamp = annotations.get(TIMESTAMP);
  return {
    mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
    verificationMaterial: {
      ...(ofKey
        ? { publicKey: { hint: '' } }
        : { x509CertificateChain: { certificates: certificates.map((rawBytes) => ({ rawBytes })) } }),
      tlogEntries: entry === undefined || entry === '' ? [] : [logEntry(json(encodeBytes(entry), 'log entry'))],
      timestampVerificationData: {
        rfc3161Timestamps:
          timestamp === undefined || timestamp === ''
            ? []
            : [{ signedTimestamp: json(encodeBytes(timestamp), 'timestamp')['SignedRFC3161Timestamp'] }],
      },
    },
    messageSignature: {
      messageDigest: { algorithm: 'SHA2_256', digest: createHash('sha256').update(payload).digest('base64') },
      signature,
    },
  };
}

/** The DER in PEM blocks, as base64. */
function certificatesIn(pem = ''): string[] {
  const blocks = pem.matchAll(/-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]{1,65536})-----END CERTIFICATE-----/g);
  return Array.from(blocks, ([, body = '']) => body.replace(/\s/g, ''));
}

/** Go: cosign pkg/cosign/bundle RekorBundle */
function logEntry(entry: Json): unknown {
  const { SignedEntryTimestamp: promise, Payload: payload } = entry;
  const { body, integratedTime, logIndex, logID } = (payload ?? {}) as Json;
  if (typeof promise !== 'string' || typeof body !== 'string' || typeof logID !== 'string') {
    throw new Refused('log entry is malformed');
  }
  const { kind, apiVersion } = json(Buffer.from(body, 'base64'), 'log entry');
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind, version: apiVersion },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: promise },
    canonicalizedBody: body,
  };
}

function bundleSubject(bytes: Uint8Array, digest: string): Subject {
  const bundle = json(bytes, 'bundle');
  const { payload, payloadType, signatures } = (bundle['dsseEnvelope'] ?? {}) as Json;
  if (typeof payload !== 'string' || !Array.isArray(signatures)) {
    throw new Refused('bundle holds no signed statement');
  }
  if (payloadType !== IN_TOTO_TYPE) throw new Refused('payload of the signature is no in-toto statement');
  const statement = Buffer.from(payload, 'base64');
  const fault = statementFault(statement, digest);
  if (fault !== undefined) throw new Refused(fault);
  return {
    signed: preAuthEncoding(payloadType, statement),
    signatures: signatures.map((one) => Buffer.from(String((one as Json | null)?.['sig']), 'base64')),
    bundle: () => bundle,
  };
}
