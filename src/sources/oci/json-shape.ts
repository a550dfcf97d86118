/** JSON that a server sent into what is read of it, with encoding/json's complaints. Go: decode.go */
import { GoError } from '../../go/error.ts';
import { jsonKind } from '../../go/json.ts';
import { parseJson } from '../../go/json-parse.ts';
import { isMap, type Value } from '../../go/value.ts';

/** A Go type, as far as the structs of registries need one. */
export type JsonShape =
  | 'string'
  | 'int64'
  | 'any'
  | { readonly list: JsonShape; readonly type: string }
  | { readonly map: 'string' }
  | JsonStruct;

export interface JsonStruct {
  /** As error texts name it: `Manifest`, or empty where the struct is written out in place. */
  readonly name: string;
  readonly type: string;
  readonly fields: Readonly<Record<string, JsonShape>>;
}

/** What a struct became: fields that are absent, null or of the wrong kind are missing. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/**
 * Reads a struct from JSON text. `int64` becomes a number, rounded where it is not exact.
 *
 * @throws GoError for bad syntax, or for the first field of the wrong kind
 */
export function decodeJson(text: string, shape: JsonStruct): JsonRecord {
  const { value, error } = parseJson(text, undefined, (literal) => new NumberLiteral(literal) as unknown as Value);
  if (error !== undefined) throw new GoError(error);
  if (value === null) return {};
  if (!isMap(value))
    throw new GoError(`json: cannot unmarshal ${kind(value).split(' ', 1)[0]} into Go value of type ${shape.type}`);
  return fill(shape, value, []);
}

/** A number as it was written. */
class NumberLiteral {
  readonly literal: string;
  constructor(literal: string) {
    this.literal = literal;
  }
}

function kind(value: Value): string {
  const literal = value as unknown;
  return literal instanceof NumberLiteral ? `number ${literal.literal}` : jsonKind(value);
}

function fill(shape: JsonStruct, map: ReadonlyMap<string, Value>, path: readonly string[]): JsonRecord {
  const out: Record<string, unknown> = Object.create(null);
  const names = Object.keys(shape.fields);
  for (const [key, value] of map) {
    // Names match without regard to case, as Go's do: another client reads the same file so.
    const name = Object.hasOwn(shape.fields, key) ? key : names.find((n) => fold(n) === fold(key));
    if (name === undefined || value === null) continue;
    out[name] = convert(shape.fields[name] as JsonShape, value, shape, [...path, name]);
  }
  return out;
}

/** Go: encoding/json foldName, to which the long s and the sign for Kelvin are letters like others. */
function fold(name: string): string {
  return name.toLowerCase().replaceAll('\u017f', 's');
}

function convert(shape: JsonShape, value: Value, outer: JsonStruct, path: readonly string[]): unknown {
  const wrong = (type: string): never => {
    // Go says `number` alone where a string is wanted, and the number itself where another number is.
    const found = type === 'int64' ? kind(value) : kind(value).split(' ', 1)[0];
    throw new GoError(
      `json: cannot unmarshal ${found} into Go struct field ${outer.name}.${path.join('.')} of type ${type}`,
    );
  };
  if (shape === 'any') return plain(value);
  if (shape === 'string') return typeof value === 'string' ? value : wrong('string');
  if (shape === 'int64') return integer(value) ?? wrong('int64');
  if ('list' in shape) {
    if (!Array.isArray(value)) return wrong(shape.type);
    return value.map((item) => (item === null ? empty(shape.list) : convert(shape.list, item, outer, path)));
  }
  if (!isMap(value)) return wrong('map' in shape ? 'map[string]string' : shape.type);
  if (!('map' in shape)) return fill(shape, value, path);
  return new Map([...value].map(([key, item]) => [key, item === null ? '' : convert('string', item, outer, path)]));
}

function empty(shape: JsonShape): unknown {
  return shape === 'string' ? '' : {};
}

function integer(value: Value): number | undefined {
  const literal = (value as unknown as { literal?: unknown }).literal;
  if (typeof literal !== 'string' || !/^-?\d{1,19}$/.test(literal)) return undefined;
  const exact = BigInt(literal);
  return BigInt.asIntN(64, exact) === exact ? Number(exact) : undefined;
}

/** Depth is no more than the reader let through, and only texts of error answers come here. */
const MAX_DEPTH = 100;

function plain(value: Value, depth = 0): Value {
  const found = value as unknown;
  if (found instanceof NumberLiteral) return Number(found.literal);
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  if (isMap(value)) return new Map([...value].map(([key, item]) => [key, plain(item, depth + 1)]));
  return value;
}
