/**
 * Exact decimal numbers: what the JSON Schema keywords compare. Every number in JSON is a finite decimal, so a
 * sign, digits and a power of ten say it all, and no huge exponent is ever written out. Stands for Go's big.Rat.
 */
export interface Decimal {
  readonly negative: boolean;
  /** The digits of the coefficient, with no zero at either end; empty for 0. */
  readonly digits: string;
  /** The value is digits × 10^exponent. */
  readonly exponent: number;
}

const LITERAL = /^([-+]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([-+]?[0-9]+))?$/;

/** Past this exponent big.Rat.SetString gives up. */
const MAX_EXPONENT = 1_000_000;

/** A number literal; undefined where Go's big.Rat refuses it for its exponent. */
export function parseDecimal(literal: string): Decimal | undefined {
  const match = LITERAL.exec(literal);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  let start = 0;
  while (all.charCodeAt(start) === 48) start++;
  let end = all.length;
  while (end > start && all.charCodeAt(end - 1) === 48) end--;
  if (start === end) return { negative: false, digits: '', exponent: 0 };
  const exponent = Number(power) - fraction.length;
  if (Math.abs(exponent) > MAX_EXPONENT) return undefined;
  return { negative: sign === '-', digits: all.slice(start, end), exponent: exponent + (all.length - end) };
}

/** Negative, zero or positive as `a` is below, at or above `b`. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.negative !== b.negative) return a.negative ? -1 : 1;
  const order = compareSizes(a, b);
  return a.negative ? -order : order;
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length;
  const scale = a.digits.length + a.exponent - (b.digits.length + b.exponent);
  if (scale !== 0) return scale;
  if (a.digits === b.digits) return 0;
  return a.digits < b.digits ? -1 : 1;
}

/** A bound that numbers are held against; most are told apart by their nearest float64 alone. */
export interface Bound {
  readonly decimal: Decimal;
  readonly number: number;
}

/** A decimal with its nearest float64. */
export function boundOf(decimal: Decimal): Bound {
  return { decimal, number: decimalToNumber(decimal) };
}

/** True when the number has no fraction; 1.0 has none. */
export function isInteger(d: Decimal): boolean {
  return d.exponent >= 0;
}

/** The same text for the same number. */
export function decimalKey(d: Decimal): string {
  return `${d.negative ? '-' : ''}${d.digits}e${d.exponent}`;
}

/** The nearest float64. Go: Rat.Float64 */
export function decimalToNumber(d: Decimal): number {
  return d.digits === '' ? 0 : Number(decimalKey(d));
}

/** True when `a` is `b` times an integer. `b` must not be 0. */
export function isMultipleOf(a: Decimal, b: Decimal): boolean {
  if (a.digits === '') return true;
  const shift = a.exponent - b.exponent;
  // The divisor has shift more digits than are in its text: past the dividend's there can be no quotient.
  if (shift < 0 && b.digits.length - shift > a.digits.length) return false;
  const divisor = BigInt(b.digits);
  if (shift < 0) return BigInt(a.digits) % (divisor * 10n ** BigInt(-shift)) === 0n;
  return ((BigInt(a.digits) % divisor) * powerOfTen(shift, divisor)) % divisor === 0n;
}

/** 10^power modulo `modulus`, without writing the power out. */
function powerOfTen(power: number, modulus: bigint): bigint {
  let result = 1n % modulus;
  let base = 10n % modulus;
  for (let rest = power; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
