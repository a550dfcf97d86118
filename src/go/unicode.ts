/**
 * Letters and cases as Go's unicode package has them: one code point at a time, by its Unicode 15 tables.
 * Every function takes a string of one code point. The patterns stand where they are used: an engine that meets one
 * looks all its letters up, and most runs see none but ASCII.
 */
import { isAscii, replaceInvalid } from './bytes.ts';
import { isPrint } from './printable.ts';
import { TextBuilder } from './text-builder.ts';

/** Whether a character is of a class, and was in Unicode 15: engines know later ones. */
function isOf(pattern: RegExp, ch: string): boolean {
  return pattern.test(ch) && (ch < '\x80' || isPrint(ch.codePointAt(0) as number));
}

export function isUpper(ch: string): boolean {
  return ch < '\x80' ? ch >= 'A' && ch <= 'Z' : isOf(/^\p{Lu}$/u, ch);
}

export function isLower(ch: string): boolean {
  return ch < '\x80' ? ch >= 'a' && ch <= 'z' : isOf(/^\p{Ll}$/u, ch);
}

export function isTitle(ch: string): boolean {
  return ch >= '\x80' && isOf(/^\p{Lt}$/u, ch);
}

export function isLetter(ch: string): boolean {
  return ch < '\x80' ? (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') : isOf(/^\p{L}$/u, ch);
}

export function isDigit(ch: string): boolean {
  return ch < '\x80' ? ch >= '0' && ch <= '9' : isOf(/^\p{Nd}$/u, ch);
}

export function isNumber(ch: string): boolean {
  return ch < '\x80' ? ch >= '0' && ch <= '9' : isOf(/^\p{N}$/u, ch);
}

export function isPunct(ch: string): boolean {
  return isOf(/^\p{P}$/u, ch);
}

/** Letters that got a case, or their other case, after Unicode 15. */
function isCasedLater(code: number): boolean {
  if (code === 0x19b || code === 0x264 || code === 0x1c89 || code === 0x1c8a) return true;
  if (code < 0xa7cb) return false;
  return code <= 0xa7dc || (code >= 0x10d50 && code <= 0x10d85) || (code >= 0x16ea0 && code <= 0x16ed3);
}

/** Letters of that last range which had their pair before. */
const OLD_PAIRS = '\ua7d0\ua7d1\ua7d6\ua7d7\ua7d8\ua7d9';

function isUncased(ch: string): boolean {
  return isCasedLater(ch.codePointAt(0) as number) && !OLD_PAIRS.includes(ch);
}

/** Go: unicode.ToUpper. Greek letters with iota below have a title case that JavaScript spells with two letters. */
export function toUpper(ch: string): string {
  if (ch < '\x80') return ch.toUpperCase();
  if (isUncased(ch)) return ch;
  const upper = ch.toUpperCase();
  if (isOne(upper)) return upper;
  const code = ch.charCodeAt(0);
  if (code >= 0x1f80 && code <= 0x1faf && (code & 8) === 0) return String.fromCharCode(code + 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCharCode(code + 9);
  return ch;
}

/** Go: unicode.ToLower */
export function toLower(ch: string): string {
  if (ch === '\u0130') return 'i';
  if (ch >= '\x80' && isUncased(ch)) return ch;
  const lower = ch.toLowerCase();
  return isOne(lower) ? lower : ch;
}

/** Digraphs with three cases each. */
const DIGRAPHS = /^[\u01c4-\u01cc\u01f1-\u01f3]$/;
const DIGRAPH_TITLES: Readonly<Record<string, string>> = { Ǆ: 'ǅ', Ǉ: 'ǈ', Ǌ: 'ǋ', Ǳ: 'ǲ' };

/** Go: unicode.ToTitle */
export function toTitle(ch: string): string {
  if (DIGRAPHS.test(ch)) return DIGRAPH_TITLES[ch.toUpperCase()] ?? ch;
  // Georgian letters have capitals, but no titles.
  return ch >= '\u10d0' && ch <= '\u10ff' ? ch : toUpper(ch);
}

function isOne(s: string): boolean {
  return s.length === 1 || (s.length === 2 && (s.codePointAt(0) as number) > 0xffff);
}

/** Go: strings.ToUpper */
export function upperCase(s: string): string {
  return isAscii(s) ? s.toUpperCase() : mapRunes(s, toUpper);
}

/** Go: strings.ToLower */
export function lowerCase(s: string): string {
  return isAscii(s) ? s.toLowerCase() : mapRunes(s, toLower);
}

/** Texts for which a builder does not pay. */
const SHORT = 256;

/** Each code point through `map`; bytes outside UTF-8 come out as U+FFFD. Go: strings.Map */
export function mapRunes(s: string, map: (ch: string) => string): string {
  if (s.length < SHORT) {
    let out = '';
    for (const ch of replaceInvalid(s)) out += map(ch);
    return out;
  }
  const out = new TextBuilder();
  for (const ch of replaceInvalid(s)) out.add(map(ch));
  return out.toString();
}
