import { BudgetError } from './budget.ts';
import { type ByteString, runeAt, runeCount, runeLength } from './glob-runes.ts';

/**
 * The matchers that a glob is made of. They answer as gobwas/glob's do, also where the library is at fault, because
 * charts select their files with them. Go: gobwas/glob match.
 */
export interface Matcher {
  readonly kind: string;
  /** Runes that it always takes; -1 where that varies. */
  readonly len: number;
  match(s: ByteString): boolean;
  /** Where the first match starts and which lengths it may have, ascending; undefined for none. */
  index(s: ByteString): Found | undefined;
}

/** A place and the lengths of the matches there. */
export interface Found {
  readonly at: number;
  readonly lengths: readonly number[];
}

/** How many characters all the matchers of one match may look at before it is given up. */
const LIMIT = 20_000_000;
let work = 0;
let searches = 0;

/** Call before a match: its work is counted from zero, and no answer of an earlier one is used. */
export function startSearch(): void {
  work = 0;
  searches++;
}

/** Which search is going on. */
export function searchNumber(): number {
  return searches;
}

/** Counts characters looked at. */
export function charge(n: number): void {
  if ((work += n + 1) > LIMIT) throw new BudgetError('steps', LIMIT);
}

function found(at: number, lengths: readonly number[]): Found {
  return { at, lengths };
}

/** Every rune boundary of the string with `offset` added, the end included. */
function boundaries(s: ByteString, offset: number): number[] {
  const out: number[] = [];
  for (let at = 0; at < s.length; at += runeAt(s, at)[1]) out.push(offset + at);
  out.push(offset + s.length);
  return out;
}

/** `offset`, and the end of each rune as the library computes it. */
function runeEnds(s: ByteString, offset: number): number[] {
  const out = [offset];
  for (let at = 0; at < s.length; ) {
    const [rune, width] = runeAt(s, at);
    out.push(offset + at + runeLength(rune));
    at += width;
  }
  return out;
}

const SEPARATOR = '/';

/** `*` */
export class Any implements Matcher {
  readonly kind = 'any';
  readonly len = -1;

  match(s: ByteString): boolean {
    return !s.includes(SEPARATOR);
  }

  index(s: ByteString): Found {
    const end = s.indexOf(SEPARATOR);
    if (end === 0) return found(0, [0]);
    return found(0, boundaries(end < 0 ? s : s.slice(0, end), 0));
  }
}

/** `**` */
export class Super implements Matcher {
  readonly kind = 'super';
  readonly len = -1;

  match(): boolean {
    return true;
  }

  index(s: ByteString): Found {
    return found(0, boundaries(s, 0));
  }
}

/** The empty pattern. */
export class Nothing implements Matcher {
  readonly kind = 'nothing';
  readonly len = 0;

  match(s: ByteString): boolean {
    return s === '';
  }

  index(): Found {
    return found(0, [0]);
  }
}

/** One rune that passes a test: `?`, `[abc]`, `[a-c]` and their negations. */
export class Rune implements Matcher {
  readonly kind: 'single' | 'list' | 'range';
  readonly len = 1;
  /** The runes of a list, the separator of `?`. */
  readonly runes: readonly number[];
  readonly not: boolean;
  private readonly test: (rune: number) => boolean;

  constructor(kind: Rune['kind'], runes: readonly number[], not: boolean, test: (rune: number) => boolean) {
    this.kind = kind;
    this.runes = runes;
    this.not = not;
    this.test = test;
  }

  match(s: ByteString): boolean {
    // An empty string reads as the error rune, without width.
    const [rune, width] = s === '' ? [0xfffd, 0] : runeAt(s, 0);
    return s.length <= width && this.test(rune);
  }

  index(s: ByteString): Found | undefined {
    charge(s.length);
    for (let at = 0; at < s.length; ) {
      const [rune, width] = runeAt(s, at);
      if (this.test(rune)) return found(at, [runeLength(rune)]);
      at += width;
    }
    return undefined;
  }
}

/** `text` */
export class Text implements Matcher {
  readonly kind = 'text';
  readonly len: number;
  readonly text: ByteString;

  constructor(text: ByteString) {
    this.text = text;
    this.len = runeCount(text);
  }

  match(s: ByteString): boolean {
    return s === this.text;
  }

  index(s: ByteString): Found | undefined {
    charge(s.length);
    const at = s.indexOf(this.text);
    return at < 0 ? undefined : found(at, [this.text.length]);
  }
}

/** `text**` */
export class Prefix implements Matcher {
  readonly kind = 'prefix';
  readonly len = -1;
  readonly prefix: ByteString;

  constructor(prefix: ByteString) {
    this.prefix = prefix;
  }

  match(s: ByteString): boolean {
    return s.startsWith(this.prefix);
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.prefix);
    return at < 0 ? undefined : found(at, runeEnds(s.slice(at + this.prefix.length), this.prefix.length));
  }
}

/** `**text` */
export class Suffix implements Matcher {
  readonly kind = 'suffix';
  readonly len = -1;
  readonly suffix: ByteString;

  constructor(suffix: ByteString) {
    this.suffix = suffix;
  }

  match(s: ByteString): boolean {
    return s.endsWith(this.suffix);
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.suffix);
    return at < 0 ? undefined : found(0, [at + this.suffix.length]);
  }
}

/** `text*` */
export class PrefixAny implements Matcher {
  readonly kind = 'prefixAny';
  readonly len = -1;
  private readonly prefix: ByteString;

  constructor(prefix: ByteString) {
    this.prefix = prefix;
  }

  match(s: ByteString): boolean {
    return s.startsWith(this.prefix) && !s.includes(SEPARATOR, this.prefix.length);
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.prefix);
    if (at < 0) return undefined;
    const rest = s.slice(at + this.prefix.length);
    const end = rest.indexOf(SEPARATOR);
    return found(at, runeEnds(end < 0 ? rest : rest.slice(0, end), this.prefix.length));
  }
}

/** `*text` */
export class SuffixAny implements Matcher {
  readonly kind = 'suffixAny';
  readonly len = -1;
  private readonly suffix: ByteString;

  constructor(suffix: ByteString) {
    this.suffix = suffix;
  }

  match(s: ByteString): boolean {
    return s.endsWith(this.suffix) && !s.slice(0, s.length - this.suffix.length).includes(SEPARATOR);
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.suffix);
    if (at < 0) return undefined;
    const start = s.slice(0, at).lastIndexOf(SEPARATOR) + 1;
    return found(start, [at + this.suffix.length - start]);
  }
}

/** `text**text` */
export class PrefixSuffix implements Matcher {
  readonly kind = 'prefixSuffix';
  readonly len = -1;
  private readonly prefix: ByteString;
  private readonly suffix: ByteString;

  constructor(prefix: ByteString, suffix: ByteString) {
    this.prefix = prefix;
    this.suffix = suffix;
  }

  match(s: ByteString): boolean {
    return s.startsWith(this.prefix) && s.endsWith(this.suffix);
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.prefix);
    if (at < 0) return undefined;
    if (this.suffix === '') return found(at, [s.length - at]);
    charge(s.length);
    const lengths: number[] = [];
    let rest = s.slice(at);
    for (;;) {
      const end = rest.lastIndexOf(this.suffix);
      if (end < 0) break;
      lengths.push(end + this.suffix.length);
      rest = rest.slice(0, end);
    }
    return lengths.length === 0 ? undefined : found(at, lengths.reverse());
  }
}

/** `**text**`, or the absence of separators. */
export class Contains implements Matcher {
  readonly kind = 'contains';
  readonly len = -1;
  private readonly needle: ByteString;
  private readonly not: boolean;

  constructor(needle: ByteString, not: boolean) {
    this.needle = needle;
    this.not = not;
  }

  match(s: ByteString): boolean {
    return s.includes(this.needle) !== this.not;
  }

  index(s: ByteString): Found | undefined {
    const at = s.indexOf(this.needle);
    if (this.not) return found(0, boundaries(at < 0 ? s : s.slice(0, at), 0));
    if (at < 0) return undefined;
    const offset = at + this.needle.length;
    return found(0, s.length <= offset ? [offset] : boundaries(s.slice(offset), offset));
  }
}

/** At least so many runes. */
export class Min implements Matcher {
  readonly kind = 'min';
  readonly len = -1;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  match(s: ByteString): boolean {
    return s !== '' && runeCount(s) >= this.limit;
  }

  index(s: ByteString): Found | undefined {
    if (s.length - this.limit + 1 <= 0) return undefined;
    const lengths = runeEnds(s, 0).slice(Math.max(this.limit, 1));
    return lengths.length === 0 ? undefined : found(0, lengths);
  }
}

/** At most so many runes. */
export class Max implements Matcher {
  readonly kind = 'max';
  readonly len = -1;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  match(s: ByteString): boolean {
    return runeCount(s) <= this.limit;
  }

  index(s: ByteString): Found {
    return found(0, runeEnds(s, 0).slice(0, this.limit + 1));
  }
}
