import { toInt } from '../go/cast.ts';
import { deepEqual, isTrue } from '../go/compare.ts';
import { GoError, GoPanic, runtimeError } from '../go/error.ts';
import { ANY, compareStrings, Int, int, kindOf, type Slice, slice, strings, type Value } from '../go/value.ts';
import { capacityOf, exact, grownFrom, sliceWithin } from './capacity.ts';
import { chargeList, chargeParts } from './charge.ts';
import { type FuncTable, type FunctionEnv, fn, variadic } from './func.ts';
import { elementsOf, nilDereference, strslice, strval } from './strval.ts';

/**
 * A list's elements. sprig panics where its `must` twin returns the error; templates show the same text.
 */
function elements(env: FunctionEnv, list: Value, fault: string): readonly Value[] {
  const items = elementsOf(list);
  if (items === undefined) {
    if (list === null || list === undefined) throw nilDereference();
    throw new GoError(`${fault} ${kindOf(list)}`);
  }
  chargeList(env, items.length);
  return items;
}

/** A nil `[]interface {}`: it prints as empty and is `null` in JSON. */
function nilList(): Slice {
  const out = slice(ANY, []);
  out.isNil = true;
  return out;
}

/** Elements that equal none before them. Scalars are told apart by a key, the rest one by one. */
class Distinct {
  private readonly keys = new Set<unknown>();
  private readonly others: { readonly value: Value; readonly parts: number }[] = [];
  private readonly env: FunctionEnv;

  constructor(env: FunctionEnv) {
    this.env = env;
  }

  /** Whether the value is new; then it is remembered. */
  add(value: Value): boolean {
    const key = scalarKey(value);
    if (key !== undefined) return this.keys.size !== this.keys.add(key).size;
    if (Number.isNaN(value)) return true;
    const parts = chargeParts(this.env, value);
    for (const other of this.others) {
      this.env.budget.step(Math.min(parts, other.parts));
      if (deepEqual(value, other.value)) return false;
    }
    this.others.push({ value, parts });
    return true;
  }
}

/** Equal for scalars that reflect.DeepEqual finds equal; undefined for everything else and for NaN. */
function scalarKey(v: Value): unknown {
  switch (typeof v) {
    case 'string':
      return `"${v}`;
    case 'number':
      return Number.isNaN(v) ? undefined : v;
    case 'boolean':
      return v;
  }
  if (v === null || v === undefined) return null;
  return v instanceof Int ? `${v.type} ${v.n}` : undefined;
}

/** Whether some element equals the needle. sprig: list.go inList */
function includes(env: FunctionEnv, haystack: readonly Value[], needle: Value): boolean {
  const key = scalarKey(needle);
  env.budget.step(1 + haystack.length / 16);
  if (key !== undefined) return haystack.some((item) => scalarKey(item) === key);
  const parts = chargeParts(env, needle);
  return haystack.some((item) => {
    if (typeof item !== 'object') return false;
    env.budget.step(parts);
    return deepEqual(needle, item);
  });
}

/** sprig: list.go mustChunk, whose arithmetic in floats decides what odd sizes do. */
function chunk(env: FunctionEnv, size: Int, list: Value): Slice {
  const items = elements(env, list, 'Cannot chunk type');
  const n = Number(size.n);
  const count = Math.floor((items.length - 1) / n) + 1;
  const out = slice('[]interface {}', []);
  if (!(count >= 0 && count <= items.length + 1)) throw runtimeError('makeslice: len out of range');
  for (let i = 0; i < count; i++) {
    const length = i === count - 1 ? items.length % n || n : n;
    if (length < 0) throw runtimeError('makeslice: len out of range');
    out.push(exact(items.slice(i * n, i * n + length)));
  }
  return exact(out);
}

/** sprig: list.go mustSlice; the type stays that of the list. */
function sliceList(env: FunctionEnv, list: Value, bounds: readonly Value[]): Value {
  const items = elements(env, list, 'list should be type of slice or array but');
  if (items.length === 0) return null;
  const start = bounds.length > 0 ? Number(toInt(bounds[0]).n) : 0;
  const end = bounds.length > 1 ? Number(toInt(bounds[1]).n) : items.length;
  const capacity = list instanceof Uint8Array ? list.length : capacityOf(list as Value[]);
  if (start < 0 || end < start || end > capacity) {
    throw new GoPanic('reflect.Value.Slice: slice index out of bounds');
  }
  return list instanceof Uint8Array ? list.subarray(start, end) : sliceWithin(list as Value[], start, end);
}

function concat(env: FunctionEnv, lists: readonly Value[]): Value {
  const out: Value[] = [];
  for (const list of lists) {
    const items = elementsOf(list);
    if (items === undefined) {
      if (list === null || list === undefined) throw nilDereference();
      throw new GoPanic(`Cannot concat type ${kindOf(list)} as list`);
    }
    chargeList(env, out.length + items.length);
    for (const item of items) out.push(item);
  }
  return out.length === 0 ? nilList() : out;
}

/** sprig: list.go sortAlpha. A `[]string` is sorted where it stands, as Go does it. */
function sortAlpha(env: FunctionEnv, list: Value): Slice {
  if (elementsOf(list) === undefined) return strings([strval(env, list)]);
  const out = strslice(env, list);
  chargeList(env, out.length * Math.ceil(Math.log2(out.length + 2)));
  out.sort((a, b) => compareStrings(a as string, b as string));
  return out;
}

/** Go: sprig's untilStep. The length is charged before anything is built. */
function range(env: FunctionEnv, start: Int, stop: Int, step: number | bigint): Slice {
  const out = slice('int', []);
  const [from, to, by] = [Number(start.n), Number(stop.n), Number(step)];
  const count = to < from ? (by < 0 ? Math.ceil((from - to) / -by) : 0) : by > 0 ? Math.ceil((to - from) / by) : 0;
  chargeList(env, count);
  if (Number.isSafeInteger(from) && Number.isSafeInteger(from + count * by)) {
    for (let i = 0; i < count; i++) out.push(int(from + i * by));
  } else {
    for (let i = 0; i < count; i++) out.push(int(BigInt(start.n) + BigInt(i) * BigInt(step)));
  }
  return out;
}

/** sprig: numeric.go seq, with its own ideas of where a step leads. */
function sequence(env: FunctionEnv, params: readonly Int[]): string {
  if (params.length === 0 || params.length > 3) return '';
  const start = params.length === 1 ? int(1) : (params[0] as Int);
  const end = params[params.length - 1] as Int;
  const falls = end.n < start.n;
  let step: number | bigint = falls ? -1 : 1;
  const beyond = int(BigInt(end.n) + BigInt(step));
  if (params.length === 3) {
    step = (params[1] as Int).n;
    if (falls && step > 0) return '';
  }
  const numbers = range(env, start, beyond, step);
  env.budget.grow(numbers.length * 8);
  return numbers.map((n) => String((n as Int).n)).join(' ');
}

const push = fn(['any', 'any'], '[]interface {}', (env, list, v) => {
  const items = elements(env, list, 'Cannot push on type');
  return grownFrom([...items, v], items.length, true);
});
const prepend = fn(['any', 'any'], '[]interface {}', (env, list, v) => {
  return grownFrom([v, ...elements(env, list, 'Cannot prepend on type')], 1, true);
});
const chunked = fn(['int', 'any'], '[][]interface {}', chunk);
const first = fn(['any'], 'interface {}', (_env, list) => {
  return end(list, 'Cannot find first on type', 0);
});
const last = fn(['any'], 'interface {}', (_env, list) => {
  return end(list, 'Cannot find last on type', -1);
});
const rest = fn(['any'], '[]interface {}', (env, list) => {
  const items = elements(env, list, 'Cannot find rest on type');
  return items.length === 0 ? nilList() : exact(items.slice(1));
});
const initial = fn(['any'], '[]interface {}', (env, list) => {
  const items = elements(env, list, 'Cannot find initial on type');
  return items.length === 0 ? nilList() : exact(items.slice(0, -1));
});
const reverse = fn(['any'], '[]interface {}', (env, list) => {
  return exact(Array.from(elements(env, list, 'Cannot find reverse on type')).reverse());
});
const compact = fn(['any'], '[]interface {}', (env, list) => {
  return elements(env, list, 'Cannot compact on type').filter((item) => !isEmpty(item));
});
const uniq = fn(['any'], '[]interface {}', (env, list) => {
  const items = elements(env, list, 'Cannot find uniq on type');
  const seen = new Distinct(env);
  return items.filter((item) => seen.add(item));
});
const without = variadic(['any'], 'any', '[]interface {}', (env, list, omitted) => {
  return elements(env, list, 'Cannot find without on type').filter((item) => !includes(env, omitted, item));
});
const has = fn(['any', 'any'], 'bool', (env, needle, haystack) => {
  if (haystack === null || haystack === undefined) return false;
  return includes(env, elements(env, haystack, 'Cannot find has on type'), needle);
});
const sliced = variadic(['any'], 'any', 'interface {}', sliceList);
const list = variadic([], 'any', '[]interface {}', (env, items) => {
  chargeList(env, items.length);
  return exact(items);
});

function end(list: Value, fault: string, at: 0 | -1): Value {
  const items = elementsOf(list);
  if (items !== undefined) return items.at(at) ?? null;
  if (list === null || list === undefined) throw nilDereference();
  throw new GoError(`${fault} ${kindOf(list)}`);
}

/** sprig: defaults.go empty. As `if` has it, but a pointer or struct is never empty, nor is anything else. */
export function isEmpty(v: Value): boolean {
  return !isTrue(v);
}

/** sprig: list.go, and the lists of numbers of numeric.go */
export const lists: FuncTable = {
  append: push,
  chunk: chunked,
  compact,
  concat: variadic([], 'any', 'interface {}', concat),
  first,
  has,
  initial,
  last,
  list,
  mustAppend: push,
  mustChunk: chunked,
  mustCompact: compact,
  mustFirst: first,
  mustHas: has,
  mustInitial: initial,
  mustLast: last,
  mustPrepend: prepend,
  mustPush: push,
  mustRest: rest,
  mustReverse: reverse,
  mustSlice: sliced,
  mustUniq: uniq,
  mustWithout: without,
  prepend,
  push,
  rest,
  reverse,
  seq: variadic([], 'int', 'string', sequence),
  slice: sliced,
  sortAlpha: fn(['any'], '[]string', sortAlpha),
  tuple: list,
  uniq,
  until: fn(['int'], '[]int', (env, count) => range(env, int(0), count, count.n < 0 ? -1 : 1)),
  untilStep: fn(['int', 'int', 'int'], '[]int', (env, start, stop, step) => range(env, start, stop, step.n)),
  without,
};
