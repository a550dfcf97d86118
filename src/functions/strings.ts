import { fromByteString, toByteString } from '../go/byte-string.ts';
import { byteLength, byteSlice, joinBytes, replaceInvalid } from '../go/bytes.ts';
import { GoPanic, runtimeError } from '../go/error.ts';
import { abbreviate, deleteWhiteSpace, initials, swapCase, uncapitalize, wrapText } from '../go/goutils.ts';
import { formatValue } from '../go/print.ts';
import { quote } from '../go/quote.ts';
import { isSpace, trimSpace } from '../go/space.ts';
import { isDigit, isLetter, lowerCase, mapRunes, toTitle, upperCase } from '../go/unicode.ts';
import { type Int, strings as stringSlice, type TypedMap, typedMap, type Value } from '../go/value.ts';
import { pascalCase, separateWords } from '../go/xstrings.ts';
import { exact } from './capacity.ts';
import { chargeList, chargeText } from './charge.ts';
import { type FuncTable, type FunctionEnv, fn, variadic } from './func.ts';
import { strslice, strval } from './strval.ts';

/** Text and what is to be found in it, as byte strings where a match may start inside a character. */
function forSearch(text: string, part: string): [string, string] {
  return part.isWellFormed() ? [text, part] : [toByteString(text), toByteString(part)];
}

/** Undoes {@link forSearch} for what was cut out of the text. */
function afterSearch(piece: string, part: string): string {
  return part.isWellFormed() ? piece : fromByteString(piece);
}

/** How many parts `part` splits the text into, at most. */
function countOf(text: string, part: string): number {
  if (part === '') return text.length + 1;
  let count = 1;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

/** Go: strings.Split, strings.SplitN. Without a separator each character is a part. */
function splitText(env: FunctionEnv, text: string, separator: string, limit = -1): string[] {
  if (limit === 0) return [];
  const [s, sep] = forSearch(text, separator);
  chargeList(env, countOf(s, sep));
  const parts = sep === '' ? [...s] : s.split(sep);
  if (limit > 0 && parts.length > limit) parts.push(parts.splice(limit - 1).join(sep));
  return separator.isWellFormed() ? parts : parts.map(fromByteString);
}

/** sprig: strings.go split, whose parts are named by number. */
function partMap(parts: readonly string[]): TypedMap {
  return typedMap(
    'map[string]string',
    'string',
    parts.map((part, i) => [`_${i}`, part]),
  );
}

/** Go: strings.ReplaceAll. An empty text is found before each character and at the end. */
function replaceText(env: FunctionEnv, text: string, from: string, to: string): string {
  const [s, old] = forSearch(text, from);
  chargeText(env, text.length + countOf(s, old) * to.length);
  if (old === '') return joinBytes(['', ...s, ''].join(to));
  if (from.isWellFormed()) return joinBytes(s.replaceAll(old, to.replaceAll('$', '$$$$')));
  return joinBytes(s.split(old).map(fromByteString).join(to));
}

function repeatText(env: FunctionEnv, text: string, count: Int): string {
  const n = repeats(text, count);
  if (text === '') return '';
  chargeText(env, text.length * n);
  return joinBytes(text.repeat(n));
}

function indentText(env: FunctionEnv, spaces: Int, text: string): string {
  const n = repeats(' ', spaces);
  chargeText(env, text.length + (countOf(text, '\n') + 1) * n);
  const pad = ' '.repeat(n);
  return pad + text.replaceAll('\n', `\n${pad}`);
}

/** No slice of bytes is longer than this in Go. Go: runtime maxAlloc */
const MAX_SLICE = 2 ** 48;

/** How often to repeat a text, if Go could make the result. Go: strings.Repeat */
function repeats(text: string, { n }: Int): number {
  if (n < 0) throw new GoPanic('strings: negative Repeat count');
  if (n < 1_000_000) return Number(n);
  const length = BigInt(byteLength(text)) * BigInt(n);
  if (length >= 1n << 63n) throw new GoPanic('strings: Repeat output length overflow');
  if (length > MAX_SLICE) throw runtimeError('makeslice: len out of range');
  return Number(n);
}

/** Go: strings.Trim. A byte outside UTF-8 counts as U+FFFD on both sides. */
function trimAll(cutset: string, text: string): string {
  const cut = new Set(replaceInvalid(cutset));
  let from = 0;
  let to = text.length;
  while (from < to) {
    const ch = String.fromCodePoint(text.codePointAt(from) as number);
    if (!cut.has(replaceInvalid(ch))) break;
    from += ch.length;
  }
  while (to > from) {
    const pair = to - 2 >= from && (text.codePointAt(to - 2) as number) > 0xffff;
    const ch = text.slice(pair ? to - 2 : to - 1, to);
    if (!cut.has(replaceInvalid(ch))) break;
    to -= ch.length;
  }
  return text.slice(from, to);
}

function trimPrefix(prefix: string, text: string): string {
  const [s, start] = forSearch(text, prefix);
  return s.startsWith(start) ? afterSearch(s.slice(start.length), prefix) : text;
}

function trimSuffix(suffix: string, text: string): string {
  const [s, end] = forSearch(text, suffix);
  return end !== '' && s.endsWith(end) ? afterSearch(s.slice(0, -end.length), suffix) : text;
}

/** Go: strings isSeparator */
function isSeparator(ch: string): boolean {
  if (ch === '_' || isLetter(ch) || isDigit(ch)) return false;
  return ch < '\x80' || isSpace(ch.codePointAt(0) as number);
}

/** Go: strings.Title */
function titleWords(text: string): string {
  let before = ' ';
  return mapRunes(text, (ch) => {
    const title = isSeparator(before) ? toTitle(ch) : ch;
    before = ch;
    return title;
  });
}

/** sprig: strings.go trunc. Bytes; a negative count keeps the end. */
function truncate(count: Int, text: string): string {
  const n = Number(count.n);
  if (n >= 0 && n >= text.length * 3) return text;
  const length = byteLength(text);
  if (n < 0 && length + n > 0) return byteSlice(text, length + n, length);
  return n >= 0 && length > n ? byteSlice(text, 0, n) : text;
}

/** sprig: strings.go substring, with what Go's runtime says to bounds outside the text. */
function substring(first: Int, last: Int, text: string): string {
  const start = Number(first.n);
  const end = Number(last.n);
  const length = byteLength(text);
  if (start < 0) {
    if (end < 0) throw runtimeError(`slice bounds out of range [:${last.n}]`);
    if (end > length) throw runtimeError(`slice bounds out of range [:${last.n}] with length ${length}`);
    return byteSlice(text, 0, end);
  }
  const to = end < 0 || end > length ? length : end;
  if (start > to) throw runtimeError(`slice bounds out of range [${first.n}:${to}]`);
  return byteSlice(text, start, to);
}

function wrap(env: FunctionEnv, width: Int, newline: string, text: string, breakWords: boolean): string {
  const size = Math.max(Number(width.n), 1);
  const line = newline === '' ? '\n' : newline;
  // Two lines in a row hold more than the width, so there are at most twice as many as full ones.
  chargeText(env, text.length + 2 * Math.ceil(byteLength(text) / size) * line.length);
  return wrapText(text, size, line, breakWords);
}

function abbrevBoth(left: Int, right: Int, text: string): string {
  if (right.n < 4 || (left.n > 0 && right.n < 7)) return text;
  return abbreviate(text, Number(left.n), Number(right.n));
}

function isNil(v: Value): boolean {
  return v === null || v === undefined;
}

/** Each argument but nil through `show`, with spaces between. */
function spaced(env: FunctionEnv, items: readonly Value[], show: (item: Value) => string): string {
  const out: string[] = [];
  for (const item of items) {
    if (isNil(item)) continue;
    const text = show(item);
    chargeText(env, text.length + 1);
    out.push(text);
  }
  return out.join(' ');
}

/** For work that is done as a whole. */
function cheap(env: FunctionEnv, text: string): string {
  chargeText(env, text.length);
  return text;
}

/** For work that goes character by character, and whose result grows by no more than a constant factor. */
function sized(env: FunctionEnv, text: string): string {
  chargeText(env, 16 * text.length);
  return text;
}

/** sprig: strings.go */
export const strings: FuncTable = {
  abbrev: fn(['int', 'string'], 'string', (_env, width, s) => (width.n < 4 ? s : abbreviate(s, 0, Number(width.n)))),
  abbrevboth: fn(['int', 'int', 'string'], 'string', (_env, left, right, s) => abbrevBoth(left, right, s)),
  camelcase: fn(['string'], 'string', (env, s) => pascalCase(sized(env, s))),
  cat: variadic([], 'any', 'string', (env, items) => spaced(env, items, (v) => formatValue(v, env.budget))),
  contains: fn(['string', 'string'], 'bool', (_env, part, s) => {
    const [text, wanted] = forSearch(s, part);
    return text.includes(wanted);
  }),
  hasPrefix: fn(['string', 'string'], 'bool', (_env, part, s) => {
    const [text, wanted] = forSearch(s, part);
    return text.startsWith(wanted);
  }),
  hasSuffix: fn(['string', 'string'], 'bool', (_env, part, s) => {
    const [text, wanted] = forSearch(s, part);
    return text.endsWith(wanted);
  }),
  hello: fn([], 'string', () => 'Hello!'),
  indent: fn(['int', 'string'], 'string', indentText),
  initials: fn(['string'], 'string', (env, s) => initials(sized(env, s))),
  join: fn(['string', 'any'], 'string', (env, separator, v) => {
    const parts = strslice(env, v) as readonly Value[] as readonly string[];
    let length = 0;
    for (const part of parts) length += part.length + separator.length;
    chargeText(env, length);
    return joinBytes(parts.join(separator));
  }),
  kebabcase: fn(['string'], 'string', (env, s) => separateWords(sized(env, s), '-')),
  lower: fn(['string'], 'string', (env, s) => lowerCase(cheap(env, s))),
  nindent: fn(['int', 'string'], 'string', (env, spaces, s) => `\n${indentText(env, spaces, s)}`),
  nospace: fn(['string'], 'string', (env, s) => deleteWhiteSpace(cheap(env, s))),
  plural: fn(['string', 'string', 'int'], 'string', (_env, one, many, count) => (count.n === 1 ? one : many)),
  quote: variadic([], 'any', 'string', (env, items) => spaced(env, items, (v) => quote(strval(env, v)))),
  repeat: fn(['int', 'string'], 'string', (env, count, s) => repeatText(env, s, count)),
  replace: fn(['string', 'string', 'string'], 'string', (env, from, to, s) => replaceText(env, s, from, to)),
  snakecase: fn(['string'], 'string', (env, s) => separateWords(sized(env, s), '_')),
  split: fn(['string', 'string'], 'map[string]string', (env, sep, s) => partMap(splitText(env, s, sep))),
  splitList: fn(['string', 'string'], '[]string', (env, sep, s) => exact(stringSlice(splitText(env, s, sep)))),
  splitn: fn(['string', 'int', 'string'], 'map[string]string', (env, sep, n, s) =>
    partMap(splitText(env, s, sep, Number(n.n))),
  ),
  squote: variadic([], 'any', 'string', (env, items) => spaced(env, items, (v) => `'${formatValue(v, env.budget)}'`)),
  substr: fn(['int', 'int', 'string'], 'string', (_env, start, end, s) => substring(start, end, s)),
  swapcase: fn(['string'], 'string', (env, s) => swapCase(sized(env, s))),
  title: fn(['string'], 'string', (env, s) => titleWords(sized(env, s))),
  toString: fn(['any'], 'string', strval),
  toStrings: fn(['any'], '[]string', strslice),
  trim: fn(['string'], 'string', (_env, s) => trimSpace(s)),
  trimAll: fn(['string', 'string'], 'string', (_env, cutset, s) => trimAll(cutset, s)),
  trimPrefix: fn(['string', 'string'], 'string', (_env, prefix, s) => trimPrefix(prefix, s)),
  trimSuffix: fn(['string', 'string'], 'string', (_env, suffix, s) => trimSuffix(suffix, s)),
  trimall: fn(['string', 'string'], 'string', (_env, cutset, s) => trimAll(cutset, s)),
  trunc: fn(['int', 'string'], 'string', (_env, count, s) => truncate(count, s)),
  untitle: fn(['string'], 'string', (env, s) => uncapitalize(sized(env, s))),
  upper: fn(['string'], 'string', (env, s) => upperCase(cheap(env, s))),
  wrap: fn(['int', 'string'], 'string', (env, width, s) => wrap(env, width, '', s, false)),
  wrapWith: fn(['int', 'string', 'string'], 'string', (env, width, newline, s) => wrap(env, width, newline, s, true)),
};
