/** Text that stays readable while it is signed. Go: go-crypto openpgp/clearsign; RFC 9580, section 7 */
import { fromBytes, toBytes } from '../go/byte-string.ts';
import { decodeArmor, encodeArmor, trimEnd, trimSpace } from './armor.ts';

const BEGIN = '-----BEGIN PGP SIGNED MESSAGE-----';
const SIGNATURE = '-----BEGIN PGP SIGNATURE-----';
const END = '\n-----END PGP SIGNATURE-----';

const HASHES: ReadonlySet<string> = new Set(
  'MD5 SHA1 RIPEMD160 SHA224 SHA256 SHA384 SHA512 SHA3-256 SHA3-512'.split(' '),
);

/** A signed text. Strings hold one byte a character. */
export interface Cleartext {
  /** As it was before it was signed, without blanks at the ends of lines. */
  readonly plain: string;
  /** What the signature is about. */
  readonly signed: Uint8Array;
  /** The packets of the signature. */
  readonly signature: Uint8Array;
  /** What stands around the message; the signature says nothing about it. */
  readonly before: string;
  readonly after: string;
}

/**
 * The first signed text of a file, nothing where there is none or it is malformed.
 *
 * @throws GoError for a signature that is no base64
 */
export function readCleartext(bytes: Uint8Array): Cleartext | undefined {
  const text = fromBytes(bytes);
  const begin = text.startsWith(BEGIN) ? 0 : text.indexOf(`\n${BEGIN}`) + 1;
  if (begin === 0 && !text.startsWith(BEGIN)) return undefined;
  const reader = new Lines(text, begin + BEGIN.length);
  if (reader.next() !== '' || !skipHeaders(reader)) return undefined;
  const lines = readLines(reader);
  if (lines === undefined) return undefined;
  let end = text.indexOf(END, reader.at);
  if (end < 0) return undefined;
  end += END.length;
  while (text[end] === '\r' || text[end] === '\n') end++;
  const signature = decodeArmor(text.slice(reader.at, end))?.bytes;
  if (signature === undefined) return undefined;
  return {
    plain: lines.join('\n'),
    signed: toBytes(lines.join('\r\n')),
    signature,
    before: text.slice(0, begin),
    after: text.slice(end),
  };
}

/** Go: clearsign.go getLine. */
class Lines {
  readonly #text: string;
  at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.at = at;
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  next(): string {
    const newline = this.#text.indexOf('\n', this.at);
    const end = newline < 0 ? this.#text.length : newline;
    const from = this.at;
    this.at = newline < 0 ? end : newline + 1;
    return this.#text.slice(from, newline > from && this.#text[end - 1] === '\r' ? end - 1 : end);
  }
}

/** False where there is anything but Hash headers with names of hashes. */
function skipHeaders(lines: Lines): boolean {
  while (!lines.done) {
    const line = lines.next();
    if (trimSpace(line) === '') return true;
    const colon = line.indexOf(':');
    if (/[^\x20-\x7e]/.test(line) || colon < 0 || line.slice(0, colon).trim() !== 'Hash') return false;
    const names = line.slice(colon + 1).split(',');
    if (!names.every((name) => HASHES.has(name.trim().toUpperCase()))) return false;
  }
  return false;
}

/** The lines up to the signature, as they were before they were escaped. */
function readLines(reader: Lines): string[] | undefined {
  const lines: string[] = [];
  for (;;) {
    const at = reader.at;
    const line = reader.next();
    if (line === '' && reader.done) return undefined;
    if (line === SIGNATURE) {
      reader.at = at;
      return lines;
    }
    lines.push(trimEnd(line.startsWith('- ') ? line.slice(2) : line, ' \t'));
  }
}

/** What a signature of `text` is about: its lines without blanks at their ends, joined by CR LF. */
export function signedForm(text: string): Uint8Array {
  return toBytes(trimmedLines(text).join('\r\n'));
}

/** The signed message. `hash` is the name that the header gives it, e.g. `SHA512`. */
export function writeCleartext(text: string, hash: string, signature: Uint8Array): Uint8Array {
  const lines = trimmedLines(text).map((line) => (line.startsWith('-') ? `- ${line}` : line));
  return toBytes([BEGIN, `Hash: ${hash}`, '', ...lines, encodeArmor('PGP SIGNATURE', signature)].join('\n'));
}

function trimmedLines(text: string): string[] {
  return text.split('\n').map((line) => trimEnd(line, ' \t\r'));
}
