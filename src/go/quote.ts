import { decodeBytes, encodeBytes, replaceInvalid } from './bytes.ts';
import { GoError } from './error.ts';
import { isPrint } from './printable.ts';

const RUNE_ERROR = 0xfffd;
const PLAIN = /^[ !#-[\]-~]*$/;
const ESCAPES: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
};

/** Go: strconv.Quote. A byte outside UTF-8 prints as `\xNN`. */
export function quote(s: string): string {
  return PLAIN.test(s) ? `"${s}"` : quoteWith(s, '"', false);
}

/** Go: strconv.QuoteToASCII. */
export function quoteToAscii(s: string): string {
  return PLAIN.test(s) ? `"${s}"` : quoteWith(s, '"', true);
}

/** Go: strconv.QuoteRune. What is no code point prints as U+FFFD. */
export function quoteRune(rune: number): string {
  return `'${escapeRune(validRune(rune), "'", false)}'`;
}

/** Go: strconv.QuoteRuneToASCII. */
export function quoteRuneToAscii(rune: number): string {
  return `'${escapeRune(validRune(rune), "'", true)}'`;
}

/** Go: utf8.ValidRune, with U+FFFD for the rest. */
export function validRune(rune: number): number {
  return rune < 0 || rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff) ? RUNE_ERROR : rune;
}

function quoteWith(s: string, mark: string, ascii: boolean): string {
  let out = mark;
  for (const ch of s) {
    const rune = ch.codePointAt(0) as number;
    out += isLoneByte(rune) ? `\\x${hex(rune - 0xdc00, 2)}` : escapeRune(validRune(rune), mark, ascii);
  }
  return out + mark;
}

/** A byte that is no UTF-8, as go/bytes.ts keeps it. */
function isLoneByte(rune: number): boolean {
  return rune >= 0xdc80 && rune <= 0xdcff;
}

/** Go: quote.go appendEscapedRune. */
function escapeRune(rune: number, mark: string, ascii: boolean): string {
  const ch = String.fromCodePoint(rune);
  if (ch === mark || ch === '\\') return `\\${ch}`;
  if ((!ascii || rune < 0x80) && isPrint(rune)) return ch;
  if (rune < 0x20 || rune === 0x7f) return ESCAPES[rune] ?? `\\x${hex(rune, 2)}`;
  return rune < 0x10000 ? `\\u${hex(rune, 4)}` : `\\U${hex(rune, 8)}`;
}

function hex(n: number, width: number): string {
  return n.toString(16).padStart(width, '0');
}

/** Whether the string can stand between back quotes unchanged. Go: strconv.CanBackquote. */
export function canBackquote(s: string): boolean {
  return !/[\0-\x08\x0a-\x1f\x7f`\ufeff\ud800-\udfff]/u.test(s);
}

/** Go: strconv.Unquote. Throws `invalid syntax`. */
export function unquote(s: string): string {
  const mark = s[0];
  if (s.length < 2) throw syntaxError();
  if (mark === '`') {
    if (s.indexOf('`', 1) !== s.length - 1) throw syntaxError();
    return s.slice(1, -1).replaceAll('\r', '');
  }
  if (mark !== '"' && mark !== "'") throw syntaxError();
  if (s.indexOf(mark, 1) === s.length - 1 && !/[\\\n\ud800-\udfff]/.test(s) && mark === '"') return s.slice(1, -1);
  return unquoteEscaped(s, mark);
}

function unquoteEscaped(s: string, mark: '"' | "'"): string {
  let out = '';
  let bytes = false;
  let at = 1;
  while (at < s.length && s[at] !== mark) {
    if (s[at] === '\n') throw syntaxError();
    const char = unquoteChar(s, at, mark);
    out += char.text;
    bytes ||= char.byte;
    at = char.end;
    if (mark === "'") break;
  }
  if (s[at] !== mark || at + 1 !== s.length) throw syntaxError();
  // Bytes written one by one may make up UTF-8 between them.
  return bytes ? decodeBytes(encodeBytes(out)) : out;
}

/** What {@link unquoteChar} read. */
export interface UnquotedChar {
  readonly text: string;
  readonly rune: number;
  /** The escape named a byte above 0x7F, not a rune. */
  readonly byte: boolean;
  /** Where the next character starts. */
  readonly end: number;
}

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11, '\\': 92 };
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/**
 * The character or escape at `at` of a literal in `mark` quotes. A byte outside UTF-8 reads as U+FFFD.
 * Go: strconv.UnquoteChar.
 */
export function unquoteChar(s: string, at: number, mark: '"' | "'"): UnquotedChar {
  const ch = s[at];
  if (ch === undefined || ch === mark) throw syntaxError();
  if (ch !== '\\') {
    const rune = s.codePointAt(at) as number;
    if (rune < 0xd800 || rune > 0xdfff)
      return { text: String.fromCodePoint(rune), rune, byte: false, end: at + (rune > 0xffff ? 2 : 1) };
    return { text: replaceInvalid(ch), rune: RUNE_ERROR, byte: false, end: at + 1 };
  }
  const letter = s[at + 1] ?? '';
  if (Object.hasOwn(SIMPLE, letter)) return runeAt(SIMPLE[letter] as number, at + 2);
  if (Object.hasOwn(HEX_DIGITS, letter)) {
    const end = at + 2 + (HEX_DIGITS[letter] as number);
    const digits = s.slice(at + 2, end);
    if (end > s.length || !/^[0-9a-fA-F]+$/.test(digits)) throw syntaxError();
    const n = Number.parseInt(digits, 16);
    if (letter === 'x') return byteAt(n, end);
    if (validRune(n) !== n) throw syntaxError();
    return runeAt(n, end);
  }
  if (letter >= '0' && letter <= '7') {
    const digits = s.slice(at + 1, at + 4);
    if (!/^[0-7]{3}$/.test(digits) || Number.parseInt(digits, 8) > 255) throw syntaxError();
    return byteAt(Number.parseInt(digits, 8), at + 4);
  }
  if (letter !== mark) throw syntaxError();
  return runeAt(letter.charCodeAt(0), at + 2);
}

function runeAt(rune: number, end: number): UnquotedChar {
  return { text: String.fromCodePoint(rune), rune, byte: false, end };
}

function byteAt(n: number, end: number): UnquotedChar {
  return n < 0x80 ? runeAt(n, end) : { text: String.fromCharCode(0xdc00 + n), rune: n, byte: true, end };
}

function syntaxError(): GoError {
  return new GoError('invalid syntax');
}
