import { sha256 } from '@noble/hashes/sha2.js';
import { decodeBase64 } from '../go/base64.ts';
import { concatBytes, decodeBytes, encodeBytes, isAscii } from '../go/bytes.ts';
import {
  bitString,
  bytesToBig,
  contextTag,
  der,
  directoryString,
  integer,
  NULL,
  objectId,
  octetString,
  sequence,
  TAG,
  utcTime,
} from '../go/der.ts';
import { HOUR, SECOND } from '../go/duration.ts';
import { GoError } from '../go/error.ts';
import { ipBytes } from '../go/ip-bytes.ts';
import { decodePem, encodePem } from '../go/pem.ts';
import { formatValue } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import type { Method, Struct, Value } from '../go/value.ts';
import type { Crypto, MaybePromise } from '../host.ts';
import { type ParsedCertificate, parseCertificate } from './certificate-parse.ts';
import {
  type PrivateKey,
  parseHostKey,
  parsePrivateKeyPem,
  pkcs8Of,
  privateKeyPem,
  publicKeyOf,
} from './private-keys.ts';

/** sprig: the certificate struct, both parts in PEM. */
export class Certificate implements Struct {
  readonly struct = true as const;
  readonly type = 'sprig.certificate';
  readonly cert: string;
  readonly key: string;

  constructor(cert: string, key: string) {
    this.cert = cert;
    this.key = key;
  }

  field(name: string): Value {
    if (name === 'Cert') return this.cert;
    return name === 'Key' ? this.key : undefined;
  }

  method(_name: string): Method | undefined {
    return undefined;
  }

  fields(): readonly (readonly [string, Value])[] {
    return [
      ['Cert', this.cert],
      ['Key', this.key],
    ];
  }
}

/** Goes on at once where the value is there, and with the promise where it is not. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** What a certificate says of its holder. */
export interface Holder {
  readonly commonName: string;
  readonly ips: readonly Value[];
  readonly dnsNames: readonly Value[];
  readonly days: bigint;
  /** May it sign others? */
  readonly authority: boolean;
}

/** Who signs: a certificate and its key; nobody where a certificate signs itself. */
export interface Signer {
  readonly certificate: ParsedCertificate;
  readonly key: PrivateKey;
}

/** When a certificate is made and what was drawn for its number: asked of the host before the work begins. */
export interface Occasion {
  /** Nanoseconds since 1970. */
  readonly now: bigint;
  readonly serial: Uint8Array;
}

/** The parts of a certificate that depend on when and with what luck it is made. */
interface Template {
  readonly subject: Uint8Array;
  readonly alternatives: Uint8Array | undefined;
  readonly serial: bigint;
  readonly validity: Uint8Array;
}

// sprig: crypto.go genPrivateKey
export function generatePrivateKey(host: Crypto, kind: string): MaybePromise<string> {
  const known = kind === '' ? 'rsa' : kind;
  if (known !== 'rsa' && known !== 'dsa' && known !== 'ecdsa' && known !== 'ed25519') return `Unknown type ${kind}`;
  const bits = known === 'rsa' ? 4096 : 2048;
  return andThen(host.generateKey(known, bits), ({ pkcs8, spki }) => privateKeyPem(parseHostKey(pkcs8, spki)));
}

// sprig: crypto.go generateCertificateAuthority and its kin. A key that is given has been parsed by the caller.
export function generateCertificate(
  host: Crypto,
  occasion: Occasion,
  holder: Holder,
  givenKey: string | undefined,
  signedBy: Struct | undefined,
): MaybePromise<Certificate> {
  const own = givenKey === undefined ? newKey(host) : parseGivenKey(givenKey);
  return andThen(own, (key) => {
    const signer = signedBy === undefined ? undefined : parseSigner(signedBy);
    const template = makeTemplate(occasion, holder);
    return andThen(createCertificate(host, template, holder.authority, key, signer), (bytes) => {
      return new Certificate(encodePem({ type: 'CERTIFICATE', bytes }), privateKeyPem(key));
    });
  });
}

function newKey(host: Crypto): MaybePromise<PrivateKey> {
  return andThen(host.generateKey('rsa', 2048), ({ pkcs8, spki }) => parseHostKey(pkcs8, spki));
}

function within<T>(work: () => T, prefix: string): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GoError ? new GoError(`${prefix}: ${error.message}`) : error;
  }
}

function parseGivenKey(pem: string): PrivateKey {
  return within(() => parsePrivateKeyPem(pem), 'parsing private key');
}

function parseSigner(signer: Struct): Signer {
  const block = decodePem(signer.field('Cert') as string);
  if (block === undefined) throw new GoError('unable to decode certificate');
  const certificate = within(() => parseCertificate(block.bytes), 'error parsing certificate: decodedCert.Bytes');
  return { certificate, key: parseOwnKey(signer.field('Key') as string) };
}

function parseOwnKey(pem: string): PrivateKey {
  return within(() => parsePrivateKeyPem(pem), 'error parsing private key');
}

// sprig: crypto.go buildCustomCertificate
export function buildCustomCert(cert: string, key: string): Certificate {
  const certText = decodeBase64(cert);
  if (!(certText instanceof Uint8Array)) throw new GoError('unable to decode base64 certificate');
  const keyText = decodeBase64(key);
  if (!(keyText instanceof Uint8Array)) throw new GoError('unable to decode base64 private key');
  const block = decodePem(decodeBytes(certText));
  if (block === undefined) throw new GoError('unable to decode certificate');
  within(() => parseCertificate(block.bytes), 'error parsing certificate: decodedCert.Bytes');
  parseOwnKey(decodeBytes(keyText));
  return new Certificate(decodeBytes(certText), decodeBytes(keyText));
}

// sprig: crypto.go getBaseCertTemplate. Addresses are looked at before names.
function makeTemplate({ now, serial }: Occasion, holder: Holder): Template {
  const ips = holder.ips.map(parseIp);
  const names = holder.dnsNames.map(dnsName);
  // Go multiplies hours as 64-bit nanoseconds, so that some centuries wrap around.
  const until = now + BigInt.asIntN(64, 24n * HOUR * holder.days);
  return within(
    () => ({
      subject: subjectName(holder.commonName),
      alternatives: alternativeNames(names, ips),
      serial: bytesToBig(serial),
      validity: sequence(utcTime(wholeSeconds(now)), utcTime(wholeSeconds(until))),
    }),
    'error creating certificate',
  );
}

function wholeSeconds(nanoseconds: bigint): bigint {
  return (nanoseconds - (((nanoseconds % SECOND) + SECOND) % SECOND)) / SECOND;
}

function parseIp(ip: Value): Uint8Array {
  if (typeof ip !== 'string') throw new GoError(`error parsing ip: ${formatValue(ip)} is not a string`);
  const bytes = ipBytes(ip);
  if (bytes === undefined) throw new GoError(`error parsing ip: ${ip}`);
  return bytes;
}

function dnsName(name: Value): string {
  if (typeof name === 'string') return name;
  throw new GoError(`error processing alternate dns name: ${formatValue(name)} is not a string`);
}

function subjectName(commonName: string): Uint8Array {
  if (commonName === '') return sequence();
  if (!commonName.isWellFormed()) throw new GoError('asn1: string not valid UTF-8');
  return sequence(der(TAG.set, sequence(objectId('2.5.4.3'), directoryString(encodeBytes(commonName)))));
}

/** The names besides the subject's; Go writes DNS names before addresses. */
function alternativeNames(names: readonly string[], ips: readonly Uint8Array[]): Uint8Array | undefined {
  if (names.length + ips.length === 0) return undefined;
  const dns = names.map((name) => {
    if (!isAscii(name)) throw new GoError(`x509: ${quote(name)} cannot be encoded as an IA5String`);
    return der(0x82, encodeBytes(name));
  });
  return sequence(...dns, ...ips.map((ip) => der(0x87, ip)));
}

const SIGNATURE_ID: ReadonlyMap<string, string> = new Map([
  ['SHA-256', '1.2.840.10045.4.3.2'],
  ['SHA-384', '1.2.840.10045.4.3.3'],
  ['SHA-512', '1.2.840.10045.4.3.4'],
]);

/** The AlgorithmIdentifier of the signatures that a key makes. */
function signatureAlgorithm(key: PrivateKey): Uint8Array {
  if (key.kind === 'rsa') return sequence(objectId('1.2.840.113549.1.1.11'), NULL);
  if (key.kind === 'ecdsa') return sequence(objectId(SIGNATURE_ID.get(key.curve.hash) as string));
  if (key.kind === 'ed25519') return sequence(objectId('1.3.101.112'));
  throw new GoError('x509: certificate private key does not implement crypto.Signer');
}

// Go: x509.CreateCertificate
function createCertificate(
  host: Crypto,
  template: Template,
  authority: boolean,
  key: PrivateKey,
  signer: Signer | undefined,
): MaybePromise<Uint8Array> {
  const signing = signer?.key ?? key;
  const { algorithm, tbs } = within(() => {
    const algorithm = signatureAlgorithm(signing);
    return { algorithm, tbs: toBeSigned(template, authority, key, signer, algorithm) };
  }, 'error creating certificate');
  return andThen(sign(host, signing, tbs), (signature) => sequence(tbs, algorithm, bitString(signature)));
}

function toBeSigned(
  template: Template,
  authority: boolean,
  key: PrivateKey,
  signer: Signer | undefined,
  algorithm: Uint8Array,
): Uint8Array {
  const { subject, serial, validity } = template;
  const publicKey = publicKeyOf(key);
  if (signer !== undefined && !sameBytes(publicKeyOf(signer.key).bytes, signer.certificate.publicKey)) {
    throw new GoError("x509: provided PrivateKey doesn't match parent's PublicKey");
  }
  const issuer = signer?.certificate.subject ?? subject;
  const issuerKeyId = sameBytes(issuer, subject) ? undefined : signer?.certificate.subjectKeyId;
  const keyId = authority ? sha256(publicKey.bytes).subarray(0, 20) : undefined;
  return sequence(
    der(contextTag(0), integer(2n)),
    integer(serial),
    algorithm,
    issuer,
    validity,
    subject,
    publicKey.info,
    der(contextTag(3), sequence(...extensions(template, keyId, issuerKeyId))),
  );
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

const CRITICAL = true;

/** Go: buildCertExtensions, in its order. Only an authority has a key identifier of its own. */
function extensions(
  { subject, alternatives }: Template,
  keyId: Uint8Array | undefined,
  issuerKeyId: Uint8Array | undefined,
): Uint8Array[] {
  const authority = keyId !== undefined;
  // digitalSignature, keyEncipherment and, for an authority, keyCertSign.
  const usage = authority ? bitString(Uint8Array.of(0xa4), 2) : bitString(Uint8Array.of(0xa0), 5);
  const purposes = sequence(objectId('1.3.6.1.5.5.7.3.1'), objectId('1.3.6.1.5.5.7.3.2'));
  const constraints = authority ? sequence(der(TAG.boolean, Uint8Array.of(0xff))) : sequence();
  const list = [
    extension('2.5.29.15', usage, CRITICAL),
    extension('2.5.29.37', purposes),
    extension('2.5.29.19', constraints, CRITICAL),
  ];
  if (keyId !== undefined) list.push(extension('2.5.29.14', octetString(keyId)));
  if (issuerKeyId !== undefined && issuerKeyId.length > 0) {
    list.push(extension('2.5.29.35', sequence(der(0x80, issuerKeyId))));
  }
  // Names are critical where the subject has none.
  if (alternatives !== undefined) list.push(extension('2.5.29.17', alternatives, subject.length === 2));
  return list;
}

function extension(id: string, value: Uint8Array, critical = false): Uint8Array {
  const flag = critical ? der(TAG.boolean, Uint8Array.of(0xff)) : new Uint8Array();
  return sequence(concatBytes([objectId(id), flag]), octetString(value));
}

function sign(host: Crypto, key: PrivateKey, data: Uint8Array): MaybePromise<Uint8Array> {
  if (key.kind === 'rsa') {
    const bits = key.n.toString(2).length;
    if (bits < 1024) {
      const where = '(see https://go.dev/pkg/crypto/rsa#hdr-Minimum_key_size)';
      throw new GoError(`error creating certificate: crypto/rsa: ${bits}-bit keys are insecure ${where}`);
    }
  }
  const { kind } = key;
  if (kind === 'x25519' || kind === 'dsa') throw new GoError('error creating certificate: no signer');
  const hash = key.kind === 'ecdsa' ? key.curve.hash : 'SHA-256';
  return orFail(() => host.sign(kind, pkcs8Of(key), data, hash));
}

/** A host may lack a curve; that it says so must not look like a fault of the library. */
function orFail<T>(work: () => MaybePromise<T>): MaybePromise<T> {
  const failed = (error: unknown): never => {
    throw new GoError(`error creating certificate: ${(error as Error).message}`);
  };
  try {
    const answer = work();
    return answer instanceof Promise ? answer.catch(failed) : answer;
  } catch (error) {
    return failed(error);
  }
}
