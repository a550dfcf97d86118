import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { PintleError } from '../errors.ts';
import { BudgetError } from '../go/budget.ts';
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { fromPlain, type GoMap, int64, type Value } from '../go/value.ts';
import { mergeValues } from './merge.ts';
import { parseSet, parseSetFile, parseSetJson, parseSetLiteral, parseSetString } from './set-syntax.ts';

const PARSERS = { set: parseSet, string: parseSetString, json: parseSetJson, literal: parseSetLiteral };

/** What Helm's parser gave for expressions of all kinds: flag, expression, values before, values after or error. */
type Row = [flag: keyof typeof PARSERS, expr: string, before: object, answer: object | string];
const rows: Row[] = JSON.parse(readFileSync(new URL('../../test/testdata/values/set.json', import.meta.url), 'utf8'));

function parse(flag: keyof typeof PARSERS, expr: string, before: object = {}): GoMap | string {
  const values = fromPlain(before) as GoMap;
  try {
    PARSERS[flag](expr, values);
    return values;
  } catch (err) {
    if (err instanceof GoError) return err.message;
    throw err;
  }
}

function canonical(answer: GoMap | object | string): string {
  return typeof answer === 'string' ? answer : marshalJson(fromPlain(answer));
}

test('expressions of every flag give what Helm gives', () => {
  assert.ok(rows.length > 1000);
  for (const [flag, expr, before, answer] of rows) {
    assert.equal(canonical(parse(flag, expr, before)), canonical(answer), `--set-${flag} ${JSON.stringify(expr)}`);
  }
});

const typeTests: [expr: string, value: Value][] = [
  ['5', int64(5)],
  ['-007', int64(-7)],
  ['+5', int64(5)],
  ['-0', int64(0)],
  ['9223372036854775807', int64(9223372036854775807n)],
  ['9223372036854775808', '9223372036854775808'],
  ['007', '007'],
  ['1.5', '1.5'],
  ['TRUE', true],
  ['falſe', false],
  ['Null', null],
  ['yes', 'yes'],
  ['{1,x,}', [int64(1), 'x', '']],
  ['{}', ['']],
];

test('values of --set have the types of Go', () => {
  for (const [expr, value] of typeTests) {
    assert.deepEqual(parse('set', `a=${expr}`), new Map([['a', value]]), expr);
  }
});

test('numbers of --set-json are float64', () => {
  assert.deepEqual(parse('json', 'a=12345678901234567890 ,b=1'), fromPlain({ a: 12345678901234567000, b: 1 }));
});

test('keys that JavaScript knows are keys like others', () => {
  const values = parse('set', '__proto__.polluted=1,constructor.prototype.x=2,a.toString=3') as GoMap;
  assert.deepEqual([...values.keys()], ['__proto__', 'constructor', 'a']);
  assert.equal(({} as { polluted?: unknown }).polluted, undefined);
});

test('--set-file takes contents from the reader, and its error', () => {
  const values: GoMap = new Map();
  parseSetFile('a=p,b={q,r},c=', values, (path) => `<${path}>`);
  assert.deepEqual(values, fromPlain({ a: '<p>', b: ['<q>', '<r>'], c: '' }));
  const missing = (path: string): string => {
    throw new GoError(`open ${path}: no such file or directory`);
  };
  assert.throws(() => parseSetFile('a=/x', values, missing), { message: 'open /x: no such file or directory' });
});

const hostileTests: [name: string, expr: string, error: RegExp][] = [
  ['indices without end', `a${'[0]'.repeat(50_000)}=1`, /depth/],
  ['items of items', `a${'[0].b'.repeat(50_000)}=1`, /depth/],
  ['gaps', Array.from({ length: 2000 }, (_, i) => `k${i}[65536]=1`).join(), /nodes/],
];

test('expressions that would take all memory are refused', () => {
  for (const [name, expr, error] of hostileTests) {
    assert.throws(
      () => parseSet(expr, new Map()),
      (err) => err instanceof BudgetError && error.test(err.message),
      name,
    );
  }
});

test('long expressions take time in proportion', () => {
  const values: GoMap = new Map();
  parseSet('a=1,'.repeat(200_000), values);
  parseSet(Array.from({ length: 60_000 }, (_, i) => `b[${i}]=1`).join(), values);
  assert.equal((values.get('b') as Value[]).length, 60_000);
});

test('sources win over each other in the order of Helm', () => {
  const values = mergeValues({
    literal: ['e=literal'],
    file: ['d=path,e=path'],
    string: ['c=3,d=3'],
    set: ['b=2,c=2'],
    json: ['{"a": {"x": 1}, "b": 1}', 'a.y=1'],
    files: [
      { name: 'v1.yaml', text: 'a: {w: 0, x: 0}\nz: 0\n---\nz: 1\n' },
      fromPlain({ a: { v: 0 }, z: null }) as GoMap,
    ],
    readFile: (path) => `text of ${path}`,
  });
  const want = { a: { v: 0, w: 0, x: 1, y: 1 }, b: 2, c: '3', d: 'text of path', e: 'literal', z: null };
  assert.equal(marshalJson(values), marshalJson(fromPlain(want)));
});

const sourceErrorTests: [sources: Parameters<typeof mergeValues>[0], message: string][] = [
  [{ set: ['a'] }, 'failed parsing --set data: key "a" has no value'],
  [{ string: ['a'] }, 'failed parsing --set-string data: key "a" has no value'],
  [{ literal: ['a'] }, 'failed parsing --set-literal data: key "a" has no value'],
  [{ json: ['a=1x'] }, 'failed parsing --set-json data a=1x'],
  [{ json: ['{"a":{"b":1}'] }, 'failed parsing --set-json data JSON: {"a":{"b":1}'],
  [{ file: ['a=/x'] }, 'failed parsing --set-file data: open /x: no such file or directory'],
  [
    { files: [{ name: 'v.yaml', text: '- 1\n' }] },
    'failed to parse v.yaml: cannot unmarshal yaml document: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}',
  ],
  [
    { files: [fromPlain({ a: 1 }) as GoMap], set: ['a.b=2'] },
    'failed parsing --set data: unable to parse key: interface conversion: interface {} is float64, not map[string]interface {}',
  ],
];

test('faults of sources name the flag or file', () => {
  for (const [sources, message] of sourceErrorTests) {
    assert.throws(
      () => mergeValues(sources),
      (err) => err instanceof PintleError && err.code === 'VALUES_INVALID' && err.message === message,
      message,
    );
  }
});

test('flags leave the maps that the caller gave as they were', () => {
  const given = fromPlain({ a: { b: [1] } }) as GoMap;
  mergeValues({ files: [given], set: ['a.b[0]=2,a.c=3'] });
  assert.deepEqual(given, fromPlain({ a: { b: [1] } }));
});

test('bytes that are no UTF-8 are replaced, but JSON is told of as it is', () => {
  const into: GoMap = new Map();
  parseSet('a\udcff=\udcff', into);
  assert.deepEqual([...into], [['a\ufffd', '\ufffd']]);
  const message = "invalid character '\u00ff' looking for beginning of value";
  assert.throws(() => parseSetJson('a=\udcff', new Map()), { message });
});
