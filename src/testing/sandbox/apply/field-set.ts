/** The fields that a configuration mentions. Go: structured-merge-diff/typed/tofieldset.go */
import { isList, isObject, type Json } from '../../../cluster/json.ts';
import { addPath, type FieldNode, type FieldSet, type FieldSetBuilder } from '../../../cluster/patch/field-set.ts';
import { entriesOf } from '../../../cluster/patch/kinds.ts';
import { fieldElement, type Path } from '../../../cluster/patch/path-element.ts';
import { indexItems } from './items.ts';
import { type ListType, type MapType, type MergeType, narrow } from './type.ts';

/** Every leaf and every element that the value has. It must fit its type. */
export function fieldsOf(type: MergeType, value: Json): FieldSet {
  const set: FieldSetBuilder = new Map();
  collect(type, value, [], set);
  return set;
}

function collect(type: MergeType, value: Json, path: Path, set: FieldSetBuilder): void {
  const narrowed = narrow(type, value);
  if (narrowed.map !== undefined) collectMap(narrowed.map, value, path, set);
  else if (narrowed.scalar !== undefined) addPath(set, path);
  else if (narrowed.list !== undefined) collectList(narrowed.list, value, path, set);
}

function collectMap(type: MapType, value: Json, path: Path, set: FieldSetBuilder): void {
  if (type.atomic) addPath(set, path);
  if (type.atomic || !isObject(value)) return;
  for (const [key, item] of entriesOf(value)) {
    const at = [...path, fieldElement(key)];
    const field = type.field(key);
    const itemType = field ?? type.element;
    if (itemType !== undefined) collect(itemType, item, at, set);
    const empty = item === null || (isObject(item) && entriesOf(item).length === 0);
    if (empty || field === undefined) addPath(set, at);
  }
}

function collectList(type: ListType, value: Json, path: Path, set: FieldSetBuilder): void {
  if (type.atomic) addPath(set, path);
  if (type.atomic || !isList(value)) return;
  for (const { element, items } of indexItems(type, value).values()) {
    const at = [...path, element];
    // Elements that are there twice belong to somebody together.
    if (items.length === 1) collect(type.element, items[0]!, at, set);
    addPath(set, at);
  }
}

/**
 * The set with the declared fields on the way to its members. Go: Set.EnsureNamedFieldsAreMembers
 */
export function withNamedFields(set: FieldSet, type: MergeType | undefined): FieldSet {
  const out = new Map<string, FieldNode>();
  for (const [text, node] of set) {
    const { element } = node;
    const field = element.type === 'f' ? type?.map?.field(element.name) : undefined;
    let below: MergeType | undefined;
    if (element.type === 'f') below = field ?? type?.map?.element;
    else if (element.type === 'k') below = type?.list?.element;
    const member = node.member || (field !== undefined && node.children.size > 0);
    out.set(text, { element, member, children: withNamedFields(node.children, below) });
  }
  return out;
}
