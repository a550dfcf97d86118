/** Versions as github.com/Masterminds/semver v3 reads them, error texts included. */
import { byteLength } from './bytes.ts';
import { GoError, GoPanic, runtimeError } from './error.ts';
import { compareStrings, type GoType, int, type Method, makeInt, type Struct, type Value } from './value.ts';

const MAX_VERSION_BYTES = 256;
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
