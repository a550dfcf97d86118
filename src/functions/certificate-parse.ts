import { decodeBytes, runeWidth } from '../go/bytes.ts';
import { bytesToBig, contextTag, DerReader, TAG } from '../go/der.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { parseTime } from '../go/time-parse.ts';
import { UTC } from '../go/zone.ts';
import { curves, isOnCurve } from './curves.ts';

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
  const reader = tbs.enter(contextTag(0));
  const version = need(reader?.integer(), 'malformed version');
  // Go: ReadOptionalASN1Integer into an int64
  if (!reader?.empty || BigInt.asIntN(64, version) !== version) throw new GoError('x509: malformed version');
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

const UTC_TIMES: readonly string[] = ['060102150405Z0700', '0601021504Z0700'];
const GENERALIZED_TIMES: readonly string[] = ['20060102150405Z0700'];

function parseValidity(reader: DerReader): void {
  for (let i = 0; i < 2; i++) {
    const tag = reader.peek();
    if (tag !== TAG.utcTime && tag !== TAG.generalizedTime) throw new GoError('x509: unsupported time format');
    const body = reader.read(tag);
    const short = tag === TAG.utcTime;
    if (body === undefined || !isTime(decodeBytes(body), short ? UTC_TIMES : GENERALIZED_TIMES)) {
      throw new GoError(`x509: malformed ${short ? 'UTCTime' : 'GeneralizedTime'}`);
    }
  }
}

/** Whether a text is a time in the one way that a layout writes it. */
function isTime(text: string, layouts: readonly string[]): boolean {
  return layouts.some((layout) => {
    try {
      return parseTime(layout, text, UTC, UTC).format(layout) === text;
    } catch (error) {
      if (error instanceof GoError) return false;
      throw error;
    }
  });
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
  if (bytes[0] !== 4) throw new GoError('ecdsa: invalid uncompressed public key');
  const name = curve.name.replace('-', '');
  if (bytes.length !== 1 + 2 * curve.size) throw new GoError(`invalid ${name} point encoding`);
  const x = bytesToBig(bytes.subarray(1, 1 + curve.size));
  const y = bytesToBig(bytes.subarray(1 + curve.size));
  if (x >= curve.p || y >= curve.p) throw new GoError(`invalid ${name} element encoding`);
  if (!isOnCurve(curve, x, y)) throw new GoError(`${name} point not on curve`);
}

/** The subject key identifier among the extensions, empty where there is none. */
function parseExtensions(tbs: DerReader, version: number): Uint8Array {
  for (const [tag, name] of [
    [0x81, 'issuerUniqueID'],
    [0x82, 'subjectUniqueID'],
  ] as const) {
    if (tbs.peek() === tag) need(tbs.any(), `malformed ${name}`);
  }
  if (version !== 3 || tbs.peek() !== contextTag(3)) return new Uint8Array();
  const list = need(tbs.enter(contextTag(3))?.enter(TAG.sequence), 'malformed extensions');
  const seen = new Map<string, Extension>();
  while (!list.empty) {
    const extension = parseExtension(need(list.enter(TAG.sequence), 'malformed extension'));
    const { id } = extension;
    if (seen.has(id)) throw new GoError(`x509: certificate contains duplicate extension with OID ${quote(id)}`);
    seen.set(id, extension);
  }
  for (const extension of seen.values()) CHECKS.get(extension.id)?.(extension);
  const keyId = seen.get('2.5.29.14');
  return (keyId && new DerReader(keyId.value).read(TAG.octets)) ?? new Uint8Array();
}

interface Extension {
  readonly id: string;
  readonly critical: boolean;
  readonly value: Uint8Array;
}

function parseExtension(reader: DerReader): Extension {
  const id = need(reader.objectId(), 'malformed extension OID field');
  const critical = reader.peek() === TAG.boolean && need(reader.boolean(), 'malformed extension critical field');
  return { id, critical, value: need(reader.read(TAG.octets), 'malformed extension value field') };
}

/** Go: processExtensions, as far as it refuses what a certificate of this kind holds. */
const CHECKS: ReadonlyMap<string, (extension: Extension) => void> = new Map([
  ['2.5.29.14', checkKeyId],
  ['2.5.29.15', ({ value }: Extension) => void need(new DerReader(value).bits(), 'invalid key usage')],
  ['2.5.29.17', checkAlternatives],
  ['2.5.29.19', checkConstraints],
  ['2.5.29.35', checkIssuerKeyId],
  ['2.5.29.37', checkPurposes],
]);

function checkKeyId({ critical, value }: Extension): void {
  if (critical) throw new GoError('x509: subject key identifier incorrectly marked critical');
  need(new DerReader(value).read(TAG.octets), 'invalid subject key identifier');
}

function checkIssuerKeyId({ critical, value }: Extension): void {
  if (critical) throw new GoError('x509: authority key identifier incorrectly marked critical');
  const reader = need(new DerReader(value).enter(TAG.sequence), 'invalid authority key identifier');
  if (reader.peek() === 0x80) need(reader.any(), 'invalid authority key identifier');
}

function checkConstraints({ value }: Extension): void {
  const reader = need(new DerReader(value).enter(TAG.sequence), 'invalid basic constraints');
  if (reader.peek() === TAG.boolean) need(reader.boolean(), 'invalid basic constraints');
  if (reader.peek() !== TAG.integer) return;
  const length = need(reader.integer(), 'invalid basic constraints');
  if (length < 0n || length >= 1n << 63n) throw new GoError('x509: invalid basic constraints');
}

function checkPurposes({ value }: Extension): void {
  const reader = need(new DerReader(value).enter(TAG.sequence), 'invalid extended key usages');
  while (!reader.empty) need(reader.objectId(), 'invalid extended key usages');
}

/** The names of a certificate by tag. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x81, 'rfc822Name'],
  [0x82, 'dNSName'],
  [0x86, 'uniformResourceIdentifier'],
]);

function checkAlternatives({ value }: Extension): void {
  const reader = need(new DerReader(value).enter(TAG.sequence), 'invalid subject alternative names');
  while (!reader.empty) {
    const { tag, body } = need(reader.any(), 'invalid subject alternative name');
    const name = NAMES.get(tag);
    if (name !== undefined && !isAscii(body)) throw new GoError(`x509: SAN ${name} is malformed`);
    if (tag === 0x87 && body.length !== 4 && body.length !== 16) {
      throw new GoError(`x509: cannot parse IP address of length ${body.length}`);
    }
  }
}
