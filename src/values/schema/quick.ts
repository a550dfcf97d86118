import { decodeBytes } from '../../go/bytes.ts';
import { Int, isMap, type Value } from '../../go/value.ts';
import { type Draft, draftOf, LATEST_DRAFT } from './draft.ts';
import { ARRAY, BOOLEAN, INTEGER, isIntegral, jsonType, NUMBER, OBJECT, STRING, typeBit } from './json-value.ts';
import { isKeyword } from './plain.ts';

/** JSON as JavaScript reads it. Members are asked for with Object.hasOwn only. */
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** Deeper schemas are left to what knows the limits. */
const MAX_DEPTH = 100;

/**
 * True for values that the schema surely allows: most schemas of charts say no more than what types there are, and most
 * values keep to that. Finding this out takes a small part of the time that it takes to compile a schema. False says
 * nothing, neither of the values nor of the schema.
 *
 * @param fallback the draft of a schema that does not name its own
 */
export function isQuicklyValid(source: Uint8Array, values: Value, fallback: Draft = LATEST_DRAFT): boolean {
  const schema = parse(decodeBytes(source));
  if (!isObject(schema)) return false;
  const url = member(schema, '$schema');
  const draft = url === undefined ? fallback : typeof url === 'string' ? draftOf(url) : undefined;
  return draft !== undefined && isSimple(schema, draft.version, 0) && allows(schema, values);
}

function parse(text: string): Json | undefined {
  // Go has another character for bytes that are no UTF-8.
  if (!text.isWellFormed()) return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function isObject(value: Json | undefined): value is { [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function member(object: { [name: string]: Json }, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Whether a schema, all of it, is sound and has only the keywords that {@link allows} knows. */
function isSimple(schema: Json, version: number, depth: number): boolean {
  if (!isObject(schema) || depth > MAX_DEPTH) return false;
  for (const keyword of Object.keys(schema)) {
    if (!isSimpleKeyword(keyword, schema[keyword] as Json, version, depth)) return false;
  }
  return true;
}

function isSimpleKeyword(keyword: string, value: Json, version: number, depth: number): boolean {
  switch (keyword) {
    case '$schema':
      return depth === 0;
    case '$comment':
    case 'title':
    case 'description':
      return typeof value === 'string';
    case 'default':
      return true;
    case 'examples':
      return Array.isArray(value);
    case 'minimum':
    case 'maximum':
      return typeof value === 'number' && Math.abs(value) <= Number.MAX_SAFE_INTEGER;
    case 'type':
      return Array.isArray(value) ? value.length > 0 && areUnique(value) && value.every(isType) : isType(value);
    case 'enum':
      return Array.isArray(value) && value.length > 0 && value.every(isPlain) && areUnique(value);
    case 'required':
      return Array.isArray(value) && value.every((name) => typeof name === 'string') && areNames(value, version);
    case 'properties':
      return isObject(value) && Object.values(value).every((inner) => isSimple(inner, version, depth + 1));
    case 'items':
      return isSimple(value, version, depth + 1);
    case 'additionalProperties':
      return typeof value === 'boolean' || isSimple(value, version, depth + 1);
    default:
      return !isKeyword(keyword);
  }
}

function isType(value: Json): boolean {
  return typeof value === 'string' && typeBit(value) !== 0;
}

/** A value of which equality needs no thought. */
function isPlain(value: Json): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean';
}

function areUnique(items: readonly Json[]): boolean {
  return new Set(items).size === items.length;
}

function areNames(names: readonly Json[], version: number): boolean {
  return areUnique(names) && (version > 4 || names.length > 0);
}

/** Whether a simple schema allows a value. Go: jsonschema validator.go */
function allows(schema: { [name: string]: Json }, value: Value): boolean {
  const type = jsonType(value);
  const wanted = member(schema, 'type');
  if (type === 0 || (wanted !== undefined && !isOfType(value, type, wanted))) return false;
  const values = member(schema, 'enum') as Json[] | undefined;
  if (values !== undefined && !values.includes(value as Json)) return false;
  switch (type) {
    case OBJECT:
      return isMap(value) && allowsObject(schema, value);
    case ARRAY: {
      const items = member(schema, 'items');
      return !isObject(items) || (value as Value[]).every((item) => allows(items, item));
    }
    case NUMBER:
      return allowsNumber(schema, value instanceof Int ? Number(value.n) : (value as number));
    default:
      return type === STRING || type === BOOLEAN || value === null;
  }
}

function isOfType(value: Value, type: number, wanted: Json): boolean {
  let bits = 0;
  for (const name of Array.isArray(wanted) ? wanted : [wanted]) bits |= typeBit(name as string);
  return (bits & type) !== 0 || (type === NUMBER && (bits & INTEGER) !== 0 && isIntegral(value));
}

function allowsObject(schema: { [name: string]: Json }, object: ReadonlyMap<string, Value>): boolean {
  const required = member(schema, 'required') as string[] | undefined;
  if (required?.some((name) => !object.has(name))) return false;
  const properties = member(schema, 'properties') as { [name: string]: Json } | undefined;
  const additional = member(schema, 'additionalProperties');
  for (const [name, value] of object) {
    const known = properties === undefined ? undefined : member(properties, name);
    const inner = known ?? additional;
    if (inner === false || (isObject(inner) && !allows(inner, value))) return false;
  }
  return true;
}

function allowsNumber(schema: { [name: string]: Json }, value: number): boolean {
  const [minimum, maximum] = [member(schema, 'minimum'), member(schema, 'maximum')] as (number | undefined)[];
  if (minimum === undefined && maximum === undefined) return true;
  // Larger ones are compared as decimals.
  if (!(Math.abs(value) <= Number.MAX_SAFE_INTEGER)) return false;
  return (minimum === undefined || value >= minimum) && (maximum === undefined || value <= maximum);
}
