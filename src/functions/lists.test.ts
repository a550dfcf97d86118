import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, BudgetError, DEFAULT_LIMITS } from '../go/budget.ts';
import { int, isNilContainer, slice, strings, type Value } from '../go/value.ts';
import { dicts } from './dicts.ts';
import type { FunctionEnv } from './func.ts';
import { lists } from './lists.ts';
import { strings as text } from './strings.ts';

const FUNCTIONS = { ...lists, ...dicts, ...text };

/** Small enough to be spent in no time. */
const SMALL = { ...DEFAULT_LIMITS, steps: 1_000_000, characters: 10_000_000, nodes: 100_000 };

function call(name: keyof typeof FUNCTIONS, ...args: Value[]): Value {
  return callWithin(new Budget(), name, args);
}

function callWithin(budget: Budget, name: keyof typeof FUNCTIONS, args: Value[]): Value {
  const env = { budget } as FunctionEnv;
  return FUNCTIONS[name]?.call(env, ...(args as never[])) as Value;
}

test('sortAlpha sorts a []string where it stands, and copies every other list', () => {
  const own = strings(['b', 'a']);
  assert.equal(call('sortAlpha', own), own);
  assert.deepEqual([...own], ['a', 'b']);
  const other = ['b', 'a'];
  assert.deepEqual([...(call('sortAlpha', other) as Value[])], ['a', 'b']);
  assert.deepEqual(other, ['b', 'a']);
});

test('lists keep their elements’ type only where Go does', () => {
  const numbers = call('until', int(3));
  assert.equal((call('slice', numbers, int(1)) as { elem?: string }).elem, 'int');
  assert.equal((call('rest', numbers) as { elem?: string }).elem, undefined);
});

test('what Go leaves nil is nil', () => {
  assert.ok(isNilContainer(call('rest', [])));
  assert.ok(isNilContainer(call('initial', [])));
  assert.ok(isNilContainer(call('concat')));
  assert.ok(!isNilContainer(call('list')));
  assert.ok(isNilContainer(call('deepCopy', call('concat'))));
});

test('uniq tells types apart and finds equal containers', () => {
  const map = (): Value => new Map<string, Value>([['a', 1]]);
  const items = [1, int(1), '1', true, null, map(), map(), [1], slice('int', [int(1)]), NaN, NaN, -0, 0];
  const got = call('uniq', items) as Value[];
  assert.equal(got.length, 11);
});

const bombs: [name: string, make: () => Value][] = [
  ['until', () => call('until', int(1e9))],
  ['untilStep', () => call('untilStep', int(0), int(2n ** 62n), int(1))],
  ['seq', () => call('seq', int(2n ** 62n))],
  ['repeat', () => call('repeat', int(2 ** 40), 'ab')],
  ['indent', () => call('indent', int(1e12), 'x')],
  ['nindent', () => call('nindent', int(1e9), 'x')],
  ['replace', () => call('replace', '', 'x'.repeat(1e6), 'y'.repeat(1e6))],
  ['wrapWith', () => call('wrapWith', int(1), 'x'.repeat(1e6), 'y'.repeat(1e6))],
  ['join', () => call('join', 'x'.repeat(1e6), Array(1e6).fill(''))],
];

for (const [name, make] of bombs) {
  test(`${name} meets its budget before memory does`, () => {
    const started = performance.now();
    assert.throws(make, BudgetError);
    assert.ok(performance.now() - started < 1000);
  });
}

test('shared parts count as often as they are visited', () => {
  let shared: Value = [int(1)];
  for (let i = 0; i < 60; i++) shared = [shared, shared];
  assert.throws(() => callWithin(new Budget(SMALL), 'uniq', [[shared, [shared]]]), BudgetError);
  assert.throws(() => callWithin(new Budget(SMALL), 'deepCopy', [shared]), BudgetError);
  assert.throws(() => callWithin(new Budget(SMALL), 'toString', [shared]), BudgetError);
});

test('long lists of plain values are searched in linear time', () => {
  const items = Array.from({ length: 200_000 }, (_, i) => `item ${i}`);
  const started = performance.now();
  assert.equal((call('uniq', items) as Value[]).length, items.length);
  assert.equal(call('has', 'none', items), false);
  assert.ok(performance.now() - started < 1000);
});
