import type { Cursor } from './cursor.ts';
import {
  BLANK,
  BLOCK,
  BREAK,
  CLASS,
  COLON,
  END,
  FLOW_INDICATOR,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isWideBreak,
  PLAIN,
  QUOTED,
} from './tokens.ts';

const BLOCK_STOP = BLANK | BREAK | END | COLON;
const FLOW_STOP = BLOCK_STOP | FLOW_INDICATOR;

/** Scans a plain scalar, over as many lines as it has. Go: scan_plain_scalar. */
export function scanPlain(s: Cursor): void {
  const { text, line, lineStart, pos: start } = s;
  const stop = s.flowLevel > 0 ? FLOW_STOP : BLOCK_STOP;
  const indent = s.indent + 1;
  let value: string | undefined; // what lies before `from`, once there is more than one line
  let from = start;
  let end = start; // after the last character that belongs to the scalar
  let folded: string | undefined; // what joins the next line to the last
  for (;;) {
    if (s.pos === s.lineStart && s.atDocumentMark()) break;
    if (text.charCodeAt(s.pos) === 35) break;
    let i = wordEnd(text, s.pos, stop);
    if (i > s.pos) {
      if (folded !== undefined) {
        value = s.keep ? (value ?? '') + text.slice(from, end) + folded : '\n';
        from = s.pos;
        folded = undefined;
      }
      end = i;
    }
    let c = text.charCodeAt(i);
    const blank = isBlank(c);
    while (isBlank(c)) c = text.charCodeAt(++i);
    s.pos = i;
    if (isBreak(c)) {
      folded = takeBreaks(s, indent);
      if (s.flowLevel === 0 && s.pos - s.lineStart < indent) break;
    } else if (!blank) break;
  }
  if (folded !== undefined) s.simpleKeyAllowed = true;
  if (value !== undefined && s.keep) value += text.slice(from, end);
  s.pushFrom(PLAIN, start, end, line, start - lineStart, value);
}

/** The end of the run of characters that belong to a plain scalar whatever follows. */
function wordEnd(text: string, from: number, stop: number): number {
  for (let i = from; ; i++) {
    const c = text.charCodeAt(i);
    if (c < 128) {
      const kind = (CLASS[c] as number) & stop;
      if (kind === 0) continue;
      if (kind === COLON && !isBlankOrEnd(text.charCodeAt(i + 1))) continue;
      return i;
    }
    if (isWideBreak(c)) return i;
  }
}

/** Takes line breaks and the indentation after each; the answer is what they fold to. */
function takeBreaks(s: Cursor, indent: number): string {
  const { text } = s;
  const first = s.takeBreak();
  let rest = '';
  for (;;) {
    const c = text.charCodeAt(s.pos);
    if (c === 32) s.pos++;
    else if (c === 9) {
      if (s.pos - s.lineStart < indent) s.fail('found a tab character that violates indentation');
      s.pos++;
    } else if (isBreak(c)) rest += s.takeBreak();
    else return fold(first, rest);
  }
}

/** Go folds a line feed away, but keeps a line or paragraph separator. */
function fold(first: string, rest: string): string {
  if (first !== '\n') return first + rest;
  return rest === '' ? ' ' : rest;
}

/** Scans a scalar in single (39) or double (34) quotes. Go: scan_flow_scalar. */
export function scanQuoted(s: Cursor, quote: number): void {
  const { text, line, lineStart, pos: start } = s;
  let i = start + 1;
  for (;;) {
    const c = text.charCodeAt(i);
    if (c === quote) {
      if (quote === 39 && text.charCodeAt(i + 1) === 39) break;
      s.pos = i + 1;
      s.pushFrom(QUOTED, start + 1, i, line, start - lineStart);
      return;
    }
    if (c < 128 ? (c === 92 ? quote === 34 : c < 14 && c !== 9) : isWideBreak(c)) break;
    i++;
  }
  s.pos = start + 1;
  const value = quotedValue(s, quote);
  s.pushFrom(QUOTED, start + 1, s.pos, line, start - lineStart, value);
  s.pos++;
}

/** The value of a quoted scalar with escapes or line breaks; leaves the cursor at the closing quote. */
function quotedValue(s: Cursor, quote: number): string {
  const { text } = s;
  let value = '';
  for (;;) {
    if (s.pos === s.lineStart && s.atDocumentMark()) s.fail('found unexpected document indicator');
    if (text.charCodeAt(s.pos) === 0) s.fail('found unexpected end of stream');
    // The words of this line and the blanks between them.
    let from = s.pos;
    let escapedBreak = false;
    for (;;) {
      const c = text.charCodeAt(s.pos);
      if (isBlankOrEnd(c)) break;
      if (c === quote) {
        if (quote === 34 || text.charCodeAt(s.pos + 1) !== 39) return value + text.slice(from, s.pos);
        value += text.slice(from, ++s.pos);
        from = ++s.pos;
      } else if (c === 92 && quote === 34) {
        value += text.slice(from, s.pos);
        if (isBreak(text.charCodeAt(s.pos + 1))) {
          s.pos++;
          s.skipBreak();
          from = s.pos;
          escapedBreak = true;
          break;
        }
        value += escapeSequence(s);
        from = s.pos;
      } else s.pos++;
    }
    value += text.slice(from, s.pos);
    value += joinLines(s, escapedBreak);
  }
}

/** The blanks and line breaks at the cursor, as they count in a quoted scalar. */
function joinLines(s: Cursor, escapedBreak: boolean): string {
  const { text } = s;
  let broken = escapedBreak;
  let first = '';
  let rest = '';
  let from = s.pos;
  for (;;) {
    const c = text.charCodeAt(s.pos);
    if (isBlank(c)) {
      s.pos++;
    } else if (isBreak(c)) {
      if (broken) rest += s.takeBreak();
      else first = s.takeBreak();
      broken = true;
      from = s.pos;
    } else break;
  }
  if (!broken) return text.slice(from, s.pos);
  return first === '' ? rest : fold(first, rest);
}

const ESCAPES: Readonly<Record<number, string>> = {
  9: '\t', // a tab itself
  32: ' ',
  34: '"',
  39: "'",
  48: '\0',
  76: '\u2028', // L
  78: '\u0085', // N
  80: '\u2029', // P
  92: '\\',
  95: '\u00a0', // _
  97: '\u0007', // a
  98: '\b',
  101: '\u001b', // e
  102: '\f',
  110: '\n',
  114: '\r',
  116: '\t',
  118: '\v',
};

/** The escape sequence whose backslash stands at the cursor. */
function escapeSequence(s: Cursor): string {
  const c = s.text.charCodeAt(s.pos + 1);
  const digits = c === 120 ? 2 : c === 117 ? 4 : c === 85 ? 8 : 0;
  if (digits === 0) {
    const plain = ESCAPES[c];
    if (plain === undefined) s.fail('found unknown escape character');
    s.pos += 2;
    return plain;
  }
  s.pos += 2;
  let code = 0;
  for (let k = 0; k < digits; k++) {
    const digit = hexValue(s.text.charCodeAt(s.pos + k));
    if (digit < 0) s.fail('did not find expected hexdecimal number', digits);
    code = code * 16 + digit;
  }
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    s.fail('found invalid Unicode character escape code', digits);
  s.pos += digits;
  return String.fromCodePoint(code);
}

/** The value of a hexadecimal digit, or -1. */
export function hexValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const low = c | 32;
  return low >= 97 && low <= 102 ? low - 87 : -1;
}

/** Scans a literal (`|`) or folded (`>`) scalar. Go: scan_block_scalar. */
export function scanBlockScalar(s: Cursor, literal: boolean): void {
  const { text, line, lineStart, pos: start } = s;
  s.pos++;
  let chomping = 0;
  let increment = 0;
  const sign = (c: number): boolean => c === 43 || c === 45;
  if (sign(text.charCodeAt(s.pos))) {
    chomping = 44 - text.charCodeAt(s.pos++); // + is 43, - is 45
    increment = indentDigit(s);
  } else {
    increment = indentDigit(s);
    if (increment > 0 && sign(text.charCodeAt(s.pos))) chomping = 44 - text.charCodeAt(s.pos++);
  }
  s.skipBlanks();
  s.skipComment();
  const c = text.charCodeAt(s.pos);
  if (isBreak(c)) s.skipBreak();
  else if (c !== 0) s.fail('did not find expected comment or line break');
  const value = blockLines(s, increment === 0 ? 0 : Math.max(s.indent, 0) + increment, literal, chomping);
  s.pushFrom(BLOCK, start, s.pos, line, start - lineStart, value);
}

function indentDigit(s: Cursor): number {
  const c = s.text.charCodeAt(s.pos);
  if (c < 48 || c > 57) return 0;
  if (c === 48) s.fail('found an indentation indicator equal to 0');
  s.pos++;
  return c - 48;
}

function blockLines(s: Cursor, given: number, literal: boolean, chomping: number): string {
  const { text } = s;
  const empty: EmptyLines = { indent: given, breaks: '' };
  takeEmptyLines(s, empty);
  const { indent } = empty;
  let value = '';
  let lineBreak = '';
  let wasBlank = false; // the last line began with a blank: it is not folded
  while (s.pos - s.lineStart === indent && text.charCodeAt(s.pos) !== 0) {
    const from = s.pos;
    const to = lineEnd(text, from);
    s.pos = to;
    if (s.keep) {
      const blank = isBlank(text.charCodeAt(from));
      if (literal || wasBlank || blank || lineBreak !== '\n') value += lineBreak;
      else if (empty.breaks === '') value += ' ';
      if (empty.breaks !== '') value += empty.breaks;
      value += text.slice(from, to);
      wasBlank = blank;
    }
    lineBreak = text.charCodeAt(to) === 0 ? '' : s.takeBreak();
    takeEmptyLines(s, empty);
  }
  if (chomping !== -1) value += lineBreak;
  return chomping === 1 ? value + empty.breaks : value;
}

function lineEnd(text: string, from: number): number {
  for (let i = from; ; i++) {
    const c = text.charCodeAt(i);
    if (c > 127 ? isWideBreak(c) : c === 10 || c === 13 || c === 0) return i;
  }
}

/** What stands between the lines of a block scalar. */
interface EmptyLines {
  /** The indentation of the scalar; 0 until it is known. */
  indent: number;
  breaks: string;
}

/**
 * Takes indentation and empty lines, whose breaks are kept. An indentation that is not known yet comes from what
 * was found. Go: scan_block_scalar_breaks.
 */
function takeEmptyLines(s: Cursor, into: EmptyLines): void {
  const { text } = s;
  const known = into.indent;
  let deepest = 0;
  into.breaks = '';
  for (;;) {
    let i = s.pos;
    const limit = known === 0 ? text.length : s.lineStart + known;
    while (i < limit && text.charCodeAt(i) === 32) i++;
    s.pos = i;
    const column = i - s.lineStart;
    if (column > deepest) deepest = column;
    const c = text.charCodeAt(i);
    if (c === 9 && i < limit) s.fail('found a tab character where an indentation space is expected');
    if (!isBreak(c)) break;
    into.breaks += s.takeBreak();
  }
  if (known === 0) into.indent = Math.max(deepest, s.indent + 1, 1);
}
