import { runtimeError } from './error.ts';
import { charge, type Found, type Matcher, searchNumber } from './glob-match.ts';
import { type ByteString, runeAt, runeCount } from './glob-runes.ts';

/** `{a,b}` */
export class AnyOf implements Matcher {
  readonly kind = 'anyOf';
  readonly len: number;
  readonly matchers: readonly Matcher[];

  constructor(matchers: readonly Matcher[]) {
    this.matchers = matchers;
    this.len = commonLength(matchers);
  }

  match(s: ByteString): boolean {
    return this.matchers.some((m) => m.match(s));
  }

  index(s: ByteString): Found | undefined {
    let at = -1;
    let lengths: readonly number[] = [];
    for (const m of this.matchers) {
      const hit = m.index(s);
      if (!hit || (at !== -1 && hit.at > at)) continue;
      lengths = at === -1 || hit.at < at ? hit.lengths : merge(lengths, hit.lengths);
      at = hit.at;
    }
    return at === -1 ? undefined : { at, lengths };
  }
}

/** The library forgets a length that varies as soon as a fixed one follows. */
function commonLength(matchers: readonly Matcher[]): number {
  let len = -1;
  for (const m of matchers) {
    if (len === -1) len = m.len;
    else if (m.len !== len) return -1;
  }
  return len;
}

function merge(a: readonly number[], b: readonly number[]): number[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}

/** All of several conditions, e.g. a length and the absence of separators. */
export class EveryOf implements Matcher {
  readonly kind = 'everyOf';
  readonly len: number;
  private readonly matchers: readonly Matcher[];

  constructor(matchers: readonly Matcher[]) {
    this.matchers = matchers;
    this.len = matchers.length === 0 ? 0 : -1;
  }

  match(s: ByteString): boolean {
    return this.matchers.every((m) => m.match(s));
  }

  index(s: ByteString): Found | undefined {
    let index = 0;
    let offset = 0;
    let current: number[] = [];
    let rest = s;
    for (const [i, m] of this.matchers.entries()) {
      const hit = m.index(rest);
      if (!hit) return undefined;
      if (i === 0) current = [...hit.lengths];
      else {
        const delta = index - (hit.at + offset);
        const lengths = new Set(hit.lengths);
        current = current.map((length) => length + delta).filter((length) => lengths.has(length));
        if (current.length === 0) return undefined;
      }
      index = hit.at + offset;
      rest = s.slice(index);
      offset += hit.at;
    }
    return { at: index, lengths: current };
  }
}

/** Matchers of fixed lengths one after the other. */
export class Row implements Matcher {
  readonly kind = 'row';
  readonly len: number;
  private readonly matchers: readonly Matcher[];

  constructor(len: number, matchers: readonly Matcher[]) {
    this.len = len;
    this.matchers = matchers;
  }

  match(s: ByteString): boolean {
    return runeCount(s) === this.len && this.matchAt(s, 0);
  }

  /** The library takes the last rune of each part for one byte wide; so a wide rune there never matches. */
  private matchAt(s: ByteString, start: number): boolean {
    let at = start;
    for (const m of this.matchers) {
      let count = 0;
      let last = 0;
      // A part of no length reads to the end, because the count is looked at only after a rune.
      for (let next = at; next < s.length; next += runeAt(s, next)[1]) {
        last = next - at;
        if (++count === m.len) break;
      }
      charge(last);
      if (count < m.len) return false;
      const end = at + last + 1;
      if (end > s.length) {
        throw runtimeError(`slice bounds out of range [:${end - start}] with length ${s.length - start}`);
      }
      if (!m.match(s.slice(at, end))) return false;
      at = end;
    }
    return true;
  }

  index(s: ByteString): Found | undefined {
    for (let at = 0; at < s.length && s.length - at >= this.len; at += runeAt(s, at)[1]) {
      if (this.matchAt(s, at)) return { at, lengths: [this.len] };
    }
    return undefined;
  }
}

/** A part with what must stand before and after it. */
export class BTree implements Matcher {
  readonly kind = 'btree';
  readonly len: number;
  readonly value: Matcher;
  readonly left: Matcher | undefined;
  readonly right: Matcher | undefined;
  /** Answers of this search by string, without which some patterns take exponential time. */
  private readonly known = new Map<ByteString, boolean>();
  private search = 0;

  constructor(value: Matcher, left: Matcher | undefined, right: Matcher | undefined) {
    this.value = value;
    this.left = left;
    this.right = right;
    const lengths = [value.len, left?.len ?? 0, right?.len ?? 0];
    this.len = lengths.includes(-1) ? -1 : lengths.reduce((a, b) => a + b);
  }

  index(): undefined {
    // The library cannot say where such a part would match inside another.
    return undefined;
  }

  match(s: ByteString): boolean {
    if (this.search !== searchNumber()) {
      this.search = searchNumber();
      this.known.clear();
    }
    const known = this.known.get(s);
    if (known !== undefined) return known;
    const answer = this.fits(s);
    this.known.set(s, answer);
    return answer;
  }

  private fits(s: ByteString): boolean {
    if (this.len !== -1 && this.len > s.length) return false;
    let offset = this.left === undefined ? 0 : Math.max(this.left.len, 0);
    const right = this.right === undefined ? 0 : Math.max(this.right.len, 0);
    const limit = s.length - right;
    while (offset < limit) {
      charge(limit - offset);
      const hit = this.value.index(s.slice(offset, limit));
      if (!hit) return false;
      const start = offset + hit.at;
      if (this.leftFits(s.slice(0, start))) {
        for (let i = hit.lengths.length - 1; i >= 0; i--) {
          if (this.rightFits(s.slice(start + (hit.lengths[i] as number)))) return true;
        }
      }
      offset = start + (start < s.length ? runeAt(s, start)[1] : 0);
      if (start >= s.length) return false;
    }
    return false;
  }

  private leftFits(s: ByteString): boolean {
    return this.left ? this.left.match(s) : s === '';
  }

  private rightFits(s: ByteString): boolean {
    return this.right ? this.right.match(s) : s === '';
  }
}
