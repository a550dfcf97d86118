/**
 * Go structs as JSON, both ways: fields in their order, empty ones left out where their tag says so, names matched
 * without regard to case, and encoding/json's words for what does not fit. Go: encoding/json decode.go, encode.go
 */
import { decodeBase64, encodeBase64 } from '../go/base64.ts';
import { GoError } from '../go/error.ts';
import { jsonKind } from '../go/json.ts';
import { record } from '../go/record.ts';
import { compareStrings, type GoMap, type GoType, type Value } from '../go/value.ts';
import { canonicalTimestamp } from './timestamp.ts';

/** What a field holds. */
export type Shape =
  | { readonly kind: 'string' | 'int' | 'any'; readonly type: GoType }
  | { readonly kind: 'bool' | 'time' | 'bytes' }
  | { readonly kind: 'list' | 'map'; readonly type: GoType; readonly of: Shape }
  | StructShape;

export interface StructShape {
  readonly kind: 'struct';
  readonly type: GoType;
  readonly fields: readonly Field[];
  /** What its own UnmarshalJSON reads first, where it has one. */
  readonly reads?: GoType;
}

export interface Field {
  readonly name: string;
  readonly shape: Shape;
  /** `omitempty` or `omitzero`. */
  readonly omit: boolean;
  /** A time that may be an empty text, as Helm 3 writes the zero time. */
  readonly lenient?: boolean;
}

export const STRING: Shape = { kind: 'string', type: 'string' };
export const INT: Shape = { kind: 'int', type: 'int' };
export const BOOL: Shape = { kind: 'bool' };
export const TIME: Shape = { kind: 'time' };
export const BYTES: Shape = { kind: 'bytes' };
export const ANY: Shape = { kind: 'any', type: 'interface {}' };

/** A field that is always written. */
export function field(name: string, shape: Shape): Field {
  return { name, shape, omit: false };
}

/** A field that is left out where it is empty. */
export function optional(name: string, shape: Shape, lenient = false): Field {
  return { name, shape, omit: true, ...(lenient && { lenient }) };
}

interface State {
  /** The innermost struct and the fields on the way. */
  struct: GoType;
  readonly path: string[];
  /** The first value that did not fit; Go goes on past it. */
  error: string | undefined;
}

/**
 * A JSON value as a struct: a map with the fields that are there. What the struct does not have is dropped, null is
 * as if it was not there.
 *
 * @throws GoError with encoding/json's text
 */
export function readStruct(shape: StructShape, value: Value): GoMap {
  const state: State = { struct: '', path: [], error: undefined };
  const out = value instanceof Map ? readFields(state, shape, value) : new Map();
  if (!(value instanceof Map)) mismatch(state, jsonKind(value), shape.type);
  if (state.error !== undefined) throw new GoError(state.error);
  return out;
}

/** Keys in their order, of which the last one that means a field counts. Go: decode.go object */
function readFields(state: State, shape: StructShape, value: GoMap): GoMap {
  const outer = state.struct;
  const out: GoMap = new Map();
  const fields = fieldsOf(shape);
  for (const [key, found] of value) {
    const known = fields.get(key) ?? fields.get(key.toLowerCase());
    if (known === undefined || found === null) continue;
    const { name, shape: of, lenient } = known;
    if (lenient === true && found === '' && key === name) continue;
    state.struct = shape.type;
    state.path.push(name);
    const read = readValue(state, of, found);
    state.path.pop();
    if (read !== undefined) out.set(name, read);
  }
  state.struct = outer;
  return out;
}

const tables = new WeakMap<StructShape, ReadonlyMap<string, Field>>();

/** The fields by their names and by those in lower case. */
function fieldsOf(shape: StructShape): ReadonlyMap<string, Field> {
  let table = tables.get(shape);
  if (table === undefined) {
    const lower = shape.fields.map((each) => [each.name.toLowerCase(), each] as const);
    table = new Map([...lower, ...shape.fields.map((each) => [each.name, each] as const)]);
    tables.set(shape, table);
  }
  return table;
}

function readValue(state: State, shape: Shape, value: Value): Value {
  switch (shape.kind) {
    case 'any':
      return value;
    case 'string':
      return typeof value === 'string' ? value : mismatch(state, jsonKind(value), shape.type);
    case 'bool':
      return typeof value === 'boolean' ? value : mismatch(state, jsonKind(value), 'bool');
    case 'int':
      if (typeof value !== 'number') return mismatch(state, jsonKind(value), shape.type);
      return Number.isSafeInteger(value) ? value : mismatch(state, `number ${value}`, shape.type);
    case 'time':
      if (typeof value !== 'string') throw new GoError('Time.UnmarshalJSON: input is not a JSON string');
      return canonicalTimestamp(value);
    case 'bytes':
      return readBytes(state, value);
    case 'list':
      if (!Array.isArray(value)) return mismatch(state, jsonKind(value), shape.type);
      return value.map((item) =>
        item === null ? zero(shape.of) : (readValue(state, shape.of, item) ?? zero(shape.of)),
      );
    case 'map':
      if (!(value instanceof Map)) return mismatch(state, jsonKind(value), shape.type);
      return new Map([...value].map(([key, item]) => [key, readValue(state, shape.of, item) ?? null]));
    case 'struct':
      if (shape.reads !== undefined) return readItself(state, shape, shape.reads, value);
      return value instanceof Map ? readFields(state, shape, value) : mismatch(state, jsonKind(value), shape.type);
  }
}

/**
 * A struct with an UnmarshalJSON of its own, which reads a map, and its fields from the map's text: in order of key. What
 * it fails with ends the whole reading, whatever was noted before. Go: helm Info.UnmarshalJSON, decode.go object
 */
function readItself({ struct, path }: State, shape: StructShape, reads: GoType, value: Value): GoMap {
  const state: State = { struct, path, error: undefined };
  const entries = value instanceof Map ? [...value].sort(([a], [b]) => compareStrings(a, b)) : [];
  if (!(value instanceof Map)) mismatch(state, jsonKind(value), reads);
  const out = readFields(state, shape, new Map(entries));
  if (state.error !== undefined) throw new GoError(state.error);
  return out;
}

/** Bytes stay the base64 text that they are in JSON: nearly always they are only passed on. */
function readBytes(state: State, value: Value): Value {
  if (Array.isArray(value) && value.every(isByte)) return encodeBase64(Uint8Array.from(value as number[]));
  if (typeof value !== 'string') return mismatch(state, jsonKind(value), '[]uint8');
  const bytes = /[^A-Za-z0-9+/=]/.test(value) || value.length % 4 !== 0 ? decodeBase64(value) : undefined;
  if (bytes === undefined || bytes instanceof Uint8Array) return value;
  // Noted and not thrown, as what does not fit. Go: decode.go literalStore
  state.error ??= `illegal base64 data at input byte ${bytes.errorAt}`;
  return undefined;
}

function isByte(value: Value): boolean {
  return value === null || (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 256);
}

function mismatch(state: State, found: string, type: GoType): undefined {
  const name = state.struct.slice(state.struct.lastIndexOf('.') + 1);
  const where = state.path.length === 0 ? 'value' : `struct field ${name}.${state.path.join('.')}`;
  state.error ??= `json: cannot unmarshal ${found} into Go ${where} of type ${type}`;
  return undefined;
}

/** Go's zero time in JSON. */
const ZERO_TIME = '0001-01-01T00:00:00Z';

/** The other way: a value whose JSON is the struct's. Maps may have fields more, which are dropped. */
export function writeStruct(shape: StructShape, map: GoMap): Value {
  const entries: [string, Value][] = [];
  for (const { name, shape: of, omit } of shape.fields) {
    const value = map.get(name);
    if (omit && isEmpty(of, value)) continue;
    entries.push([name, writeValue(of, value)]);
  }
  return record(entries);
}

/** Go: encode.go isEmptyValue; a struct is never empty, but the pointer to it may be nil. */
function isEmpty(shape: Shape, value: Value): boolean {
  if (value === undefined || value === null || value === '' || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  if (shape.kind === 'time') return value === ZERO_TIME;
  return shape.kind !== 'struct' && value instanceof Map && value.size === 0;
}

function writeValue(shape: Shape, value: Value): Value {
  if (value === undefined || value === null) return zero(shape);
  if (shape.kind === 'struct') return writeStruct(shape, value as GoMap);
  if (shape.kind === 'time') return value === '' ? ZERO_TIME : value;
  if (shape.kind === 'list' && shape.of.kind === 'struct') {
    const { of } = shape;
    return (value as Value[]).map((item) => (item instanceof Map ? writeStruct(of, item) : null));
  }
  return value;
}

function zero(shape: Shape): Value {
  switch (shape.kind) {
    case 'string':
      return '';
    case 'int':
      return 0;
    case 'bool':
      return false;
    case 'time':
      return ZERO_TIME;
    default:
      return null;
  }
}
