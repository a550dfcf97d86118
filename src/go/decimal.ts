/** Exact decimal arithmetic as github.com/shopspring/decimal does it. */
import { GoPanic } from './error.ts';

/** `value` × 10^`exponent`. */
export interface Decimal {
  readonly value: bigint;
  readonly exponent: number;
}

/** Digits after the point that a division keeps. Go: decimal.DivisionPrecision */
const DIVISION_DIGITS = 16;

/** The shortest decimal that reads back as `f`. Go: decimal.NewFromFloat */
export function decimalFromFloat(f: number): Decimal {
  if (f === 0) return { value: 0n, exponent: 0 };
  if (!Number.isFinite(f)) {
    throw new GoPanic(`Cannot create a Decimal from ${f > 0 ? '+Inf' : f < 0 ? '-Inf' : 'NaN'}`);
  }
  const [mantissa, exponent] = f.toExponential().split('e') as [string, string];
  const [whole, fraction = ''] = mantissa.split('.') as [string, string?];
  return { value: BigInt(whole + fraction), exponent: Number(exponent) - fraction.length };
}

/** The nearest float64. Go: Decimal.Float64 */
export function decimalToFloat(d: Decimal): number {
  return d.value === 0n ? 0 : Number(`${d.value}e${d.exponent}`);
}

/** Both at the smaller exponent. Go: decimal.RescalePair */
function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  if (a.exponent === b.exponent) return [a.value, b.value, a.exponent];
  if (a.exponent < b.exponent) return [a.value, b.value * 10n ** BigInt(b.exponent - a.exponent), a.exponent];
  return [a.value * 10n ** BigInt(a.exponent - b.exponent), b.value, b.exponent];
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = align(a, b);
  return { value: x + y, exponent };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  const [x, y, exponent] = align(a, b);
  return { value: x - y, exponent };
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { value: a.value * b.value, exponent: a.exponent + b.exponent };
}

/** Rounds halves away from zero. Go: Decimal.Div, QuoRem, DivRound */
export function divideDecimals(a: Decimal, b: Decimal): Decimal {
  if (b.value === 0n) throw new GoPanic('decimal division by 0');
  const shift = a.exponent - b.exponent + DIVISION_DIGITS;
  const x = shift < 0 ? a.value : a.value * 10n ** BigInt(shift);
  const y = shift < 0 ? b.value * 10n ** BigInt(-shift) : b.value;
  const rest = x % y;
  let quotient = x / y;
  if (absolute(rest) * 2n >= absolute(y)) quotient += a.value < 0n !== b.value < 0n ? -1n : 1n;
  return { value: quotient, exponent: -DIVISION_DIGITS };
}

function absolute(n: bigint): bigint {
  return n < 0n ? -n : n;
}
