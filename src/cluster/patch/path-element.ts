/**
 * One step of a path into an object, as managed fields write it: `f:spec`, `k:{"name":"web"}`, `v:"a"`, `i:0`.
 * Go: structured-merge-diff fieldpath
 */
import { GoError } from '../../go/error.ts';
import { encodeString, marshalJson } from '../../go/json.ts';
import { quote } from '../../go/quote.ts';
import { compareStrings } from '../../go/value.ts';
import { isList, isObject, type Json, type JsonObject, parseJson, toValue } from '../json.ts';
import { entriesOf, formatJson, kindOf } from './kinds.ts';

/** Equal elements have equal texts, so that a text can stand for its element in a map. */
export type PathElement =
  | { readonly type: 'f'; readonly text: string; readonly name: string }
  /** An element of a list of maps, by the fields that tell them apart, in order of name. */
  | { readonly type: 'k'; readonly text: string; readonly key: readonly (readonly [string, Json])[] }
  /** An element of a set. */
  | { readonly type: 'v'; readonly text: string; readonly value: Json }
  | { readonly type: 'i'; readonly text: string; readonly index: number };

export type Path = readonly PathElement[];

export function fieldElement(name: string): PathElement {
  return { type: 'f', text: `f:${name}`, name };
}

export function keyElement(fields: JsonObject): PathElement {
  const key = entriesOf(fields).sort(([a], [b]) => compareStrings(a, b));
  const texts = key.map(([name, value]) => `${encodeString(name, false)}:${writeValue(value)}`);
  return { type: 'k', text: `k:{${texts.join(',')}}`, key };
}

export function valueElement(value: Json): PathElement {
  return { type: 'v', text: `v:${writeValue(value)}`, value };
}

export function indexElement(index: number): PathElement {
  return { type: 'i', text: `i:${index}`, index };
}

function writeValue(value: Json): string {
  return typeof value === 'string' ? encodeString(value, true) : marshalJson(toValue(value));
}

/**
 * Reads an element. Undefined: a type that a later version may know.
 *
 * @throws GoError where it is none
 */
export function parseElement(text: string): PathElement | undefined {
  // Go counts bytes, and looks at the second.
  const isAscii = text.charCodeAt(0) < 0x80;
  if (text === '' || (text.length < 2 && isAscii)) throw new GoError('key must be 2 characters long:');
  if (!isAscii || text[1] !== ':') throw new GoError(`missing colon: ${text}`);
  const rest = text.slice(2);
  switch (text[0]) {
    case 'f':
      return fieldElement(rest);
    case 'k':
      return keyElement(parseKey(rest));
    case 'v':
      return valueElement(parsePart(rest));
    case 'i':
      if (!/^[+-]?\d+$/.test(rest)) throw new GoError(`strconv.Atoi: parsing ${quote(rest)}: invalid syntax`);
      return indexElement(Number(rest));
    default:
      return undefined;
  }
}

function parseKey(text: string): JsonObject {
  const key = parsePart(text);
  if (isObject(key)) return key;
  throw new GoError('ReadObjectCB: expect { or n, but found something else');
}

function parsePart(text: string): Json {
  try {
    return parseJson(text);
  } catch {
    throw new GoError(`invalid path element: ${text}`);
  }
}

/** As messages print a path: `.spec.containers[name="web"].args[0]`. */
export function formatPath(path: Path): string {
  return path.map(formatElement).join('');
}

function formatElement(element: PathElement): string {
  switch (element.type) {
    case 'f':
      return `.${element.name}`;
    case 'k':
      return `[${element.key.map(([name, value]) => `${name}=${printValue(value)}`).join(',')}]`;
    case 'v':
      return `[=${printValue(element.value)}]`;
    default:
      return `[${element.index}]`;
  }
}

/** Go: value.ToString */
export function printValue(value: Json): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return quote(value);
  if (isList(value)) return `[${value.map(printValue).join(',')}]`;
  if (isObject(value))
    return entriesOf(value)
      .map(([key, item]) => `${key}=${printValue(item)}`)
      .join('');
  return formatJson(value);
}

const TYPES = ['f', 'k', 'v', 'i'];

/** Go: PathElement.Compare */
export function compareElements(a: PathElement, b: PathElement): number {
  if (a.text === b.text) return 0;
  if (a.type === 'f' && b.type === 'f') return compareStrings(a.name, b.name);
  if (a.type === 'v' && b.type === 'v') return compareValues(a.value, b.value);
  if (a.type === 'i' && b.type === 'i') return a.index - b.index;
  if (a.type === 'k' && b.type === 'k') return compareKeys(a.key, b.key);
  return TYPES.indexOf(a.type) - TYPES.indexOf(b.type);
}

type Fields = readonly (readonly [string, Json])[];

/** Go: FieldList.Compare */
function compareKeys(a: Fields, b: Fields): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareStrings(a[i]![0], b[i]![0]) || compareValues(a[i]![1], b[i]![1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const KINDS = ['number', 'string', 'bool', 'slice', 'map', 'nil'];

/** A total order of all values. Go: value.Compare */
export function compareValues(a: Json, b: Json): number {
  const order = KINDS.indexOf(rankOf(a)) - KINDS.indexOf(rankOf(b));
  if (order !== 0) return order;
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b);
  if (typeof a === 'boolean') return Number(a) - Number(b);
  if (isList(a) && isList(b)) return compareLists(a, b);
  if (isObject(a) && isObject(b)) return compareMaps(a, b);
  return 0;
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function rankOf(value: Json): string {
  return isNumber(value) ? 'number' : kindOf(value);
}

function compareLists(a: readonly Json[], b: readonly Json[]): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const order = compareValues(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Go: value.MapCompare, which walks the keys of both in order */
function compareMaps(a: JsonObject, b: JsonObject): number {
  const [left, right] = [new Map(entriesOf(a)), new Map(entriesOf(b))];
  const keys = [...new Set([...left.keys(), ...right.keys()])].sort(compareStrings);
  for (const [i, key] of keys.entries()) {
    if (i === left.size) return -1;
    if (i === right.size) return 1;
    const [before, after] = [left.get(key), right.get(key)];
    if (before === undefined) return 1;
    if (after === undefined) return -1;
    const order = compareValues(before, after);
    if (order !== 0) return order;
  }
  return 0;
}
