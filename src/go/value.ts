import { encodeBytes } from './bytes.ts';

/**
 * The values that templates, YAML and JSON work on: Go's kinds in JavaScript's clothes.
 *
 * | Go                        | here                                   |
 * |---------------------------|----------------------------------------|
 * | invalid reflect.Value     | `undefined` (a result, never contained) |
 * | nil interface             | `null`                                 |
 * | bool, float64             | `boolean`, `number`                    |
 * | string                    | `string`, see go/bytes.ts for bytes that are no UTF-8 |
 * | every integer kind        | {@link Int}                            |
 * | complex128                | {@link Complex}                        |
 * | []uint8                   | `Uint8Array`                           |
 * | []interface {}            | a plain array                          |
 * | other slices              | {@link Slice}, an array that knows its element type |
 * | map[string]interface {}   | a plain `Map`                          |
 * | other string-keyed maps   | {@link TypedMap}                       |
 * | structs, pointers to them | {@link Struct}                         |
 *
 * Maps are `Map`, so that `__proto__` is a key like any other and insertion never reorders keys.
 */
export type Value =
  | undefined
  | null
  | boolean
  | string
  | number
  | Int
  | Complex
  | Uint8Array
  | Value[]
  | Map<string, Value>
  | Struct;

/** A string-keyed map as templates see it. */
export type GoMap = Map<string, Value>;

/** Kinds as `reflect.Kind.String()` prints them. */
export type Kind =
  | 'invalid'
  | 'bool'
  | 'int'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float64'
  | 'complex128'
  | 'string'
  | 'slice'
  | 'map'
  | 'struct'
  | 'ptr'
  | 'func';

export type IntKind = 'int' | 'int8' | 'int16' | 'int32' | 'int64' | 'uint' | 'uint8' | 'uint16' | 'uint32' | 'uint64';

/** A Go type as `%T` prints it, e.g. `map[string]interface {}` or `time.Duration`. */
export type GoType = string;

/** The type of an interface-typed slot: elements of lists and maps that came from YAML or JSON. */
export const ANY: GoType = 'interface {}';

/**
 * A Go integer. `n` is a JavaScript number whenever it is a safe integer and a bigint otherwise, so that
 * the common case allocates no bigint; build one with {@link int}, {@link int64} or {@link makeInt}, which
 * keep that rule and wrap around as Go's fixed-width arithmetic does.
 */
export class Int {
  readonly kind: IntKind;
  readonly n: number | bigint;
  /** The named type where it is one (`time.Month`), else the kind's own name. */
  readonly type: GoType;

  constructor(kind: IntKind, n: number | bigint, type: GoType = kind) {
    this.kind = kind;
    this.n = n;
    this.type = type;
  }
}

/** A complex128; templates can write `1i` and print it, and that is all. */
export class Complex {
  readonly re: number;
  readonly im: number;

  constructor(re: number, im: number) {
    this.re = re;
    this.im = im;
  }
}

/** A slice whose element type is not `interface {}`, e.g. the `[]string` that splitList returns. */
export class Slice extends Array<Value> {
  /** Element type, e.g. `string`, `int`, `[]interface {}`. */
  elem: GoType = ANY;
  /** The name of a named slice type, e.g. `common.VersionSet`. */
  named?: GoType;
  /** A nil slice, which JSON writes as `null`. */
  isNil?: boolean;

  /** A method of the named slice type, e.g. `Has` of a version set. */
  method?(name: string): Method | undefined;

  /** Derived arrays (`map`, `filter`, `slice`) are plain: the caller says what their elements are. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

/** A string-keyed map whose Go type is not plain `map[string]interface {}`. */
export class TypedMap extends Map<string, Value> {
  /** The whole type, e.g. `common.Values`, `map[string]string`. */
  type: GoType = 'map[string]interface {}';
  /** The element type, e.g. `string`; `interface {}` where it can hold anything. */
  elem: GoType = ANY;
  /** A nil map, which JSON writes as `null`. */
  isNil?: boolean;

  /** A method of the named map type, e.g. `Get` of `.Files`. */
  method?(name: string): Method | undefined;
}

/** A method of a struct: called with the template's arguments, already of the parameter types it names. */
export interface Method {
  readonly params: readonly GoType[];
  readonly variadic?: boolean;
  readonly result: GoType;
  /** The results' types where there are several and templates refuse them, e.g. those of `Time.Date`. */
  readonly results?: readonly GoType[];
  call(args: readonly Value[]): Value;
}

/**
 * A Go struct or pointer to struct. Templates reach only what `field` and `method` give, never a property of
 * the JavaScript object behind it.
 */
export interface Struct {
  readonly struct: true;
  /** As `%T` prints it, e.g. `*common.Capabilities`, `time.Time`. */
  readonly type: GoType;
  /** An exported field's value, or `undefined` when there is none of that name. */
  field(name: string): Value;
  /** A method of the type's method set, or `undefined`. */
  method(name: string): Method | undefined;
  /** Exported and unexported fields in order, for `%v` and for JSON of exported ones. */
  fields(): readonly (readonly [string, Value])[];
  /** `String()` or `Error()` where the type has one: what fmt prints with %v and %s. */
  string?(): string;
  /**
   * `String()` of the pointer to it, where only that has one: templates print an addressable field with it,
   * while functions, which get the plain struct, do not. Go: exec.go printableValue.
   */
  addressString?(): string;
  /** `MarshalJSON`'s text where the type has one (already JSON). */
  json?(): string;
  /** What is left of it in a deep copy, which takes exported fields alone; without it, all. */
  copy?(): Struct;
}

const MAX_SAFE = Number.MAX_SAFE_INTEGER;

/** An `int`. The number must be an integer; values past 64 bits wrap around. */
export function int(n: number | bigint): Int {
  return makeInt('int', n);
}

/** An `int64`. */
export function int64(n: number | bigint): Int {
  return makeInt('int64', n);
}

const WIDTH: Record<IntKind, number> = {
  int: 64,
  int8: 8,
  int16: 16,
  int32: 32,
  int64: 64,
  uint: 64,
  uint8: 8,
  uint16: 16,
  uint32: 32,
  uint64: 64,
};

/** True for the kinds without a sign. */
export function isUnsigned(kind: IntKind): boolean {
  return kind.charCodeAt(0) === 117; // 'u'
}

/**
 * An integer of any kind, wrapped to its width as a Go conversion wraps.
 *
 * @example makeInt('uint8', 300).n === 44
 */
export function makeInt(kind: IntKind, n: number | bigint, type: GoType = kind): Int {
  const width = WIDTH[kind];
  if (typeof n === 'number' && width === 64 && n <= MAX_SAFE && n >= (isUnsigned(kind) ? 0 : -MAX_SAFE)) {
    return new Int(kind, n === 0 ? 0 : n, type);
  }
  const wide = BigInt(n);
  const big = isUnsigned(kind) ? BigInt.asUintN(width, wide) : BigInt.asIntN(width, wide);
  return new Int(kind, narrow(big), type);
}

/** The same integer as a number where that is exact, else as the bigint it was. */
export function narrow(big: bigint): number | bigint {
  return big >= -9007199254740991n && big <= 9007199254740991n ? Number(big) : big;
}

/** A slice of the given element type. The items are copied. */
export function slice(elem: GoType, items: Iterable<Value>): Slice {
  const out = new Slice();
  out.elem = elem;
  for (const item of items) out.push(item);
  return out;
}

/** A `[]string`. */
export function strings(items: Iterable<string>): Slice {
  return slice('string', items);
}

/** A map of a named or narrower type, e.g. `typedMap('map[string]string', 'string', entries)`. */
export function typedMap(type: GoType, elem: GoType, entries: Iterable<readonly [string, Value]>): TypedMap {
  const out = new TypedMap();
  out.type = type;
  out.elem = elem;
  for (const [key, value] of entries) out.set(key, value);
  return out;
}

/** Narrowing tests. A `Uint8Array` is a slice to Go but has its own representation: test for it first. */
export function isList(v: Value): v is Value[] {
  return Array.isArray(v);
}

export function isMap(v: Value): v is GoMap {
  return v instanceof Map;
}

export function isStruct(v: Value): v is Struct {
  return typeof v === 'object' && v !== null && (v as { struct?: unknown }).struct === true;
}

/** The nil `[]uint8`, e.g. what a map of files has for a name that is none. */
export const NIL_BYTES: Uint8Array = new Uint8Array();

/** A nil slice or map: it has a type, unlike a nil interface. */
export function isNilContainer(v: Value): boolean {
  if (v === NIL_BYTES) return true;
  return (v instanceof Slice || v instanceof TypedMap) && v.isNil === true;
}

/** A method that templates can call on a value: of a struct, or of a named map or slice. */
export function methodOf(v: Value, name: string): Method | undefined {
  if (v instanceof TypedMap || v instanceof Slice) return v.method?.(name);
  return isStruct(v) ? v.method(name) : undefined;
}

/** The element type of a list: what an element's static type is before it is unwrapped. */
export function elemType(v: Value[] | GoMap): GoType {
  if (v instanceof Slice || v instanceof TypedMap) return v.elem;
  return ANY;
}

/** The dynamic type as `%T` prints it; `<nil>` for nothing. */
export function typeOf(v: Value): GoType {
  switch (typeof v) {
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'undefined':
      return '<nil>';
  }
  if (v === null) return '<nil>';
  if (v instanceof Int) return v.type;
  if (v instanceof Map) return v instanceof TypedMap ? v.type : 'map[string]interface {}';
  if (Array.isArray(v)) return (v instanceof Slice && v.named) || `[]${elemType(v)}`;
  if (v instanceof Uint8Array) return '[]uint8';
  if (v instanceof Complex) return 'complex128';
  return v.type;
}

/** The kind as `reflect.Kind.String()` prints it; `invalid` for nothing. */
export function kindOf(v: Value): Kind {
  switch (typeof v) {
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'undefined':
      return 'invalid';
  }
  if (v === null) return 'invalid';
  if (v instanceof Int) return v.kind;
  if (v instanceof Map) return 'map';
  if (Array.isArray(v) || v instanceof Uint8Array) return 'slice';
  if (v instanceof Complex) return 'complex128';
  return v.type.startsWith('*') ? 'ptr' : 'struct';
}

/** Map keys in the order in which Go visits them: by bytes. */
export function sortedKeys(map: ReadonlyMap<string, unknown>): string[] {
  const keys = Array.from(map.keys());
  return keys.sort(HIGH.test(keys.join('')) ? compareStrings : compareUnits);
}

/**
 * Go's string order, which is by UTF-8 bytes. UTF-16 code units give the same order but where surrogates come in,
 * so only those take the slow way.
 */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  if (!HIGH.test(a) && !HIGH.test(b)) return compareUnits(a, b);
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return x < 0xd800 && y < 0xd800 ? x - y : compareSurrogates(a, b, x, y);
  }
  return a.length - b.length;
}

/** The order of UTF-16 code units. */
export function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** Units of which some come before others in UTF-8 and behind them here; bytes that are no UTF-8 are among them. */
const HIGH = /[\ud800-\uffff]/;

/** Strings whose first difference is in units of which one is a surrogate or stands above them. */
function compareSurrogates(a: string, b: string, x: number, y: number): number {
  if (a.isWellFormed() && b.isWellFormed()) return rank(x) - rank(y);
  const left = encodeBytes(a);
  const right = encodeBytes(b);
  const n = Math.min(left.length, right.length);
  for (let i = 0; i < n; i++) {
    if (left[i] !== right[i]) return (left[i] as number) - (right[i] as number);
  }
  return left.length - right.length;
}

/** Pairs stand above the rest of the BMP. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit;
}

/** Ordinary JSON-like data as engine values: objects become maps, numbers stay float64. */
export function fromPlain(data: unknown): Value {
  if (data === null || data === undefined) return null;
  if (typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean') return data;
  if (typeof data === 'bigint') return int64(data);
  if (Array.isArray(data)) return data.map(fromPlain);
  if (data instanceof Map) return new Map([...data].map(([k, v]) => [String(k), fromPlain(v)]));
  if (data instanceof Uint8Array || data instanceof Int || data instanceof Complex) return data;
  if (typeof data === 'object') {
    if ((data as { struct?: unknown }).struct === true) return data as Struct;
    return new Map(Object.entries(data).map(([k, v]) => [k, fromPlain(v)]));
  }
  return null;
}

/**
 * Engine values as ordinary JSON-like data. Objects have no prototype, so that a `__proto__` key is a key;
 * integers become numbers, or bigints where a number would not be exact.
 */
export function toPlain(v: Value): unknown {
  if (v === undefined || v === null) return null;
  if (typeof v !== 'object') return v;
  if (v instanceof Int) return v.n;
  if (v instanceof Map) {
    const out: Record<string, unknown> = Object.create(null);
    for (const [key, value] of v) out[key] = toPlain(value);
    return out;
  }
  if (Array.isArray(v)) return v.map(toPlain);
  return v;
}
