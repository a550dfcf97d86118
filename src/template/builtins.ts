import { type Func, fn, variadic } from '../functions/func.ts';
import { byteLength, byteSlice, encodeBytes } from '../go/bytes.ts';
import { compareEq, compareLess, isTrue } from '../go/compare.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { sprint, sprintf, sprintln } from '../go/print.ts';
import { queryEscape } from '../go/url.ts';
import { elemType, Int, int, isMap, isStruct, makeInt, Slice, slice, typeOf, type Value } from '../go/value.ts';
import { zeroOf } from './argument.ts';
import { escapeHtml, escapeJs } from './escape.ts';
import { printable } from './print.ts';

/** Evaluated where they are called, for they decide which of their arguments to evaluate, or have none to call. */
export function isSpecial(name: string): boolean {
  return name === 'and' || name === 'or' || name === 'call';
}

const unreachable = (): Value => {
  throw new GoPanic('unreachable');
};

/** The functions that every template has, sorted. Go: funcs.go builtins. */
export const BUILTINS: ReadonlyMap<string, Func> = new Map<string, Func>([
  ['and', variadic(['value'], 'value', 'reflect.Value', unreachable)],
  ['call', variadic(['value'], 'value', 'reflect.Value', unreachable)],
  ['eq', variadic(['value'], 'value', 'bool', (_env, a, rest) => equal(a, rest))],
  ['ge', fn(['value', 'value'], 'bool', (_env, a, b) => !less(a, b))],
  ['gt', fn(['value', 'value'], 'bool', (_env, a, b) => !lessOrEqual(a, b))],
  ['html', variadic([], 'any', 'string', (_env, args) => escapeHtml(textOf(args)))],
  ['index', variadic(['value'], 'value', 'reflect.Value', (_env, item, keys) => index(item, keys))],
  ['js', variadic([], 'any', 'string', (_env, args) => escapeJs(textOf(args)))],
  ['le', fn(['value', 'value'], 'bool', (_env, a, b) => lessOrEqual(a, b))],
  ['len', fn(['value'], 'int', (_env, item) => int(length(item)))],
  ['lt', fn(['value', 'value'], 'bool', (_env, a, b) => less(a, b))],
  ['ne', fn(['value', 'value'], 'bool', (_env, a, b) => !equal(a, [b]))],
  ['not', fn(['value'], 'bool', (_env, v) => !isTrue(v))],
  ['or', variadic(['value'], 'value', 'reflect.Value', unreachable)],
  ['print', variadic([], 'any', 'string', (env, args) => sprint(args, env.budget))],
  ['printf', variadic(['string'], 'any', 'string', (env, format, args) => sprintf(format, args, env.budget))],
  ['println', variadic([], 'any', 'string', (env, args) => sprintln(args, env.budget))],
  ['slice', variadic(['value'], 'value', 'reflect.Value', (_env, item, bounds) => cut(item, bounds))],
  ['urlquery', variadic([], 'any', 'string', (_env, args) => queryEscape(textOf(args)))],
]);

/** Go: funcs.go evalArgs */
function textOf(args: readonly Value[]): string {
  const [only] = args;
  if (args.length === 1 && typeof only === 'string') return only;
  return sprint(args.map(printable));
}

/** Go: funcs.go eq */
function equal(a: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new GoError('missing argument for comparison');
  return others.some((b) => compareEq(a, b));
}

/** Go: funcs.go lt, whose types are looked at even where `eq` could say more. */
function less(a: Value, b: Value): boolean {
  return compareLess(a, b);
}

function lessOrEqual(a: Value, b: Value): boolean {
  return less(a, b) || equal(a, [b]);
}

/** Go: funcs.go index */
function index(item: Value, keys: readonly Value[]): Value {
  if (item === null || item === undefined) throw new GoError('index of untyped nil');
  let at: Value = item;
  for (const key of keys) {
    if (at === null || at === undefined) throw new GoError('index of nil pointer');
    at = isMap(at) ? lookUp(at, key) : element(at, key);
  }
  return at;
}

function lookUp(map: Map<string, Value>, key: Value): Value {
  if (typeof key !== 'string') {
    if (key === null || key === undefined) throw new GoError('value is nil; should be of type string');
    throw new GoError(`value has type ${typeOf(key)}; should be string`);
  }
  const found = map.get(key);
  return found !== undefined ? found : zeroOf(elemType(map));
}

function element(item: Value, key: Value): Value {
  if (typeof item === 'string') {
    const bytes = encodeBytes(item);
    return byteAt(bytes, position(key, bytes.length), 'string');
  }
  if (item instanceof Uint8Array) return byteAt(item, position(key, item.length), 'slice');
  if (!Array.isArray(item)) throw new GoError(`can't index item of type ${indexedType(item)}`);
  const i = position(key, item.length);
  return i < item.length ? item[i] : outOfRange('slice');
}

function byteAt(bytes: Uint8Array, i: number, kind: 'slice' | 'string'): Value {
  return i < bytes.length ? makeInt('uint8', bytes[i] as number) : outOfRange(kind);
}

/** Go lets an index that is the length itself pass, and fails later, inside reflect. */
function outOfRange(kind: 'slice' | 'string'): never {
  throw new GoPanic(`reflect: ${kind} index out of range`);
}

function indexedType(item: Value): string {
  return typeOf(item).replace(/^\*/, '');
}

/** Go: funcs.go indexArg */
function position(key: Value, limit: number): number {
  if (key === null || key === undefined) throw new GoError('cannot index slice/array with nil');
  if (!(key instanceof Int)) throw new GoError(`cannot index slice/array with type ${typeOf(key)}`);
  const signed = typeof key.n === 'bigint' ? BigInt.asIntN(64, key.n) : key.n;
  if (signed < 0 || signed > limit) throw new GoError(`index out of range: ${signed}`);
  return Number(signed);
}

/** Go: funcs.go slice */
function cut(item: Value, bounds: readonly Value[]): Value {
  if (item === null || item === undefined) throw new GoError('slice of untyped nil');
  if (bounds.length > 3) throw new GoError(`too many slice indexes: ${bounds.length}`);
  const isText = typeof item === 'string';
  if (!isText && !Array.isArray(item) && !(item instanceof Uint8Array)) {
    throw new GoError(`can't slice item of type ${indexedType(item)}`);
  }
  if (isText && bounds.length === 3) throw new GoError('cannot 3-index slice a string');
  const size = isText ? byteLength(item) : item.length;
  const [from, to, cap] = boundsOf(bounds, size);
  if (from > to) throw new GoError(`invalid slice index: ${from} > ${to}`);
  if (cap !== undefined && to > cap) throw new GoError(`invalid slice index: ${to} > ${cap}`);
  if (isText) return byteSlice(item, from, to);
  if (item instanceof Uint8Array) return item.subarray(from, to);
  return item instanceof Slice ? slice(item.elem, item.slice(from, to)) : item.slice(from, to);
}

function boundsOf(bounds: readonly Value[], size: number): [number, number, number | undefined] {
  const [from, to, cap] = bounds.map((bound) => position(bound, size));
  return [from ?? 0, to ?? size, cap];
}

/** Go: funcs.go length */
function length(item: Value): number {
  if (typeof item === 'string') return byteLength(item);
  if (isMap(item)) return item.size;
  if (Array.isArray(item) || item instanceof Uint8Array) return item.length;
  if (item === null) throw new GoError('len of nil pointer');
  if (item === undefined) throw new GoPanic('reflect: call of reflect.Value.Type on zero Value');
  throw new GoError(`len of type ${isStruct(item) ? indexedType(item) : typeOf(item)}`);
}
