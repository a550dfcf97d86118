import { type Asn1Shape, type Asn1Value, BIG, BITS, INT, OCTETS, OID, RAW, unmarshalAsn1 } from '../go/asn1.ts';
import {
  bigToBytes,
  bitString,
  bytesToBig,
  contextTag,
  DerReader,
  der,
  integer,
  NULL,
  objectId,
  octetString,
  sequence,
  TAG,
} from '../go/der.ts';
import { GoError } from '../go/error.ts';
import { decodePem, encodePem, type PemBlock } from '../go/pem.ts';
import { type Curve, curves, ed25519PublicKey, inverse, publicPoint } from './curves.ts';

interface RsaKey {
  readonly kind: 'rsa';
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** The inverse of q modulo p, where the key came with it: working it out takes as long as a small template. */
  readonly qInv: bigint | undefined;
}

interface EcKey {
  readonly kind: 'ecdsa';
  readonly curve: Curve;
  readonly scalar: bigint;
}

interface Ed25519Key {
  readonly kind: 'ed25519';
  readonly seed: Uint8Array;
}

interface DsaKey {
  readonly kind: 'dsa';
  readonly p: bigint;
  readonly q: bigint;
  readonly g: bigint;
  readonly y: bigint;
  readonly x: bigint;
}

/** X25519 keys parse, and then can do nothing here. */
interface X25519Key {
  readonly kind: 'x25519';
}

export type PrivateKey = RsaKey | EcKey | Ed25519Key | DsaKey | X25519Key;

/** Object identifiers of key types. RFC 3279, RFC 5480, RFC 8410. */
const KEY_ID = {
  rsa: '1.2.840.113549.1.1.1',
  ecdsa: '1.2.840.10045.2.1',
  dsa: '1.2.840.10040.4.1',
  ed25519: '1.3.101.112',
  x25519: '1.3.101.110',
} as const;

const optional = (shape: Asn1Shape) => ({ shape, optional: true });
const struct = (name: string, ...fields: readonly (Asn1Shape | ReturnType<typeof optional>)[]): Asn1Shape => ({
  kind: 'struct',
  name,
  fields: fields.map((field) => ('shape' in field ? field : { shape: field })),
});

/** The shapes of Go's crypto/x509, by its names. */
const PKCS1: Asn1Shape = struct(
  'pkcs1PrivateKey',
  ...[INT, BIG, INT, BIG, BIG, BIG],
  ...[BIG, BIG, BIG].map(optional),
  optional({ kind: 'list', name: '', of: struct('pkcs1AdditionalRSAPrime', BIG, BIG, BIG) }),
);
const PKCS8: Asn1Shape = struct('pkcs8', INT, struct('AlgorithmIdentifier', OID, optional(RAW)), OCTETS);
const EC: Asn1Shape = struct(
  'ecPrivateKey',
  INT,
  OCTETS,
  { ...optional(OID), tag: 0 } as never,
  {
    ...optional(BITS),
    tag: 1,
  } as never,
);
const DSA: Asn1Shape = struct('DSAKeyFormat', INT, BIG, BIG, BIG, BIG, BIG);

function parse<T extends readonly Asn1Value[]>(bytes: Uint8Array, shape: Asn1Shape): T {
  return unmarshalAsn1(bytes, shape).value as unknown as T;
}

function fits(bytes: Uint8Array, shape: Asn1Shape): boolean {
  try {
    unmarshalAsn1(bytes, shape);
    return true;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** Go's hint that another function reads such a key, or the error itself. */
function hint(bytes: Uint8Array, others: readonly (readonly [Asn1Shape, string])[], error: unknown): GoError {
  const other = others.find(([shape]) => fits(bytes, shape));
  if (other === undefined) return error as GoError;
  return new GoError(`x509: failed to parse private key (use ${other[1]} instead for this key format)`);
}

/** `work`, with what to throw in place of its Go error. */
function orElse<T>(work: () => T, instead: (error: GoError) => GoError): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof GoError ? instead(error) : error;
  }
}

type Pkcs1 = [bigint, bigint, bigint, bigint, bigint, bigint, bigint?, bigint?, bigint?, unknown?] & Asn1Value[];

// Go: x509.ParsePKCS1PrivateKey
function parsePkcs1(bytes: Uint8Array): RsaKey {
  const { value, rest } = orElse(
    () => unmarshalAsn1(bytes, PKCS1),
    (error) =>
      hint(
        bytes,
        [
          [EC, 'ParseECPrivateKey'],
          [PKCS8, 'ParsePKCS8PrivateKey'],
        ],
        error,
      ),
  );
  if (rest.length > 0) throw new GoError('asn1: syntax error: trailing data');
  const [version, n, e, d, p, q, ...crt] = value as unknown as Pkcs1;
  if (version > 1n) throw new GoError('x509: unsupported private key version');
  const numbers = [n, d, p, q, ...crt.slice(0, 3)];
  if (numbers.some((number) => typeof number === 'bigint' && number <= 0n)) {
    throw new GoError('x509: private key contains zero or negative value');
  }
  if (p * q !== n) throw new GoError('crypto/rsa: p * q != n');
  const qInv = crt[2] as bigint | undefined;
  const isInverse = qInv !== undefined && qInv < p && (qInv * q) % p === 1n;
  return { kind: 'rsa', n, e, d, p, q, qInv: isInverse ? qInv : undefined };
}

// Go: x509.parseECPrivateKey; `curveId` is what a PKCS#8 wrapping says.
function parseEc(bytes: Uint8Array, curveId: string | undefined): EcKey {
  const others = [
    [PKCS8, 'ParsePKCS8PrivateKey'],
    [PKCS1, 'ParsePKCS1PrivateKey'],
  ] as const;
  const [version, scalar, ownId] = orElse(
    () => parse<[bigint, Uint8Array, string | undefined]>(bytes, EC),
    (error) => hint(bytes, others, new GoError(`x509: failed to parse EC private key: ${error.message}`)),
  );
  if (version !== 1n) throw new GoError(`x509: unknown EC private key version ${version}`);
  const curve = curves().find(({ oid }) => oid === (curveId ?? ownId));
  if (curve === undefined) throw new GoError('x509: unknown elliptic curve');
  if (scalar.subarray(0, Math.max(0, scalar.length - curve.size)).some((byte) => byte !== 0)) {
    throw new GoError('x509: invalid private key length');
  }
  const number = bytesToBig(scalar);
  if (number === 0n) throw new GoError('ecdsa: private key is zero');
  if (number >= curve.n) throw new GoError('input overflows the modulus');
  return { kind: 'ecdsa', curve, scalar: number };
}

// Go: x509.ParsePKCS8PrivateKey
function parsePkcs8(bytes: Uint8Array): PrivateKey {
  const others = [
    [EC, 'ParseECPrivateKey'],
    [PKCS1, 'ParsePKCS1PrivateKey'],
  ] as const;
  const [, [id, parameters], inner] = orElse(
    () => parse<[bigint, [string, Uint8Array | undefined], Uint8Array]>(bytes, PKCS8),
    (error) => hint(bytes, others, error),
  );
  switch (id) {
    case KEY_ID.rsa:
      return orElse(() => parsePkcs1(inner), embedded('RSA'));
    case KEY_ID.ecdsa:
      return orElse(() => parseEc(inner, curveIdOf(parameters)), embedded('EC'));
    case KEY_ID.ed25519:
      return { kind: 'ed25519', seed: parseSeed(parameters, inner, 'Ed25519') };
    case KEY_ID.x25519:
      parseSeed(parameters, inner, 'X25519');
      return { kind: 'x25519' };
  }
  throw new GoError(`x509: PKCS#8 wrapping contained private key with unknown algorithm: ${id}`);
}

function embedded(kind: string): (error: GoError) => GoError {
  return ({ message }) => new GoError(`x509: failed to parse ${kind} private key embedded in PKCS#8: ${message}`);
}

function curveIdOf(parameters: Uint8Array | undefined): string | undefined {
  return parameters === undefined ? undefined : new DerReader(parameters).objectId();
}

function parseSeed(parameters: Uint8Array | undefined, inner: Uint8Array, kind: 'Ed25519' | 'X25519'): Uint8Array {
  if (parameters !== undefined) throw new GoError(`x509: invalid ${kind} private key parameters`);
  const seed = orElse(
    () => unmarshalAsn1(inner, OCTETS).value as Uint8Array,
    ({ message }) => new GoError(`x509: invalid ${kind} private key: ${message}`),
  );
  if (seed.length === 32) return seed;
  const size = `x509: invalid Ed25519 private key length: ${seed.length}`;
  throw new GoError(kind === 'Ed25519' ? size : 'crypto/ecdh: invalid private key size');
}

function parseDsa(bytes: Uint8Array): DsaKey {
  const [, p, q, g, y, x] = parse<[bigint, bigint, bigint, bigint, bigint, bigint]>(bytes, DSA);
  return { kind: 'dsa', p, q, g, y, x };
}

// sprig: crypto.go parsePrivateKeyPEM
export function parsePrivateKeyPem(text: string): PrivateKey {
  const block = decodePem(text);
  if (block === undefined) throw new GoError('no PEM data in input');
  const { type, bytes } = block;
  if (type === 'PRIVATE KEY') {
    return orElse(
      () => parsePkcs8(bytes),
      ({ message }) => new GoError(`decoding PEM as PKCS#8: ${message}`),
    );
  }
  if (!type.endsWith(' PRIVATE KEY')) throw new GoError(`no private key data in PEM block of type ${type}`);
  const kind = type.slice(0, -' PRIVATE KEY'.length);
  const failed = ({ message }: GoError): GoError => new GoError(`parsing ${kind} private key from PEM: ${message}`);
  switch (kind) {
    case 'RSA':
      return orElse(() => parsePkcs1(bytes), failed);
    case 'EC':
      return orElse(() => parseEc(bytes, undefined), failed);
    case 'DSA':
      return orElse(() => parseDsa(bytes), failed);
  }
  throw new GoError(`invalid private key type ${type}`);
}

/** A key pair from the host, whose PKCS#8 may hold a DSA key, which Go does not read. */
export function parseHostKey(pkcs8: Uint8Array, spki: Uint8Array): PrivateKey {
  const [, [id, parameters], inner] = parse<[bigint, [string, Uint8Array], Uint8Array]>(pkcs8, PKCS8);
  if (id !== KEY_ID.dsa) return parsePkcs8(pkcs8);
  const [p, q, g] = parse<[bigint, bigint, bigint]>(parameters, struct('', BIG, BIG, BIG));
  const x = unmarshalAsn1(inner, BIG).value as bigint;
  const [, key] = parse<[unknown & Asn1Value, Uint8Array]>(spki, struct('', RAW, BITS));
  return { kind: 'dsa', p, q, g, y: unmarshalAsn1(key, BIG).value as bigint, x };
}

function pkcs1({ n, e, d, p, q, qInv }: RsaKey): Uint8Array {
  const crt = [d % (p - 1n), d % (q - 1n), qInv ?? inverse(q, p)];
  return sequence(...[0n, n, e, d, p, q, ...crt].map(integer));
}

function sec1({ curve, scalar }: EcKey, curveId: boolean): Uint8Array {
  return sequence(
    integer(1n),
    octetString(bigToBytes(scalar, curve.size)),
    ...(curveId ? [der(contextTag(0), objectId(curve.oid))] : []),
    der(contextTag(1), bitString(publicPoint(curve, scalar))),
  );
}

function dsaFormat({ p, q, g, y, x }: DsaKey): Uint8Array {
  return sequence(...[0n, p, q, g, y, x].map(integer));
}

// sprig: crypto.go pemBlockForKey
export function privateKeyPem(key: PrivateKey): string {
  return encodePem(pemBlock(key));
}

function pemBlock(key: PrivateKey): PemBlock {
  switch (key.kind) {
    case 'rsa':
      return { type: 'RSA PRIVATE KEY', bytes: pkcs1(key) };
    case 'ecdsa':
      return { type: 'EC PRIVATE KEY', bytes: sec1(key, true) };
    case 'dsa':
      return { type: 'DSA PRIVATE KEY', bytes: dsaFormat(key) };
  }
  return { type: 'PRIVATE KEY', bytes: pkcs8Of(key) };
}

/** The key in the form that hosts sign with. */
export function pkcs8Of(key: PrivateKey): Uint8Array {
  const inner = (): Uint8Array => {
    if (key.kind === 'rsa') return pkcs1(key);
    if (key.kind === 'ecdsa') return sec1(key, false);
    if (key.kind === 'ed25519') return der(TAG.octets, key.seed);
    throw new GoError(`x509: unknown key type while marshaling PKCS#8: *${key.kind}.PrivateKey`);
  };
  return sequence(integer(0n), keyAlgorithm(key), octetString(inner()));
}

/** The AlgorithmIdentifier of a key. */
function keyAlgorithm(key: PrivateKey): Uint8Array {
  const id = objectId(KEY_ID[key.kind]);
  if (key.kind === 'rsa') return sequence(id, NULL);
  return key.kind === 'ecdsa' ? sequence(id, objectId(key.curve.oid)) : sequence(id);
}

/** A public key as a certificate holds it: its contents, and the whole SubjectPublicKeyInfo. */
export interface PublicKey {
  readonly bytes: Uint8Array;
  readonly info: Uint8Array;
}

// Go: x509 marshalPublicKey
export function publicKeyOf(key: PrivateKey): PublicKey {
  let bytes: Uint8Array;
  if (key.kind === 'rsa') bytes = sequence(integer(key.n), integer(key.e));
  else if (key.kind === 'ecdsa') bytes = publicPoint(key.curve, key.scalar);
  else if (key.kind === 'ed25519') bytes = ed25519PublicKey(key.seed);
  else {
    throw new GoError(`x509: unsupported public key type: *${key.kind === 'dsa' ? 'dsa' : 'ecdh'}.PublicKey`);
  }
  return { bytes, info: sequence(keyAlgorithm(key), bitString(bytes)) };
}
