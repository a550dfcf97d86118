/** What one object has more, less or different than another, as fields. Go: structured-merge-diff/typed/compare.go */
import { isList, isObject, type Json } from '../../../cluster/json.ts';
import { addPath, type FieldSet, type FieldSetBuilder, union } from '../../../cluster/patch/field-set.ts';
import { entriesOf, equalJson } from '../../../cluster/patch/kinds.ts';
import { fieldElement, type Path } from '../../../cluster/patch/path-element.ts';
import { type Indexed, indexItems } from './items.ts';
import { type ListType, type MapType, type MergeType, narrow, sameType } from './type.ts';

export interface Comparison {
  readonly added: FieldSet;
  readonly modified: FieldSet;
  readonly removed: FieldSet;
}

interface Builder {
  readonly added: FieldSetBuilder;
  readonly modified: FieldSetBuilder;
  readonly removed: FieldSetBuilder;
}

type Value = Json | undefined;

export function compareValues(type: MergeType, before: Json, after: Json): Comparison {
  const out: Builder = { added: new Map(), modified: new Map(), removed: new Map() };
  compare(type, before, after, [], out);
  return out;
}

/** What the second object says otherwise than the first. */
export function changed(comparison: Comparison): FieldSet {
  return union(comparison.modified, comparison.added);
}

function compare(type: MergeType, before: Value, after: Value, path: Path, out: Builder): void {
  const left = narrow(type, before);
  const right = narrow(type, after);
  let leaf: boolean;
  if (after === undefined) leaf = compareAs(left, before, after, path, out);
  else if (before === undefined || sameType(left, right)) leaf = compareAs(right, before, after, path, out);
  else {
    compareAs(left, before, after, path, out);
    leaf = compareAs(right, before, after, path, out);
  }
  if (leaf) return;
  if (before === undefined) addPath(out.added, path);
  else if (after === undefined) addPath(out.removed, path);
}

/** True: it was compared as a whole. */
function compareAs(type: MergeType, before: Value, after: Value, path: Path, out: Builder): boolean {
  if (type.map !== undefined) return compareMaps(type.map, before, after, path, out);
  if (type.scalar !== undefined) return compareLeaves(before, after, path, out);
  return type.list !== undefined && compareLists(type.list, before, after, path, out);
}

function compareLeaves(before: Value, after: Value, path: Path, out: Builder): boolean {
  if (before === undefined) addPath(out.added, path);
  else if (after === undefined) addPath(out.removed, path);
  else if (!equalJson(before, after)) addPath(out.modified, path);
  return true;
}

function compareMaps(type: MapType, before: Value, after: Value, path: Path, out: Builder): boolean {
  const left = isObject(before) ? new Map(entriesOf(before)) : undefined;
  const right = isObject(after) ? new Map(entriesOf(after)) : undefined;
  if (type.atomic || (isEmpty(left) && isEmpty(right))) return compareLeaves(before, after, path, out);
  for (const key of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
    const field = type.field(key) ?? type.element;
    if (field !== undefined) compare(field, left?.get(key), right?.get(key), [...path, fieldElement(key)], out);
  }
  return false;
}

function isEmpty(collection: { readonly size: number } | undefined): boolean {
  return collection === undefined || collection.size === 0;
}

function compareLists(type: ListType, before: Value, after: Value, path: Path, out: Builder): boolean {
  const left = isList(before) ? before : [];
  const right = isList(after) ? after : [];
  if (type.atomic || (left.length === 0 && right.length === 0)) return compareLeaves(before, after, path, out);
  const lefts = indexItems(type, left);
  const rights = indexItems(type, right);
  for (const [text, entry] of lefts) compareItems(type, entry, rights.get(text), path, out);
  for (const [text, entry] of rights) if (!lefts.has(text)) compareItems(type, undefined, entry, path, out);
  return false;
}

/** Elements that are there twice are compared together. */
function compareItems(
  type: ListType,
  left: Indexed | undefined,
  right: Indexed | undefined,
  path: Path,
  out: Builder,
): void {
  const at = [...path, (left ?? right!).element];
  const [before, after] = [left?.items ?? [], right?.items ?? []];
  if (before.length <= 1 && after.length <= 1) {
    compare(type.element, before[0], after[0], at, out);
  } else if (before.length >= 2 && after.length >= 2) {
    if (!equalJson(before, after)) addPath(out.modified, at);
  } else if (before.length >= 2) {
    if (after.length > 0) compare(type.element, undefined, after[0], at, out);
    addPath(out.removed, at);
  } else {
    if (before.length > 0) compare(type.element, before[0], undefined, at, out);
    addPath(out.added, at);
  }
}
