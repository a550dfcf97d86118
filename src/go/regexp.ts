import type { RE2JS } from 're2js';
import { BudgetError } from './budget.ts';
import { decodeBytes, encodeBytes, runeWidth } from './bytes.ts';
import { GoError, GoPanic } from './error.ts';
import { canBackquote, quote } from './quote.ts';
import { re2 } from './re2.ts';
import { compileSimple, type SimpleRegexp } from './regexp-simple.ts';
import { excessiveRepeat, patternSize, type Rewritten, rewritePattern } from './regexp-syntax.ts';

/**
 * Go's regexp package on re2js: matching takes time linear in the text, whatever the pattern. Patterns never reach
 * the JavaScript engine's own RegExp.
 */

const UNANCHORED = 0;
/** Compiled patterns that are kept; a chart uses a handful, each many times. */
const KEPT = 200;

/** Larger programs take seconds to make. */
const LARGEST = 100_000;
/** Characters times instructions, the most that one search may have to look at. */
const LONGEST_SEARCH = 1_000_000_000;
/** How often, and after how many milliseconds, a series of searches is given up. */
const LOOK_EVERY = 256;
const PATIENCE = 2_000;

const compiled = new Map<string, Regexp | GoError>();
const NO_NAMES: Rewritten['repeated'] = new Map();

/** Go: regexp.Compile. Throws Go's error text, e.g. "error parsing regexp: missing closing ]: `[a`". */
export function compileRegexp(pattern: string): Regexp {
  const known = compiled.get(pattern);
  if (known) {
    // Moving the entry to the end makes the first one the least recently used.
    compiled.delete(pattern);
    compiled.set(pattern, known);
  }
  const result = known ?? tryCompile(pattern);
  if (!known) {
    if (compiled.size >= KEPT) compiled.delete(compiled.keys().next().value as string);
    compiled.set(pattern, result);
  }
  if (result instanceof GoError) throw new GoError(result.message);
  return result;
}

/** Go: regexp.MustCompile: a bad pattern is a panic. */
export function mustCompileRegexp(pattern: string): Regexp {
  try {
    return compileRegexp(pattern);
  } catch (error) {
    if (!(error instanceof GoError) || error instanceof BudgetError) throw error;
    const shown = canBackquote(pattern) ? `\`${pattern}\`` : quote(pattern);
    throw new GoPanic(`regexp: Compile(${shown}): ${error.message}`);
  }
}

function tryCompile(pattern: string): Regexp | GoError {
  const simple = compileSimple(pattern);
  if (simple !== undefined) return new Regexp(() => re2().RE2JS.compile(pattern), pattern, NO_NAMES, simple);
  if (!isPlain(pattern)) return badUtf8(pattern);
  // For each `[:` a parser looks through the rest of the pattern.
  if ((pattern.split('[:').length - 1) * pattern.length > LONGEST_SEARCH / 4) {
    throw new BudgetError('steps', LONGEST_SEARCH / 4);
  }
  if (patternSize(pattern) > LARGEST) return tooLarge(pattern);
  const rewritten = rewritePattern(pattern);
  try {
    const re = re2().RE2JS.compile(rewritten.pattern);
    return new Regexp(() => re, pattern, rewritten.repeated);
  } catch (error) {
    return syntaxError(error, pattern, rewritten);
  }
}

/** In Go's words where Go refuses it, too: counted repetitions of repetitions, of more than a thousand in all. */
function tooLarge(pattern: string): GoError {
  const repeat = excessiveRepeat(pattern);
  if (repeat === undefined) throw new BudgetError('steps', LARGEST);
  return new GoError(`error parsing regexp: invalid repeat count: \`${repeat}\``);
}

/** What stands before the first bad byte is read first, and may be wrong by itself. Go: syntax/parse.go nextRune */
function badUtf8(pattern: string): GoError {
  const rest = /[\ud800-\udfff].*$/su.exec(pattern)?.[0] ?? pattern;
  // With a letter behind it, so that what is wrong about its end shows that letter.
  const before = tryCompile(`${pattern.slice(0, pattern.length - rest.length)}\ufffd`);
  const [, what = '', quoted = ''] = (before instanceof GoError && PARSE_ERROR.exec(before.message)) || [];
  if (what === 'unexpected )') return parseError(what, pattern); // Quotes the whole pattern.
  return what === '' || quoted.endsWith('\ufffd') ? parseError('invalid UTF-8', rest) : parseError(what, quoted);
}

function syntaxError(error: unknown, pattern: string, rewritten: Rewritten): GoError {
  const { RE2JSException, RE2JSSyntaxException } = re2();
  if (error instanceof RE2JSSyntaxException) {
    const what = error.getDescription();
    let quoted = error.getPattern() ?? '';
    if (what === 'expression too large' || what === 'expression nests too deeply') quoted = pattern;
    for (const [from, to] of rewritten.changes) quoted = quoted.replace(to, () => from);
    // Go takes no group for named where the pattern ends before the name.
    if (what === 'invalid named capture' && (quoted === '(?P<' || quoted === '(?<')) {
      return parseError('invalid or unsupported Perl syntax', quoted.replace('P<', 'P'));
    }
    return parseError(what, quoted);
  }
  // What is left is a stack or a memory that ran out.
  if (error instanceof RE2JSException || error instanceof RangeError)
    return parseError('expression too large', pattern);
  throw error;
}

const PARSE_ERROR = /^error parsing regexp: ([^`]*): `(.*)`$/s;

function parseError(what: string, quoted: string): GoError {
  return new GoError(`error parsing regexp: ${what}: \`${quoted}\``);
}

/** Whether the pattern matches somewhere in the text. Go: regexp.MatchString. */
export function matchPattern(pattern: string, s: string): boolean {
  return compileRegexp(pattern).match(s);
}

/** Go: regexp.QuoteMeta. */
export function quoteMeta(s: string): string {
  return s.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

/** Starts and ends of the match and its groups, in units of the text that was searched; -1 for none. */
type Span = readonly number[];

/** A compiled pattern. Go: regexp.Regexp. */
export class Regexp {
  private readonly compile: () => RE2JS;
  private readonly pattern: string;
  private readonly repeated: Rewritten['repeated'];
  private readonly simple: SimpleRegexp | undefined;
  private compiled: RE2JS | undefined;

  /** @param simple the same pattern for simple texts, with which re2js may never be needed */
  constructor(compile: () => RE2JS, pattern: string, repeated: Rewritten['repeated'], simple?: SimpleRegexp) {
    this.compile = compile;
    this.pattern = pattern;
    this.repeated = repeated;
    this.simple = simple;
  }

  private get re(): RE2JS {
    this.compiled ??= this.compile();
    return this.compiled;
  }

  /** Go: MatchString. */
  match(s: string): boolean {
    if (this.simple?.takes(s)) return this.simple.search(s, 0) !== null;
    this.checkSize(s.length);
    return isPlain(s) ? this.re.test(s) : this.re.test(encodeBytes(s));
  }

  /** The leftmost match; empty where there is none. Go: FindString. */
  find(s: string): string {
    const text = subject(s);
    const span = this.search(text, 0, 1);
    return span ? text.slice(span[0]!, span[1]!) : '';
  }

  /** What stands before the leftmost match; nothing where there is none. Go: FindStringIndex. */
  textBefore(s: string): string | undefined {
    const text = subject(s);
    const span = this.search(text, 0, 1);
    return span ? text.slice(0, span[0]!) : undefined;
  }

  /** The first `n` matches, all of them for n < 0. Go: FindAllString. */
  findAll(s: string, n: number): string[] {
    const text = subject(s);
    return this.spans(text, n).map((span) => text.slice(span[0]!, span[1]!));
  }

  /** Replaces each match by the template with `$1` and `${name}` expanded. Go: ReplaceAllString. */
  replaceAll(s: string, template: string): string {
    if (!template.includes('$')) return this.replaceAllLiteral(s, template);
    const parts = parseTemplate(template, (name) => this.groupsOf(name));
    return this.replace(s, (this.simple?.groups ?? this.re.groupCount()) + 1, (text, span) =>
      expand(parts, text, span),
    );
  }

  /** The groups that a name or number in a template means. */
  private groupsOf(name: string): number[] {
    // Only ASCII digits without a leading zero make a number. Go: regexp.go extract.
    if (/^(?:0|[1-9][0-9]{0,8})$/.test(name)) return [Number(name)];
    if (this.simple) return [];
    const numbers = this.re.namedGroups();
    const names = this.repeated.get(name) ?? [name];
    return names.filter((each) => Object.hasOwn(numbers, each)).map((each) => numbers[each] as number);
  }

  /** Go: ReplaceAllLiteralString. */
  replaceAllLiteral(s: string, replacement: string): string {
    return this.replace(s, 1, () => replacement);
  }

  /** The parts between matches, at most `n`, all of them for n < 0. Go: Split. */
  split(s: string, n: number): string[] {
    if (n === 0) return [];
    if (this.pattern !== '' && s === '') return [''];
    const text = subject(s);
    const parts: string[] = [];
    let begin = 0;
    let end = 0;
    for (const span of this.spans(text, n)) {
      if (n > 0 && parts.length >= n - 1) break;
      end = span[0]!;
      if (span[1] !== 0) parts.push(text.slice(begin, end));
      begin = span[1]!;
    }
    if (end !== text.length) parts.push(text.slice(begin, text.length));
    return parts;
  }

  private checkSize(length: number): void {
    if (length * this.re.programSize() > LONGEST_SEARCH) throw new BudgetError('steps', LONGEST_SEARCH);
  }

  private search(text: Subject, from: number, groups: number): Span | null {
    if (this.simple && typeof text.input === 'string' && this.simple.takes(text.input)) {
      return this.simple.search(text.input, from);
    }
    this.checkSize(text.length - from);
    const [found, span] = this.re.re2().matchWithGroup(text.input, from, text.length, UNANCHORED, groups);
    return found ? (span as Span) : null;
  }

  /** Go: regexp.go allMatches. */
  private spans(text: Subject, n: number): Span[] {
    const out: Span[] = [];
    const patience = new Patience();
    let previousEnd = -1;
    for (let at = 0; at <= text.length && (n < 0 || out.length < n); ) {
      const span = this.search(text, at, 1);
      if (!span) break;
      patience.lose();
      // An empty match right after another match does not count.
      const accept = span[1] !== at || span[0] !== previousEnd;
      at = span[1] === at ? at + Math.max(text.width(at), 1) : span[1]!;
      previousEnd = span[1]!;
      if (accept) out.push(span);
    }
    return out;
  }

  /** Go: regexp.go replaceAll. */
  private replace(s: string, groups: number, replacement: (text: Subject, span: Span) => string): string {
    const text = subject(s);
    let out = '';
    const patience = new Patience();
    let lastEnd = 0;
    for (let at = 0; at <= text.length; ) {
      patience.lose();
      const span = this.search(text, at, groups);
      if (!span) {
        if (at === 0) return s;
        break;
      }
      const start = span[0]!;
      const end = span[1]!;
      out += text.slice(lastEnd, start);
      if (end > lastEnd || start === 0) out += replacement(text, span);
      lastEnd = end;
      const width = text.width(at);
      at = at + width > end ? at + width : Math.max(end, at + (width === 0 ? 1 : 0));
    }
    return out + text.slice(lastEnd, text.length);
  }
}

/**
 * Each search is linear, but many searches that each look at the whole rest are quadratic, and the engine does not
 * say how far it looked. So a series of them is timed.
 */
class Patience {
  private searches = 0;
  private start = 0;

  lose(): void {
    if (++this.searches % LOOK_EVERY !== 0) return;
    const now = performance.now();
    if (this.start === 0) this.start = now;
    else if (now - this.start > PATIENCE) throw new BudgetError('steps', this.searches);
  }
}

/** The text to search: a string, or bytes where it holds some that are no UTF-8, so that `.` sees each as U+FFFD. */
interface Subject {
  readonly input: string | Uint8Array;
  readonly length: number;
  slice(from: number, to: number): string;
  /** The width of the character at an index; 0 at the end. */
  width(at: number): number;
}

function isPlain(s: string): boolean {
  return s.isWellFormed();
}

function subject(s: string): Subject {
  if (!isPlain(s)) return bytesSubject(encodeBytes(s));
  return {
    input: s,
    length: s.length,
    slice: (from, to) => s.slice(from, to),
    width: (at) => (at >= s.length ? 0 : (s.codePointAt(at) as number) > 0xffff ? 2 : 1),
  };
}

function bytesSubject(bytes: Uint8Array): Subject {
  return {
    input: bytes,
    length: bytes.length,
    slice: (from, to) => decodeBytes(bytes.subarray(from, to)),
    width: (at) => (at >= bytes.length ? 0 : runeWidth(bytes, at) || 1),
  };
}

/** A piece of a replacement: text, or groups of which the first that took part in the match stands there. */
type Part = string | readonly number[];

/** Go: regexp.go expand, extract. */
function parseTemplate(template: string, groupsOf: (name: string) => number[]): Part[] {
  const parts: Part[] = [];
  const references = /\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+)/uy;
  let at = 0;
  for (;;) {
    const dollar = template.indexOf('$', at);
    if (dollar < 0) break;
    parts.push(template.slice(at, dollar));
    at = dollar + 1;
    references.lastIndex = at;
    const reference = template[at] === '$' ? null : references.exec(template);
    if (reference) {
      parts.push(groupsOf((reference[1] ?? reference[2]) as string));
      at += reference[0].length;
    } else {
      // `$$` is a dollar, and so is one without a name behind it.
      parts.push('$');
      if (template[at] === '$') at++;
    }
  }
  parts.push(template.slice(at));
  return parts;
}

function expand(parts: readonly Part[], text: Subject, span: Span): string {
  let out = '';
  for (const part of parts) {
    if (typeof part === 'string') out += part;
    else {
      const group = part.find((n) => (span[2 * n] ?? -1) >= 0);
      if (group !== undefined) out += text.slice(span[2 * group]!, span[2 * group + 1]!);
    }
  }
  return out;
}
