import { encodeBytes, runeWidth } from './bytes.ts';
import { GoError } from './error.ts';

/**
 * Slash-separated paths. Go: packages path and path/filepath, which give the same answers on Unix; sprig's `os…`
 * functions are the second.
 */

/** The shortest equal path: no doubled slashes, no `.`, `..` only in front. Go: path.Clean. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith('/');
  const kept: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') kept.push(part);
    else if (kept.length > 0 && kept[kept.length - 1] !== '..') kept.pop();
    else if (!rooted) kept.push(part);
  }
  const joined = kept.join('/');
  if (rooted) return `/${joined}`;
  return joined === '' ? '.' : joined;
}

/** The last element; `.` for an empty path and `/` for slashes alone. Go: path.Base. */
export function baseName(path: string): string {
  if (path === '') return '.';
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end--;
  if (end === 0) return '/';
  return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
}

/** All but the last element, cleaned. Go: path.Dir. */
export function dirName(path: string): string {
  return cleanPath(path.slice(0, path.lastIndexOf('/') + 1));
}

/** From the last dot of the last element. Go: path.Ext. */
export function extName(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') ? path.slice(dot) : '';
}

/** Go: path.IsAbs. */
export function isAbsPath(path: string): boolean {
  return path.startsWith('/');
}

/** Non-empty elements with slashes between them, cleaned. Go: path.Join. */
export function joinPath(...parts: readonly string[]): string {
  const filled = parts.filter((part) => part !== '');
  return filled.length === 0 ? '' : cleanPath(filled.join('/'));
}

const SLASH = 0x2f;
const STAR = 0x2a;
const QUESTION = 0x3f;
const BACKSLASH = 0x5c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CARET = 0x5e;
const DASH = 0x2d;
const NO_MATCH = -1;

/**
 * Whether a shell pattern matches the whole of a path; `*` and `?` stop at slashes. Throws for a pattern that is
 * malformed where matching came to. Go: filepath.Match on Unix.
 */
export function matchPath(pattern: string, name: string): boolean {
  return new PathPattern(encodeBytes(pattern), encodeBytes(name)).match(false);
}

/** The same, but a pattern is checked to its end also where the name fails before. Go: path.Match. */
export function matchPathStrictly(pattern: string, name: string): boolean {
  return new PathPattern(encodeBytes(pattern), encodeBytes(name)).match(true);
}

class PathPattern {
  private readonly pattern: Uint8Array;
  private readonly name: Uint8Array;
  /** How far the pattern has been read inside a character class. */
  private at = 0;

  constructor(pattern: Uint8Array, name: Uint8Array) {
    this.pattern = pattern;
    this.name = name;
  }

  /** Chunk by chunk, each being a star and what follows it up to the next. Go: match.go Match. */
  match(strict: boolean): boolean {
    const { pattern, name } = this;
    let from = 0;
    let position = 0;
    while (from < pattern.length) {
      const start = skipStars(pattern, from);
      const end = chunkEnd(pattern, start);
      const last = end === pattern.length;
      if (start > from && start === end) return name.indexOf(SLASH, position) < 0;
      const next = this.place(start, end, position, start > from, last);
      if (next === NO_MATCH) {
        if (strict) this.check(end);
        return false;
      }
      position = next;
      from = end;
    }
    return position === name.length;
  }

  /** Where the name goes on once the chunk has matched at `position` or, after a star, further on. */
  private place(start: number, end: number, position: number, star: boolean, last: boolean): number {
    const { name } = this;
    for (let at = position; ; at++) {
      const next = this.matchChunk(start, end, at);
      if (next !== NO_MATCH && (!last || next === name.length)) return next;
      if (!star || at >= name.length || name[at] === SLASH) return NO_MATCH;
    }
  }

  private check(from: number): void {
    for (let at = from; at < this.pattern.length; ) {
      const start = skipStars(this.pattern, at);
      at = chunkEnd(this.pattern, start);
      this.matchChunk(start, at, this.name.length);
    }
  }

  /** Where the name goes on after the chunk. The chunk is read to its end even after a failure, to find faults. */
  private matchChunk(start: number, end: number, position: number): number {
    const { pattern, name } = this;
    let failed = false;
    let at = position;
    for (this.at = start; this.at < end; ) {
      failed ||= at >= name.length;
      const c = pattern[this.at] as number;
      if (c === OPEN) {
        const rune = failed ? 0 : runeAt(name, at);
        const matched = this.matchClass(end, rune);
        if (!failed) at += widthAt(name, at);
        failed ||= !matched;
        continue;
      }
      if (c === QUESTION) {
        if (!failed) {
          failed = name[at] === SLASH;
          at += widthAt(name, at);
        }
        this.at++;
        continue;
      }
      if (c === BACKSLASH && ++this.at >= end) throw badPattern();
      if (!failed) failed = pattern[this.at] !== name[at++];
      this.at++;
    }
    return failed ? NO_MATCH : at;
  }

  private matchClass(end: number, rune: number): boolean {
    const { pattern } = this;
    this.at++;
    const negated = this.at < end && pattern[this.at] === CARET;
    if (negated) this.at++;
    let matched = false;
    for (let ranges = 0; ; ranges++) {
      if (this.at < end && pattern[this.at] === CLOSE && ranges > 0) break;
      const low = this.classRune(end);
      let high = low;
      if (pattern[this.at] === DASH) {
        this.at++;
        high = this.classRune(end);
      }
      matched ||= low <= rune && rune <= high;
    }
    this.at++;
    return matched !== negated;
  }

  /** A rune of a character class; something must follow it. Go: match.go getEsc. */
  private classRune(end: number): number {
    const { pattern } = this;
    const c = pattern[this.at];
    if (this.at >= end || c === DASH || c === CLOSE) throw badPattern();
    if (c === BACKSLASH && ++this.at >= end) throw badPattern();
    if (runeWidth(pattern, this.at) === 0) throw badPattern();
    const rune = runeAt(pattern, this.at);
    this.at += widthAt(pattern, this.at);
    if (this.at >= end) throw badPattern();
    return rune;
  }
}

function skipStars(pattern: Uint8Array, from: number): number {
  let at = from;
  while (pattern[at] === STAR) at++;
  return at;
}

/** Go: match.go scanChunk. */
function chunkEnd(pattern: Uint8Array, start: number): number {
  let inClass = false;
  for (let at = start; at < pattern.length; at++) {
    const c = pattern[at];
    if (c === BACKSLASH) at++;
    else if (c === OPEN) inClass = true;
    else if (c === CLOSE) inClass = false;
    else if (c === STAR && !inClass) return at;
  }
  return pattern.length;
}

function widthAt(bytes: Uint8Array, at: number): number {
  return runeWidth(bytes, at) || 1;
}

/** Go: utf8.DecodeRune; what is no UTF-8 reads as U+FFFD. */
function runeAt(bytes: Uint8Array, at: number): number {
  const width = runeWidth(bytes, at);
  const lead = bytes[at] as number;
  if (width === 1) return lead;
  if (width === 0) return 0xfffd;
  let rune = lead & (0xff >> (width + 1));
  for (let k = 1; k < width; k++) rune = (rune << 6) | ((bytes[at + k] as number) & 0x3f);
  return rune;
}

function badPattern(): GoError {
  return new GoError('syntax error in pattern');
}
