import { decodeBase64, encodeBase64 } from './base64.ts';
import { fromByteString, toByteString } from './byte-string.ts';

/** A block of PEM: what the lines around it call it, and what is between them. */
export interface PemBlock {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const BEGIN = '-----BEGIN ';
const END = '\n-----END ';
const DASHES = '-----';

/** Go: pem.Encode, without headers. */
export function encodePem({ type, bytes }: PemBlock): string {
  const lines = encodeBase64(bytes).match(/.{1,64}/g) ?? [];
  return [`${BEGIN}${type}${DASHES}`, ...lines, `-----END ${type}${DASHES}`, ''].join('\n');
}

/** Go: pem.Decode; the first block of the text that is sound. */
export function decodePem(text: string): PemBlock | undefined {
  const data = toByteString(text);
  let from = 0;
  for (;;) {
    const end = data.indexOf(END, from);
    if (end < 0) return undefined;
    // The nearest BEGIN above the END line; those without an END of their own are passed over.
    const begin = data.lastIndexOf(BEGIN, end - BEGIN.length);
    if (begin >= from && (begin === from || data[begin - 1] === '\n')) {
      const block = readBlock(data, begin + BEGIN.length, end);
      if (block === 'end') return undefined;
      if (block !== undefined) return block;
    }
    from = end + END.length;
  }
}

interface Line {
  readonly text: string;
  /** Where the next line starts. */
  readonly next: number;
}

/** Go: getLine. White space at a line's end does not count. */
function lineAt(data: string, at: number): Line {
  const newline = data.indexOf('\n', at);
  const end = newline < 0 ? data.length : newline > at && data[newline - 1] === '\r' ? newline - 1 : newline;
  return { text: data.slice(at, end).replace(/[ \t]+$/, ''), next: newline < 0 ? data.length : newline + 1 };
}

/** `end` is where the END line's newline stands. `'end'` where nothing follows that could be a block. */
function readBlock(data: string, at: number, end: number): PemBlock | 'end' | undefined {
  const first = lineAt(data, at);
  if (!first.text.endsWith(DASHES)) return undefined;
  const type = first.text.slice(0, -DASHES.length);
  let body = first.next;
  let headers = false;
  for (;;) {
    if (body >= data.length) return 'end';
    const line = lineAt(data, body);
    if (!line.text.includes(':')) break;
    headers = true;
    body = line.next;
  }
  if (headers && end < body) return undefined;
  const trailer = data.slice(end + END.length);
  const wanted = type + DASHES;
  if (!trailer.startsWith(wanted) || lineAt(trailer, wanted.length).text !== '') return undefined;
  if (end <= body) return { type: fromByteString(type), bytes: new Uint8Array() };
  const bytes = decodeBase64(data.slice(body, end).replace(/[ \t]/g, ''));
  return bytes instanceof Uint8Array ? { type: fromByteString(type), bytes } : undefined;
}
