import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, BudgetError, DEFAULT_LIMITS } from './budget.ts';
import { GoError } from './error.ts';
import { marshalJson, unmarshalJson, unmarshalJsonList, unmarshalJsonMap } from './json.ts';
import { Complex, int, int64, type Struct, strings, type Value } from './value.ts';

const struct: Struct = {
  struct: true,
  type: 'pkg.Thing',
  field: () => undefined,
  method: () => undefined,
  fields: () => [
    ['Name', 'n'],
    ['hidden', 1],
    ['List', [1]],
  ],
};
const marshaler: Struct = { ...struct, json: () => '{ "a" : "< x",\n "b":[ ] }' };

const marshalTests: [string, Value, string][] = [
  ['null', null, 'null'],
  ['floats', [0, -0, 1, 1.5, 1e20, 1e21, 1e-6, 1e-7], '[0,-0,1,1.5,100000000000000000000,1e+21,0.000001,1e-7]'],
  ['integers', [int(5), int64(9223372036854775807n)], '[5,9223372036854775807]'],
  [
    'key order',
    new Map<string, Value>([
      ['\uffff', 1],
      ['😀', 2],
      ['b', 3],
      ['B', 4],
    ]),
    '{"B":4,"b":3,"\uffff":1,"😀":2}',
  ],
  ['escapes', '\b\f\n\r\t\u0001"\\/<>&\u2028\x7f', '"\\b\\f\\n\\r\\t\\u0001\\"\\\\/\\u003c\\u003e\\u0026\\u2028\x7f"'],
  ['bytes outside UTF-8', 'a\udcffé😀', '"a\\ufffdé😀"'],
  ['bytes', Uint8Array.of(104, 105), '"aGk="'],
  ['a typed slice', strings(['a']), '["a"]'],
  ['a struct', struct, '{"Name":"n","List":[1]}'],
  ['a marshaler', marshaler, '{"a":"\\u003c x","b":[]}'],
  ['a key like a prototype', new Map([['__proto__', 1]]), '{"__proto__":1}'],
];

test('marshalJson writes what encoding/json writes', () => {
  for (const [name, value, want] of marshalTests) assert.equal(marshalJson(value), want, name);
  assert.equal(marshalJson('<&>', { escapeHtml: false }), '"<&>"');
});

test('marshalJson indents', () => {
  const value = new Map<string, Value>([
    ['a', [1, [], new Map()]],
    ['b', '{,:[]}"'],
  ]);
  assert.equal(
    marshalJson(value, { indent: '  ' }),
    '{\n  "a": [\n    1,\n    [],\n    {}\n  ],\n  "b": "{,:[]}\\""\n}',
  );
});

test('marshalJson refuses what JSON has no form for', () => {
  const cycle = new Map<string, Value>();
  cycle.set('self', cycle);
  const cases: [Value, string][] = [
    [Number.NaN, 'json: unsupported value: NaN'],
    [[Number.NEGATIVE_INFINITY], 'json: unsupported value: -Inf'],
    [new Complex(0, 1), 'json: unsupported type: complex128'],
    [cycle, 'json: unsupported value: encountered a cycle via map[string]interface {}'],
  ];
  for (const [value, message] of cases) assert.throws(() => marshalJson(value), new GoError(message));
});

test('marshalJson stops shared parts from multiplying', () => {
  let v: Value = 1;
  for (let i = 0; i < 60; i++) v = [v, v];
  const budget = new Budget({ ...DEFAULT_LIMITS, nodes: 10_000 });
  assert.throws(() => marshalJson(v, { budget }), BudgetError);
});

test('deep values and texts leave the stack alone', () => {
  let v: Value = [];
  for (let i = 0; i < 100_000; i++) v = [v];
  assert.equal(marshalJson(v).length, 200_002);
  const deep = '['.repeat(10_000) + ']'.repeat(10_000);
  assert.equal(marshalJson(unmarshalJson(deep)), deep);
  assert.throws(() => unmarshalJson(`[${deep}]`), new GoError("invalid character '[' exceeded max depth"));
});

const errorTests: [string, string][] = [
  ['', 'unexpected end of JSON input'],
  ['[', 'unexpected end of JSON input'],
  ['{"a"', 'unexpected end of JSON input'],
  ['"a', 'unexpected end of JSON input'],
  ['"\\', "invalid character ' ' in string escape code"],
  ['-', "invalid character ' ' in numeric literal"],
  ['1.', "invalid character ' ' after decimal point in numeric literal"],
  ['1e+', "invalid character ' ' in exponent of numeric literal"],
  ['tru', "invalid character ' ' in literal true (expecting 'e')"],
  ['nulx', "invalid character 'x' in literal null (expecting 'l')"],
  ['01', "invalid character '1' after top-level value"],
  ['{a}', "invalid character 'a' looking for beginning of object key string"],
  ['{"a",', "invalid character ',' after object key"],
  ['{"a":1]', "invalid character ']' after object key:value pair"],
  ['[1 2]', "invalid character '2' after array element"],
  ['[1,]', "invalid character ']' looking for beginning of value"],
  ['"\t"', "invalid character '\\t' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\u00g0"', "invalid character 'g' in \\u hexadecimal character escape"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ['é', "invalid character 'Ã' looking for beginning of value"],
  ['\u0001', "invalid character '\\x01' looking for beginning of value"],
  ['[1e400]', 'json: cannot unmarshal number 1e400 into Go value of type float64'],
];

test('unmarshalJson fails in the words of encoding/json', () => {
  for (const [text, message] of errorTests) assert.throws(() => unmarshalJson(text), new GoError(message), text);
});

test('unmarshalJson reads', () => {
  const read = unmarshalJson(
    ' {"__proto__": {"a": 1}, "b": "\\ud83d\\ude00\\ud800x\\u00e9\udcff", "b": [true, null, -0.5]} ',
  );
  assert.deepEqual(
    read,
    new Map<string, Value>([
      ['__proto__', new Map([['a', 1]])],
      ['b', [true, null, -0.5]],
    ]),
  );
  assert.equal(unmarshalJson('"\\ud83d\\ude00\\ud800x\\u00e9\udcff\\ud800\\u0041"'), '😀\ufffdxé\ufffd\ufffdA');
});

test('typed targets keep what fitted', () => {
  assert.deepEqual(unmarshalJsonMap('{"a": 1e400, "b": 2}'), {
    value: new Map<string, Value>([
      ['a', null],
      ['b', 2],
    ]),
    error: 'json: cannot unmarshal number 1e400 into Go value of type float64',
  });
  assert.deepEqual(unmarshalJsonMap('[1]'), {
    value: new Map(),
    error: 'json: cannot unmarshal array into Go value of type map[string]interface {}',
  });
  assert.deepEqual(unmarshalJsonMap('null'), { value: new Map(), error: undefined });
  assert.deepEqual(unmarshalJsonList('{}'), {
    value: [],
    error: 'json: cannot unmarshal object into Go value of type []interface {}',
  });
});

test('keys are in the order of their bytes, those that are no UTF-8 included', () => {
  const map = new Map(['\u4daf', '\udc80', '\ue000', '\u{10000}', 'a', '\udcff'].map((key, i) => [key, i]));
  assert.equal(marshalJson(map), '{"a":4,"\\ufffd":1,"\u4daf":0,"\ue000":2,"\u{10000}":3,"\\ufffd":5}');
});
