/**
 * Version constraints as github.com/Masterminds/semver v3 reads them, error texts included. They are scanned by
 * hand: their grammar makes a backtracking regular expression exponential.
 */
import { byteLength } from './bytes.ts';
import { GoError } from './error.ts';
import { quote } from './quote.ts';
import { compareVersions, parseVersion, type Version } from './version.ts';

export { compareVersions, parseStrictVersion, parseVersion, Version } from './version.ts';

const MAX_CONSTRAINT_BYTES = 512;
const MAX_CONSTRAINT_GROUPS = 32;

/** One comparison of a constraint: an operator and a version of which trailing parts may be open. */
interface Comparison {
  readonly operator: string;
  readonly version: Version;
  /** The version as written, for messages. */
  readonly text: string;
  /** Some part is open: missing, or one of `x`, `X`, `*`. */
  readonly dirty: boolean;
  /** The minor part is the first open one. */
  readonly minorDirty: boolean;
  /** The patch part is the first open one. */
  readonly patchDirty: boolean;
}

interface Group {
  readonly comparisons: readonly Comparison[];
  /** A comparison names a pre-release, which lets pre-releases match the group. */
  readonly pre: boolean;
}

/** A parsed constraint such as `>=1.2, <2 || ~3.1`. */
export interface Constraint {
  check(v: Version): boolean;
  /** Why `v` does not satisfy the constraint; empty where it does. Go: Constraints.Validate */
  reasons(v: Version): string[];
}

/** Go: semver.NewConstraint */
export function parseConstraint(text: string): Constraint {
  if (text.length > MAX_CONSTRAINT_BYTES || byteLength(text) > MAX_CONSTRAINT_BYTES) {
    throw new GoError(`constraint string is too long (max ${MAX_CONSTRAINT_BYTES} bytes)`);
  }
  const alternatives = rewriteRanges(text).split('||');
  if (alternatives.length > MAX_CONSTRAINT_GROUPS) {
    throw new GoError(`too many constraint groups (max ${MAX_CONSTRAINT_GROUPS})`);
  }
  const groups = alternatives.map(parseGroup);
  return {
    check: (v) => groups.some((group) => matches(group, v)),
    reasons: (v) => reasonsOf(groups, v),
  };
}

function matches({ comparisons, pre }: Group, v: Version): boolean {
  return (pre || v.prerelease === '') && comparisons.every((c) => judge(c, v) === '');
}

function reasonsOf(groups: readonly Group[], v: Version): string[] {
  const reasons: string[] = [];
  let told = false;
  for (const { comparisons, pre } of groups) {
    if (!pre && v.prerelease !== '') {
      if (!told) reasons.push(onlyReleases(v));
      told = true;
      continue;
    }
    if (matches({ comparisons, pre }, v)) return [];
    for (const c of comparisons) {
      const verdict = judge(c, v);
      if (verdict !== '') reasons.push(`${quote(v.string())} ${verdict.replace('%q', () => quote(c.text))}`);
    }
  }
  return reasons;
}

/** `\s` of RE2, which is not JavaScript's. */
function isSpace(s: string, i: number): boolean {
  const c = s.charCodeAt(i);
  return c === 32 || c === 9 || c === 10 || c === 12 || c === 13;
}

function skipSpaces(s: string, i: number): number {
  while (isSpace(s, i)) i++;
  return i;
}

const OPEN_DIGITS = '0123456789|xX*';
const IDENTIFIER_CHARACTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-';

/** The end of the longest run of characters in `set` from `i`. */
function skip(s: string, i: number, set: string): number {
  while (i < s.length && set.includes(s.charAt(i))) i++;
  return i;
}

/** What scanVersion found: where it ends and where its parts do; a missing part ends where the one before does. */
interface Scan {
  readonly major: string;
  readonly minor: string;
  readonly patch: string;
  readonly pre: string;
  readonly end: number;
}

/** A version with open parts, at `from`. The library takes `|` for a digit, and so must this. Go: cvRegex */
function scanVersion(s: string, from: number): Scan | undefined {
  const start = s.charAt(from) === 'v' ? from + 1 : from;
  const major = skip(s, start, OPEN_DIGITS);
  if (major === start) return undefined;
  const minor = skipPart(s, major);
  const patch = minor > major ? skipPart(s, minor) : minor;
  const pre = skipIdentifiers(s, patch, '-');
  const end = skipIdentifiers(s, pre, '+');
  return {
    major: s.slice(start, major),
    minor: s.slice(major, minor),
    patch: s.slice(minor, patch),
    pre: s.slice(patch, pre),
    end,
  };
}

function skipPart(s: string, i: number): number {
  if (s.charAt(i) !== '.') return i;
  const end = skip(s, i + 1, OPEN_DIGITS);
  return end > i + 1 ? end : i;
}

function skipIdentifiers(s: string, i: number, lead: string): number {
  if (s.charAt(i) !== lead) return i;
  let end = i;
  while (end === i || s.charAt(end) === '.') {
    const next = skip(s, end + 1, IDENTIFIER_CHARACTERS);
    if (next === end + 1) break;
    end = next;
  }
  return end;
}

/** `1.2 - 2.3` becomes `>= 1.2, <= 2.3 `. Go: rewriteRange */
function rewriteRanges(text: string): string {
  let out = text;
  let i = 0;
  while (i < text.length) {
    const start = skipSpaces(text, i);
    const range = scanRange(text, start);
    if (range === undefined) {
      i = start + 1;
      continue;
    }
    const whole = text.slice(i, range.end);
    // The first occurrence, wherever it is: the library replaces by text, not by place.
    out = out.replace(whole, () => `>= ${range.low}, <= ${range.high} `);
    i = range.end;
  }
  return out;
}

function scanRange(text: string, i: number): { low: string; high: string; end: number } | undefined {
  const low = scanVersion(text, i);
  if (low === undefined || !isSpace(text, low.end)) return undefined;
  const dash = skipSpaces(text, low.end);
  if (text.charAt(dash) !== '-' || !isSpace(text, dash + 1)) return undefined;
  const from = skipSpaces(text, dash + 1);
  const high = scanVersion(text, from);
  if (high === undefined) return undefined;
  return { low: text.slice(i, low.end), high: text.slice(from, high.end), end: skipSpaces(text, high.end) };
}

const OPERATORS = ['!=', '>=', '=>', '<=', '=<', '~>', '=', '>', '<', '~', '^'];

/** Comparisons that all must hold, parted by spaces or commas. */
function parseGroup(text: string): Group {
  const found: [string, Scan, string][] = [];
  let i = skipSpaces(text, 0);
  for (;;) {
    const operator = OPERATORS.find((op) => text.startsWith(op, i)) ?? '';
    const from = skipSpaces(text, i + operator.length);
    const scan = scanVersion(text, from);
    if (scan === undefined) throw new GoError(`improper constraint: ${quote(text)}`);
    found.push([operator, scan, text.slice(from, scan.end)]);
    i = skipSpaces(text, scan.end);
    if (i === text.length) break;
    if (text.charAt(i) === ',') i = skipSpaces(text, i + 1);
    else if (i === scan.end) throw new GoError(`improper constraint: ${quote(text)}`);
  }
  const comparisons = found.map(([operator, scan, version]) => makeComparison(operator, scan, version));
  return { comparisons, pre: comparisons.some((c) => c.version.prerelease !== '') };
}

function isOpen(part: string): boolean {
  return part === '' || part === 'x' || part === 'X' || part === '*';
}

function makeComparison(operator: string, scan: Scan, text: string): Comparison {
  const { major, minor, patch, pre } = scan;
  const anyMajor = isOpen(major);
  const minorDirty = !anyMajor && isOpen(minor.slice(1));
  const patchDirty = !anyMajor && !minorDirty && isOpen(patch.slice(1));
  let version = text;
  if (anyMajor) version = `0.0.0${pre}`;
  else if (minorDirty) version = `${major}.0.0${pre}`;
  else if (patchDirty) version = `${major}${minor}.0${pre}`;
  try {
    const dirty = anyMajor || minorDirty || patchDirty;
    return { operator, version: parseVersion(version), text, dirty, minorDirty, patchDirty };
  } catch {
    throw new GoError('constraint parser error');
  }
}

function onlyReleases(v: Version): string {
  return `${quote(v.string())} is a prerelease version and the constraint is only looking for release versions`;
}

/** What the version is that the comparison forbids, with `%q` for the comparison's text; `''` where it holds. */
function judge(c: Comparison, v: Version): string {
  switch (c.operator) {
    case '!=':
      return judgeNotEqual(c, v);
    case '>':
      return judgeGreater(c, v);
    case '<':
      return compareVersions(v, c.version) < 0 ? '' : 'is greater than or equal to %q';
    case '>=':
    case '=>':
      return compareVersions(v, c.version) >= 0 ? '' : 'is less than %q';
    case '<=':
    case '=<':
      return judgeLessEqual(c, v);
    case '~':
    case '~>':
      return judgeTilde(c, v);
    case '^':
      return judgeCaret(c, v);
    default:
      if (c.dirty) return judgeTilde(c, v);
      return compareVersions(v, c.version) === 0 ? '' : 'is not equal to %q';
  }
}

function judgeNotEqual(c: Comparison, v: Version): string {
  const same = 'is equal to %q';
  const w = c.version;
  if (c.dirty) {
    if (w.major !== v.major) return '';
    if (w.minor !== v.minor && !c.minorDirty) return '';
    if (c.minorDirty) return same;
    if (w.patch !== v.patch && !c.patchDirty) return '';
    if (c.patchDirty) return v.prerelease !== w.prerelease ? '' : same;
  }
  return compareVersions(v, w) === 0 ? same : '';
}

function judgeGreater(c: Comparison, v: Version): string {
  const no = 'is less than or equal to %q';
  const w = c.version;
  if (c.dirty) {
    if (v.major !== w.major) return v.major > w.major ? '' : no;
    // >11 asks for 12 or more, and >11.1 for 11.2 or more.
    if (c.minorDirty) return no;
    if (c.patchDirty) return v.minor > w.minor ? '' : no;
  }
  return compareVersions(v, w) > 0 ? '' : no;
}

function judgeLessEqual(c: Comparison, v: Version): string {
  const no = 'is greater than %q';
  const w = c.version;
  if (!c.dirty) return compareVersions(v, w) <= 0 ? '' : no;
  if (v.major > w.major) return no;
  return v.major === w.major && v.minor > w.minor && !c.minorDirty ? no : '';
}

function judgeTilde(c: Comparison, v: Version): string {
  const w = c.version;
  if (compareVersions(v, w) < 0) return 'is less than %q';
  if (w.major === 0 && w.minor === 0 && w.patch === 0 && !c.minorDirty && !c.patchDirty) return '';
  if (v.major !== w.major) return 'does not have same major version as %q';
  return v.minor !== w.minor && !c.minorDirty ? 'does not have same major and minor version as %q' : '';
}

function judgeCaret(c: Comparison, v: Version): string {
  const w = c.version;
  if (compareVersions(v, w) < 0) return 'is less than %q';
  if (w.major > 0 || c.minorDirty) return v.major === w.major ? '' : 'does not have same major version as %q';
  if (v.major > 0) return 'does not have same major version as %q';
  if (w.minor > 0 || c.patchDirty) {
    if (v.minor === w.minor) return '';
    return 'does not have same minor version as %q. Expected minor versions to match when constraint major version is 0';
  }
  if (v.minor > 0) return 'does not have same minor version as %q';
  if (w.patch === v.patch) return '';
  return 'does not equal %q. Expect version and constraint to equal when major and minor versions are 0';
}
