/**
 * Versions and version constraints as github.com/Masterminds/semver v3 reads them, error texts included.
 * Constraints are scanned by hand: their grammar makes a backtracking regular expression exponential.
 */
import { byteLength } from './bytes.ts';
import { GoError, GoPanic, runtimeError } from './error.ts';
import { quote } from './quote.ts';
import { compareStrings, type GoType, int, type Method, makeInt, type Struct, type Value } from './value.ts';

const MAX_VERSION_BYTES = 256;
const MAX_CONSTRAINT_BYTES = 512;
const MAX_CONSTRAINT_GROUPS = 32;
const MAX_UINT64 = 18446744073709551615n;

/** A uint64: a bigint only where a number would not be exact. */
type Segment = number | bigint;

/** A semantic version; in templates a `*semver.Version`. Build one with {@link parseVersion}. */
export class Version implements Struct {
  readonly struct = true;
  readonly type: GoType;
  readonly major: Segment;
  readonly minor: Segment;
  readonly patch: Segment;
  readonly prerelease: string;
  readonly metadata: string;
  /** The text it was parsed from. */
  readonly original: string;

  constructor(
    segments: readonly [Segment, Segment, Segment],
    prerelease: string,
    metadata: string,
    original?: string,
    type: GoType = '*semver.Version',
  ) {
    [this.major, this.minor, this.patch] = segments;
    this.prerelease = prerelease;
    this.metadata = metadata;
    this.original = original ?? this.string();
    this.type = type;
  }

  /** Without a leading `v`. Go: Version.String */
  string(): string {
    const pre = this.prerelease === '' ? '' : `-${this.prerelease}`;
    const meta = this.metadata === '' ? '' : `+${this.metadata}`;
    return `${this.major}.${this.minor}.${this.patch}${pre}${meta}`;
  }

  toString(): string {
    return this.string();
  }

  json(): string {
    return `"${this.string()}"`;
  }

  field(): Value {
    return undefined;
  }

  fields(): readonly (readonly [string, Value])[] {
    return [
      ['major', makeInt('uint64', this.major)],
      ['minor', makeInt('uint64', this.minor)],
      ['patch', makeInt('uint64', this.patch)],
      ['pre', this.prerelease],
      ['metadata', this.metadata],
      ['original', this.original],
    ];
  }

  method(name: string): Method | undefined {
    return valueMethod(this, name) ?? (this.type === '*semver.Version' ? pointerMethod(this, name) : undefined);
  }
}

function getter(result: GoType, call: () => Value): Method {
  return { params: [], result, call };
}

/** The methods that both `Version` and `*Version` have. */
function valueMethod(v: Version, name: string): Method | undefined {
  switch (name) {
    case 'IncMajor':
      return getter('semver.Version', () => increment(v, 'major'));
    case 'IncMinor':
      return getter('semver.Version', () => increment(v, 'minor'));
    case 'IncPatch':
      return getter('semver.Version', () => increment(v, 'patch'));
    case 'Major':
      return getter('uint64', () => makeInt('uint64', v.major));
    case 'Metadata':
      return getter('string', () => v.metadata);
    case 'Minor':
      return getter('uint64', () => makeInt('uint64', v.minor));
    case 'Patch':
      return getter('uint64', () => makeInt('uint64', v.patch));
    case 'Prerelease':
      return getter('string', () => v.prerelease);
    case 'SetMetadata':
      return { params: ['string'], result: 'semver.Version', call: ([text]) => setMetadata(v, text as string) };
    case 'SetPrerelease':
      return { params: ['string'], result: 'semver.Version', call: ([text]) => setPrerelease(v, text as string) };
    case 'MarshalJSON':
      return getter('[]uint8', () => new TextEncoder().encode(v.json()));
    case 'MarshalText':
      return getter('[]uint8', () => new TextEncoder().encode(v.string()));
    case 'String':
      return getter('string', () => v.string());
    case 'Value':
      return getter('driver.Value', () => v.string());
  }
  return undefined;
}

/** The methods that only `*Version` has. */
function pointerMethod(v: Version, name: string): Method | undefined {
  switch (name) {
    case 'Compare':
      return comparison('int', (o) => int(compareVersions(v, pointee(o))));
    case 'Equal':
      return comparison('bool', (o) => o instanceof Version && compareVersions(v, o) === 0);
    case 'GreaterThan':
      return comparison('bool', (o) => compareVersions(v, pointee(o)) > 0);
    case 'GreaterThanEqual':
      return comparison('bool', (o) => compareVersions(v, pointee(o)) >= 0);
    case 'LessThan':
      return comparison('bool', (o) => compareVersions(v, pointee(o)) < 0);
    case 'LessThanEqual':
      return comparison('bool', (o) => compareVersions(v, pointee(o)) <= 0);
    case 'Original':
      return getter('string', () => v.original);
  }
  return undefined;
}

function comparison(result: GoType, call: (other: Value) => Value): Method {
  return { params: ['*semver.Version'], result, call: ([other]) => call(other) };
}

/** Templates may pass nil where a pointer is due. */
function pointee(v: Value): Version {
  if (v instanceof Version) return v;
  throw runtimeError('invalid memory address or nil pointer dereference');
}

/** The same version with other parts; its original keeps the `v` prefix. Go: Version.originalVPrefix */
function derive(v: Version, segments: readonly [Segment, Segment, Segment], pre: string, meta: string): Version {
  const plain = new Version(segments, pre, meta);
  const prefix = v.original.startsWith('v') ? 'v' : '';
  return new Version(segments, pre, meta, prefix + plain.original, 'semver.Version');
}

function increment(v: Version, part: 'major' | 'minor' | 'patch'): Version {
  // A pre-release of 1.2.3 is below 1.2.3, so its next patch is 1.2.3 itself.
  if (part === 'patch' && v.prerelease !== '') return derive(v, [v.major, v.minor, v.patch], '', '');
  const old = v[part];
  if (old === MAX_UINT64) throw new GoPanic(`${part} version increment would overflow uint64`);
  const next = typeof old === 'number' && old < Number.MAX_SAFE_INTEGER ? old + 1 : BigInt(old) + 1n;
  if (part === 'major') return derive(v, [next, 0, 0], '', '');
  return derive(v, part === 'minor' ? [v.major, next, 0] : [v.major, v.minor, next], '', '');
}

function setPrerelease(v: Version, text: string): Version {
  if (text !== '') validatePrerelease(text);
  return derive(v, [v.major, v.minor, v.patch], text, v.metadata);
}

function setMetadata(v: Version, text: string): Version {
  if (text !== '') validateMetadata(text);
  return derive(v, [v.major, v.minor, v.patch], v.prerelease, text);
}

const LOOSE =
  /^v?([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?$/;

/**
 * A version, leniently: a leading `v`, missing minor and patch and leading zeros are accepted.
 *
 * @example parseVersion('v1.2').string() === '1.2.0'
 */
export function parseVersion(text: string): Version {
  if (text.length > MAX_VERSION_BYTES || byteLength(text) > MAX_VERSION_BYTES) throw tooLong();
  const m = LOOSE.exec(text);
  if (m === null) throw new GoError('invalid semantic version');
  const pre = m[4] ?? '';
  const meta = m[5] ?? '';
  const segments = [looseSegment(m[1]), looseSegment(m[2]), looseSegment(m[3])] as const;
  if (pre !== '') validatePrerelease(pre);
  return new Version(segments, pre, meta, text);
}

function tooLong(): GoError {
  return new GoError(`version string is too long (max ${MAX_VERSION_BYTES} bytes)`);
}

function looseSegment(digits: string | undefined): Segment {
  if (digits === undefined) return 0;
  try {
    return parseSegment(digits);
  } catch (err) {
    throw new GoError(`error parsing version segment: ${(err as Error).message}`);
  }
}

/** A version by the letter of SemVer 2.0.0. Go: semver.StrictNewVersion */
export function parseStrictVersion(text: string): Version {
  if (text === '') throw new GoError('version string empty');
  if (text.length > MAX_VERSION_BYTES || byteLength(text) > MAX_VERSION_BYTES) throw tooLong();
  const first = text.indexOf('.');
  const second = first < 0 ? -1 : text.indexOf('.', first + 1);
  if (second < 0) throw new GoError('invalid semantic version');
  let rest = text.slice(second + 1);
  let pre = '';
  let meta = '';
  const plus = rest.indexOf('+');
  if (plus >= 0) {
    meta = rest.slice(plus + 1);
    rest = rest.slice(0, plus);
    validateMetadata(meta);
  }
  const dash = rest.indexOf('-');
  if (dash >= 0) {
    pre = rest.slice(dash + 1);
    rest = rest.slice(0, dash);
    validatePrerelease(pre);
  }
  const parts = [text.slice(0, first), text.slice(first + 1, second), rest] as const;
  for (const part of parts) {
    if (!/^[0-9]*$/.test(part)) throw new GoError('invalid characters in version');
    if (part.length > 1 && part.startsWith('0')) throw new GoError('version segment starts with 0');
  }
  return new Version([parseSegment(parts[0]), parseSegment(parts[1]), parseSegment(parts[2])], pre, meta, text);
}

/** Go: strconv.ParseUint(s, 10, 64), of digits only. */
function parseSegment(digits: string): Segment {
  if (digits === '') throw new GoError('strconv.ParseUint: parsing "": invalid syntax');
  if (digits.length <= 15) return Number(digits);
  const big = BigInt(digits);
  if (big > MAX_UINT64) throw new GoError(`strconv.ParseUint: parsing "${digits}": value out of range`);
  return big <= 9007199254740991n ? Number(big) : big;
}

const IDENTIFIER = /^[0-9A-Za-z-]+$/;
const DIGITS = /^[0-9]+$/;

function validatePrerelease(text: string): void {
  for (const part of text.split('.')) {
    if (!IDENTIFIER.test(part)) throw new GoError('invalid prerelease string');
    if (part.length > 1 && part.startsWith('0') && DIGITS.test(part)) {
      throw new GoError('version segment starts with 0');
    }
  }
}

function validateMetadata(text: string): void {
  for (const part of text.split('.')) {
    if (!IDENTIFIER.test(part)) throw new GoError('invalid metadata string');
  }
}

/** Below zero, zero or above zero as `a` is older than, equal to or newer than `b`; metadata does not count. */
export function compareVersions(a: Version, b: Version): -1 | 0 | 1 {
  if (a.major !== b.major) return a.major < b.major ? -1 : 1;
  if (a.minor !== b.minor) return a.minor < b.minor ? -1 : 1;
  if (a.patch !== b.patch) return a.patch < b.patch ? -1 : 1;
  return comparePrerelease(a.prerelease, b.prerelease);
}

function comparePrerelease(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareIdentifier(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return 0;
}

/** Go: comparePrePart. Numbers stand before words; a number past 64 bits is a word. */
function compareIdentifier(a: string, b: string): -1 | 0 | 1 {
  if (a === b) return 0;
  if (a === '') return -1;
  if (b === '') return 1;
  const left = numericIdentifier(a);
  const right = numericIdentifier(b);
  if (left === undefined && right === undefined) return compareStrings(a, b) > 0 ? 1 : -1;
  if (right === undefined) return -1;
  if (left === undefined) return 1;
  return left > right ? 1 : -1;
}

function numericIdentifier(s: string): Segment | undefined {
  if (!DIGITS.test(s)) return undefined;
  const n = s.length <= 15 ? Number(s) : BigInt(s);
  return n > MAX_UINT64 ? undefined : n;
}

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

const OPEN_DIGIT = /[0-9|xX*]/;
const IDENTIFIER_CHARACTER = /[0-9A-Za-z-]/;

/** The end of the longest run of characters in `set` from `i`. */
function skip(s: string, i: number, set: RegExp): number {
  while (i < s.length && set.test(s.charAt(i))) i++;
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
  const major = skip(s, start, OPEN_DIGIT);
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
  const end = skip(s, i + 1, OPEN_DIGIT);
  return end > i + 1 ? end : i;
}

function skipIdentifiers(s: string, i: number, lead: string): number {
  if (s.charAt(i) !== lead) return i;
  let end = i;
  while (end === i || s.charAt(end) === '.') {
    const next = skip(s, end + 1, IDENTIFIER_CHARACTER);
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
