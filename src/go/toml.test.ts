import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Budget, BudgetError } from './budget.ts';
import { duration } from './duration.ts';
import { unmarshalJson } from './json.ts';
import { formatValue } from './print.ts';
import { quote } from './quote.ts';
import { Time } from './time.ts';
import { marshalToml } from './toml.ts';
import { unmarshalToml } from './toml-parse.ts';
import { type GoMap, int, Slice, sortedKeys, typedMap, typeOf, type Value } from './value.ts';
import { fixedZone, UTC } from './zone.ts';

/** Questions with BurntSushi's answers. */
function facts(name: string): [string, string][] {
  const file = new URL(`../../test/testdata/toml/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as [string, string][];
}

function failure(error: unknown): string {
  const { name, message } = error as Error;
  return `${name === 'GoPanic' ? 'PANIC' : name === 'GoError' ? 'ERR' : name} ${message}`;
}

/** A value with its types. */
function dump(v: Value): string {
  if (v instanceof Map)
    return `{${sortedKeys(v)
      .map((key) => `${quote(key)}:${dump(v.get(key) as Value)},`)
      .join('')}}`;
  if (Array.isArray(v)) return `${v instanceof Slice ? 'T[' : '['}${v.map((item) => `${dump(item)},`).join('')}]`;
  if (typeof v === 'string') return quote(v);
  return v instanceof Time ? `time ${v.string()}` : `${typeOf(v)} ${formatValue(v)}`;
}

test('values as TOML', () => {
  for (const [json, wanted] of facts('encode')) {
    let got: string;
    try {
      got = marshalToml(unmarshalJson(json));
    } catch (error) {
      got = failure(error);
    }
    assert.equal(got, wanted, json);
  }
});

test('TOML as values, and back, with the texts of errors', () => {
  for (const [text, wanted] of facts('decode')) {
    let got: string;
    try {
      const map = unmarshalToml(text);
      got = `${dump(map)}\n`;
      try {
        got += marshalToml(map);
      } catch (error) {
        got += `ENC${failure(error)}`;
      }
    } catch (error) {
      got = failure(error);
    }
    assert.equal(got, wanted, text);
  }
});

test('Go values that JSON has not', () => {
  const time = new Time(1_717_200_000n, 500, fixedZone('X', 3600), UTC);
  const nil = typedMap('map[string]interface {}', 'interface {}', []);
  nil.isNil = true;
  const map: GoMap = new Map<string, Value>([
    ['t', time],
    ['d', duration(90_000_000_000)],
    ['i', int(9_007_199_254_740_993n)],
    ['b', Uint8Array.of(1, 2)],
    ['n', null],
    ['m', nil],
  ]);
  assert.equal(
    marshalToml(map),
    'b = [1, 2]\nd = "1m30s"\ni = 9007199254740993\nt = 2024-06-01T01:00:00.0000005+01:00\n',
  );
  assert.throws(() => marshalToml([null]), { message: 'toml: cannot encode array with nil element' });
  assert.throws(() => marshalToml([[nil]]), { message: 'toml: cannot encode array with nil element' });
  assert.equal(marshalToml(nil), '');
});

test("times without a zone are of the reader's place, and keep their form", () => {
  const text = 'a = 2024-05-06T07:08:09\nb = 2024-05-06\nc = 07:08:09.5\n';
  const place = { local: fixedZone('Local', 0), offset: 0 };
  const map = unmarshalToml(text, () => place);
  assert.equal(formatValue(map.get('a')), '2024-05-06 07:08:09 +0000 datetime-local');
  assert.equal(marshalToml(map), text);
});

test('hostile texts end in good time', () => {
  const many = (n: number, text: string) => text.repeat(n);
  assert.throws(() => unmarshalToml(`a = ${many(5000, '[')}`), BudgetError);
  assert.throws(() => unmarshalToml(`a = ${many(5000, '{a=')}`), BudgetError);
  assert.throws(() => unmarshalToml(`${many(100_000, 'a.')}a = 1`), BudgetError);
  assert.throws(() => unmarshalToml(`a = ${many(100_000, '9')}`), { message: /out of range for int64/ });
  assert.equal(unmarshalToml(`a = """${many(200_000, '\\ \n')}"""`).get('a'), '');
  const knot: Value[] = [];
  knot.push(knot);
  assert.throws(() => marshalToml(knot), BudgetError);
  let doubled: Value = [1];
  for (let i = 0; i < 60; i++) doubled = [doubled, doubled];
  const limits = { steps: 100_000, characters: 100_000, depth: 1000, nodes: 1000 };
  assert.throws(() => marshalToml(doubled, new Budget(limits)), BudgetError);
});

test('keys that objects have by nature are keys', () => {
  const map = unmarshalToml('__proto__ = 1\nconstructor.x = 2\n[toString]\n');
  assert.deepEqual([...map.keys()], ['__proto__', 'constructor', 'toString']);
});
