import { encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';

/**
 * The text that the scanner runs over. go-yaml decodes its input in pieces of 512 bytes and refuses a piece that
 * holds a character YAML does not allow, so a fault that lies before that piece is reported first and one that
 * lies in it never. `text` ends where the first such piece begins. Go: readerc.go yaml_parser_update_buffer.
 */
export interface Input {
  /** The text with {@link TAIL}. */
  readonly text: string;
  /** What is wrong behind the end of `text`, or undefined when that is the end of the input. */
  readonly fault: string | undefined;
}

/** Go: yamlprivateh.go input_raw_buffer_size. */
const PIECE = 512;

/** What stands behind the text: more zeros than any rule looks ahead. */
const TAIL = '\0\0\0\0\0\0\0\0';

/** Text ready to be scanned, with zeros behind it. */
export function openInput(source: string): Input {
  const wide = wideText(source);
  if (wide !== undefined) return { text: wide.text + TAIL, fault: wide.fault };
  // The tail is put on first: it makes one flat string of what may be a piece of another, which reads far faster.
  const text = source + TAIL;
  const bad = firstForbidden(text, source.length);
  if (bad < 0) return { text, fault: undefined };
  const fault = faultAt(source, bad);
  // What may go on in the next piece is found wanting only when that is asked for.
  const end = fault === INCOMPLETE ? bad : pieceStart(source, bad);
  return { text: source.slice(0, end) + TAIL, fault };
}

/** What YAML forbids, and surrogates, which it allows in pairs. */
const SUSPECT = /[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd]/;

/** The index of the first character of `n` outside YAML's set, or -1. `s` has a forbidden one behind them. */
function firstForbidden(s: string, n: number): number {
  for (let i = s.search(SUSPECT); i < n; i++) {
    const c = s.charCodeAt(i);
    if (c >= 0x20 && c < 0x7f) continue;
    if (c === 10 || c === 13 || c === 9 || c === 0x85) continue;
    if (c >= 0xa0 && c < 0xd800) continue;
    if (c >= 0xe000 && c <= 0xfffd) continue;
    if (c >= 0xd800 && c < 0xdc00 && (s.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      i++;
      continue;
    }
    return i;
  }
  return -1;
}

/** Where the piece begins that holds index `bad`: pieces are 512 bytes, cut before a character that does not fit. */
function pieceStart(s: string, bad: number): number {
  let start = 0;
  let size = 0;
  for (let i = 0; i < bad; i++) {
    const width = utf8Width(s, i);
    if (size + width > PIECE) {
      start = i;
      size = 0;
    }
    size += width;
    if (width === 4) i++;
  }
  // The character at `bad` itself may already belong to the next piece.
  return size + utf8Width(s, bad) > PIECE ? bad : start;
}

function utf8Width(s: string, i: number): number {
  const c = s.charCodeAt(i);
  if (c < 0x80) return 1;
  if (c < 0x800) return 2;
  if (c >= 0xd800 && c <= 0xdbff) return 4;
  return c >= 0xdc80 && c <= 0xdcff ? 1 : 3;
}

const INCOMPLETE = 'incomplete UTF-8 octet sequence';

function faultAt(s: string, bad: number): string {
  const c = s.charCodeAt(bad);
  if (c < 0xdc80 || c > 0xdcff) return 'control characters are not allowed';
  const bytes = encodeBytes(s.slice(bad, bad + 4));
  const lead = bytes[0] as number;
  const width = lead < 0xc0 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
  if (width === 0) return 'invalid leading UTF-8 octet';
  if (bytes.length < width && bad + 4 >= s.length) return INCOMPLETE;
  let code = lead & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) {
    const byte = bytes[k] as number;
    if ((byte & 0xc0) !== 0x80) return 'invalid trailing UTF-8 octet';
    code = (code << 6) | (byte & 0x3f);
  }
  if (code < (width === 2 ? 0x80 : width === 3 ? 0x800 : 0x10000)) return 'invalid length of a UTF-8 sequence';
  return 'invalid Unicode character';
}

/** UTF-16 with a byte order mark, which Windows tools write. Its bytes are no UTF-8, so they arrive escaped. */
function wideText(source: string): Input | undefined {
  const first = source.charCodeAt(0);
  const second = source.charCodeAt(1);
  const little = first === 0xdcff && second === 0xdcfe;
  if (!little && !(first === 0xdcfe && second === 0xdcff)) return undefined;
  const bytes = encodeBytes(source);
  let out = '';
  for (let i = 2; i < bytes.length; i += 2) {
    if (i + 1 >= bytes.length) return { text: '', fault: 'incomplete UTF-16 character' };
    const a = bytes[i] as number;
    const b = bytes[i + 1] as number;
    out += String.fromCharCode(little ? a | (b << 8) : b | (a << 8));
  }
  if (!out.isWellFormed()) return { text: '', fault: surrogateFault(out) };
  return firstForbidden(out, out.length) < 0
    ? { text: out, fault: undefined }
    : { text: '', fault: 'control characters are not allowed' };
}

function surrogateFault(s: string): string {
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if ((c & 0xfc00) === 0xdc00) return 'unexpected low surrogate area';
    if ((c & 0xfc00) !== 0xd800) continue;
    if (i + 1 === s.length) return 'incomplete UTF-16 surrogate pair';
    if ((s.charCodeAt(i + 1) & 0xfc00) !== 0xdc00) return 'expected low surrogate area';
    i++;
  }
  return 'control characters are not allowed';
}

/** Where the text of an input ends. */
export function inputEnd(input: Input): number {
  return input.text.length - TAIL.length;
}

/** go-yaml's error at a line counted from 1; no line is told for 0. Go: decode.go parser.fail. */
export function yamlError(problem: string, line = 0): GoError {
  return new GoError(line === 0 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`);
}
