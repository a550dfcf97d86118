import { toFloat64, toInt64 } from '../go/cast.ts';
import {
  addDecimals,
  type Decimal,
  decimalFromFloat,
  decimalToFloat,
  divideDecimals,
  multiplyDecimals,
  subtractDecimals,
} from '../go/decimal.ts';
import { runtimeError } from '../go/error.ts';
import { type Int, int64, type Value } from '../go/value.ts';
import { type FuncTable, fn, variadic } from './func.ts';

/** One step of arithmetic on int64: in numbers where that is exact, else in bigints, which wrap around. */
function calculate(
  a: Int,
  b: Int,
  quick: (x: number, y: number) => number,
  exact: (x: bigint, y: bigint) => bigint,
): Int {
  if (typeof a.n === 'number' && typeof b.n === 'number') {
    const n = quick(a.n, b.n);
    if (Number.isSafeInteger(n)) return int64(n);
  }
  return int64(exact(BigInt(a.n), BigInt(b.n)));
}

function add(a: Int, b: Value): Int {
  return calculate(
    a,
    toInt64(b),
    (x, y) => x + y,
    (x, y) => x + y,
  );
}

function subtract(a: Value, b: Value): Int {
  return calculate(
    toInt64(a),
    toInt64(b),
    (x, y) => x - y,
    (x, y) => x - y,
  );
}

function multiply(a: Int, b: Value): Int {
  return calculate(
    a,
    toInt64(b),
    (x, y) => x * y,
    (x, y) => x * y,
  );
}

function divisor(v: Value): Int {
  const n = toInt64(v);
  if (n.n === 0) throw runtimeError('integer divide by zero');
  return n;
}

function divide(a: Value, b: Value): Int {
  return calculate(
    toInt64(a),
    divisor(b),
    (x, y) => Math.trunc(x / y),
    (x, y) => x / y,
  );
}

function remainder(a: Value, b: Value): Int {
  return calculate(
    toInt64(a),
    divisor(b),
    (x, y) => x % y,
    (x, y) => x % y,
  );
}

function pick(
  first: Value,
  others: readonly Value[],
  better: (a: number | bigint, b: number | bigint) => boolean,
): Int {
  let best = toInt64(first);
  for (const other of others) {
    const n = toInt64(other);
    if (better(n.n, best.n)) best = n;
  }
  return best;
}

/** Go: math.Max, where an infinity outdoes even NaN. */
function maxFloat(a: number, b: number): number {
  return a === Infinity || b === Infinity ? Infinity : Math.max(a, b);
}

/** Go: math.Min */
function minFloat(a: number, b: number): number {
  return a === -Infinity || b === -Infinity ? -Infinity : Math.min(a, b);
}

/** sprig: numeric.go execDecimalOp */
function decimals(first: Value, others: readonly Value[], step: (a: Decimal, b: Decimal) => Decimal): number {
  let result = decimalFromFloat(toFloat64(first));
  for (const other of others) result = step(result, decimalFromFloat(toFloat64(other)));
  return decimalToFloat(result);
}

/** Go: math.Pow(10, places), whose last digits are its own; 0.625 × 2⁴ is ten. */
function powerOfTen(places: number): number {
  let fraction = 1;
  let exponent = 0;
  let base = 0.625;
  let baseExponent = 4;
  for (let i = Math.abs(places); i > 0; i = Math.floor(i / 2)) {
    if (baseExponent > 4096) {
      exponent += baseExponent;
      break;
    }
    if (i % 2 === 1) {
      fraction *= base;
      exponent += baseExponent;
    }
    base *= base;
    baseExponent *= 2;
    if (base < 0.5) {
      base += base;
      baseExponent--;
    }
  }
  return places < 0 ? scale(1 / fraction, -exponent) : scale(fraction, exponent);
}

/** Go: math.Ldexp; in two steps, since 2 ** exponent alone may be out of range. */
function scale(fraction: number, exponent: number): number {
  const half = Math.trunc(Math.max(-2200, Math.min(2200, exponent)) / 2);
  const whole = Math.max(-2200, Math.min(2200, exponent));
  return fraction * 2 ** half * 2 ** (whole - half);
}

/** sprig: numeric.go round. Halves of negative numbers go down. */
function round(v: Value, places: Int, options: readonly number[]): number {
  const from = options[0] ?? 0.5;
  const power = powerOfTen(Number(places.n));
  const shifted = power * toFloat64(v);
  const fraction = Number.isFinite(shifted) ? shifted - Math.trunc(shifted) : NaN;
  return (fraction >= from ? Math.ceil(shifted) : Math.floor(shifted)) / power;
}

const max = variadic(['any'], 'any', 'int64', (_env, a, others) => pick(a, others, (x, y) => x > y));

/** sprig: numeric.go */
export const math: FuncTable = {
  add: variadic([], 'any', 'int64', (_env, items) => items.reduce(add, int64(0))),
  add1: fn(['any'], 'int64', (_env, v) => add(int64(1), v)),
  add1f: fn(['any'], 'float64', (_env, v) => decimals(v, [1], addDecimals)),
  addf: variadic([], 'any', 'float64', (_env, items) => decimals(0, items, addDecimals)),
  biggest: max,
  ceil: fn(['any'], 'float64', (_env, v) => Math.ceil(toFloat64(v))),
  div: fn(['any', 'any'], 'int64', (_env, a, b) => divide(a, b)),
  divf: variadic(['any'], 'any', 'float64', (_env, a, others) => decimals(a, others, divideDecimals)),
  floor: fn(['any'], 'float64', (_env, v) => Math.floor(toFloat64(v))),
  max,
  maxf: variadic(['any'], 'any', 'float64', (_env, a, others) =>
    others.reduce((best: number, v) => maxFloat(best, toFloat64(v)), toFloat64(a)),
  ),
  min: variadic(['any'], 'any', 'int64', (_env, a, others) => pick(a, others, (x, y) => x < y)),
  minf: variadic(['any'], 'any', 'float64', (_env, a, others) =>
    others.reduce((best: number, v) => minFloat(best, toFloat64(v)), toFloat64(a)),
  ),
  mod: fn(['any', 'any'], 'int64', (_env, a, b) => remainder(a, b)),
  mul: variadic(['any'], 'any', 'int64', (_env, a, others) => others.reduce(multiply, toInt64(a))),
  mulf: variadic(['any'], 'any', 'float64', (_env, a, others) => decimals(a, others, multiplyDecimals)),
  round: variadic(['any', 'int'], 'float64', 'float64', (_env, v, places, options) => round(v, places, options)),
  sub: fn(['any', 'any'], 'int64', (_env, a, b) => subtract(a, b)),
  subf: variadic(['any'], 'any', 'float64', (_env, a, others) => decimals(a, others, subtractDecimals)),
};
