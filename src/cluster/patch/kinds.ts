/**
 * JSON data as Go's Kubernetes libraries see it: an integer and a fraction are two types, maps print in order of key,
 * strings compare by bytes.
 */
import { GoError, runtimeError } from '../../go/error.ts';
import { formatValue, sprint } from '../../go/print.ts';
import { compareStrings } from '../../go/value.ts';
import { isList, isObject, type Json, type JsonObject, newObject, toValue } from '../json.ts';

/** What `reflect.Kind` says of a value that came from JSON. */
export type JsonKind = 'nil' | 'bool' | 'int64' | 'float64' | 'string' | 'slice' | 'map';

const MAX_INT64 = 2n ** 63n - 1n;
const MIN_INT64 = -(2n ** 63n);

/** Deeper data is refused: every function here recurses. Go's JSON reader stops at 10,000. */
const MAX_DEPTH = 1_000;

export function kindOf(value: Json): JsonKind {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return value >= MIN_INT64 && value <= MAX_INT64 ? 'int64' : 'float64';
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? 'int64' : 'float64';
    default:
      if (value === null) return 'nil';
      return isList(value) ? 'slice' : 'map';
  }
}

/** Go: reflect.Type.String of what JSON is decoded to. */
export function typeName(kind: JsonKind): string {
  if (kind === 'map') return 'map[string]interface {}';
  return kind === 'slice' ? '[]interface {}' : kind;
}

/** Go: fmt.Sprintf("%v"). */
export function formatJson(value: Json): string {
  return typeof value === 'string' ? value : formatValue(toValue(value));
}

/** Go: fmt.Sprint of a slice of slices. */
export function formatLists(lists: readonly (readonly Json[])[]): string {
  return sprint([lists.map((list) => toValue(list))]);
}

/** Go: reflect.DeepEqual of decoded JSON. */
export function equalJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a)) return isList(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i]));
  if (!isObject(a) || !isObject(b)) return typeof a === 'bigint' && typeof b === 'number' && a === BigInt(b);
  const keys = keysOf(a);
  return keys.length === keysOf(b).length && keys.every((key) => Object.hasOwn(b, key) && equalJson(a[key], b[key]));
}

/** Keys with a value; what is undefined is not there. */
export function keysOf(object: JsonObject): string[] {
  return Object.keys(object).filter((key) => object[key] !== undefined);
}

/** Keys and values that are there. */
export function entriesOf(object: JsonObject): [string, Json][] {
  return Object.entries(object).filter((entry): entry is [string, Json] => entry[1] !== undefined);
}

/** The same data with maps in order of key, as Go writes them. */
export function sortKeys(value: Json): Json {
  if (isList(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const entries = entriesOf(value).sort(([a], [b]) => compareStrings(a, b));
  return newObject(entries.map(([key, item]) => [key, sortKeys(item)]));
}

/** Without fields that are null; nulls in lists stay. Go: pruneNulls, discardNullValuesFromPatch */
export function withoutNulls(value: Json): Json {
  if (isList(value)) return value.map(withoutNulls);
  if (!isObject(value)) return value;
  const entries = entriesOf(value).filter(([, item]) => item !== null);
  return newObject(entries.map(([key, item]) => [key, withoutNulls(item)]));
}

/**
 * A scalar as the key of a set. Go: the equality of interface{} values
 *
 * @throws GoPanic where it is none, which Go cannot compare
 */
export function scalarKey(value: Json): string {
  const kind = kindOf(value);
  if (kind === 'map' || kind === 'slice') throw runtimeError(`comparing uncomparable type ${typeName(kind)}`);
  return `${kind} ${String(value)}`;
}

/**
 * Refuses data that is too deep to be walked.
 *
 * @throws GoError with encoding/json's text
 */
export function checkDepth(...values: readonly Json[]): void {
  let level: readonly Json[] = values.filter(isNested);
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new GoError('json: exceeded max depth');
    level = level.flatMap((value) => (isList(value) ? value : Object.values(value as JsonObject)).filter(isNested));
  }
}

function isNested(value: Json | undefined): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}
