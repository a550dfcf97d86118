import { decodeBytes, runeWidth } from '../go/bytes.ts';
import { contextTag, DerReader, TAG } from '../go/der.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { curves } from './curves.ts';

/** What signing with an existing certificate needs to know of it. */
export interface ParsedCertificate {
  /** The subject as it stands, a sequence. */
  readonly subject: Uint8Array;
  /** The contents of the subject's public key, and the object identifiers that say what it is. */
  readonly publicKey: Uint8Array;
  readonly subjectKeyId: Uint8Array;
}

/** The value, or the error that Go gives where there is none. */
function need<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new GoError(`x509: ${message}`);
  return value;
}

// Go: x509.ParseCertificate
export function parseCertificate(bytes: Uint8Array): ParsedCertificate {
  const outer = new DerReader(bytes);
  const input = need(outer.enter(TAG.sequence), 'malformed certificate');
  const tbs = need(input.enter(TAG.sequence), 'malformed tbs certificate');
  const version = parseVersion(tbs);
  const serial = need(tbs.integer(), 'malformed serial number');
  if (serial < 0n) throw new GoError('x509: negative serial number');
  parseAlgorithms(tbs, input);
  parseName(need(tbs.element(TAG.sequence), 'malformed issuer'));
  parseValidity(need(tbs.enter(TAG.sequence), 'malformed validity'));
  const subject = need(tbs.element(TAG.sequence), 'malformed issuer');
  parseName(subject);
  const publicKey = parsePublicKey(need(tbs.enter(TAG.sequence), 'malformed spki'));
  const subjectKeyId = version > 1 ? parseExtensions(tbs, version) : new Uint8Array();
  need(input.bits(), 'malformed signature');
  if (!outer.empty) throw new GoError('x509: trailing data');
  return { subject, publicKey, subjectKeyId };
}

function parseVersion(tbs: DerReader): number {
  if (tbs.peek() !== contextTag(0)) return 1;
  const version = need(tbs.enter(contextTag(0))?.integer(), 'malformed version');
  if (version < 0n) throw new GoError('x509: malformed version');
  if (version > 2n) throw new GoError('x509: invalid version');
  return Number(version) + 1;
}

function parseAlgorithms(tbs: DerReader, input: DerReader): void {
  const inner = need(tbs.read(TAG.sequence), 'malformed signature algorithm identifier');
  const outer = need(input.read(TAG.sequence), 'malformed algorithm identifier');
  if (inner.length !== outer.length || inner.some((byte, i) => byte !== outer[i])) {
    throw new GoError("x509: inner and outer signature algorithm identifiers don't match");
  }
  parseAlgorithm(new DerReader(inner));
}

interface Algorithm {
  readonly id: string;
  readonly parameters: Uint8Array | undefined;
}

function parseAlgorithm(reader: DerReader): Algorithm {
  const id = need(reader.objectId(), 'malformed OID');
  if (reader.empty) return { id, parameters: undefined };
  return { id, parameters: need(reader.any(), 'malformed parameters').whole };
}

/** Go: parseName; only whether it is sound. */
function parseName(bytes: Uint8Array): void {
  const names = need(new DerReader(bytes).enter(TAG.sequence), 'invalid RDNSequence');
  while (!names.empty) {
    const set = need(names.enter(TAG.set), 'invalid RDNSequence');
    while (!set.empty) {
      const attribute = need(set.enter(TAG.sequence), 'invalid RDNSequence: invalid attribute');
      need(attribute.objectId(), 'invalid RDNSequence: invalid attribute type');
      const { tag, body } = need(attribute.any(), 'invalid RDNSequence: invalid attribute value');
      checkString(tag, body);
    }
  }
}

/** String types by tag, with what each admits. */
const STRINGS: ReadonlyMap<number, readonly [name: string, fits: (body: Uint8Array) => boolean]> = new Map([
  [12, ['UTF-8 string', isUtf8]],
  [18, ['NumericString', (body: Uint8Array) => /^[0-9 ]*$/.test(decodeBytes(body))]],
  [19, ['PrintableString', (body: Uint8Array) => /^[A-Za-z0-9'()+,\-./ :=?*&]*$/.test(decodeBytes(body))]],
  [20, ['T61String', () => true]],
  [22, ['IA5String', isAscii]],
  [30, ['BMPString', isBmp]],
]);

function checkString(tag: number, body: Uint8Array): void {
  const type = STRINGS.get(tag);
  const prefix = 'x509: invalid RDNSequence: invalid attribute value:';
  if (type === undefined) throw new GoError(`${prefix} unsupported string type: ${tag}`);
  if (!type[1](body)) throw new GoError(`${prefix} invalid ${type[0]}`);
}

function isUtf8(body: Uint8Array): boolean {
  for (let i = 0; i < body.length; ) {
    const width = runeWidth(body, i);
    if (width === 0) return false;
    i += width;
  }
  return true;
}

function isAscii(body: Uint8Array): boolean {
  return body.every((byte) => byte < 0x80);
}

/** Go refuses what UCS-2 reserves: surrogates and the last two code points. */
function isBmp(body: Uint8Array): boolean {
  if (body.length % 2 !== 0) return false;
  for (let i = 0; i < body.length; i += 2) {
    const unit = (body[i] as number) * 256 + (body[i + 1] as number);
    if (unit >= 0xfffe || (unit >= 0xfdd0 && unit <= 0xfdef) || (unit >= 0xd800 && unit <= 0xdfff)) return false;
  }
  return true;
}

function parseValidity(reader: DerReader): void {
  for (let i = 0; i < 2; i++) {
    const tag = reader.peek();
    if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) throw new GoError('x509: unsupported time format');
    const text = decodeBytes(reader.read(tag) ?? new Uint8Array());
    const short = tag === TAG.utcTime;
    if (!(short ? /^\d{10}(\d{2})?(Z|[-+]\d{4})$/ : /^\d{14}(Z|[-+]\d{4})$/).test(text)) {
      throw new GoError(`x509: malformed ${short ? 'UTCTime' : 'GeneralizedTime'}`);
    }
  }
}

/** The key's contents with its algorithm in front, to compare keys by. Go: parsePublicKey. */
function parsePublicKey(spki: DerReader): Uint8Array {
  const algorithm = parseAlgorithm(need(spki.enter(TAG.sequence), 'malformed public key algorithm identifier'));
  const bytes = need(spki.bits(), 'malformed subjectPublicKey');
  switch (algorithm.id) {
    case '1.2.840.113549.1.1.1':
      checkRsa(algorithm, bytes);
      break;
    case '1.2.840.10045.2.1':
      checkEc(algorithm, bytes);
      break;
    case '1.3.101.112':
      if (algorithm.parameters !== undefined) {
        throw new GoError('x509: Ed25519 key encoded with illegal parameters');
      }
      if (bytes.length !== 32) throw new GoError('x509: wrong Ed25519 public key size');
  }
  return bytes;
}

function checkRsa({ parameters }: Algorithm, bytes: Uint8Array): void {
  if (parameters?.length !== 2 || parameters[0] !== TAG.null) {
    throw new GoError('x509: RSA key missing NULL parameters');
  }
  const key = need(new DerReader(bytes).enter(TAG.sequence), 'invalid RSA public key');
  const modulus = need(key.integer(), 'invalid RSA modulus');
  const exponent = need(key.integer(), 'invalid RSA public exponent');
  if (modulus <= 0n) throw new GoError('x509: RSA modulus is not a positive number');
  if (exponent <= 0n) throw new GoError('x509: RSA public exponent is not a positive number');
}

function checkEc({ parameters }: Algorithm, bytes: Uint8Array): void {
  const id = need(new DerReader(parameters ?? new Uint8Array()).objectId(), 'invalid ECDSA parameters');
  const curve = need(
    curves().find(({ oid }) => oid === id),
    'unsupported elliptic curve',
  );
  if (bytes.length !== 1 + 2 * curve.size || bytes[0] !== 4) {
    throw new GoError('ecdsa: invalid uncompressed public key');
  }
}

/** The subject key identifier among the extensions, empty where there is none. */
function parseExtensions(tbs: DerReader, version: number): Uint8Array {
  for (const [tag, name] of [
    [0x81, 'issuerUniqueID'],
    [0x82, 'subjectUniqueID'],
  ] as const) {
    if (tbs.peek() === tag) need(tbs.any(), `malformed ${name}`);
  }
  let keyId: Uint8Array = new Uint8Array();
  if (version !== 3 || tbs.peek() !== contextTag(3)) return keyId;
  const list = need(tbs.enter(contextTag(3))?.enter(TAG.sequence), 'malformed extensions');
  const seen = new Set<string>();
  while (!list.empty) {
    const { id, critical, value } = parseExtension(need(list.enter(TAG.sequence), 'malformed extension'));
    if (seen.has(id)) throw new GoError(`x509: certificate contains duplicate extension with OID ${quote(id)}`);
    seen.add(id);
    if (id === '2.5.29.14') {
      if (critical) throw new GoError('x509: subject key identifier incorrectly marked critical');
      keyId = need(new DerReader(value).read(TAG.octets), 'invalid subject key identifier');
    }
  }
  return keyId;
}

interface Extension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

function parseExtension(reader: DerReader): Extension {
  const id = need(reader.objectId(), 'malformed extension OID field');
  let critical = false;
  if (reader.peek() === TAG.boolean) {
    const [byte] = need(reader.read(TAG.boolean), 'malformed extension critical field');
    critical = byte === 0xff;
  }
  return { id, critical, value: need(reader.read(TAG.octets), 'malformed extension value field') };
}
