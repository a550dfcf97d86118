/** A Sigstore of one's own: a certificate authority, a log that makes promises, and a trusted root that names both. */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  bitString,
  contextTag,
  der,
  directoryString,
  integer,
  objectId,
  octetString,
  sequence,
  TAG,
  utcTime,
} from '../src/go/der.ts';
import { encodePem } from '../src/go/pem.ts';

interface Pair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

export interface SigstoreOptions {
  readonly email?: string;
  readonly issuer?: string;
  /** When the certificate begins to be valid, in seconds since 1970; it is so for ten minutes. */
  readonly from?: number;
  /** What the log says the time was. */
  readonly logged?: number;
}

export interface Sigstore {
  /** `trusted_root.json` */
  readonly root: Uint8Array;
  /** A signature of the older format: what the annotations of its layer are. */
  simple(payload: Uint8Array, options?: SigstoreOptions): Map<string, string>;
  /** A bundle around a statement. */
  bundle(statement: Uint8Array, options?: SigstoreOptions): unknown;
}

const START = 1_700_000_000;
const DAY = 86_400;

function pair(): Pair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function name(value: string): Uint8Array {
  return sequence(der(TAG.set, sequence(objectId('2.5.4.3'), directoryString(text(value)))));
}

const ECDSA_SHA256 = sequence(objectId('1.2.840.10045.4.3.2'));

interface CertificateParts {
  readonly subject: Uint8Array;
  readonly key: KeyObject;
  readonly from: number;
  readonly to: number;
  readonly extensions: readonly Uint8Array[];
}

function extension(id: string, critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(objectId(id), ...(critical ? [der(TAG.boolean, Uint8Array.of(255))] : []), octetString(value));
}

function certificate(parts: CertificateParts, issuer: Uint8Array, signer: KeyObject): Uint8Array {
  const body = sequence(
    der(contextTag(0), integer(2n)),
    integer(BigInt(parts.from)),
    ECDSA_SHA256,
    issuer,
    sequence(utcTime(BigInt(parts.from)), utcTime(BigInt(parts.to))),
    parts.subject,
    spki(parts.key),
    der(contextTag(3), sequence(...parts.extensions)),
  );
  return sequence(body, ECDSA_SHA256, bitString(sign('sha256', body, signer)));
}

function leafExtensions(email: string, issuer: string): Uint8Array[] {
  return [
    extension('2.5.29.37', false, sequence(objectId('1.3.6.1.5.5.7.3.3'))),
    extension('2.5.29.17', true, sequence(der(0x81, text(email)))),
    extension('1.3.6.1.4.1.57264.1.8', false, der(TAG.utf8, text(issuer))),
  ];
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

function sha256(bytes: Uint8Array, as: 'hex' | 'base64' = 'hex'): string {
  return createHash('sha256').update(bytes).digest(as);
}

/** A new one, with keys of its own. */
export function newSigstore(): Sigstore {
  const authority = pair();
  const log = pair();
  const logId = sha256(spki(log.publicKey));
  const subject = name('authority');
  const ca = certificate(
    {
      subject,
      key: authority.publicKey,
      from: START - DAY,
      to: START + 365 * DAY,
      extensions: [extension('2.5.29.19', true, sequence(der(TAG.boolean, Uint8Array.of(255))))],
    },
    subject,
    authority.privateKey,
  );
  const root = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      {
        baseUrl: 'https://log.example.com',
        hashAlgorithm: 'SHA2_256',
        publicKey: { rawBytes: base64(spki(log.publicKey)), keyDetails: 'PKIX_ECDSA_P256_SHA_256', validFor: {} },
        logId: { keyId: Buffer.from(logId, 'hex').toString('base64') },
      },
    ],
    certificateAuthorities: [
      {
        subject: {},
        uri: 'https://ca.example.com',
        certChain: { certificates: [{ rawBytes: base64(ca) }] },
        validFor: { start: '2020-01-01T00:00:00Z' },
      },
    ],
    ctlogs: [],
    timestampAuthorities: [],
  };
  const issue = ({ email = 'mei@example.com', issuer = 'https://id.example.com', from = START }: SigstoreOptions) => {
    const keys = pair();
    const parts = {
      subject: sequence(),
      key: keys.publicKey,
      from,
      to: from + 600,
      extensions: leafExtensions(email, issuer),
    };
    return { keys, leaf: certificate(parts, subject, authority.privateKey) };
  };
  const promise = (entry: object, logged: number) => {
    const body = base64(text(JSON.stringify(entry)));
    // Canonical JSON: the keys are sorted as they stand.
    const data = JSON.stringify({ body, integratedTime: logged, logID: logId, logIndex: 7 });
    return { body, set: base64(sign('sha256', text(data), log.privateKey)) };
  };
  return {
    root: text(JSON.stringify(root)),
    simple(payload, options = {}) {
      const { keys, leaf } = issue(options);
      const signature = base64(sign('sha256', payload, keys.privateKey));
      const pem = encodePem({ type: 'CERTIFICATE', bytes: leaf });
      const { logged = START + 60 } = options;
      const entry = {
        apiVersion: '0.0.1',
        kind: 'hashedrekord',
        spec: {
          data: { hash: { algorithm: 'sha256', value: sha256(payload) } },
          signature: { content: signature, publicKey: { content: base64(text(pem)) } },
        },
      };
      const { body, set } = promise(entry, logged);
      return new Map([
        ['dev.cosignproject.cosign/signature', signature],
        ['dev.sigstore.cosign/certificate', pem],
        ['dev.sigstore.cosign/chain', encodePem({ type: 'CERTIFICATE', bytes: ca })],
        [
          'dev.sigstore.cosign/bundle',
          JSON.stringify({
            SignedEntryTimestamp: set,
            Payload: { body, integratedTime: logged, logIndex: 7, logID: logId },
          }),
        ],
      ]);
    },
    bundle(statement, options = {}) {
      const { keys, leaf } = issue(options);
      const { logged = START + 60 } = options;
      const type = 'application/vnd.in-toto+json';
      const signed = Buffer.concat([text(`DSSEv1 ${type.length} ${type} ${statement.length} `), statement]);
      const sig = base64(sign('sha256', signed, keys.privateKey));
      const pem = encodePem({ type: 'CERTIFICATE', bytes: leaf });
      const entry = {
        apiVersion: '0.0.1',
        kind: 'dsse',
        spec: {
          envelopeHash: { algorithm: 'sha256', value: sha256(text('envelope')) },
          payloadHash: { algorithm: 'sha256', value: sha256(statement) },
          signatures: [{ signature: sig, verifier: base64(text(pem)) }],
        },
      };
      const { body, set } = promise(entry, logged);
      return {
        mediaType: 'application/vnd.dev.sigstore.bundle+json;version=0.1',
        verificationMaterial: {
          x509CertificateChain: { certificates: [{ rawBytes: base64(leaf) }] },
          tlogEntries: [
            {
              logIndex: '7',
              logId: { keyId: Buffer.from(logId, 'hex').toString('base64') },
              kindVersion: { kind: 'dsse', version: '0.0.1' },
              integratedTime: String(logged),
              inclusionPromise: { signedEntryTimestamp: set },
              canonicalizedBody: body,
            },
          ],
        },
        dsseEnvelope: { payload: base64(statement), payloadType: type, signatures: [{ sig, keyid: '' }] },
      };
    },
  };
}
