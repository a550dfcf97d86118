/**
 * YAML into Go structs, as sigs.k8s.io/yaml does it: scalars become strings where a field wants a string, then
 * encoding/json fills the fields, matching names without regard to case and keeping its first error for the end.
 */
import { GoError } from '../go/error.ts';
import { encodeString, jsonKind } from '../go/json.ts';
import { formatFloat } from '../go/number.ts';
import { RFC3339, RFC3339_NANO } from '../go/time.ts';
import { parseTime } from '../go/time-parse.ts';
import { type GoMap, type GoType, Int, isList, isMap, sortedKeys, type Value } from '../go/value.ts';
import { UTC } from '../go/zone.ts';
import { yamlToTree } from './decode.ts';

/** What a Go type takes. `type` is its name in error texts. */
export type Shape = StringShape | BoolShape | AnyShape | TimeShape | ListShape | MapShape | StructShape;

interface StringShape {
  readonly kind: 'string';
}
interface BoolShape {
  readonly kind: 'bool';
}
interface AnyShape {
  readonly kind: 'any';
}
/** A time.Time, as the RFC 3339 text that it marshals to. */
interface TimeShape {
  readonly kind: 'time';
}
export interface ListShape {
  readonly kind: 'list';
  readonly type: GoType;
  readonly of: Shape;
}
/** A map from strings, as a `Map`. */
interface MapShape {
  readonly kind: 'map';
  readonly type: GoType;
  readonly of: Shape;
}
export interface StructShape {
  readonly kind: 'struct';
  readonly type: GoType;
  readonly fields: Readonly<Record<string, Shape>>;
  /** The struct that it embeds by a pointer, whose fields are among its own. */
  readonly embedded?: { readonly name: string; readonly shape: StructShape };
}

/** A decoded struct: its fields by JSON name. Absent ones have Go's zero value. */
export interface Decoded {
  [field: string]: unknown;
}

export interface StructOptions {
  /** Fields that the struct does not have are errors. */
  readonly strict?: boolean;
  /** As encoding/json alone: only texts are strings. */
  readonly json?: boolean;
}

export const STRING: StringShape = { kind: 'string' };
export const BOOL: BoolShape = { kind: 'bool' };
export const ANY_SHAPE: AnyShape = { kind: 'any' };
/** A list that is null in the text. */
export const NIL_LIST: readonly never[] = Object.freeze([]);

export const STRINGS: ListShape = { kind: 'list', type: '[]string', of: STRING };

/**
 * Fills `into` from the first document of a text, keeping what the document does not mention. Nothing comes back
 * for a null document.
 *
 * @throws GoError with Go's text, as sigs.k8s.io/yaml words it.
 */
export function unmarshalStruct(
  shape: StructShape,
  text: string,
  into: Decoded = {},
  options: StructOptions = {},
): Decoded | undefined {
  const tree = yamlToTree(text, { strict: options.strict });
  if (tree === null || tree === undefined) return undefined;
  try {
    return fillFrom(shape, tree, into, options);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`error unmarshaling JSON: while decoding JSON: ${error.message}`);
  }
}

/**
 * Fills `into` from a tree that is not null.
 *
 * @throws GoError with encoding/json's text.
 */
export function fillFrom(shape: StructShape, tree: Value, into: Decoded = {}, options: StructOptions = {}): Decoded {
  const state: State = {
    shape: undefined,
    path: [],
    error: undefined,
    strict: options.strict === true,
    json: options.json === true,
  };
  if (isMap(tree)) fillStruct(state, shape, tree, into);
  else mismatch(state, jsonKind(tree), shape.type);
  if (state.error !== undefined) throw new GoError(state.error);
  return into;
}

interface State {
  /** The innermost struct and the fields on the way to it. Go: decode.go errorContext */
  shape: StructShape | undefined;
  readonly path: string[];
  error: string | undefined;
  readonly strict: boolean;
  /** Scalars do not become strings. */
  json: boolean;
  /** Below a field of this embedded struct. */
  embedded?: StructShape | undefined;
}

function fillStruct(state: State, shape: StructShape, tree: GoMap, into: Decoded): void {
  const outer = state.shape;
  for (const key of sortedKeys(tree)) {
    const name = fieldName(shape, key);
    if (name === undefined) {
      if (state.strict) state.error ??= `json: unknown field ${encodeString(key, false)}`;
      continue;
    }
    state.shape = shape;
    const embedded = shape.embedded !== undefined && Object.hasOwn(shape.embedded.shape.fields, name);
    const value = embedded
      ? decodeEmbedded(state, shape, name, tree.get(key), into[name])
      : decodeField(state, shape, name, tree.get(key), into[name]);
    if (value !== undefined) into[name] = value;
  }
  state.shape = outer;
}

function decodeField(state: State, shape: StructShape, name: string, tree: Value, before: unknown): unknown {
  state.path.push(name);
  const value = decode(state, shape.fields[name] as Shape, tree, before);
  state.path.pop();
  return value;
}

/**
 * A field of an embedded struct. sigs.k8s.io/yaml takes such a field for the whole embedded struct when it looks for
 * scalars that are to be strings, and so finds none, but in maps whose keys are names of the struct's fields.
 */
function decodeEmbedded(state: State, shape: StructShape, name: string, tree: Value, before: unknown): unknown {
  const { json } = state;
  state.json = true;
  if (!json) state.embedded = shape.embedded?.shape;
  state.path.push(shape.embedded?.name ?? '');
  const value = decodeField(state, shape, name, tree, before);
  state.path.pop();
  state.embedded = undefined;
  state.json = json;
  return value;
}

/** The field that a key means: the exact name first, then without regard to case. Go: decode.go object */
function fieldName(shape: StructShape, key: string): string | undefined {
  if (Object.hasOwn(shape.fields, key)) return key;
  const folded = fold(key);
  for (const name of Object.keys(shape.fields)) if (fold(name) === folded) return name;
  return undefined;
}

/** Case folding by single characters, where long s is an s. Go: encoding/json fold.go */
function fold(name: string): string {
  const upper = name.toUpperCase();
  return (upper.length === name.length ? upper : name).toLowerCase();
}

/** The value for a slot that holds `before`; nothing where the slot keeps what it has. */
function decode(state: State, shape: Shape, tree: Value, before: unknown): unknown {
  switch (shape.kind) {
    case 'string':
      return decodeString(state, tree);
    case 'bool':
      if (tree === null || typeof tree === 'boolean') return tree ?? undefined;
      return mismatch(state, jsonKind(tree), 'bool');
    case 'any':
      return jsonValue(tree ?? null);
    case 'time':
      return decodeTime(tree);
    case 'list':
      return decodeList(state, shape, tree, before);
    case 'map':
      return decodeMap(state, shape, tree, before);
    case 'struct': {
      if (tree === null) return null;
      if (!isMap(tree)) return mismatch(state, jsonKind(tree), shape.type);
      const into = (before ?? {}) as Decoded;
      fillStruct(state, shape, tree, into);
      return into;
    }
  }
}

/** Go: sigs.k8s.io/yaml convertToJSONableObject, which prints floats with the precision of a float32 */
function decodeString(state: State, tree: Value): unknown {
  if (typeof tree === 'string') return tree;
  if (tree === null) return undefined;
  if (state.json) return mismatch(state, jsonKind(tree), 'string');
  if (tree instanceof Int) return String(tree.n);
  if (typeof tree === 'number') return formatFloat(tree, 'g', -1, 32);
  if (typeof tree === 'boolean') return String(tree);
  return mismatch(state, jsonKind(tree), 'string');
}

function decodeTime(tree: Value): unknown {
  if (tree === null) return undefined;
  if (typeof tree !== 'string') throw new GoError('Time.UnmarshalJSON: input is not a JSON string');
  const plain = plainTime(tree);
  if (plain !== undefined) return plain;
  // Go: Time.UnmarshalJSON takes what stands between the quotes as it is, escapes and all.
  return parseTime(RFC3339, encodeString(tree, true).slice(1, -1), UTC, UTC).format(RFC3339_NANO);
}

/** The usual time stamp in UTC without the way through a Time: an index of charts has one per version. */
function plainTime(text: string): string | undefined {
  const found = /^\d{4}-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/.exec(text);
  if (found === null) return undefined;
  const [, month = '', day = '', , fraction = ''] = found;
  if (month < '01' || month > '12' || day < '01' || day > '28') return undefined;
  if (fraction === '') return text;
  const kept = fraction.replace(/\.?0+$/, '');
  return `${text.slice(0, 19)}${kept}Z`;
}

/** A list replaces what was there, but its elements fill the structs that were there. Go: decode.go array */
function decodeList(state: State, shape: ListShape, tree: Value, before: unknown): unknown {
  if (tree === null) return NIL_LIST;
  if (!isList(tree)) return mismatch(state, jsonKind(tree), shape.type);
  const old = (before ?? []) as unknown[];
  return tree.map((item, i) => {
    const value = decode(state, shape.of, item, old[i]);
    return value === undefined ? (old[i] ?? zero(shape.of)) : value;
  });
}

function decodeMap(state: State, shape: MapShape, tree: Value, before: unknown): unknown {
  if (tree === null) return new Map();
  if (!isMap(tree)) return mismatch(state, jsonKind(tree), shape.type);
  const into = (before ?? new Map()) as Map<string, unknown>;
  const { embedded, json } = state;
  state.embedded = undefined;
  for (const key of sortedKeys(tree)) {
    if (embedded !== undefined) state.json = embedded.fields[fieldName(embedded, key) ?? '']?.kind !== 'string';
    const value = decode(state, shape.of, tree.get(key) ?? null, undefined);
    into.set(key, value === undefined ? zero(shape.of) : value);
  }
  state.json = json;
  return into;
}

function zero(shape: Shape): unknown {
  return shape.kind === 'string' ? '' : shape.kind === 'bool' ? false : null;
}

/** Go: decode.go saveError, addErrorContext. Lists and maps leave no trace in the path. */
function mismatch(state: State, found: string, type: GoType): undefined {
  if (state.error !== undefined) return undefined;
  const outer = state.shape;
  const where = outer === undefined ? 'value' : `struct field ${structName(outer.type)}.${state.path.join('.')}`;
  state.error = `json: cannot unmarshal ${found} into Go ${where} of type ${type}`;
  return undefined;
}

/** Without its package; a struct that is written out in place has no name. */
function structName(type: GoType): string {
  return type.startsWith('struct {') ? '' : type.slice(type.lastIndexOf('.') + 1);
}

/** How deep a value of any shape may be; no chart's metadata has a use for more. */
const MAX_DEPTH = 1000;

/** A value that goes through JSON into an interface: every number is a float64 afterwards. */
function jsonValue(v: Value, depth = 0): Value {
  if (depth > MAX_DEPTH) throw new GoError('exceeded max depth');
  if (v instanceof Int) return Number(v.n);
  if (isList(v)) return v.map((item) => jsonValue(item, depth + 1));
  if (isMap(v)) return new Map([...v].map(([key, value]) => [key, jsonValue(value, depth + 1)]));
  return v;
}
