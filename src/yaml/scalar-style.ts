import { encodeBase64 } from '../go/base64.ts';
import { byteLength, encodeBytes } from '../go/bytes.ts';
import { isTimestamp, resolvePlain } from './resolve.ts';
import { isBreak } from './tokens.ts';

/** Which of go-yaml's two emitters is matched: v2 behind toYaml, v3 behind toYamlPretty. */
export type Dialect = 'v2' | 'v3';

// What a scalar's text allows. Go: emitterc.go analyze_scalar.
const PLAIN_ALLOWED = 1;
const SINGLE_ALLOWED = 2;
const LITERAL_ALLOWED = 4;
const MULTILINE = 8;
/** Has characters beyond printable ASCII, other than line feeds and tabs. */
const FOREIGN = 16;

/** Longer keys are written with a question mark. Go: check_simple_key. */
const MAX_SIMPLE_KEY = 128;

/** What becomes of a string with characters beyond ASCII before it is written. */
export type Clean = (s: string) => string;

/** Where a scalar is written. */
export interface Spot {
  /** Of the collection around it, -1 for none. */
  readonly indent: number;
  /** Of the scalar's first character. */
  readonly column: number;
}

/** yaml.v2 breaks a line at the first space past this column; yaml.v3 never does. Go: emitterc.go best_width. */
const WIDTH = 80;

/** A key: `simple` ones stand before a colon on one line. */
export interface KeyText {
  readonly text: string;
  readonly simple: boolean;
}

/** A string as a key. `indent` is that of the map. */
export function keyScalar(key: string, indent: number, dialect: Dialect, clean: Clean): KeyText {
  if (isSimpleWord(key, dialect)) return { text: key, simple: true };
  let flags = analyze(key, dialect);
  let s = key;
  if ((flags & FOREIGN) !== 0 && (s = clean(key)) !== key) flags = analyze(s, dialect);
  const simple = (flags & MULTILINE) === 0 && (s.length <= 42 || byteLength(s) <= MAX_SIMPLE_KEY);
  // A key that is not simple stands behind `? `, and may be broken as a value may.
  const column = simple || dialect === 'v3' ? NEVER : indent + 2;
  return { text: write(s, flags, { indent, column }, dialect), simple };
}

/** Two dots make a version of what could be a number. */
const WORD = /^(?:[A-Za-z_/]|\d+\.\d+\.)[\w./-]*(?::[\w./-]+)*$/;

/** Whether a text is surely written as it is: a pattern sees that faster than code that has just been loaded. */
export function isWord(s: string, dialect: Dialect): boolean {
  return WORD.test(s) && (s.length > 5 || staysString(s, dialect));
}

/** The same for a key on one line. */
export function isSimpleWord(key: string, dialect: Dialect): boolean {
  return key.length <= MAX_SIMPLE_KEY && isWord(key, dialect);
}

/** A string as a value. */
export function valueScalar(value: string, spot: Spot, dialect: Dialect, clean: Clean): string {
  if (isWord(value, dialect)) return value;
  let flags = analyze(value, dialect);
  let s = value;
  if ((flags & FOREIGN) !== 0 && (s = clean(value)) !== value) flags = analyze(s, dialect);
  return write(s, flags, dialect === 'v3' ? { indent: spot.indent, column: NEVER } : spot, dialect);
}

/** A column from which no text gets past the width. */
const NEVER = Number.NEGATIVE_INFINITY;

function write(s: string, flags: number, spot: Spot, dialect: Dialect): string {
  if ((flags & MULTILINE) !== 0 && s.includes('\n')) {
    return (flags & LITERAL_ALLOWED) === 0 ? doubleQuoted(s, spot) : literal(s, spot.indent);
  }
  if (!staysString(s, dialect)) return doubleQuoted(s, spot);
  if ((flags & PLAIN_ALLOWED) !== 0) return plain(s, spot);
  return (flags & SINGLE_ALLOWED) !== 0 ? singleQuoted(s, spot) : doubleQuoted(s, spot);
}

/** Go: write_plain_scalar. */
function plain(s: string, spot: Spot): string {
  if (s.length + spot.column <= WIDTH) return s;
  const pad = lineIndent(spot.indent);
  let out = '';
  let from = 0;
  let { column } = spot;
  for (let i = 0; i < s.length; i++, column++) {
    if (column <= WIDTH || s.charCodeAt(i) !== 32) continue;
    if (s.charCodeAt(i - 1) === 32 || s.charCodeAt(i + 1) === 32) continue;
    out += `${s.slice(from, i)}\n${pad}`;
    from = i + 1;
    column = pad.length - 1;
  }
  return out + s.slice(from);
}

/** The indentation of a scalar's further lines. */
function lineIndent(indent: number): string {
  return ' '.repeat(indent < 0 ? 2 : indent + 2);
}

/** Whether a scalar whose text is `s` would be read back as a string. Go: encode.go stringv. */
function staysString(s: string, dialect: Dialect): boolean {
  const c = s.charCodeAt(0);
  if ((c >= 48 && c <= 57) || c === 43 || c === 45) {
    if (typeof resolvePlain(s) !== 'string' || isTimestamp(s) || isBase60(s)) return false;
    return dialect === 'v2' || !OCTAL.test(s);
  }
  return (s.length > 5 && c !== 46) || typeof resolvePlain(s) === 'string';
}

/** Octals that yaml.v3 alone takes, since their sign stands behind the prefix. */
const OCTAL = /^0o_*[+-][0-7_]*[0-7][0-7_]*$/;

const BASE60 = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;

/** Go: encode.go isBase60Float. */
function isBase60(s: string): boolean {
  return s.includes(':') && BASE60.test(s);
}

/** Go: emitterc.go analyze_scalar, for the block context. */
function analyze(s: string, dialect: Dialect): number {
  const n = s.length;
  if (n === 0) return PLAIN_ALLOWED | SINGLE_ALLOWED;
  let flags = PLAIN_ALLOWED | SINGLE_ALLOWED | LITERAL_ALLOWED;
  if (startsLikeMarkup(s)) flags &= ~PLAIN_ALLOWED;
  let space = false; // the character before is a space
  let lineBreak = false; // it is a line break
  let white = true; // it is a blank or a break, or there is none
  for (let i = 0; i < n; i++) {
    const c = s.charCodeAt(i);
    if (c > 96 ? c < 123 : (c >= 65 && c <= 90) || (c >= 45 && c <= 57) || c === 95) {
      space = lineBreak = white = false;
      continue;
    }
    if (c === 32) {
      if (i === 0 || i === n - 1) flags &= ~PLAIN_ALLOWED;
      if (i === n - 1) flags &= ~LITERAL_ALLOWED;
      if (lineBreak) flags &= ~(PLAIN_ALLOWED | SINGLE_ALLOWED);
      space = white = true;
      lineBreak = false;
      continue;
    }
    if (c === 58) {
      if (i + 1 === n || s.charCodeAt(i + 1) === 32 || s.charCodeAt(i + 1) === 9) flags &= ~PLAIN_ALLOWED;
    } else if (c === 35) {
      if (white) flags &= ~PLAIN_ALLOWED;
    } else if (c < 32 || c > 126) {
      flags &= unusual(s, i, c, dialect, space);
      if (c > 126) flags |= FOREIGN;
      if (isBreak(c)) {
        flags = (flags | MULTILINE) & ~PLAIN_ALLOWED;
        space = false;
        lineBreak = white = true;
        continue;
      }
      white = c === 9 || c === 0;
      space = lineBreak = false;
      continue;
    }
    space = lineBreak = white = false;
  }
  return flags;
}

/** The flags that a character beyond plain ASCII leaves. */
function unusual(s: string, i: number, c: number, dialect: Dialect, afterSpace: boolean): number {
  if (c === 9 && dialect === 'v3') return ~(PLAIN_ALLOWED | SINGLE_ALLOWED);
  if (!isPrintable(s, i, c) || (afterSpace && isBreak(c))) return ~(PLAIN_ALLOWED | SINGLE_ALLOWED | LITERAL_ALLOWED);
  return ~0;
}

/** A first character, or first three, that a plain scalar cannot have. */
function startsLikeMarkup(s: string): boolean {
  switch (s.charCodeAt(0)) {
    case 45: // -
      return s.length === 1 || s.startsWith('---') || isBlankAt(s, 1);
    case 46: // .
      return s.startsWith('...');
    case 63: // ?
    case 58: // :
      return s.length === 1 || isBlankAt(s, 1);
  }
  return '#,[]{}&*!|>\'"%@`'.includes(s[0] as string);
}

function isBlankAt(s: string, i: number): boolean {
  const c = s.charCodeAt(i);
  return c === 32 || c === 9;
}

/** Go: yamlprivateh.go is_printable. Characters of four bytes are not, nor is a tab or a byte order mark. */
export function isPrintable(s: string, i: number, c: number): boolean {
  if (c < 0x7f) return c >= 0x20 || c === 10;
  if (c < 0xa0) return false;
  if (c < 0xd800) return true;
  if (c < 0xe000) return false;
  return c <= 0xfffd && c !== 0xfeff && i < s.length;
}

/** Go: write_single_quoted_scalar. Line and paragraph separators may stand in it: what follows is indented. */
function singleQuoted(s: string, spot: Spot): string {
  const separated = s.includes('\u2028') || s.includes('\u2029');
  if (!separated && s.length + spot.column < WIDTH) return `'${s.replaceAll("'", "''")}'`;
  const pad = lineIndent(spot.indent);
  const width = spot.column === NEVER ? Number.POSITIVE_INFINITY : WIDTH;
  let out = "'";
  let column = spot.column + 1;
  let broken = false;
  for (let i = 0; i < s.length; i++, column++) {
    const c = s.charCodeAt(i);
    if (isBreak(c)) {
      out += s[i];
      column = -1;
      broken = true;
      continue;
    }
    if (broken) {
      out += pad;
      column = pad.length;
      broken = false;
    }
    if (c === 32 && column > width && isFold(s, i) && s.charCodeAt(i + 1) !== 32) {
      out += `\n${pad}`;
      column = pad.length - 1;
    } else if (c === 39) {
      out += "''";
      column++;
    } else out += s[i];
  }
  return `${out}'`;
}

/** A space that is neither the first nor the last character, and the first of its run. */
function isFold(s: string, i: number): boolean {
  return i > 0 && i < s.length - 1 && s.charCodeAt(i - 1) !== 32;
}

/**
 * A string that is not UTF-8, as base64. `indent` is that of the collection around it.
 * Go: yaml.v3 encode.go stringv and resolve.go encodeBase64.
 */
export function binaryScalar(s: string, indent: number): KeyText {
  const text = encodeBase64(encodeBytes(s));
  if (text.length < BASE64_LINE) return { text: `!!binary ${text}`, simple: true };
  let lines = '';
  for (let i = 0; i < text.length; i += BASE64_LINE) lines += `${text.slice(i, i + BASE64_LINE)}\n`;
  return { text: `!!binary ${literal(lines, indent)}`, simple: false };
}

const BASE64_LINE = 70;

/** What begins a line for JavaScript or for YAML, and is no line feed. */
const SEPARATOR = /[\r\u0085\u2028\u2029]/;

/** Go: write_literal_scalar and write_block_scalar_hints. */
function literal(s: string, indent: number): string {
  const first = s.charCodeAt(0);
  const hint = first === 32 || isBreak(first) ? '2' : '';
  const last = s.length - 1;
  let chomp = '';
  if (!isBreak(s.charCodeAt(last))) chomp = '-';
  else if (last === 0 || isBreak(s.charCodeAt(last - 1))) chomp = '+';
  const pad = lineIndent(indent);
  let out = `|${hint}${chomp}\n`;
  // Of the lines that are not empty.
  if (!SEPARATOR.test(s)) return out + s.replace(/^(?=[^\n])/gm, pad);
  for (let from = 0; from <= last; ) {
    const to = s.indexOf('\n', from);
    const end = to < 0 ? s.length : to + 1;
    if (!isBreak(s.charCodeAt(from))) out += pad;
    out += separated(s.slice(from, end), pad);
    from = end;
  }
  return out;
}

/** A line in which line and paragraph separators break lines too: what follows them is indented. */
function separated(line: string, pad: string): string {
  if (!line.includes('\u2028') && !line.includes('\u2029')) return line;
  let out = '';
  for (let i = 0; i < line.length; i++) {
    if (i > 0 && isBreak(line.charCodeAt(i - 1)) && !isBreak(line.charCodeAt(i))) out += pad;
    out += line[i];
  }
  return out;
}

const ESCAPES: Readonly<Record<number, string>> = {
  0: '\\0',
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  27: '\\e',
  34: '\\"',
  92: '\\\\',
  133: '\\N',
  160: '\\_',
  8232: '\\L',
  8233: '\\P',
};

/** Go: write_double_quoted_scalar. A text that begins with a byte order mark is escaped as a whole. */
export function doubleQuoted(s: string, spot: Spot): string {
  const all = s.charCodeAt(0) === 0xfeff;
  let out = '"';
  let from = 0;
  let column = spot.column + 1;
  for (let i = 0; i < s.length; i++, column++) {
    const c = s.charCodeAt(i);
    if (!all && c !== 34 && c !== 92 && isPrintable(s, i, c) && !isBreak(c)) {
      if (c !== 32 || column <= WIDTH || !isFold(s, i)) continue;
      const pad = lineIndent(spot.indent);
      const kept = s.charCodeAt(i + 1) === 32 ? '\\' : '';
      out += `${s.slice(from, i)}\n${pad}${kept}`;
      column = pad.length + kept.length - 1;
      from = i + 1;
      continue;
    }
    const code = s.codePointAt(i) as number;
    const escaped = ESCAPES[code] ?? hexEscape(code);
    out += s.slice(from, i) + escaped;
    column += escaped.length - 1;
    if (code > 0xffff) i++;
    from = i + 1;
  }
  return `${out}${s.slice(from)}"`;
}

function hexEscape(code: number): string {
  const hex = code.toString(16).toUpperCase();
  if (code <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
