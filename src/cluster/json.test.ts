import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isObject, own, parseJson, printJson } from './json.ts';

for (const [name, text, expected] of [
  ['small numbers stay numbers', '{"a":1,"b":-2.5,"c":1e3}', { a: 1, b: -2.5, c: 1000 }],
  ['integers beyond 2^53 are exact', '[9007199254740993, -9007199254740993]', [9007199254740993n, -9007199254740993n]],
  ['the ends of int64', '[9223372036854775807,-9223372036854775808]', [9223372036854775807n, -9223372036854775808n]],
  ['past int64 Go has float64', '[9223372036854775808]', [2 ** 63]],
  ['a long number alone', '9007199254740993', 9007199254740993n],
  ['long but with a fraction', '{"a":1234567890123456.5}', { a: 1234567890123456.5 }],
  ['digits in a string', '{"a":"12345678901234567890"}', { a: '12345678901234567890' }],
  ['half a character', '["\\ud800","\\ud83d\\ude00"]', ['\ufffd', '😀']],
  ['brackets in strings', JSON.stringify({ a: '['.repeat(3000) }), { a: '['.repeat(3000) }],
  ['quotes in strings', JSON.stringify({ a: '\\"['.repeat(2000) }), { a: '\\"['.repeat(2000) }],
] as const) {
  test(`parseJson: ${name}`, () => {
    assert.deepEqual(JSON.parse(JSON.stringify(parseJson(text), big)), JSON.parse(JSON.stringify(expected, big)));
  });
}

function big(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}

test('__proto__ is a key like any other, on both ways through the reader', () => {
  for (const text of ['{"__proto__":{"a":1}}', '{"__proto__":{"a":9007199254740993}}']) {
    const value = parseJson(text);
    assert.ok(isObject(value));
    assert.equal(own(value, 'a'), undefined);
    assert.ok(isObject(own(value, '__proto__')));
    assert.equal(printJson(value), text);
  }
});

test('data that is too deep is refused, before anything recurses on it', () => {
  assert.throws(() => parseJson('['.repeat(1_000_000)), /exceeded max depth/);
  assert.throws(() => parseJson(`${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`), /exceeded max depth/);
  assert.ok(parseJson('['.repeat(1000) + ']'.repeat(1000)));
});

test('numbers that float64 does not hold are refused, as Go refuses them', () => {
  for (const literal of ['1e999', '-1E+400', '9'.repeat(400)]) {
    const message = `json: cannot unmarshal number ${literal} into Go value of type float64`;
    assert.throws(() => parseJson(`{"a":[${literal}]}`), { message });
  }
  assert.deepEqual(parseJson('[1e-999, "1e999"]'), [0, '1e999']);
});

test('a key with a backslash does not change how later keys are read', () => {
  for (const text of ['{"\\n":1,"\\\\":2}', '{"\\n":1,"\\u0007":2}', '{"a\\\\" :1}', '{"a\\n":1}']) {
    const exact = JSON.stringify(text.match(/"[^"]*"(?=\s*:)/g)?.map((key) => JSON.parse(key) as string));
    const value = parseJson(text);
    assert.ok(isObject(value));
    assert.equal(JSON.stringify(Object.keys(value)), exact);
  }
});
