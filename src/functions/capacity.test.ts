import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget } from '../go/budget.ts';
import { GoPanic } from '../go/error.ts';
import { int, type Value } from '../go/value.ts';
import { capacityOf } from './capacity.ts';
import { dicts } from './dicts.ts';
import type { FunctionEnv } from './func.ts';
import { lists } from './lists.ts';
import { regex } from './regex.ts';
import { strings } from './strings.ts';

const FUNCTIONS = { ...lists, ...dicts, ...regex, ...strings };

function call(name: string, ...args: Value[]): Value[] {
  const env = { budget: new Budget() } as FunctionEnv;
  return FUNCTIONS[name]?.call(env, ...(args as never[])) as Value[];
}

function ones(length: number): Value[] {
  return Array.from({ length }, () => 1);
}

/** What Helm's own `slice` accepts as the end of a list of 3, 5, 9, 18 and 40 elements. */
const facts: [name: string, make: (length: number) => Value[], capacities: number[]][] = [
  ['decoded', (n) => ones(n), [4, 8, 16, 32, 71]],
  ['list', (n) => call('list', ...ones(n)), [3, 5, 9, 18, 40]],
  ['append', (n) => call('append', ones(n - 1), 1), [4, 8, 16, 35, 79]],
  ['prepend', (n) => call('prepend', ones(n - 1), 1), [3, 5, 9, 18, 43]],
  ['concat', (n) => call('concat', ones(n)), [4, 8, 16, 32, 71]],
  ['reverse', (n) => call('reverse', ones(n)), [3, 5, 9, 18, 40]],
  ['until', (n) => call('until', int(n)), [4, 8, 16, 32, 64]],
  ['splitList', (n) => call('splitList', ',', ones(n).join(',')), [3, 5, 9, 18, 40]],
  ['sortAlpha', (n) => call('sortAlpha', ones(n)), [3, 5, 9, 18, 40]],
  ['regexFindAll', (n) => call('regexFindAll', 'a', 'a'.repeat(n), int(-1)), [10, 10, 10, 20, 43]],
  ['regexSplit', (n) => call('regexSplit', ',', ones(n).join(','), int(-1)), [4, 8, 16, 35, 79]],
  ['deepCopy', (n) => call('deepCopy', call('append', ones(n - 1), 1)), [4, 8, 16, 35, 79]],
];

for (const [name, make, want] of facts) {
  test(`${name} has the room that Go gives it`, () => {
    assert.deepEqual(
      [3, 5, 9, 18, 40].map((n) => capacityOf(make(n))),
      want,
    );
  });
}

test('slice reaches into the room behind the end', () => {
  assert.deepEqual(call('slice', ones(3), int(2), int(4)), [1, null]);
  assert.throws(() => call('slice', ones(3), int(2), int(5)), GoPanic);
  const shorter = call('slice', ['a', 'b', 'c', 'd'], int(0), int(2));
  assert.deepEqual(call('slice', shorter, int(1), int(4)), ['b', 'c', 'd']);
  assert.deepEqual([...call('slice', call('regexFindAll', 'a', 'a', int(1)), int(0), int(2))], ['a', '']);
});
