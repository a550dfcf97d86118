/** Lists of a strategic merge patch: their elements' kind, merge keys and order. Go: strategicpatch/patch.go */
import { GoError, runtimeError } from '../../go/error.ts';
import { isObject, type Json, type JsonObject, own } from '../json.ts';
import { formatJson, formatLists, type JsonKind, kindOf, scalarKey, typeName } from './kinds.ts';
import { insertionSort } from './list-order.ts';

type List = readonly Json[];

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const DELETE_FROM = '$deleteFromPrimitiveList';
export const SET_ORDER = '$setElementOrder';

/**
 * The one kind that all elements of some lists have.
 *
 * @throws GoError where there are several kinds, lists of lists, or no elements at all
 */
export function elementKind(...lists: readonly List[]): JsonKind {
  let kind: JsonKind | undefined;
  for (const list of lists) {
    for (const item of list) {
      const next = kindOf(item);
      if (kind !== undefined && next !== kind) {
        throw new GoError(`list element types are not identical: ${formatLists(lists)}`);
      }
      if (next === 'nil') throw runtimeError('invalid memory address or nil pointer dereference');
      if (next === 'slice') throw new GoError('lists of lists are not supported');
      kind = next;
    }
  }
  if (kind === undefined) throw new GoError('no elements in any of the given slices');
  return kind;
}

/** @throws GoError Go: mergepatch.ErrBadArgType */
export function badType(expected: JsonKind, actual: Json): never {
  const kind = kindOf(actual);
  throw new GoError(
    `expected a ${typeName(expected)}, but received a ${kind === 'nil' ? '%!s(<nil>)' : typeName(kind)}`,
  );
}

/** @throws GoError Go: mergepatch.ErrBadArgType */
export function asMap(value: Json): JsonObject {
  return isObject(value) ? value : badType('map', value);
}

/** @throws GoError Go: mergepatch.ErrBadArgType */
export function asList(value: Json): List {
  return Array.isArray(value) ? value : badType('slice', value);
}

/** @throws GoError Go: mergepatch.ErrNoMergeKey */
export function mergeKeyOf(item: Json, mergeKey: string): Json {
  const map = asMap(item);
  const value = own(map, mergeKey);
  if (value !== undefined) return value;
  throw new GoError(`map: ${formatJson(map)} does not contain declared merge key: ${mergeKey}`);
}

/** What two elements are equal by: the merge key's value, or the element itself. */
export function identityOf(item: Json, mergeKey: string): string {
  return scalarKey(mergeKey === '' ? item : mergeKeyOf(item, mergeKey));
}

/** Go: containsDirectiveMarker */
export function hasDirective(item: Json): boolean {
  return own(item, DIRECTIVE) !== undefined;
}

/** Where each element is first. Go: index; what has no key is where null is */
function placesOf(list: List, mergeKey: string, kind: JsonKind): (item: Json) => number {
  const key = (item: Json) => scalarKey(kind === 'map' ? (own(item, mergeKey) ?? null) : item);
  const places = new Map<string, number>();
  for (const [i, item] of list.entries()) if (!places.has(key(item))) places.set(key(item), i);
  return (item) => places.get(key(item)) ?? -1;
}

/** Those that `by` has, and those that it has not. Go: partitionPrimitivesByPresentInList, partitionMapsByPresentInList */
export function partition(list: List, by: List, mergeKey: string): readonly [Json[], Json[]] {
  const present = new Set<string>();
  for (const item of by) {
    const value = mergeKey === '' ? item : own(asElement(item, by), mergeKey);
    if (value !== undefined) present.add(scalarKey(value));
  }
  const found: Json[] = [];
  const others: Json[] = [];
  for (const item of list) (present.has(identityOf(item, mergeKey)) ? found : others).push(item);
  return [found, others];
}

/** Go: findMapInSliceBasedOnKeyValue; it names the element that is no map by its place */
export function asElement(item: Json, list: List): JsonObject {
  if (isObject(item)) return item;
  throw new GoError(`value for key ${list.indexOf(item)} is not a map`);
}

/** Sorts by the order that another list has. Deletions go last. Go: normalizeSliceOrder */
export function orderBy(list: List, order: List, mergeKey: string, kind: JsonKind): Json[] {
  let sorted = [...list];
  let deletions: Json[] = [];
  if (kind === 'map') {
    for (const item of [...list, ...order]) mergeKeyOf(item, mergeKey);
    deletions = sorted.filter(isDeletion);
    sorted = sorted.filter((item) => !isDeletion(item));
  }
  const placeOf = placesOf(order, mergeKey, kind);
  const places = sorted.map((item) => ({ item, place: placeOf(item) }));
  // Go calls an element less than another when either is unknown, which only its own algorithm gives a meaning to.
  if (places.every((at) => at.place >= 0)) places.sort((a, b) => a.place - b.place);
  else insertionSort(places, (a, b) => a.place < 0 || b.place < 0 || a.place < b.place);
  return [...places.map((at) => at.item), ...deletions];
}

/** Go: extractToDeleteItems */
export function isDeletion(item: Json): boolean {
  return own(asMap(item), DIRECTIVE) === 'delete';
}

/** What the server has alone goes in between by its own order as far as that can be. Go: normalizeElementOrder */
export function interleave(
  parts: readonly [List, List],
  patchOrder: List,
  serverOrder: List,
  mergeKey: string,
  kind: JsonKind,
): Json[] {
  const patch = orderBy(parts[0], patchOrder, mergeKey, kind);
  const serverOnly = orderBy(parts[1], serverOrder, mergeKey, kind);
  const placeOf = placesOf(serverOrder, mergeKey, kind);
  const merged: Json[] = [];
  let i = 0;
  for (const item of patch) {
    const place = placeOf(item);
    while (i < serverOnly.length && isBefore(placeOf(serverOnly[i]!), place)) merged.push(serverOnly[i++]!);
    merged.push(item);
  }
  return [...merged, ...serverOnly.slice(i)];
}

function isBefore(left: number, right: number): boolean {
  return left >= 0 && right >= 0 && left < right;
}

/** Each once, by replacing a repeated one with the last, for each element in turn. Go: deduplicateScalars */
export function deduplicate(list: List): Json[] {
  const keys = list.map(scalarKey);
  if (new Set(keys).size === list.length) return [...list];
  // Go's way is quadratic; its order is of no use to anybody in a list as long as this.
  if (list.length > 1_000) return [...new Map(list.map((item, i) => [keys[i]!, item])).values()];
  const kept = list.map((item, i) => ({ item, key: keys[i]! }));
  for (let i = 0; i < kept.length - 1; i++) {
    for (let j = i + 1; j < kept.length; ) {
      if (kept[i]!.key !== kept[j]!.key) j++;
      else dropAt(kept, j);
    }
  }
  return kept.map((entry) => entry.item);
}

function dropAt<T>(list: T[], at: number): void {
  const last = list.pop()!;
  if (at < list.length) list[at] = last;
}
