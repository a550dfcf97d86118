import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable, readValue, registerTableStringers, type ValueRow } from '../../test/go-values.ts';
import { Budget, BudgetError, DEFAULT_LIMITS } from './budget.ts';
import { runtimeError } from './error.ts';
import { formatValue, sprint, sprintf, sprintln } from './print.ts';
import { int, type Method, type Struct, strings, type Value } from './value.ts';

registerTableStringers();

test('every verb and flag prints every kind of value as Go does', () => {
  const { values, rows } = readTable<{ values: ValueRow[]; rows: [string, string[]][] }>('print-grid.json');
  for (const [format, expected] of rows) {
    values.forEach((row, i) => {
      assert.equal(sprintf(format, [readValue(row)]), expected[i], `${format} of ${JSON.stringify(row)}`);
    });
  }
});

test('directives take their arguments, widths and indexes as in Go, and faults show in the text', () => {
  const rows = readTable<[string, ValueRow[], string, string][]>('print-directives.json');
  for (const [format, args, formatted, printed] of rows) {
    const values = args.map(readValue);
    const name = JSON.stringify([format, args]);
    assert.equal(sprintf(format, values), formatted, name);
    assert.equal(sprint(values), printed, name);
  }
});

test('print puts a space between two operands when neither is a string, println always', () => {
  const values = [int(1), int(2), 'a', 'b', 3.5, null, true];
  assert.equal(sprint(values), '1 2a b3.5 <nil> true'.replace('a b', 'ab'));
  assert.equal(sprintln(values), '1 2 a b 3.5 <nil> true\n');
  assert.equal(sprintln([]), '\n');
});

test('a value prints as %v', () => {
  const table: [Value, string][] = [
    ['text', 'text'],
    [5, '5'],
    [1_000_000, '1e+06'],
    [int(1_000_000), '1000000'],
    [null, '<nil>'],
    [undefined, '<nil>'],
    [strings(['a', 'b']), '[a b]'],
    [new Map<string, Value>([['b', [null]], ['a', 1.5]]), 'map[a:1.5 b:[<nil>]]'], // biome-ignore format: one row
  ];
  for (const [value, expected] of table) assert.equal(formatValue(value), expected);
});

function struct(type: string, fields: [string, Value][], more: Partial<Struct> = {}): Struct {
  return { struct: true, type, field: () => undefined, method: () => undefined, fields: () => fields, ...more };
}

const inner = struct('pkg.Inner', [['N', int(1)], ['s', 'x']]); // biome-ignore format: one row
const named = struct('pkg.Named', [['N', int(1)]], { string: () => 'named!' });
const goString: Method = { params: [], result: 'string', call: () => 'pkg.Make(1)' };

test('bytes inside a value print in decimal', () => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const map = new Map<string, Value>([
    ['all', all],
    ['none', new Uint8Array()],
    ['one', new Uint8Array([7])],
  ]);
  assert.equal(formatValue(map), `map[all:[${all.join(' ')}] none:[] one:[7]]`);
});

test('structs print their fields, or what their String method says', () => {
  const table: [string, Value, string][] = [
    ['%v', inner, '{1 x}'],
    ['%+v', inner, '{N:1 s:x}'],
    ['%#v', inner, 'pkg.Inner{N:1, s:"x"}'],
    ['%d', inner, '{1 %!d(string=x)}'],
    ['%T', inner, 'pkg.Inner'],
    ['%v', struct('*pkg.Outer', [['A', inner], ['B', null]]), '&{{1 x} <nil>}'], // biome-ignore format: one row
    ['%#v', struct('*pkg.Outer', [['B', null]]), '&pkg.Outer{B:interface {}(nil)}'],
    ['%s', named, 'named!'],
    ['%q', named, '"named!"'],
    ['%x', named, '6e616d656421'],
    ['%d', named, '{1}'],
    ['%z', named, '{%!z(int=1)}'],
    ['%#v', named, 'pkg.Named{N:1}'],
    ['%#v', struct('pkg.Go', [], { method: (name) => (name === 'GoString' ? goString : undefined) }), 'pkg.Make(1)'],
    ['%v', [named, inner], '[named! {1 x}]'],
    ['%v', struct('pkg.T', [['Open', named], ['shut', named]]), '{named! {1}}'], // biome-ignore format: one row
  ];
  for (const [format, value, expected] of table) assert.equal(sprintf(format, [value]), expected, format);
});

test('a panic in a String method shows in the text', () => {
  const bad = struct('pkg.Bad', [], {
    string: () => {
      throw runtimeError('index out of range [1] with length 1');
    },
  });
  const expected = '%!v(PANIC=String method: runtime error: index out of range [1] with length 1)';
  assert.equal(sprintf('%v', [bad]), expected);
  assert.equal(sprintf('%5d|%v', [int(1), [bad]]), `    1|[${expected}]`);
});

test('a value that holds itself ends in a budget error', () => {
  const list: Value[] = [];
  list.push(list);
  const map = new Map<string, Value>();
  map.set('m', map);
  assert.throws(() => formatValue(list), BudgetError);
  assert.throws(() => sprint([map]), BudgetError);
});

test('text is charged before it grows large', () => {
  const small = (): Budget => new Budget({ ...DEFAULT_LIMITS, characters: 10_000 });
  let doubled: Value[] = ['x'];
  for (let i = 0; i < 60; i++) doubled = [doubled, doubled];
  assert.throws(() => sprintf('%v', [doubled], small()), BudgetError);
  assert.throws(() => formatValue(doubled, new Budget({ ...DEFAULT_LIMITS, steps: 10_000 })), /more than 10000 steps/);
  for (const format of ['%100000d', '%.100000d', '%.100000f', '%-100000s|', '%0100000d', '%.100000U']) {
    assert.throws(() => sprintf(format, [format.endsWith('f') ? 1.5 : int(1)], small()), BudgetError, format);
  }
  const budget = small();
  sprintf('%500d', [int(1)], budget);
  assert.equal(budget.characters, 500);
});
