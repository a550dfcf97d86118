import { Int } from '../go/value.ts';
import { yamlError } from './reader.ts';

/** The tags that scalars can have, without `!!`. Go: yamlh.go yaml_*_TAG. */
export type ScalarTag = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp';

/** What a plain scalar means: integers as an Int, floats as a number. */
export type Scalar = null | boolean | number | string | Int;

export const LONG_TAG = 'tag:yaml.org,2002:';

/** Words with a meaning of their own. Go: resolve.go resolveMapList. */
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ...each(true, 'y Y yes Yes YES true True TRUE on On ON'),
  ...each(false, 'n N no No NO false False FALSE off Off OFF'),
  ...each(null, '~ null Null NULL'),
  ...each(Number.NaN, '.nan .NaN .NAN'),
  ...each(Number.POSITIVE_INFINITY, '.inf .Inf .INF +.inf +.Inf +.INF'),
  ...each(Number.NEGATIVE_INFINITY, '-.inf -.Inf -.INF'),
  ['', null],
]);

function each(value: Scalar, words: string): [string, Scalar][] {
  return words.split(' ').map((word) => [word, value]);
}

/** The longest of the words. */
const LONGEST_WORD = 5;

/**
 * What an untagged plain scalar means. A timestamp stays the string that it is.
 * Go: resolve.go resolve with an empty tag.
 */
export function resolvePlain(s: string): Scalar {
  const c = s.charCodeAt(0);
  if ((c >= 48 && c <= 57) || c === 43 || c === 45) return resolveNumber(s);
  if (c === 46) return resolveDotted(s);
  if (s.length > LONGEST_WORD) return s;
  // Only the first letters of the words: y n t f o ~ in either case, or nothing at all.
  switch (c | 32) {
    case 121:
    case 110:
    case 116:
    case 102:
    case 111:
    case 126: {
      const word = WORDS.get(s);
      return word === undefined ? s : word;
    }
  }
  return s === '' ? null : s;
}

function resolveDotted(s: string): Scalar {
  const word = WORDS.get(s);
  if (word !== undefined) return word;
  const plain = s.includes('_') && !hasStrayUnderscore(s) ? s.replaceAll('_', '') : s;
  return isDecimal(plain) ? finite(Number(plain), s) : s;
}

/** An underscore that is not between digits. Go: strconv underscoreOK. */
function hasStrayUnderscore(s: string): boolean {
  for (let i = s.indexOf('_'); i >= 0; i = s.indexOf('_', i + 1)) {
    if (digitValue(s.charCodeAt(i - 1)) > 9 || digitValue(s.charCodeAt(i + 1)) > 9) return true;
  }
  return false;
}

function finite(value: number, s: string): Scalar {
  return Number.isFinite(value) ? value : s;
}

/** What begins with a digit or a sign. */
function resolveNumber(s: string): Scalar {
  if (s.length <= LONGEST_WORD) {
    const word = WORDS.get(s);
    if (word !== undefined) return word;
  }
  const plain = s.includes('_') ? s.replaceAll('_', '') : s;
  const integer = parseInteger(plain);
  if (integer !== undefined) return integer;
  if (isDecimal(plain)) return finite(Number(plain), s);
  // Go hands what follows 0b to ParseInt, which takes a sign there.
  const sign = plain.startsWith('0b') ? plain.charCodeAt(2) : 0;
  if (sign !== 43 && sign !== 45) return s;
  return parseInteger(`${sign === 45 ? '-' : ''}0b${plain.slice(3)}`) ?? s;
}

/** What {@link resolvePlain} says, as JSON has it: every number a float64. */
export function resolveJson(s: string): Exclude<Scalar, Int> {
  const c = s.charCodeAt(0);
  if (c >= 49 && c <= 57 && s.length < 16) {
    let n = 0;
    for (let i = 0; i < s.length; i++) {
      const digit = s.charCodeAt(i) - 48;
      if (digit < 0 || digit > 9) return numeric(resolveNumber(s));
      n = n * 10 + digit;
    }
    return n;
  }
  return numeric(resolvePlain(s));
}

function numeric(value: Scalar): Exclude<Scalar, Int> {
  return value instanceof Int ? Number(value.n) : value;
}

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;

/** Go: strconv.ParseInt(s, 0, 64), then ParseUint. An Int of kind uint64 where only the second can hold it. */
function parseInteger(s: string): Int | undefined {
  const c = s.charCodeAt(0);
  const signed = c === 43 || c === 45;
  let i = signed ? 1 : 0;
  let base = 10;
  if (s.charCodeAt(i) === 48 && s.length > i + 1) {
    const prefix = s.charCodeAt(i + 1) | 32;
    base = prefix === 120 ? 16 : prefix === 98 ? 2 : 8;
    i += prefix === 120 || prefix === 98 || prefix === 111 ? 2 : 1;
  }
  if (i === s.length) return undefined;
  let n = 0;
  for (let k = i; k < s.length; k++) {
    const digit = digitValue(s.charCodeAt(k));
    if (digit >= base) return undefined;
    n = n * base + digit;
  }
  if (n <= Number.MAX_SAFE_INTEGER) return new Int('int', c === 45 && n > 0 ? -n : n);
  return wideInteger(s.slice(i), base, c === 45, signed);
}

function digitValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const low = c | 32;
  return low >= 97 && low <= 122 && c < 128 ? low - 87 : 99;
}

function wideInteger(digits: string, base: number, negative: boolean, signed: boolean): Int | undefined {
  if (digits.length > 1000) return wideInteger(digits.replace(/^0+/, '').slice(0, 70), base, negative, signed);
  const prefix = base === 16 ? '0x' : base === 8 ? '0o' : base === 2 ? '0b' : '';
  const n = negative ? -BigInt(prefix + digits) : BigInt(prefix + digits);
  if (n >= MIN_INT && n <= MAX_INT) return new Int('int', n);
  // ParseUint takes no sign.
  return !signed && n <= MAX_UINT ? new Int('uint64', n) : undefined;
}

/** Go: resolve.go yamlStyleFloat, `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?` */
export function isDecimal(s: string): boolean {
  let i = s.charCodeAt(0) === 43 || s.charCodeAt(0) === 45 ? 1 : 0;
  const whole = digitsEnd(s, i);
  if (s.charCodeAt(whole) === 46) {
    const fraction = digitsEnd(s, whole + 1);
    if (whole === i && fraction === whole + 1) return false;
    i = fraction;
  } else {
    if (whole === i) return false;
    i = whole;
  }
  if ((s.charCodeAt(i) | 32) === 101) {
    const sign = s.charCodeAt(i + 1);
    const from = sign === 43 || sign === 45 ? i + 2 : i + 1;
    i = digitsEnd(s, from);
    if (i === from) return false;
  }
  return i === s.length;
}

function digitsEnd(s: string, from: number): number {
  let i = from;
  for (;;) {
    const c = s.charCodeAt(i);
    if (!(c >= 48 && c <= 57)) return i;
    i++;
  }
}

/** The tag that a resolved scalar has. */
export function tagOf(value: Scalar, text: string): ScalarTag {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return isTimestamp(text) ? 'timestamp' : 'str';
  return 'int';
}

/**
 * A scalar with a tag, or a quoted one with a tag. Tags that no scalar is made from leave the text alone.
 * Go: resolve.go resolve.
 */
export function resolveTagged(tag: string, text: string): Scalar {
  const short = tag.startsWith(LONG_TAG) ? tag.slice(LONG_TAG.length) : tag === '' ? '' : undefined;
  switch (short) {
    case 'bool':
    case 'int':
    case 'float':
    case 'null':
    case 'timestamp':
      break;
    case '':
      return tag === '' ? resolvePlain(text) : text;
    default:
      return text;
  }
  const value = resolvePlain(text);
  const found = typeof value === 'string' && short !== 'timestamp' ? 'str' : tagOf(value, text);
  if (found === short) return value;
  if (short === 'float' && value instanceof Int && value.kind === 'int') return Number(value.n);
  throw yamlError(`cannot decode !!${found} \`${text}\` as a !!${short}`);
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Go: resolve.go parseTimestamp, which takes four forms of time.Parse. */
export function isTimestamp(s: string): boolean {
  const c = s.charCodeAt(0);
  if (c < 48 || c > 57 || s.charCodeAt(4) !== 45) return false;
  const m = TIMESTAMP.exec(s);
  if (m === null) return false;
  const [, year, month, day, mark, hour, minute, second, zone, zoneHour, zoneMinute] = m;
  if (!isDate(Number(year), Number(month), Number(day))) return false;
  if (mark === undefined) return true;
  // Only the forms with T have a zone, and they must.
  if (mark.startsWith(' ') !== (zone === undefined)) return false;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return false;
  return zoneHour === undefined || (Number(zoneHour) <= 24 && Number(zoneMinute) <= 60);
}

const TIMESTAMP =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[+-](\d\d):(\d\d))?)?$/;

function isDate(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day <= (MONTH_DAYS[month - 1] as number) + (leap ? 1 : 0);
}
