/**
 * Kubernetes objects as JSON data. Integers beyond JavaScript's safe range are bigints, so that nothing is rounded on
 * its way through; maps whose keys are users' have no prototype when we make them, and are read with {@link own}.
 */
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { parseJson as parseExactly } from '../go/json-parse.ts';
import { Int, narrow, type Value } from '../go/value.ts';

export type Json = null | boolean | number | bigint | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

/** The part of an object's metadata that this program looks at. */
export interface ObjectMeta extends JsonObject {
  readonly name?: string;
  readonly generateName?: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** An object of any kind. */
export interface KubeObject extends JsonObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
}

/** A JSON object, and neither null nor a list. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON list. `Array.isArray` does not tell TypeScript about readonly arrays. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The objects of a list; what is no list has none. */
export function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter(isObject) : [];
}

/** A string; anything else is the empty one. */
export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** An object that can take any key as its own, `__proto__` too. */
export function newObject(entries: Iterable<readonly [string, Json | undefined]> = []): Record<string, Json> {
  const object = Object.create(null) as Record<string, Json>;
  for (const [key, value] of entries) if (value !== undefined) object[key] = value;
  return object;
}

/** The value of a key that the data itself has; nothing that JavaScript's objects inherit. */
export function own(object: Json | undefined, key: string): Json | undefined {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

/**
 * The value at the end of a path of keys, or undefined where a step is missing.
 *
 * @example dig(pod, 'status', 'phase')
 */
export function dig(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let at = value;
  for (const key of path) at = own(at, key);
  return at;
}

/** Where a number can be one that JavaScript rounds, to infinity if need be. */
const LONG_NUMBER = /(?:[:[,\s]|^)-?(?:\d{16}|[\d.]+[eE]\+?\d{3})/;

/** An escape that may be half a character, which Go replaces. */
const LONE = /\\u[dD][89a-fA-F]/;

/** Deeper data is nobody's object; it keeps functions that recurse on data from running out of stack. */
const MAX_DEPTH = 1000;

/**
 * Reads JSON as a server sends it. Integers that a number would round are bigints where int64 holds them.
 *
 * @throws SyntaxError or GoError where the text is no JSON; the caller knows whose text it is
 */
export function parseJson(text: string): Json {
  if (isTooDeep(text)) throw new GoError('exceeded max depth');
  if (!LONG_NUMBER.test(text) && !LONE.test(text) && !hasBackslashKey(text)) return JSON.parse(text) as Json;
  const { value, error } = parseExactly(text, undefined, exactNumber);
  if (error !== undefined) throw new GoError(error);
  return fromValue(value);
}

/**
 * Kubernetes: json.Unmarshal of util/json, which makes int64 of what fits, else float64.
 *
 * @throws GoError where it is larger than that
 */
function exactNumber(literal: string): Value {
  const number = Number(literal);
  if (!Number.isFinite(number))
    throw new GoError(`json: cannot unmarshal number ${literal} into Go value of type float64`);
  if (Number.isSafeInteger(number) || !/^-?\d+$/.test(literal)) return number;
  const exact = narrow(BigInt(literal));
  return exact === BigInt.asIntN(64, BigInt(exact)) ? new Int('int64', exact) : number;
}

/**
 * Whether a key holds a backslash. V8 of Node 24 compares what is written of a key with the keys of objects that it has
 * seen, so that after such a key `{"\n":1}` can be read as one of a backslash.
 */
function hasBackslashKey(text: string): boolean {
  if (!text.includes('\\\\')) return false;
  for (let at = text.indexOf('"'); at >= 0; ) {
    const end = closingQuote(text, at + 1);
    let after = end + 1;
    while (BLANKS.includes(text[after] ?? '.')) after++;
    if (text[after] === ':' && text.slice(at + 1, end).includes('\\\\')) return true;
    at = text.indexOf('"', end + 1);
  }
  return false;
}

const BLANKS = ' \t\n\r';

function isTooDeep(text: string): boolean {
  if (text.length < MAX_DEPTH) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c === 34) i = closingQuote(text, i + 1);
    else if (c === 123 || c === 91) {
      if (++depth > MAX_DEPTH) return true;
    } else if (c === 125 || c === 93) depth--;
  }
  return false;
}

/** Where the string that begins at `i` ends. */
function closingQuote(text: string, i: number): number {
  for (let end = text.indexOf('"', i); end >= 0; end = text.indexOf('"', end + 1)) {
    let first = end;
    while (text.charCodeAt(first - 1) === 92) first--;
    if (first < i) first = i;
    if ((end - first) % 2 === 0) return end;
  }
  return text.length;
}

/** Writes JSON as Go's encoding/json does but for the order of keys, which stays as it is. */
export function printJson(value: Json): string {
  return hasBigint(value) ? marshalJson(toValue(value)) : JSON.stringify(value);
}

function hasBigint(value: Json): boolean {
  if (typeof value === 'bigint') return true;
  if (isList(value)) return value.some(hasBigint);
  return isObject(value) && Object.values(value).some((v) => v !== undefined && hasBigint(v));
}

/** The engine's value as JSON data. */
export function fromValue(value: Value): Json {
  if (value instanceof Map) return newObject([...value].map(([k, v]) => [k, fromValue(v)] as const));
  if (Array.isArray(value)) return value.map(fromValue);
  if (value instanceof Int) return value.n;
  if (value === undefined || value === null) return null;
  if (typeof value === 'object') return null;
  return value;
}

/** JSON data as the engine's value; integers are int64, as YAML and Kubernetes' own reader make them. */
export function toValue(value: Json): Value {
  if (typeof value === 'bigint') return new Int('int64', value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? new Int('int64', value) : value;
  if (isList(value)) return value.map(toValue);
  if (!isObject(value)) return value;
  const map = new Map<string, Value>();
  for (const [key, item] of Object.entries(value)) if (item !== undefined) map.set(key, toValue(item));
  return map;
}
