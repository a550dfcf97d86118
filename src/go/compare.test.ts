import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readTable, readValue, registerTableStringers, type ValueRow } from '../../test/go-values.ts';
import { BudgetError } from './budget.ts';
import { compareEq, compareLess, deepEqual, isTrue } from './compare.ts';
import { int, type Struct, slice, type Value } from './value.ts';

registerTableStringers();

/** Answers of all values against all: 0 and 1 for false and true, more for an error by its place in the list. */
interface Tables {
  readonly values: readonly ValueRow[];
  readonly eq: readonly (readonly number[])[];
  readonly lt: readonly (readonly number[])[];
  readonly deep: readonly (readonly number[])[];
  readonly truth: readonly number[];
  readonly errors: readonly string[];
}

const tables = readTable<Tables>('compare.json');

function outcome(compare: () => boolean): boolean | string {
  try {
    return compare();
  } catch (error) {
    return (error as Error).message;
  }
}

function check(name: string, expected: Tables['eq'], compare: (a: Value, b: Value) => boolean): void {
  tables.values.forEach((a, i) => {
    tables.values.forEach((b, j) => {
      const code = expected[i]?.[j] as number;
      const answer = code < 2 ? code === 1 : tables.errors[code - 2];
      const label = `${name} ${JSON.stringify(a)} ${JSON.stringify(b)}`;
      assert.equal(
        outcome(() => compare(readValue(a), readValue(b))),
        answer,
        label,
      );
    });
  });
}

test('eq compares as in text/template', () => check('eq', tables.eq, compareEq));
test('lt compares as in text/template', () => check('lt', tables.lt, compareLess));
test('deepEqual compares as reflect.DeepEqual', () => check('deepEqual', tables.deep, deepEqual));

test('truth is that of text/template', () => {
  tables.values.forEach((row, i) => {
    assert.equal(isTrue(readValue(row)), tables.truth[i] === 1, JSON.stringify(row));
  });
});

function struct(type: string, fields: [string, Value][]): Struct {
  return { struct: true, type, field: () => undefined, method: () => undefined, fields: () => fields };
}

test('structs compare by their fields, pointers by identity', () => {
  const point = (x: Value): Struct => struct('pkg.Point', [['X', x]]);
  const pointer = struct('*pkg.Point', [['X', int(1)]]);
  assert.equal(compareEq(point(int(1)), point(int(1))), true);
  assert.equal(compareEq(point(int(1)), point(int(2))), false);
  assert.equal(compareEq(point(int(1)), struct('pkg.Other', [['X', int(1)]])), false);
  assert.equal(compareEq(pointer, pointer), true);
  assert.equal(compareEq(pointer, struct('*pkg.Point', [['X', int(1)]])), false);
  assert.equal(deepEqual(pointer, struct('*pkg.Point', [['X', int(1)]])), true);
  assert.throws(() => compareEq(point(int(1)), point([])), /^GoError: non-comparable type \{\[\]\}: pkg\.Point$/);
  assert.throws(() => compareEq(pointer, point(1)), /^GoError: non-comparable types &\{%!s\(int=1\)\}: \*pkg\.Point, /);
  assert.equal(isTrue(struct('pkg.Empty', [])), true);
});

test('a nil list equals nil, and no empty one', () => {
  const nil = slice('string', []);
  nil.isNil = true;
  assert.equal(compareEq(nil, null), true);
  assert.equal(compareEq(nil, []), false);
  assert.equal(deepEqual(nil, slice('string', [])), false);
  assert.throws(() => compareEq(nil, new Map()), /^GoError: non-comparable types \[\]: \[\]string, /);
});

test('a list is deeply equal to itself whatever it holds, to another with NaN not', () => {
  const list = [Number.NaN];
  assert.equal(deepEqual(list, list), true);
  assert.equal(deepEqual(list, [Number.NaN]), false);
});

test('shared parts are compared once, and cycles end', () => {
  const doubled = (): Value => {
    let list: Value[] = ['x'];
    for (let i = 0; i < 60; i++) list = [list, list];
    return list;
  };
  assert.equal(deepEqual(doubled(), doubled()), true);
  const cycle = (): Value => {
    const list: Value[] = [];
    list.push(list);
    return list;
  };
  assert.throws(() => deepEqual(cycle(), cycle()), BudgetError);
});
