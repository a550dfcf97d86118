/** An object without some of its fields. Go: structured-merge-diff/typed/remove.go */
import { isList, isObject, type Json, newObject } from '../../../cluster/json.ts';
import type { FieldNode, FieldSet } from '../../../cluster/patch/field-set.ts';
import { entriesOf } from '../../../cluster/patch/kinds.ts';
import { fieldElement } from '../../../cluster/patch/path-element.ts';
import { elementOf } from './items.ts';
import { type ListType, type MapType, type MergeType, narrow } from './type.ts';

/** Null where nothing is left, or where the value has one owner as a whole. */
export function removeFields(type: MergeType | undefined, value: Json, fields: FieldSet): Json {
  if (type === undefined) return value;
  const narrowed = narrow(type, value);
  if (narrowed.map !== undefined) return removeFromMap(narrowed.map, value, fields);
  if (narrowed.scalar !== undefined) return value;
  return narrowed.list === undefined ? null : removeFromList(narrowed.list, value, fields);
}

function removeFromMap(type: MapType, value: Json, fields: FieldSet): Json {
  if (!isObject(value) || type.atomic) return null;
  const kept = newObject();
  let matched = false;
  for (const [key, item] of entriesOf(value)) {
    const node = fields.get(fieldElement(key).text);
    if (node?.member === true) continue;
    kept[key] = node === undefined ? item : removeBelow(type.field(key) ?? type.element, item, node);
    matched ||= node !== undefined;
  }
  return matched || Object.keys(kept).length > 0 ? kept : null;
}

function removeFromList(type: ListType, value: Json, fields: FieldSet): Json {
  if (!isList(value) || type.atomic) return null;
  const kept: Json[] = [];
  let matched = false;
  for (const item of value) {
    const node = fields.get(elementOf(type, item).text);
    if (node?.member === true) continue;
    kept.push(node === undefined ? item : removeBelow(type.element, item, node));
    matched ||= node !== undefined;
  }
  return matched || kept.length > 0 ? kept : null;
}

/** What loses all that is in it stays, empty: it was not to be removed itself. */
function removeBelow(type: MergeType | undefined, item: Json, node: FieldNode): Json {
  const rest = removeFields(type, item, node.children);
  if (rest !== null) return rest;
  if (isObject(item)) return newObject();
  return isList(item) ? [] : null;
}
