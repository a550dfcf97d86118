import { bytesToBig, dottedId } from './der.ts';
import { GoError } from './error.ts';

/**
 * The shapes that Go's encoding/asn1 decodes into. `name` is the Go type's, which errors print; a field of a
 * struct may be optional, and optional with an explicit tag.
 */
export type Asn1Shape =
  | { readonly kind: 'int' | 'big' | 'octets' | 'bits' | 'oid' | 'raw'; readonly name: string }
  | { readonly kind: 'struct'; readonly name: string; readonly fields: readonly Asn1Field[] }
  | { readonly kind: 'list'; readonly name: string; readonly of: Asn1Shape };

export interface Asn1Field {
  readonly shape: Asn1Shape;
  readonly optional?: boolean;
  /** The number of an explicit context-specific tag. */
  readonly tag?: number;
}

/** What a shape decodes to: by kind a bigint, bytes, a dotted OID, a whole element, or a list of these. */
export type Asn1Value = bigint | Uint8Array | string | readonly Asn1Value[] | undefined;

export const INT: Asn1Shape = { kind: 'int', name: 'int' };
export const BIG: Asn1Shape = { kind: 'big', name: '' };
export const OCTETS: Asn1Shape = { kind: 'octets', name: '' };
export const BITS: Asn1Shape = { kind: 'bits', name: 'BitString' };
export const OID: Asn1Shape = { kind: 'oid', name: 'ObjectIdentifier' };
export const RAW: Asn1Shape = { kind: 'raw', name: 'RawValue' };

/** Go: asn1.Unmarshal. Throws a GoError with Go's text; `rest` is what follows the value. */
export function unmarshalAsn1(bytes: Uint8Array, shape: Asn1Shape): { value: Asn1Value; rest: Uint8Array } {
  const { value, end } = parseField(bytes, 0, { shape });
  return { value, rest: bytes.subarray(end) };
}

function syntax(text: string): GoError {
  return new GoError(`asn1: syntax error: ${text}`);
}

function structure(text: string): GoError {
  return new GoError(`asn1: structure error: ${text}`);
}

interface Head {
  readonly class: number;
  readonly tag: number;
  readonly length: number;
  readonly compound: boolean;
  /** Where the contents begin. */
  readonly at: number;
}

// Go: parseTagAndLength
function parseHead(bytes: Uint8Array, start: number): Head {
  const first = bytes[start] as number;
  let at = start + 1;
  let tag = first & 0x1f;
  if (tag === 0x1f) [tag, at] = longTag(bytes, at);
  const next = bytes[at++];
  if (next === undefined) throw syntax('truncated tag or length');
  let length = next;
  if (next >= 0x80) {
    if (next === 0x80) throw syntax('indefinite length found (not DER)');
    length = 0;
    for (let i = next & 0x7f; i > 0; i--) {
      const byte = bytes[at++];
      if (byte === undefined) throw syntax('truncated tag or length');
      if (length >= 1 << 23) throw structure('length too large');
      length = length * 256 + byte;
      if (length === 0) throw structure('superfluous leading zeros in length');
    }
    if (length < 0x80) throw structure('non-minimal length');
  }
  return { class: first >> 6, tag, length, compound: (first & 0x20) !== 0, at };
}

// Go: parseBase128Int
function longTag(bytes: Uint8Array, start: number): [number, number] {
  let tag = 0;
  for (let i = 0; start + i < bytes.length; i++) {
    const byte = bytes[start + i] as number;
    if (i === 5) throw structure('base 128 integer too large');
    if (i === 0 && byte === 0x80) throw syntax('integer is not minimally encoded');
    tag = tag * 128 + (byte & 0x7f);
    if (byte >= 0x80) continue;
    if (tag > 0x7fffffff) throw structure('base 128 integer too large');
    if (tag < 0x1f) throw syntax('non-minimal tag');
    return [tag, start + i + 1];
  }
  throw syntax('truncated base 128 integer');
}

const EXPECTED: Readonly<Record<Asn1Shape['kind'], readonly [tag: number, compound: boolean]>> = {
  int: [2, false],
  big: [2, false],
  octets: [4, false],
  bits: [3, false],
  oid: [6, false],
  raw: [-1, false],
  struct: [16, true],
  list: [16, true],
};

interface Parsed {
  readonly value: Asn1Value;
  readonly end: number;
}

// Go: parseField
function parseField(bytes: Uint8Array, start: number, field: Asn1Field): Parsed {
  const { shape, optional = false, tag } = field;
  const absent: Parsed = { value: undefined, end: start };
  if (start === bytes.length) {
    if (optional) return absent;
    throw syntax('sequence truncated');
  }
  let head = parseHead(bytes, start);
  if (tag !== undefined) {
    if (head.at === bytes.length) throw structure('explicit tag has no child');
    if (head.class !== 2 || head.tag !== tag || !(head.length === 0 || head.compound)) {
      if (optional) return absent;
      throw structure("explicitly tagged member didn't match");
    }
    if (head.length === 0) throw structure('zero length explicit tag was not an asn1.Flag');
    head = parseHead(bytes, head.at);
  }
  const [wanted, compound] = EXPECTED[shape.kind];
  if (shape.kind !== 'raw' && (head.class !== 0 || head.tag !== wanted || head.compound !== compound)) {
    if (optional) return absent;
    throw structure(`tags don't match (${wanted} vs ${headText(head)}) ${fieldText(field)} ${shape.name} @${head.at}`);
  }
  const end = head.at + head.length;
  if (end > bytes.length) throw syntax('data truncated');
  const value = shape.kind === 'raw' ? bytes.subarray(start, end) : parseBody(bytes.subarray(head.at, end), shape);
  return { value, end };
}

function headText({ class: klass, tag, length, compound }: Head): string {
  return `{class:${klass} tag:${tag} length:${length} isCompound:${compound}}`;
}

function fieldText({ optional = false }: Asn1Field): string {
  return (
    `{optional:${optional} explicit:false application:false private:false defaultValue:<nil> tag:<nil> ` +
    'stringType:0 timeType:0 set:false omitEmpty:false}'
  );
}

function parseBody(body: Uint8Array, shape: Asn1Shape): Asn1Value {
  switch (shape.kind) {
    case 'int':
      if (checkInteger(body).length > 8) throw structure('integer too large');
      return signed(body);
    case 'big':
      return signed(checkInteger(body));
    case 'oid':
      return parseOid(body);
    case 'bits':
      return parseBits(body);
    case 'struct': {
      let at = 0;
      return shape.fields.map((field) => {
        const { value, end } = parseField(body, at, field);
        at = end;
        return value;
      });
    }
    case 'list':
      return parseList(body, shape.of);
  }
  return body;
}

function parseList(body: Uint8Array, of: Asn1Shape): Asn1Value[] {
  const items: Asn1Value[] = [];
  for (let at = 0; at < body.length; ) {
    const { value, end } = parseField(body, at, { shape: of });
    items.push(value);
    at = end;
  }
  return items;
}

function checkInteger(body: Uint8Array): Uint8Array {
  const [a, b] = body;
  if (a === undefined) throw structure('empty integer');
  if (b !== undefined && ((a === 0 && b < 0x80) || (a === 0xff && b >= 0x80))) {
    throw structure('integer not minimally-encoded');
  }
  return body;
}

function signed(body: Uint8Array): bigint {
  return BigInt.asIntN(body.length * 8, bytesToBig(body));
}

function parseOid(body: Uint8Array): string {
  if (body.length === 0) throw syntax('zero length OBJECT IDENTIFIER');
  const dotted = dottedId(body);
  if (dotted !== undefined) return dotted;
  if ((body.at(-1) as number) >= 0x80) throw syntax('truncated base 128 integer');
  throw structure('base 128 integer too large');
}

// Go: parseBitString; whole bytes are all that keys have.
function parseBits(body: Uint8Array): Uint8Array {
  const padding = body[0];
  if (padding === undefined) throw syntax('zero length BIT STRING');
  const last = body.at(-1) as number;
  if (padding > 7 || (body.length === 1 && padding > 0) || (last & ((1 << padding) - 1)) !== 0) {
    throw syntax('invalid padding bits in BIT STRING');
  }
  return body.subarray(1);
}
