/** How status rules read objects: wrong types count as missing, but for the few fields where Go makes them errors. */
import { GoError } from '../../go/error.ts';
import { dig, isList, isObject, type Json, own } from '../json.ts';

/** Go: kstatus util.go GetStringField */
export function stringAt(object: Json | undefined, path: readonly string[], fallback = ''): string {
  const value = dig(object, ...path);
  return typeof value === 'string' ? value : fallback;
}

/** Go: kstatus util.go GetIntField */
export function integerAt(object: Json | undefined, path: readonly string[], fallback: number): number {
  return integer(dig(object, ...path)) ?? fallback;
}

/** An integer, however large. */
export function integer(value: Json | undefined): number | undefined {
  if (typeof value === 'bigint') return Number(value);
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

/** Go: unstructured.NestedInt64, which fails on other types and on a way through something that is no map. */
export function checkedInteger(object: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = checkedField(object, path);
  if (value === undefined) return undefined;
  const found = integer(value);
  if (found === undefined) throw wrongType(path, 'int64');
  return found;
}

/** Go: unstructured.NestedString */
export function checkedString(object: Json | undefined, ...path: readonly string[]): string | undefined {
  const value = checkedField(object, path);
  if (value === undefined || typeof value === 'string') return value;
  throw wrongType(path, 'string');
}

// Go: unstructured.NestedFieldNoCopy; a null on the way is a missing field.
function checkedField(object: Json | undefined, path: readonly string[]): Json | undefined {
  let at = object;
  for (const key of path) {
    if (at === undefined || at === null) return undefined;
    if (!isObject(at)) throw wrongType(path, 'map[string]interface {}');
    at = own(at, key);
  }
  return at;
}

function wrongType(path: readonly string[], wanted: string): GoError {
  return new GoError(`.${path.join('.')} accessor error: the value is not of the type ${wanted}`);
}

/** One of `status.conditions`. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/**
 * The conditions of an object, none where it has no such list.
 *
 * @throws GoError where they do not have the shape of conditions
 */
// Go: kstatus util.go GetObjectWithConditions, by runtime.DefaultUnstructuredConverter
export function conditionsOf(object: Json): readonly Condition[] {
  const status = own(object, 'status') ?? null;
  if (status === null) return [];
  if (!isObject(status)) throw wrongType(['status'], 'map[string]interface {}');
  const list = own(status, 'conditions') ?? null;
  if (list === null) return [];
  if (!isList(list)) throw wrongType(['status', 'conditions'], '[]interface {}');
  return list.map(condition);
}

function condition(value: Json): Condition {
  if (value !== null && !isObject(value)) throw wrongType(['status', 'conditions'], 'map[string]interface {}');
  const text = (key: string): string => {
    const field = own(value, key) ?? '';
    if (typeof field !== 'string') throw wrongType(['status', 'conditions', key], 'string');
    return field;
  };
  return { type: text('type'), status: text('status'), reason: text('reason'), message: text('message') };
}

/** A list of maps, leniently: what is no list is none, what is no map is left out. */
export function objectsAt(object: Json | undefined, ...path: readonly string[]): readonly Json[] {
  const list = dig(object, ...path);
  return isList(list) ? list.filter(isObject) : [];
}
