import { checkDepth } from './budget.ts';
import { GoError, runtimeError } from './error.ts';
import { sprintf } from './print.ts';
import {
  Complex,
  compareStrings,
  elemType,
  Int,
  isNilContainer,
  isStruct,
  isUnsigned,
  kindOf,
  type Struct,
  typeOf,
  type Value,
} from './value.ts';

/** Whether a value counts as true in `if`. Go: text/template IsTrue. */
export function isTrue(v: Value): boolean {
  switch (typeof v) {
    case 'boolean':
      return v;
    case 'string':
      return v !== '';
    case 'number':
      return v !== 0; // NaN is true, as `NaN != 0` is in Go
    case 'undefined':
      return false;
  }
  if (v === null) return false;
  if (Array.isArray(v)) return v.length > 0;
  if (v instanceof Map) return v.size > 0;
  if (v instanceof Int) return v.n !== 0;
  if (v instanceof Uint8Array) return v.length > 0;
  if (v instanceof Complex) return v.re !== 0 || v.im !== 0;
  return true;
}

/** Kinds that `eq` and `lt` tell apart. Go: funcs.go basicKind. */
export type BasicKind = 'bool' | 'complex' | 'int' | 'float' | 'string' | 'uint' | 'invalid';

/** Go: funcs.go basicKind. */
export function basicKind(v: Value): BasicKind {
  switch (typeof v) {
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
    case 'number':
      return 'float';
  }
  if (v instanceof Int) return isUnsigned(v.kind) ? 'uint' : 'int';
  return v instanceof Complex ? 'complex' : 'invalid';
}

/** One comparison of `eq`. Throws Go's error for values that cannot be compared. Go: funcs.go eq. */
export function compareEq(a: Value, b: Value): boolean {
  const x = basicKind(a);
  const y = basicKind(b);
  if (x !== y) {
    if (a instanceof Int && b instanceof Int) return a.n === b.n;
    if (isNil(a) || isNil(b)) return false;
    throw incompatible(a, b);
  }
  switch (x) {
    case 'invalid':
      return equalOther(a, b);
    case 'int':
    case 'uint':
      return (a as Int).n === (b as Int).n;
    case 'complex':
      return equalComplex(a as Complex, b as Complex);
    default:
      return a === b;
  }
}

function equalOther(a: Value, b: Value): boolean {
  if (!isNil(a) && !isNil(b) && kindOf(a) !== kindOf(b)) {
    throw new GoError(sprintf('non-comparable types %s: %v, %s: %v', [a, typeOf(a), typeOf(b), b]));
  }
  const none = isNil(a) || isNilContainer(a);
  const other = isNil(b) || isNilContainer(b);
  if (none || other) return none && other;
  if (!isStruct(b) || !isComparable(b)) throw new GoError(sprintf('non-comparable type %s: %v', [b, typeOf(b)]));
  if (typeOf(a) !== typeOf(b)) return false;
  return a === b || (kindOf(a) === 'struct' && equalFields(a as Struct, b, 0));
}

/** Go's == on two structs of one type. */
function equalFields(a: Struct, b: Struct, depth: number): boolean {
  checkDepth(depth);
  const others = b.fields();
  return a.fields().every(([, x], i) => {
    const y = others[i]?.[1];
    if (x === y) return true;
    if (x === null || y === null || typeOf(x) !== typeOf(y)) return false;
    if (x instanceof Int) return x.n === (y as Int).n;
    if (x instanceof Complex) return equalComplex(x, y as Complex);
    if (isStruct(x)) return kindOf(x) === 'struct' && equalFields(x, y as Struct, depth + 1);
    if (typeof x === 'object') throw runtimeError(`comparing uncomparable type ${typeOf(x)}`);
    return false;
  });
}

/** Go: reflect.Type.Comparable, as far as a struct's fields show it. */
function isComparable(s: Struct): boolean {
  if (kindOf(s) === 'ptr') return true;
  return s.fields().every(([, v]) => kindOf(v) !== 'slice' && kindOf(v) !== 'map');
}

function equalComplex(a: Complex, b: Complex): boolean {
  return a.re === b.re && a.im === b.im;
}

function isNil(v: Value): boolean {
  return v === null || v === undefined;
}

function incompatible(a: Value, b: Value): GoError {
  return new GoError(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
}

/** `a < b` as `lt` has it. Throws Go's error for values without order. Go: funcs.go lt. */
export function compareLess(a: Value, b: Value): boolean {
  const x = basicKind(a);
  const y = basicKind(b);
  if (x === 'invalid' || y === 'invalid') throw new GoError('invalid type for comparison');
  if (a instanceof Int && b instanceof Int) return a.n < b.n;
  if (x !== y) throw incompatible(a, b);
  if (x === 'string') return compareStrings(a as string, b as string) < 0;
  if (x === 'float') return (a as number) < (b as number);
  throw new GoError('invalid type for comparison');
}

/** Go: reflect.DeepEqual. Types count: an int is no float64, `[]string` no `[]interface {}`. */
export function deepEqual(a: Value, b: Value): boolean {
  return new DeepEqual().values(a, b, 0);
}

/** Pairs are remembered only once a comparison proves long, so that the common small one allocates nothing. */
const REMEMBER_AFTER = 10_000;

class DeepEqual {
  private steps = 0;
  private readonly seen = new Map<object, Set<object>>();

  values(a: Value, b: Value, depth: number): boolean {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
      return a === b || (isNil(a) && isNil(b));
    }
    if (a instanceof Int) return b instanceof Int && a.type === b.type && a.n === b.n;
    if (a instanceof Complex) return b instanceof Complex && equalComplex(a, b);
    // Go: one and the same map, slice or pointer is equal even when it holds a NaN.
    if (a === b) return true;
    if (typeOf(a) !== typeOf(b) || isNilContainer(a) !== isNilContainer(b)) return false;
    checkDepth(depth);
    if (this.met(a, b)) return true;
    return this.containers(a, b, depth + 1);
  }

  private containers(a: object, b: object, depth: number): boolean {
    if (a instanceof Uint8Array) {
      return b instanceof Uint8Array && a.length === b.length && a.every((byte, i) => byte === b[i]);
    }
    if (Array.isArray(a)) return Array.isArray(b) && this.lists(a, b, depth);
    if (a instanceof Map) return b instanceof Map && this.maps(a, b, depth);
    return this.structs(a as Struct, b as Struct, depth);
  }

  private lists(a: readonly Value[], b: readonly Value[], depth: number): boolean {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i++) if (!this.values(a[i], b[i], depth)) return false;
    return true;
  }

  private maps(a: Map<string, Value>, b: Map<string, Value>, depth: number): boolean {
    if (a.size !== b.size || elemType(a) !== elemType(b)) return false;
    for (const [key, value] of a) {
      if (!b.has(key) || !this.values(value, b.get(key), depth)) return false;
    }
    return true;
  }

  private structs(a: Struct, b: Struct, depth: number): boolean {
    const x = a.fields();
    const y = b.fields();
    return x.length === y.length && x.every(([, value], i) => this.values(value, y[i]?.[1], depth));
  }

  /** Whether this pair has been looked at before; then another visit would tell nothing new. */
  private met(a: object, b: object): boolean {
    if (++this.steps < REMEMBER_AFTER) return false;
    const partners = this.seen.get(a);
    if (partners?.has(b)) return true;
    if (partners) partners.add(b);
    else this.seen.set(a, new Set([b]));
    return false;
  }
}
