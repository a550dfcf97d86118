/** A live object with a configuration laid over it. Go: structured-merge-diff/typed/merge.go */

import { isList, isObject, type Json, newObject } from '../../../cluster/json.ts';
import { entriesOf } from '../../../cluster/patch/kinds.ts';
import { formatPath, type PathElement } from '../../../cluster/patch/path-element.ts';
import { GoError } from '../../../go/error.ts';
import { elementOf } from './items.ts';
import { type ListType, type MapType, type MergeType, narrow, sameType } from './type.ts';

type Value = Json | undefined;

/**
 * Everything of both; what both have is the second's. Lists are in the second's order as far as it says one.
 *
 * @throws GoError where the second has an element twice
 */
export function mergeValues(type: MergeType, left: Value, right: Value): Value {
  const leftType = narrow(type, left);
  const rightType = narrow(type, right);
  if (right === undefined) return mergeAs(leftType, left, right);
  if (left !== undefined && !sameType(leftType, rightType)) mergeAs(leftType, left, right);
  return mergeAs(rightType, left, right);
}

function mergeAs(type: MergeType, left: Value, right: Value): Value {
  if (type.map !== undefined) return mergeMaps(type.map, left, right);
  if (type.scalar === undefined && type.list !== undefined) return mergeLists(type.list, left, right);
  return right === undefined ? left : right;
}

function mergeMaps(type: MapType, left: Value, right: Value): Value {
  const before = isObject(left) ? new Map(entriesOf(left)) : new Map<string, Json>();
  const after = isObject(right) ? new Map(entriesOf(right)) : new Map<string, Json>();
  if (type.atomic || (before.size === 0 && after.size === 0)) return right === undefined ? left : right;
  const merged = newObject();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    const field = type.field(key) ?? type.element;
    const value = field === undefined ? undefined : mergeValues(field, before.get(key), after.get(key));
    if (value !== undefined) merged[key] = value;
  }
  return Object.keys(merged).length > 0 ? merged : undefined;
}

function mergeLists(type: ListType, left: Value, right: Value): Value {
  const before = isList(left) ? left : [];
  const after = isList(right) ? right : [];
  if (type.atomic || (before.length === 0 && after.length === 0)) return right === undefined ? left : right;
  const merged = mergeItems(type, index(type, before, true), index(type, after, false));
  return merged.length > 0 ? merged : undefined;
}

interface Index {
  readonly list: readonly Json[];
  readonly elements: readonly PathElement[];
  /** An element that is there twice is null: its fields are not merged with the other's. */
  readonly values: ReadonlyMap<string, Json>;
}

/** Go: indexListPathElements */
function index(type: ListType, list: readonly Json[], duplicates: boolean): Index {
  const elements: PathElement[] = [];
  const values = new Map<string, Json>();
  for (const item of list) {
    const element = elementOf(type, item);
    const twice = values.has(element.text);
    if (twice && !duplicates) throw new GoError(`duplicate entries for key ${formatPath([element])}`);
    values.set(element.text, twice ? null : item);
    elements.push(element);
  }
  return { list, elements, values };
}

/**
 * The elements that both have are in the second's order; those of the first alone stay where they were before the next
 * one that both have. Go: visitListItems
 */
function mergeItems(type: ListType, left: Index, right: Index): Json[] {
  const out: Json[] = [];
  const merged = new Set<string>();
  const shared = right.elements.filter((element) => left.values.has(element.text)).map((element) => element.text);
  let next = 0;
  const take = (text: string, before: Value) => {
    const value = mergeValues(type.element, before, right.values.get(text));
    if (value !== undefined) out.push(value);
  };
  let l = 0;
  let r = 0;
  while (l < left.elements.length || r < right.elements.length) {
    const leftText = left.elements[l]?.text;
    const rightText = right.elements[r]?.text;
    if (leftText !== undefined && rightText !== undefined) {
      if (leftText === rightText) {
        merged.add(leftText);
        take(leftText, left.values.get(leftText));
        l++;
        r++;
        next++;
        continue;
      }
      if (right.values.has(leftText) && next < shared.length && shared[next] !== leftText) {
        l++;
        continue;
      }
    }
    if (leftText !== undefined) {
      if (!right.values.has(leftText)) {
        // The element itself: the index has null for one that is there twice.
        take(leftText, left.list[l]!);
        l++;
        continue;
      }
      if (merged.has(leftText)) l++;
    }
    if (rightText !== undefined) {
      merged.add(rightText);
      take(rightText, left.values.get(rightText));
      r++;
      if (shared[next] === rightText) next++;
    }
  }
  return out;
}
