import { toByteString } from './byte-string.ts';
import { GoError } from './error.ts';
import { type Int, type IntKind, int64, makeInt } from './value.ts';

/** Go's name of the type of {@link duration} values. */
export const DURATION = 'time.Duration';

const MIN = -(1n << 63n);
const MAX = (1n << 63n) - 1n;
const LIMIT = 1n << 63n;

export const NANOSECOND = 1n;
export const MICROSECOND = 1_000n;
export const MILLISECOND = 1_000_000n;
export const SECOND = 1_000_000_000n;
export const MINUTE: bigint = 60n * SECOND;
export const HOUR: bigint = 60n * MINUTE;

/** A `time.Duration` value of so many nanoseconds, wrapped to 64 bits. */
export function duration(nanoseconds: number | bigint): Int {
  return makeInt('int64' satisfies IntKind, nanoseconds, DURATION);
}

/** Quotes as the time package does: every byte outside printable ASCII as `\x..`. Takes a byte string. */
export function quoteBytes(s: string): string {
  let out = '"';
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c >= 0x80 || c < 0x20) out += `\\x${c.toString(16).padStart(2, '0')}`;
    else out += (c === 0x22 || c === 0x5c ? '\\' : '') + s[i];
  }
  return `${out}"`;
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', NANOSECOND],
  ['us', MICROSECOND],
  ['\u00c2\u00b5s', MICROSECOND], // U+00B5 as bytes
  ['\u00ce\u00bcs', MICROSECOND], // U+03BC as bytes
  ['ms', MILLISECOND],
  ['s', SECOND],
  ['m', MINUTE],
  ['h', HOUR],
]);

/** Go: time.ParseDuration; the nanoseconds, or a GoError with Go's text. */
export function parseDuration(text: string): bigint {
  const all = toByteString(text);
  const fail = (what: string): never => {
    throw new GoError(`time: ${what} ${quoteBytes(all)}`);
  };
  const negative = all.startsWith('-');
  let at = negative || all.startsWith('+') ? 1 : 0;
  if (all.length === at + 1 && all[at] === '0') return 0n;
  if (at === all.length) fail('invalid duration');
  let total = 0n;
  while (at < all.length) {
    const term = scanTerm(all, at);
    if (term === undefined) return fail('invalid duration');
    if (term.unit === '') return fail('missing unit in duration');
    const unit = UNITS.get(term.unit);
    if (unit === undefined) return fail(`unknown unit ${quoteBytes(term.unit)} in duration`);
    if (term.whole > LIMIT / unit) fail('invalid duration');
    let part = term.whole * unit;
    if (term.fraction > 0n) part += BigInt(Math.trunc(Number(term.fraction) * (Number(unit) / term.scale)));
    // The sum wraps at 64 bits before Go looks at it.
    total = BigInt.asUintN(64, total + part);
    if (part > LIMIT || total > LIMIT) fail('invalid duration');
    at = term.end;
  }
  if (negative) return -total;
  if (total > MAX) fail('invalid duration');
  return total;
}

interface Term {
  readonly whole: bigint;
  readonly fraction: bigint;
  readonly scale: number;
  readonly unit: string;
  readonly end: number;
}

/** One `1.5h` of a duration; `undefined` where there is no number. */
function scanTerm(s: string, start: number): Term | undefined {
  let at = skipDigits(s, start);
  const digits = s.slice(start, at);
  const whole = leadingInt(digits);
  if (whole === undefined) return undefined;
  let fraction = { value: 0n, scale: 1 };
  let any = at > start;
  if (s[at] === '.') {
    const from = at + 1;
    at = skipDigits(s, from);
    any ||= at > from;
    fraction = leadingFraction(s, from, at);
  }
  if (!any) return undefined;
  let end = at;
  while (end < s.length && s[end] !== '.' && !isDigit(s, end)) end++;
  return { whole, fraction: fraction.value, scale: fraction.scale, unit: s.slice(at, end), end };
}

function isDigit(s: string, i: number): boolean {
  const c = s.charCodeAt(i);
  return c >= 48 && c <= 57;
}

function skipDigits(s: string, from: number): number {
  let at = from;
  while (isDigit(s, at)) at++;
  return at;
}

/** Go: leadingInt, which fails past 2^63. Leading zeros may be many, so they are dropped before BigInt. */
export function leadingInt(digits: string): bigint | undefined {
  const trimmed = digits.replace(/^0+/, '');
  if (trimmed.length > 19) return undefined;
  const value = BigInt(trimmed === '' ? 0 : trimmed);
  return value > LIMIT ? undefined : value;
}

/** Go: leadingFraction, which ignores the digits that do not fit. */
function leadingFraction(s: string, from: number, to: number): { value: bigint; scale: number } {
  let value = 0n;
  let scale = 1;
  for (let i = from; i < to; i++) {
    if (value > MAX / 10n) break;
    const next = value * 10n + BigInt(s.charCodeAt(i) - 48);
    if (next > LIMIT) break;
    value = next;
    scale *= 10;
  }
  return { value, scale };
}

/** Go: Duration.String, e.g. `1h2m3.5s`, `1.5µs`, `0s`. */
export function durationString(nanoseconds: number | bigint): string {
  const value = BigInt(nanoseconds);
  const sign = value < 0n ? '-' : '';
  const u = value < 0n ? -value : value;
  if (u === 0n) return '0s';
  if (u < MICROSECOND) return `${sign}${u}ns`;
  if (u < MILLISECOND) return `${sign}${decimal(u, 3)}µs`;
  if (u < SECOND) return `${sign}${decimal(u, 6)}ms`;
  const minutes = u / MINUTE;
  const seconds = `${decimal(u % MINUTE, 9)}s`;
  if (minutes === 0n) return sign + seconds;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

/** `value` shifted by `places` decimals, without trailing zeros. */
function decimal(value: bigint, places: number): string {
  const digits = value.toString().padStart(places + 1, '0');
  const whole = digits.slice(0, -places);
  const fraction = digits.slice(-places).replace(/0+$/, '');
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Go: Duration.Round, half away from zero, held at the ends of the range. */
export function roundDuration(d: bigint, m: bigint): bigint {
  if (m <= 0n) return d;
  const r = d % m;
  const size = r < 0n ? -r : r;
  if (size + size < m) return d - r;
  if (d < 0n) {
    const down = d - m + size;
    return down >= MIN ? down : MIN;
  }
  const up = d + m - size;
  return up <= MAX ? up : MAX;
}

/** Go: Duration.Truncate, towards zero. */
export function truncateDuration(d: bigint, m: bigint): bigint {
  return m <= 0n ? d : d - (d % m);
}

/** Go: Duration.Hours and its kin: whole units and the rest apart, so that rounding is Go's. */
function inUnits(d: bigint, unit: bigint): number {
  return Number(d / unit) + Number(d % unit) / Number(unit);
}

/** A method of a named integer type: its parameters, result and work on the integer. */
interface IntMethod {
  readonly params: readonly string[];
  readonly result: string;
  call(n: bigint, args: readonly Int[]): Int | number | string;
}

const nullary = (result: string, call: (n: bigint) => Int | number | string): IntMethod => ({
  params: [],
  result,
  call,
});

const unary = (call: (n: bigint, m: bigint) => bigint): IntMethod => ({
  params: [DURATION],
  result: DURATION,
  call: (n, args) => duration(call(n, BigInt((args[0] as Int).n))),
});

/** Go: the method set of time.Duration. */
export const durationMethods = (): ReadonlyMap<string, IntMethod> =>
  new Map([
    ['Abs', nullary(DURATION, (d) => duration(d >= 0n ? d : d === MIN ? MAX : -d))],
    ['Hours', nullary('float64', (d) => inUnits(d, HOUR))],
    ['Microseconds', nullary('int64', (d) => int64(d / MICROSECOND))],
    ['Milliseconds', nullary('int64', (d) => int64(d / MILLISECOND))],
    ['Minutes', nullary('float64', (d) => inUnits(d, MINUTE))],
    ['Nanoseconds', nullary('int64', (d) => int64(d))],
    ['Round', unary(roundDuration)],
    ['Seconds', nullary('float64', (d) => inUnits(d, SECOND))],
    ['String', nullary('string', durationString)],
    ['Truncate', unary(truncateDuration)],
  ]);

export type { IntMethod };
