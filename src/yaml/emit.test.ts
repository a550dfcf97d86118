import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Budget, BudgetError, DEFAULT_LIMITS } from '../go/budget.ts';
import { duration } from '../go/duration.ts';
import { GoError } from '../go/error.ts';
import { marshalJson, unmarshalJson } from '../go/json.ts';
import { int, int64, makeInt, type Struct, strings, TypedMap, type Value } from '../go/value.ts';
import { yamlToValue } from './decode.ts';
import { toYaml, toYamlPretty } from './emit.ts';

/** JSON values with what sigs.k8s.io/yaml and yaml.v3 write. */
type Row = readonly [json: string, plain: string | { readonly err: string }, pretty: string];

const rows = JSON.parse(
  readFileSync(new URL('../../test/testdata/yaml/write.json', import.meta.url), 'utf8'),
) as readonly Row[];

test('values are written as Go writes them', () => {
  assert.ok(rows.length > 1000);
  for (const [json, plain, pretty] of rows) {
    const value = unmarshalJson(json);
    if (typeof plain === 'string') assert.equal(toYaml(value), plain, json);
    else assert.throws(() => toYaml(value), new GoError(plain.err), json);
    assert.equal(toYamlPretty(value), pretty, json);
  }
});

test('what is written reads back', () => {
  let count = 0;
  for (const [json, plain] of rows) {
    // go-yaml does not quote a key that reads as a merge, nor such characters, which read as line breaks.
    if (typeof plain !== 'string' || /[\u0080-\u009f\u2028\u2029]|"<<":/.test(json)) continue;
    const before = marshalJson(unmarshalJson(json)).replaceAll('-0', '0');
    assert.equal(marshalJson(yamlToValue(plain)).replaceAll('-0', '0'), before, json);
    count++;
  }
  assert.ok(count > 800);
});

const struct: Struct = {
  struct: true,
  type: '*pkg.Thing',
  field: () => undefined,
  method: () => undefined,
  fields: () => [
    ['GitCommit', ''],
    ['hidden', 1],
    ['List', strings(['a'])],
  ],
};
const tagged: Struct = { ...struct, json: () => '{"name":"n","big":12345678901234567890,"none":null}' };
const time: Struct = { ...struct, type: 'time.Time', json: () => '"2020-01-02T00:00:00Z"' };
const text: Struct = { ...struct, type: '*semver.Version', json: () => '"1.2"' };
const nil = new TypedMap();
nil.isNil = true;

const kindTests: [string, Value, string, string][] = [
  ['int', int(5), '5\n', '5\n'],
  ['wide int', int64(9223372036854775807n), '9223372036854775807\n', '9223372036854775807\n'],
  ['uint64', makeInt('uint64', 18446744073709551615n), '18446744073709551615\n', '18446744073709551615\n'],
  ['float', 1e6, '1000000\n', '1e+06\n'],
  ['negative zero', -0, '0\n', '-0\n'],
  ['duration', duration(90e9), '90000000000\n', '1m30s\n'],
  ['bytes', Uint8Array.of(104, 105), 'aGk=\n', '- 104\n- 105\n'],
  ['typed slice', strings(['a', '1']), '- a\n- "1"\n', '- a\n- "1"\n'],
  ['nil map', nil, 'null\n', '{}\n'],
  ['struct', struct, 'GitCommit: ""\nList:\n- a\n', 'gitcommit: ""\nlist:\n  - a\n'],
  ['marshaler', tagged, 'big: 12345678901234567890\nname: "n"\nnone: null\n', 'gitcommit: ""\nlist:\n  - a\n'],
  ['time', [time], '- "2020-01-02T00:00:00Z"\n', '- 2020-01-02T00:00:00Z\n'],
  ['text marshaler', [text], '- "1.2"\n', '- "1.2"\n'],
  ['invalid UTF-8', ['\udcff'], '- \ufffd\n', '- !!binary /w==\n'],
  ['not a number', [Number.NaN], '', '- .nan\n'],
];

test('the kinds that templates have', () => {
  for (const [name, value, plain, pretty] of kindTests) {
    if (plain !== '') assert.equal(toYaml(value), plain, name);
    assert.equal(toYamlPretty(value), pretty, name);
  }
});

test('long lines are folded by the one and not by the other', () => {
  const words = 'word '.repeat(30).trim();
  const folded = `a: ${'word '.repeat(16).trim()}\n  ${'word '.repeat(14).trim()}\n`;
  assert.equal(toYaml(new Map([['a', words]])), folded);
  assert.equal(toYamlPretty(new Map([['a', words]])), `a: ${words}\n`);
});

test('what JSON has no form for fails as there', () => {
  const cycle = new Map<string, Value>();
  cycle.set('self', cycle);
  const prefix = 'error marshaling into JSON: json: unsupported value:';
  assert.throws(() => toYaml([Number.NaN]), new GoError(`${prefix} NaN`));
  assert.throws(() => toYaml(cycle), new GoError(`${prefix} encountered a cycle via map[string]interface {}`));
  assert.throws(() => toYaml('\x7f'), new GoError('yaml: control characters are not allowed'));
  assert.throws(() => toYaml(new Map([['k'.repeat(1025), 1]])), new GoError("yaml: did not find expected ',' or '}'"));
});

test('deep and shared values stay within bounds', () => {
  let deep: Value = 1;
  for (let i = 0; i < 30_000; i++) deep = [deep];
  assert.throws(() => toYaml(deep), GoError);
  assert.throws(() => toYamlPretty(deep), GoError);
  let wide: Value = 1;
  for (let i = 0; i < 60; i++) wide = [wide, wide];
  const budget = new Budget({ ...DEFAULT_LIMITS, nodes: 10_000 });
  assert.throws(() => toYaml(wide, { budget }), BudgetError);
  assert.throws(() => toYamlPretty(wide, { budget }), BudgetError);
});

test('letters that came after Unicode 15 are none where keys are put in order', () => {
  const map = new Map([
    ['2', 1],
    ['\u{13ee7}', 1],
  ]);
  assert.equal(toYaml(map), '"\\U00013EE7": 1\n"2": 1\n');
});

test('keys with bytes that are no UTF-8 stand where U+FFFD stands', () => {
  const map = new Map([
    ['\udc80', 1],
    ['\ufeff', 2],
  ]);
  assert.equal(toYaml(map), '"\\uFEFF": 2\n\ufffd: 1\n');
  assert.equal(toYamlPretty(map), '"\\uFEFF": 2\n!!binary gA==: 1\n');
});
