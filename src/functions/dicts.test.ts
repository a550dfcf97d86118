import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, BudgetError } from '../go/budget.ts';
import { GoPanic } from '../go/error.ts';
import { ANY, type GoMap, isNilContainer, typedMap, typeOf, type Value } from '../go/value.ts';
import { dicts } from './dicts.ts';
import type { FunctionEnv } from './func.ts';

function call(name: string, ...args: Value[]): Value {
  const env = { budget: new Budget() } as FunctionEnv;
  return dicts[name]?.call(env, ...(args as never[])) as Value;
}

function values(): GoMap {
  return typedMap('common.Values', ANY, [['a', new Map<string, Value>([['b', 'deep']])]]);
}

test('set gives a named map back as a plain one, with the same entries', () => {
  const named = values();
  const plain = call('set', named, 'x', 1) as GoMap;
  assert.equal(typeOf(plain), 'map[string]interface {}');
  assert.equal(named.get('x'), 1);
  call('set', plain, 'y', 2);
  assert.equal(named.get('y'), 2);
  assert.deepEqual([...plain.keys()], ['a', 'x', 'y']);
  assert.equal(plain.size, 3);
  assert.equal(call('unset', named, 'y'), plain);
});

test('dig takes no named map', () => {
  const text = 'interface conversion: interface {} is common.Values, not map[string]interface {}';
  assert.throws(() => call('dig', 'a', 'b', '', values()), new GoPanic(text));
  assert.equal(call('dig', 'a', 'b', '', call('set', values(), 'x', 1)), 'deep');
});

test('a copy of a named map keeps its name', () => {
  const copy = call('deepCopy', values()) as GoMap;
  assert.equal(typeOf(copy), 'common.Values');
  assert.notEqual(copy.get('a'), values().get('a'));
});

test('maps that merge takes over are shared, not copied', () => {
  const inner: GoMap = new Map([['k', 1]]);
  const target = call('merge', new Map(), new Map([['m', inner]])) as GoMap;
  assert.equal(target.get('m'), inner);
});

test('a map that holds itself ends in an error, not in the stack', () => {
  const self: GoMap = new Map();
  self.set('self', self);
  const other: GoMap = new Map();
  other.set('self', other);
  assert.throws(() => call('deepCopy', self), BudgetError);
  assert.throws(() => call('merge', self, other), BudgetError);
});

test('keys that JavaScript holds dear are ordinary', () => {
  const map = call('dict', '__proto__', 1, 'constructor', 2) as GoMap;
  assert.deepEqual([...(call('keys', map) as Value[])], ['__proto__', 'constructor']);
  assert.equal(call('get', map, 'toString'), '');
  assert.equal(call('hasKey', map, 'hasOwnProperty'), false);
  const merged = call('merge', new Map(), map) as GoMap;
  assert.equal(merged.get('__proto__'), 1);
  assert.equal(Object.hasOwn(Object.prototype, 'constructor'), true);
});

test('a nil map can be read', () => {
  assert.equal(call('get', null, 'a'), '');
  assert.ok(isNilContainer(call('unset', null, 'a')));
  assert.throws(() => call('set', null, 'a', 1), /^GoPanic: assignment to entry in nil map$/);
});
