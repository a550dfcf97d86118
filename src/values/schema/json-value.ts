import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { formatFloat } from '../../go/number.ts';
import { trimSpace } from '../../go/space.ts';
import { type GoMap, Int, type Method, type Struct, type Value } from '../../go/value.ts';
import { decodeFirstJson } from '../json-first.ts';
import { type Decimal, decimalKey, isInteger, parseDecimal } from './decimal.ts';

/** A number of a schema, as it is written there. Go: json.Number */
export class JsonNumber implements Struct {
  readonly struct = true;
  readonly type = 'json.Number';
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  field(_name: string): Value {
    return undefined;
  }

  method(_name: string): Method | undefined {
    return undefined;
  }

  fields(): readonly (readonly [string, Value])[] {
    return [];
  }

  string(): string {
    return this.text;
  }
}

/** A JSON text of which numbers keep their literals. Go: jsonschema.UnmarshalJSON */
export function parseSchemaJson(source: Uint8Array | string): Value {
  const text = typeof source === 'string' ? source : decodeBytes(source);
  const { value, end } = decodeFirstJson(text, (literal) => new JsonNumber(literal));
  if (trimSpace(text.slice(end)) !== '') throw new GoError('invalid character after top-level value');
  return value;
}

/** Bits of the JSON types, in the order in which messages list them. */
export const NULL = 1;
export const BOOLEAN = 2;
export const NUMBER = 4;
export const INTEGER = 8;
export const STRING = 16;
export const ARRAY = 32;
export const OBJECT = 64;

const TYPE_NAMES = ['null', 'boolean', 'number', 'integer', 'string', 'array', 'object'];

/** The bit of a type's name; 0 for a name that is no type. */
export function typeBit(name: Value): number {
  const index = typeof name === 'string' ? TYPE_NAMES.indexOf(name) : -1;
  return index < 0 ? 0 : 1 << index;
}

/** The names of the types in a set of bits. */
export function typeNames(bits: number): string[] {
  return TYPE_NAMES.filter((_, index) => (bits & (1 << index)) !== 0);
}

/** The type of a JSON value; 0 for a value that JSON does not have. */
export function jsonType(v: Value): number {
  switch (typeof v) {
    case 'string':
      return STRING;
    case 'number':
      return NUMBER;
    case 'boolean':
      return BOOLEAN;
    case 'undefined':
      return 0;
  }
  if (v === null) return NULL;
  if (v instanceof Int || v instanceof JsonNumber) return NUMBER;
  // Maps and slices of narrower Go types are no JSON values to the validator.
  if (v.constructor === Map) return OBJECT;
  return v.constructor === Array ? ARRAY : 0;
}

/** A JSON number as an exact decimal; undefined where Go has none for it. */
export function decimalOf(v: Value): Decimal | undefined {
  if (typeof v === 'number') return parseDecimal(formatFloat(v, 'g', -1));
  if (v instanceof Int) return parseDecimal(String(v.n));
  return v instanceof JsonNumber ? parseDecimal(v.text) : undefined;
}

/** True for a number without fraction. */
export function isIntegral(v: Value): boolean {
  if (typeof v === 'number') return Number.isInteger(v);
  if (v instanceof Int) return true;
  const decimal = decimalOf(v);
  return decimal !== undefined && isInteger(decimal);
}

/** Equality of JSON values; numbers by their value, maps whatever their order. */
export function jsonEqual(a: Value, b: Value): boolean {
  if (a === b) return true;
  const type = jsonType(a);
  if (type !== jsonType(b)) return false;
  switch (type) {
    case NUMBER:
      return numbersEqual(a, b);
    case ARRAY:
      return listsEqual(a as Value[], b as Value[]);
    case OBJECT:
      return mapsEqual(a as GoMap, b as GoMap);
    default:
      return false;
  }
}

function numbersEqual(a: Value, b: Value): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a === b;
  const x = decimalOf(a);
  const y = decimalOf(b);
  return x !== undefined && y !== undefined && decimalKey(x) === decimalKey(y);
}

function listsEqual(a: Value[], b: Value[]): boolean {
  return a.length === b.length && a.every((item, i) => jsonEqual(item, b[i]));
}

function mapsEqual(a: GoMap, b: GoMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !jsonEqual(value, b.get(key))) return false;
  return true;
}

/** The first item that has an equal before it, as [earlier, later]; undefined when all differ. */
export function findDuplicate(items: readonly Value[]): readonly [number, number] | undefined {
  const seen = new Map<string, number>();
  for (const [i, item] of items.entries()) {
    const key = jsonKey(item);
    const earlier = seen.get(key);
    if (earlier !== undefined) return [earlier, i];
    seen.set(key, i);
  }
  return undefined;
}

/** The same text for equal JSON values, and only for them. */
function jsonKey(v: Value): string {
  switch (jsonType(v)) {
    case STRING:
      return JSON.stringify(v);
    case NUMBER: {
      const decimal = decimalOf(v);
      return decimal === undefined ? `?${String(v)}` : decimalKey(decimal);
    }
    case ARRAY:
      return `[${(v as Value[]).map(jsonKey).join(',')}]`;
    case OBJECT: {
      const entries = [...(v as GoMap)].map(([key, value]) => `${JSON.stringify(key)}:${jsonKey(value)}`);
      return `{${entries.sort().join(',')}}`;
    }
    default:
      return String(v);
  }
}
