import { GoError } from './error.ts';
import { quote } from './quote.ts';
import { narrow } from './value.ts';

/** The formats of `strconv.FormatFloat`. */
export type FloatVerb = 'b' | 'e' | 'E' | 'f' | 'g' | 'G' | 'x' | 'X';

/** Decimal digits without leading or trailing zeros; the value is 0.DIGITS × 10^point. Zero has no digits. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

interface Binary {
  readonly negative: boolean;
  readonly mantissa: bigint;
  /** The value is mantissa × 2^exponent. */
  readonly exponent: number;
}

const ZERO: Decimal = { digits: '', point: 0 };

/**
 * Go: strconv.FormatFloat. Precision -1 asks for the fewest digits that read back as the same number.
 *
 * @example formatFloat(1e6, 'g', -1) === '1e+06'
 */
export function formatFloat(f: number, verb: FloatVerb, precision: number, bits: 32 | 64 = 64): string {
  const size = Math.abs(f);
  // JavaScript writes these plainly and with the same digits as Go.
  if (verb === 'g' && precision < 0 && size < 1e6 && size >= 1e-4 && bits === 64) return String(f);
  if (Number.isNaN(f)) return 'NaN';
  const value = bits === 32 ? Math.fround(f) : f;
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (verb === 'b') return formatBinary(value, bits);
  if (verb === 'x' || verb === 'X') return formatHex(value, verb, precision, bits);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const abs = Math.abs(value);
  if (precision < 0) return sign + formatShortest(bits === 32 ? shortest32(abs) : shortest64(abs), verb);
  return sign + formatFixed(abs, verb, precision);
}

function formatShortest(d: Decimal, verb: FloatVerb): string {
  const count = d.digits.length;
  switch (verb) {
    case 'e':
    case 'E':
      return exponentForm(d, Math.max(count - 1, 0), verb);
    case 'f':
      return plainForm(d, Math.max(count - d.point, 0));
    default: {
      // Go: ftoa.go formatDigits: the shortest form goes by a precision of 6, whatever its digits.
      const exponent = d.point - 1;
      if (count > 0 && (exponent < -4 || exponent >= 6)) return exponentForm(d, count - 1, exponentLetter(verb));
      return plainForm(d, Math.max(count - d.point, 0));
    }
  }
}

function formatFixed(abs: number, verb: FloatVerb, precision: number): string {
  if (verb === 'f' && precision <= 20 && abs < 1e21 && !isHalf(abs, precision)) return abs.toFixed(precision);
  const exact = abs === 0 ? ZERO : exactDecimal(abs);
  switch (verb) {
    case 'e':
    case 'E':
      return exponentForm(round(exact, precision + 1), precision, verb);
    case 'f':
      return plainForm(round(exact, exact.point + precision), precision);
    default:
      return generalForm(round(exact, precision || 1), verb, precision || 1);
  }
}

/** Whether rounding to so many decimals may meet an exact half, which JavaScript rounds up and Go to even. */
function isHalf(abs: number, precision: number): boolean {
  return !Number.isInteger(abs) && Number.isInteger(abs * 2 ** (precision + 1));
}

/** Go: ftoa.go formatDigits, %g with a precision. */
function generalForm(d: Decimal, verb: FloatVerb, precision: number): string {
  const count = d.digits.length;
  const limit = precision > count && count >= d.point ? count : precision;
  const exponent = d.point - 1;
  if (exponent < -4 || exponent >= limit) {
    return exponentForm(d, Math.min(precision, count) - 1, exponentLetter(verb));
  }
  const digits = precision > d.point ? count : precision;
  return plainForm(d, Math.max(digits - d.point, 0));
}

function exponentLetter(verb: FloatVerb): string {
  return verb === 'G' ? 'E' : 'e';
}

/** d.dddde±dd */
function exponentForm(d: Decimal, precision: number, letter: string): string {
  let out = d.digits[0] ?? '0';
  if (precision > 0) out += `.${d.digits.slice(1, precision + 1).padEnd(precision, '0')}`;
  const exponent = d.digits === '' ? 0 : d.point - 1;
  const size = Math.abs(exponent);
  return `${out}${letter}${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

/** ddd.dddd */
function plainForm(d: Decimal, precision: number): string {
  const { digits, point } = d;
  const whole = point > 0 ? digits.slice(0, point).padEnd(point, '0') : '0';
  if (precision <= 0) return whole;
  const zeros = Math.min(Math.max(-point, 0), precision);
  const fraction = '0'.repeat(zeros) + digits.slice(Math.max(point, 0), Math.max(point + precision, 0));
  return `${whole}.${fraction.padEnd(precision, '0')}`;
}

/** The shortest digits of a double are the ones that JavaScript prints. */
function shortest64(abs: number): Decimal {
  if (abs === 0) return ZERO;
  return fromExponential(abs.toExponential());
}

function fromExponential(text: string): Decimal {
  const e = text.indexOf('e');
  const digits = e === 1 ? text[0]! : text[0]! + text.slice(2, e);
  return { digits: trimZeros(digits), point: Number(text.slice(e + 1)) + 1 };
}

/** The shortest digits of a single: the fewest that round to it, the nearest of those. */
function shortest32(abs: number): Decimal {
  if (abs === 0) return ZERO;
  const exact = exactDecimal(abs);
  // Go: ftoadbox.go rounds halves up at powers of two, where the interval is shorter.
  const power = Number.isInteger(Math.log2(abs));
  for (let count = 1; count < 9; count++) {
    const d = round(exact, count, power);
    if (roundsTo(d, abs)) return d;
    // At a power of two the gap above is twice the gap below, so the farther neighbour may be the one that fits.
    const up = { digits: String(Number(d.digits.padEnd(count, '0')) + 1), point: d.point };
    if (up.digits.length === count && roundsTo(up, abs)) return { ...up, digits: trimZeros(up.digits) };
  }
  return round(exact, 9);
}

function roundsTo(d: Decimal, abs: number): boolean {
  return Math.fround(Number(`0.${d.digits}e${d.point}`)) === abs;
}

/** Every decimal digit of a double. Powers of five make the fraction whole: m × 2^-k = m × 5^k / 10^k. */
function exactDecimal(abs: number): Decimal {
  const { mantissa, exponent } = decompose(abs, 64);
  const whole = exponent >= 0 ? mantissa << BigInt(exponent) : mantissa * 5n ** BigInt(-exponent);
  const digits = whole.toString();
  return { digits: trimZeros(digits), point: digits.length + Math.min(exponent, 0) };
}

function trimZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return end === digits.length ? digits : digits.slice(0, end);
}

/** Round to `count` digits, halves to even unless told otherwise. Go: decimal.go Round. */
function round(d: Decimal, count: number, halvesUp = false): Decimal {
  const { digits, point } = d;
  if (count < 0 || count >= digits.length) return count < 0 ? ZERO : d;
  const next = digits.charCodeAt(count) - 48;
  let up = next >= 5;
  if (next === 5 && count + 1 === digits.length && !halvesUp) {
    up = count > 0 && (digits.charCodeAt(count - 1) - 48) % 2 !== 0;
  }
  if (!up) {
    const kept = trimZeros(digits.slice(0, count));
    return kept === '' ? ZERO : { digits: kept, point };
  }
  let end = count;
  while (end > 0 && digits.charCodeAt(end - 1) === 57) end--;
  if (end === 0) return { digits: '1', point: point + 1 };
  return { digits: digits.slice(0, end - 1) + String(digits.charCodeAt(end - 1) - 47), point };
}

const float = new Float64Array(1);
const float32 = new Float32Array(1);

function decompose(value: number, bits: 32 | 64): Binary {
  if (bits === 32) {
    float32[0] = value;
    const raw = new Uint32Array(float32.buffer)[0]!;
    const biased = (raw >>> 23) & 0xff;
    const fraction = raw & 0x7fffff;
    const mantissa = BigInt(biased === 0 ? fraction : fraction | 0x800000);
    return { negative: raw >>> 31 === 1, mantissa, exponent: Math.max(biased, 1) - 150 };
  }
  float[0] = value;
  const raw = new BigUint64Array(float.buffer)[0]!;
  const biased = Number((raw >> 52n) & 0x7ffn);
  const fraction = raw & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  return { negative: raw >> 63n === 1n, mantissa, exponent: Math.max(biased, 1) - 1075 };
}

/** Go: ftoa.go fmtB. */
function formatBinary(value: number, bits: 32 | 64): string {
  const { negative, mantissa, exponent } = decompose(value, bits);
  return `${negative ? '-' : ''}${mantissa}p${exponent >= 0 ? '+' : ''}${exponent}`;
}

/** Go: ftoa.go fmtX. */
function formatHex(value: number, verb: 'x' | 'X', precision: number, bits: 32 | 64): string {
  const { negative, mantissa: m, exponent: e } = decompose(value, bits);
  let exponent = m === 0n ? 0 : e + 60;
  // The leading 1 goes to bit 60, so that what follows is 15 hex digits.
  let mantissa = m;
  if (m !== 0n) {
    const shift = 61 - m.toString(2).length;
    mantissa <<= BigInt(shift);
    exponent -= shift;
  }
  if (precision >= 0 && precision < 15) {
    const dropped = BigInt(60 - precision * 4);
    const extra = mantissa & ((1n << dropped) - 1n);
    mantissa >>= dropped;
    const half = 1n << (dropped - 1n);
    if (extra > half || (extra === half && (mantissa & 1n) === 1n)) mantissa++;
    mantissa <<= dropped;
    if (mantissa >> 61n === 1n) {
      mantissa >>= 1n;
      exponent++;
    }
  }
  const lead = mantissa >> 60n;
  const fraction = (mantissa & ((1n << 60n) - 1n)).toString(16).padStart(15, '0');
  const shown = precision < 0 ? trimZeros(fraction) : fraction.slice(0, precision).padEnd(precision, '0');
  const size = Math.abs(exponent);
  const tail = `${shown === '' ? '' : `.${shown}`}p${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
  const text = `0x${lead}${tail}`;
  return (negative ? '-' : '') + (verb === 'X' ? text.toUpperCase() : text);
}

/**
 * A failed conversion. `value` is what Go returns beside the error: the nearest value in range, or 0.
 * Go: strconv.NumError.
 */
export class NumError extends GoError {
  override name = 'NumError';
  readonly func: string;
  readonly reason: string;
  readonly value: number | bigint;

  constructor(func: string, text: string, reason: string, value: number | bigint) {
    super(`strconv.${func}: parsing ${quote(text)}: ${reason}`);
    this.func = func;
    this.reason = reason;
    this.value = value;
  }
}

const SYNTAX = 'invalid syntax';
const RANGE = 'value out of range';

/**
 * Go: strconv.ParseInt. The result is an integer as {@link Int} keeps it: a number where that is exact, else a
 * bigint. Throws a {@link NumError}.
 */
export function parseInteger(s: string, base: number, bits: number): number | bigint {
  return parseSigned('ParseInt', s, base, bits);
}

/** Go: strconv.ParseUint. */
export function parseUnsigned(s: string, base: number, bits: number): number | bigint {
  const magnitude = parseMagnitude('ParseUint', s, s, base, bits);
  const max = 2n ** BigInt(bits || 64) - 1n;
  if (magnitude > max) throw new NumError('ParseUint', s, RANGE, narrow(max));
  return narrowAny(magnitude);
}

/** Go: strconv.Atoi. */
export function atoi(s: string): number | bigint {
  return parseSigned('Atoi', s, 10, 64);
}

function parseSigned(func: string, s: string, base: number, bits: number): number | bigint {
  if (s === '') throw new NumError(func, s, SYNTAX, 0);
  const negative = s[0] === '-';
  const body = negative || s[0] === '+' ? s.slice(1) : s;
  const magnitude = parseMagnitude(func, s, body, base, bits);
  const width = bits || 64;
  if (typeof magnitude === 'number' && magnitude < 2 ** (width - 1))
    return negative && magnitude ? -magnitude : magnitude;
  const big = BigInt(magnitude);
  const cutoff = 2n ** BigInt(width - 1);
  if (!negative && big >= cutoff) throw new NumError(func, s, RANGE, narrow(cutoff - 1n));
  if (negative && big > cutoff) throw new NumError(func, s, RANGE, narrow(-cutoff));
  return narrow(negative ? -big : big);
}

function narrowAny(n: number | bigint): number | bigint {
  return typeof n === 'number' ? n : narrow(n);
}

/** The digits of an integer without its sign; `whole` is what the error quotes. */
function parseMagnitude(func: string, whole: string, s: string, base: number, bits: number): number | bigint {
  if (s === '') throw new NumError(func, whole, SYNTAX, 0);
  if (base !== 0 && (base < 2 || base > 36)) throw new NumError(func, whole, `invalid base ${base}`, 0);
  if (bits < 0 || bits > 64) throw new NumError(func, whole, `invalid bit size ${bits}`, 0);
  const [radix, digits] = base === 0 ? splitPrefix(s) : [base, s];
  const max = bits > 0 && bits <= 53 ? 2 ** bits - 1 : Infinity;
  let n = 0;
  let underscores = false;
  let wide = false;
  for (let i = 0; i < digits.length; i++) {
    const c = digits.charCodeAt(i);
    if (c === 95 && base === 0) {
      underscores = true;
      continue;
    }
    const digit = digitValue(c);
    if (digit >= radix) throw new NumError(func, whole, SYNTAX, 0);
    n = n * radix + digit;
    // Go stops at the digit that overflows: whatever follows it, the number is out of range and not malformed.
    if (n > max) return n;
    if (n > Number.MAX_SAFE_INTEGER) {
      wide = true;
      break;
    }
  }
  if (wide) return wideMagnitude(func, whole, s, digits, radix, base === 0);
  if (underscores && !underscoresFit(s)) throw new NumError(func, whole, SYNTAX, 0);
  return n;
}

const MAX_UINT64 = 2n ** 64n - 1n;

function wideMagnitude(func: string, whole: string, s: string, digits: string, radix: number, base0: boolean): bigint {
  const base = BigInt(radix);
  let n = 0n;
  let underscores = false;
  for (let i = 0; i < digits.length; i++) {
    const c = digits.charCodeAt(i);
    if (c === 95 && base0) {
      underscores = true;
      continue;
    }
    const digit = digitValue(c);
    if (digit >= radix) throw new NumError(func, whole, SYNTAX, 0);
    n = n * base + BigInt(digit);
    if (n > MAX_UINT64) return n;
  }
  if (underscores && !underscoresFit(s)) throw new NumError(func, whole, SYNTAX, 0);
  return n;
}

function digitValue(c: number): number {
  if (c >= 48 && c <= 57) return c - 48;
  const letter = c | 32;
  return letter >= 97 && letter <= 122 && c < 128 ? letter - 87 : 36;
}

/** Base 0: the base that the prefix names, and the digits after it. */
function splitPrefix(s: string): [number, string] {
  if (s.charCodeAt(0) !== 48) return [10, s];
  if (s.length >= 3) {
    const letter = s[1]!.toLowerCase();
    if (letter === 'b') return [2, s.slice(2)];
    if (letter === 'o') return [8, s.slice(2)];
    if (letter === 'x') return [16, s.slice(2)];
  }
  return [8, s.slice(1)];
}

/** An underscore stands between digits, or between a base prefix and a digit. Go: atoi.go underscoreOK. */
function underscoresFit(text: string): boolean {
  const s = text[0] === '-' || text[0] === '+' ? text.slice(1) : text;
  const prefix = /^0[box]/i.test(s);
  const hex = prefix && (s.charCodeAt(1) | 32) === 120;
  let last = prefix ? '0' : '^';
  for (let i = prefix ? 2 : 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    const letter = c | 32;
    if ((c >= 48 && c <= 57) || (hex && letter >= 97 && letter <= 102)) {
      last = '0';
    } else if (c === 95) {
      if (last !== '0') return false;
      last = '_';
    } else {
      if (last === '_') return false;
      last = '!';
    }
  }
  return last !== '_';
}

const SPECIAL = /^(?:([+-]?)inf(?:inity)?|nan)$/i;
const DECIMAL = /^[+-]?([0-9_]*(?:\.[0-9_]*)?)(?:[eE][+-]?[0-9][0-9_]*)?$/;
const HEX = /^([+-]?)0[xX]([0-9a-fA-F_]*)(?:\.([0-9a-fA-F_]*))?[pP]([+-]?[0-9][0-9_]*)$/;

/** Go: strconv.ParseFloat(s, 64). Throws a {@link NumError}; its `value` is an infinity when out of range. */
export function parseFloat64(s: string): number {
  const decimal = DECIMAL.exec(s);
  if (decimal && /[0-9]/.test(decimal[1] as string)) {
    const underscores = s.includes('_');
    if (underscores && !underscoresFit(s)) throw new NumError('ParseFloat', s, SYNTAX, 0);
    const f = Number(underscores ? s.replaceAll('_', '') : s);
    if (f === Infinity || f === -Infinity) throw new NumError('ParseFloat', s, RANGE, f);
    return f;
  }
  const special = SPECIAL.exec(s);
  if (special) return /nan/i.test(s) ? NaN : special[1] === '-' ? -Infinity : Infinity;
  const hex = HEX.exec(s);
  const digits = hex ? `${hex[2]}${hex[3] ?? ''}`.replaceAll('_', '') : '';
  if (!hex || digits === '' || (s.includes('_') && !underscoresFit(s))) throw new NumError('ParseFloat', s, SYNTAX, 0);
  const fraction = (hex[3] ?? '').replaceAll('_', '').length;
  const f = scaleHex(digits, Number(hex[4]!.replaceAll('_', '')) - 4 * fraction);
  const signed = hex[1] === '-' ? -f : f;
  if (f === Infinity) throw new NumError('ParseFloat', s, RANGE, signed);
  return signed;
}

/** DIGITS × 2^exponent as the nearest double, halves to even, also among the denormals. */
function scaleHex(digits: string, exponent: number): number {
  let mantissa = BigInt(`0x${digits}`);
  if (mantissa === 0n) return 0;
  const length = mantissa.toString(16).length * 4 - Math.clz32(Number.parseInt(mantissa.toString(16)[0]!, 16)) + 28;
  const target = Math.max(exponent + length - 53, -1074);
  let scale = exponent;
  const shift = target - exponent;
  if (shift > length + 1) return 0;
  if (shift > 0) {
    const dropped = BigInt(shift);
    const rest = mantissa & ((1n << dropped) - 1n);
    const half = 1n << (dropped - 1n);
    mantissa >>= dropped;
    if (rest > half || (rest === half && (mantissa & 1n) === 1n)) mantissa++;
    scale = target;
  }
  return Number(mantissa) * 2 ** scale;
}
