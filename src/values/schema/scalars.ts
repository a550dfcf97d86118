import { runeCount } from '../../go/bytes.ts';
import { GoPanic, runtimeError } from '../../go/error.ts';
import type { Value } from '../../go/value.ts';
import { type Bound, compareDecimals, type Decimal, isMultipleOf } from './decimal.ts';
import { decimalOf } from './json-value.ts';
import { displayCount, displayNumber, quoteSingle } from './violation.ts';
import { spend, type Visit } from './visit.ts';

/** The keywords for strings. Go: validator.go strValidate */
export function checkString(visit: Visit, text: string): void {
  const { minLength, maxLength, pattern } = visit.schema;
  if (minLength !== undefined || maxLength !== undefined) {
    const length = runeCount(text);
    if (minLength !== undefined && length < minLength) {
      visit.fail(() => `minLength: got ${displayCount(length)}, want ${displayCount(minLength)}`);
    }
    if (maxLength !== undefined && length > maxLength) {
      visit.fail(() => `maxLength: got ${displayCount(length)}, want ${displayCount(maxLength)}`);
    }
  }
  if (pattern === undefined) return;
  spend(visit.run, 4 + (text.length >> 2));
  if (!pattern.match(text)) {
    visit.fail(() => `${quoteSingle(text)} does not match pattern ${quoteSingle(pattern.text)}`);
  }
}

/** The keywords for numbers. Go: validator.go numValidate */
export function checkNumber(visit: Visit, value: Value): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = visit.schema;
  if (minimum !== undefined) compare(visit, value, 'minimum', minimum, (order) => order >= 0);
  if (maximum !== undefined) compare(visit, value, 'maximum', maximum, (order) => order <= 0);
  if (exclusiveMinimum !== undefined) compare(visit, value, 'exclusiveMinimum', exclusiveMinimum, (order) => order > 0);
  if (exclusiveMaximum !== undefined) compare(visit, value, 'exclusiveMaximum', exclusiveMaximum, (order) => order < 0);
  if (multipleOf === undefined) return;
  const got = decimal(value);
  if (multipleOf.decimal.digits === '') throw new GoPanic('division by zero');
  if (!isMultipleOf(got, multipleOf.decimal)) failNumber(visit, 'multipleOf', got, multipleOf);
}

function compare(visit: Visit, value: Value, keyword: string, want: Bound, holds: (order: number) => boolean): void {
  // Different float64s stand apart as the decimals that they are nearest to do.
  if (typeof value === 'number' && value !== want.number) {
    if (!holds(value - want.number)) failNumber(visit, keyword, decimal(value), want);
    return;
  }
  const got = decimal(value);
  if (!holds(compareDecimals(got, want.decimal))) failNumber(visit, keyword, got, want);
}

function failNumber(visit: Visit, keyword: string, got: Decimal, want: Bound): void {
  visit.fail(() => `${keyword}: got ${displayNumber(got)}, want ${displayNumber(want.decimal)}`);
}

/** A number past big.Rat's exponents is a nil there, and comparing it a panic. */
function decimal(value: Value): Decimal {
  const got = decimalOf(value);
  if (got === undefined) throw runtimeError('invalid memory address or nil pointer dereference');
  return got;
}
