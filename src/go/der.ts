import { concatBytes } from './bytes.ts';
import { GoError } from './error.ts';

/** Tags of ASN.1's universal types as they stand in DER, constructed ones with their bit. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  utf8: 0x0c,
  printable: 0x13,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag of a context-specific element that holds others: `[n]`. */
export function contextTag(n: number): number {
  return 0xa0 | n;
}

/** One element: tag, length and contents. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const body = concatBytes(parts);
  const length: number[] = [];
  for (let n = body.length; n > 0; n >>>= 8) length.unshift(n & 0xff);
  const head = body.length < 0x80 ? [tag, body.length] : [tag, 0x80 | length.length, ...length];
  return concatBytes([Uint8Array.from(head), body]);
}

export function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return der(TAG.sequence, ...parts);
}

/** A number that is not negative, as an INTEGER. */
export function integer(n: bigint): Uint8Array {
  const hex = n.toString(16);
  const bytes = fromHex(hex.length % 2 === 0 ? hex : `0${hex}`);
  return der(TAG.integer, (bytes[0] as number) >= 0x80 ? concatBytes([Uint8Array.of(0), bytes]) : bytes);
}

function fromHex(hex: string): Uint8Array {
  const out = new Uint8Array(hex.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16);
  return out;
}

/** A big-endian number in exactly so many bytes. */
export function bigToBytes(n: bigint, size: number): Uint8Array {
  return fromHex(n.toString(16).padStart(2 * size, '0'));
}

/** The number that bytes stand for, without a sign. */
export function bytesToBig(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

/** An OBJECT IDENTIFIER from its dotted form. */
export function objectId(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((n) => {
    const septets = [n % 128];
    for (let left = Math.floor(n / 128); left > 0; left = Math.floor(left / 128)) septets.unshift(128 + (left % 128));
    return septets;
  });
  return der(TAG.oid, Uint8Array.from(bytes));
}

/** A BIT STRING; the last `unused` bits do not count. */
export function bitString(bytes: Uint8Array, unused = 0): Uint8Array {
  return der(TAG.bits, Uint8Array.of(unused), bytes);
}

export function octetString(bytes: Uint8Array): Uint8Array {
  return der(TAG.octets, bytes);
}

export const NULL: Uint8Array = Uint8Array.of(TAG.null, 0);

/** Go: encoding/asn1 writes a string as PrintableString where it can and as UTF8String where it must. */
export function directoryString(bytes: Uint8Array): Uint8Array {
  return der(bytes.every(isPrintable) ? TAG.printable : TAG.utf8, bytes);
}

function isPrintable(byte: number): boolean {
  return /[A-Za-z0-9'()+,\-./ :=?]/.test(String.fromCharCode(byte));
}

/** A UTCTime from 1950 to 2049, a GeneralizedTime otherwise. */
export function utcTime(unix: bigint): Uint8Array {
  const date = new Date(Number(unix) * 1000);
  const year = date.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) {
    throw new GoError('asn1: structure error: cannot represent time as GeneralizedTime');
  }
  const digits = date
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:T]/g, '');
  const short = year >= 1950 && year < 2050;
  const text = `${short ? digits.slice(2) : digits}Z`;
  return der(short ? TAG.utcTime : TAG.generalizedTime, new TextEncoder().encode(text));
}

/**
 * Reads DER element by element. Every method gives `undefined` where the bytes do not fit, and the caller says what
 * was malformed. Go: golang.org/x/crypto/cryptobyte.
 */
export class DerReader {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get empty(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** The tag of the next element. */
  peek(): number | undefined {
    return this.bytes[this.#at];
  }

  /** The next element, whatever it is: its tag, its contents and the whole of it. */
  any(): { readonly tag: number; readonly body: Uint8Array; readonly whole: Uint8Array } | undefined {
    const { bytes } = this;
    const start = this.#at;
    const tag = bytes[start];
    const first = bytes[start + 1];
    // Tags of several bytes do not occur in what is read here.
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) return undefined;
    let length = first;
    let body = start + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4 || body + count > bytes.length) return undefined;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[body + i] as number);
      if (length < 0x80 || length < 256 ** (count - 1)) return undefined;
      body += count;
    }
    const end = body + length;
    if (end > bytes.length) return undefined;
    this.#at = end;
    return { tag, body: bytes.subarray(body, end), whole: bytes.subarray(start, end) };
  }

  /** The next element's contents, which must have the tag. */
  read(tag: number): Uint8Array | undefined {
    return this.peek() === tag ? this.any()?.body : undefined;
  }

  /** The next element with its head, which must have the tag. */
  element(tag: number): Uint8Array | undefined {
    return this.peek() === tag ? this.any()?.whole : undefined;
  }

  /** A reader of the next element, which must have the tag. */
  enter(tag: number): DerReader | undefined {
    const body = this.read(tag);
    return body === undefined ? undefined : new DerReader(body);
  }

  /** A BIT STRING of whole bytes. */
  bits(): Uint8Array | undefined {
    const body = this.read(TAG.bits);
    return body === undefined || body.length === 0 || (body[0] as number) > 7 ? undefined : body.subarray(1);
  }

  /** A BOOLEAN, which DER writes in one way each. */
  boolean(): boolean | undefined {
    const body = this.read(TAG.boolean);
    const fits = body?.length === 1 && (body[0] === 0 || body[0] === 0xff);
    return fits ? body[0] === 0xff : undefined;
  }

  /** An INTEGER with its sign. */
  integer(): bigint | undefined {
    const body = this.read(TAG.integer);
    if (body === undefined || body.length === 0) return undefined;
    const [a = 0, b = 0] = body;
    if (body.length > 1 && ((a === 0 && b < 0x80) || (a === 0xff && b >= 0x80))) return undefined;
    return BigInt.asIntN(body.length * 8, bytesToBig(body));
  }

  /** An OBJECT IDENTIFIER in its dotted form. */
  objectId(): string | undefined {
    const body = this.read(TAG.oid);
    return body === undefined ? undefined : dottedId(body);
  }
}

/** The dotted form of an OBJECT IDENTIFIER's contents, `undefined` where they are none. */
export function dottedId(body: Uint8Array): string | undefined {
  const parts: number[] = [];
  let value = 0;
  let fresh = true;
  for (const byte of body) {
    if (fresh && byte === 0x80) return undefined;
    value = value * 128 + (byte & 0x7f);
    if (value > 0x7fffffff) return undefined;
    fresh = byte < 0x80;
    if (fresh) {
      parts.push(value);
      value = 0;
    }
  }
  const [first, ...rest] = parts;
  if (first === undefined || !fresh) return undefined;
  const arc = Math.min(2, Math.floor(first / 40));
  return [arc, first - 40 * arc, ...rest].join('.');
}
