/** Changing JSON data in place, on copies that belong to whoever changes them. */
import { isList, isObject, type Json, type KubeObject, newObject, own } from '../../cluster/json.ts';

/** Data that may be changed. */
export type Draft = Record<string, Json>;

/** How deep an object may nest. */
const DEPTH = 500;

/** A copy that shares nothing. */
export function copy<T extends Json>(value: T): T {
  return copyAt(value, 0) as T;
}

function copyAt(value: Json, depth: number): Json {
  if (depth > DEPTH) throw new RangeError('the object nests too deep');
  if (isList(value)) return value.map((item) => copyAt(item, depth + 1));
  if (!isObject(value)) return value;
  const result = newObject();
  for (const [key, item] of Object.entries(value)) if (item !== undefined) result[key] = copyAt(item, depth + 1);
  return result;
}

/** A copy to be changed. */
export function draftOf(object: KubeObject | Draft): Draft {
  return copy(object as unknown as Json) as Draft;
}

/** A draft that is done. */
export function finished(draft: Draft): KubeObject {
  return draft as unknown as KubeObject;
}

/** The object under a key, made where there is none. */
export function child(draft: Draft, key: string): Draft {
  const value = own(draft, key);
  if (isObject(value)) return value as Draft;
  return (draft[key] = newObject());
}

/** The object under a key, if there is one. */
export function childIf(draft: Json | undefined, key: string): Draft | undefined {
  const value = own(draft, key);
  return isObject(value) ? (value as Draft) : undefined;
}

/** The objects in the list under a key. */
export function each(draft: Json | undefined, key: string): Draft[] {
  const value = own(draft, key);
  return isList(value) ? (value.filter(isObject) as unknown as Draft[]) : [];
}

/** Sets what is missing or null. */
export function setDefault(draft: Draft, key: string, value: Json): void {
  const before = own(draft, key);
  if (before === undefined || before === null) draft[key] = value;
}

/** Sets what is missing, null or Go's zero value, as defaults for fields that are no pointers do. */
export function setEmpty(draft: Draft, key: string, value: Json): void {
  const before = own(draft, key);
  if (before === undefined || before === null || before === '' || before === 0) draft[key] = value;
}

/** A string, or an empty one. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A number, or another. */
export function number(value: Json | undefined, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** The entries of a map of strings. */
export function strings(value: Json | undefined): Readonly<Record<string, string>> {
  return isObject(value) ? (value as Readonly<Record<string, string>>) : {};
}

/** Whether two values are the same data, whatever the order of keys. */
export function sameData(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, i) => sameData(item, b[i]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a).filter((key) => a[key] !== undefined);
  if (keys.length !== Object.keys(b).filter((key) => b[key] !== undefined).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameData(a[key], b[key]));
}
