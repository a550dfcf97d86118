import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable } from '../../test/go-values.ts';
import { atoi, type FloatVerb, formatFloat, NumError, parseFloat64, parseInteger, parseUnsigned } from './number.ts';

test('floats are written in every format as Go writes them', () => {
  const rows = readTable<[string, FloatVerb, number, 32 | 64, string][]>('format-float.json');
  for (const [number, verb, precision, bits, expected] of rows) {
    assert.equal(
      formatFloat(Number(number), verb, precision, bits),
      expected,
      `${number} ${verb} ${precision} ${bits}`,
    );
  }
});

/** The tables write a failure as `E` + text + `|` + the value that comes with it. */
function outcome(parse: () => number | bigint, show: (n: number | bigint) => string): string {
  try {
    return show(parse());
  } catch (error) {
    if (!(error instanceof NumError)) throw error;
    return `E${error.message}|${show(error.value)}`;
  }
}

function bits(n: number | bigint): string {
  if (Number.isNaN(n)) return 'nan';
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Number(n));
  return view.getBigUint64(0).toString(16).padStart(16, '0');
}

test('floats are read, and refused, as ParseFloat does', () => {
  for (const [text, expected] of readTable<[string, string][]>('parse-float.json')) {
    assert.equal(
      outcome(() => parseFloat64(text), bits),
      expected,
      JSON.stringify(text),
    );
  }
});

test('integers are read, and refused, as ParseInt, ParseUint and Atoi do', () => {
  const rows = readTable<['pi' | 'pu' | 'at', string, number, number, string][]>('parse-int.json');
  for (const [func, text, base, size, expected] of rows) {
    const parse = {
      pi: () => parseInteger(text, base, size),
      pu: () => parseUnsigned(text, base, size),
      at: () => atoi(text),
    }[func];
    assert.equal(outcome(parse, String), expected, `${func} ${JSON.stringify(text)} ${base} ${size}`);
  }
});

test('a number beyond the safe integers is a bigint, any other a number', () => {
  assert.equal(parseInteger('9007199254740991', 10, 64), Number.MAX_SAFE_INTEGER);
  assert.equal(parseInteger('9007199254740993', 10, 64), 9007199254740993n);
  assert.equal(parseUnsigned('18446744073709551615', 10, 64), 18446744073709551615n);
});

test('long digits take linear time', () => {
  const digits = '7'.repeat(200_000);
  assert.throws(() => parseInteger(digits, 10, 64), /value out of range/);
  assert.throws(() => parseFloat64(`${digits}x`), /invalid syntax/);
  assert.equal(parseFloat64(`0.${digits}`), 0.7777777777777778);
  assert.throws(() => parseFloat64(`0x${digits}p0`), /value out of range/);
});
