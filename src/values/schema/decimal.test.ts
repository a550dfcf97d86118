import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareDecimals,
  type Decimal,
  decimalKey,
  decimalToNumber,
  isInteger,
  isMultipleOf,
  parseDecimal,
} from './decimal.ts';

const parseTests: [literal: string, key: string | undefined][] = [
  ['0', 'e0'],
  ['-0.00', 'e0'],
  ['1.0', '1e0'],
  ['1200', '12e2'],
  ['-0.012e3', '-12e0'],
  ['+1E-7', '1e-7'],
  ['1e1000000', '1e1000000'],
  ['1e1000001', undefined],
  ['0e9999999999', 'e0'],
  ['1x', undefined],
];

test('literals become coefficient and exponent', () => {
  for (const [literal, key] of parseTests) {
    const decimal = parseDecimal(literal);
    assert.equal(decimal && decimalKey(decimal), key, literal);
  }
});

function decimal(literal: string): Decimal {
  return parseDecimal(literal) as Decimal;
}

test('decimals are ordered by value', () => {
  const ascending = [
    '-1e99',
    '-2',
    '-1.5',
    '-1e-9',
    '0',
    '1e-9',
    '0.1',
    '0.1000000000000000055',
    '0.2',
    '9',
    '10',
    '1e99',
  ];
  for (const [i, a] of ascending.entries()) {
    for (const [j, b] of ascending.entries()) {
      assert.equal(Math.sign(compareDecimals(decimal(a), decimal(b))) + 0, Math.sign(i - j), `${a} ${b}`);
    }
  }
  assert.equal(compareDecimals(decimal('1.10'), decimal('11e-1')), 0);
});

const multipleTests: [value: string, divisor: string, multiple: boolean][] = [
  ['0', '3', true],
  ['4.35', '0.01', true],
  ['4.355', '0.01', false],
  ['-9', '3', true],
  ['10', '4', false],
  ['1e300', '3', false],
  ['3e300', '3', true],
  ['1.7e308', '1e-308', true],
  ['1e-300', '3e-308', false],
  ['5', '1e999999', false],
  ['5', '1e-999999', true],
  ['1e999999', '7', false],
];

test('multiples are exact', () => {
  for (const [value, divisor, multiple] of multipleTests) {
    assert.equal(isMultipleOf(decimal(value), decimal(divisor)), multiple, `${value} ${divisor}`);
  }
});

test('integers have no fraction, and numbers are the nearest', () => {
  assert.deepEqual(
    ['1.0', '1e3', '0', '1.5', '1e-1'].map((s) => isInteger(decimal(s))),
    [true, true, true, false, false],
  );
  assert.deepEqual(
    ['-0', '0.1', '1e400', '-12'].map((s) => decimalToNumber(decimal(s))),
    [0, 0.1, Infinity, -12],
  );
});
