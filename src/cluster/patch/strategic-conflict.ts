/** Whether two patches set the same fields to different values. Go: strategicpatch MergingMapsHaveConflicts */
import { GoError } from '../../go/error.ts';
import { isList, isObject, type Json, type JsonObject, own } from '../json.ts';
import type { TypeSchema } from '../types.ts';
import { entriesOf, equalJson, formatJson } from './kinds.ts';
import { sortScalars } from './list-order.ts';
import { DIRECTIVE, deduplicate, elementKind, RETAIN_KEYS } from './lists.ts';
import { listField, type PatchField, structField } from './strategy.ts';

/** @throws GoError where the type says nothing of a field that both patches have, or lists have elements of two kinds */
export function haveConflicts(left: JsonObject, right: JsonObject, schema: TypeSchema): boolean {
  return mapsConflict(left, right, schema, '');
}

function mapsConflict(left: JsonObject, right: JsonObject, schema: TypeSchema, strategy: string): boolean {
  const directive = own(left, DIRECTIVE);
  if (!equalJson(directive, own(right, DIRECTIVE))) return true;
  if (strategy === 'replace') return false;
  return entriesOf(left).some(([key, value]) => {
    const other = own(right, key);
    if (key === DIRECTIVE || key === RETAIN_KEYS || other === undefined) return false;
    if (isList(value)) {
      const field = listField(schema, key);
      return !isList(other) || listsConflict(value, other, field);
    }
    if (!isObject(value)) return !equalJson(value, other);
    const field = structField(schema, key);
    return !isObject(other) || mapsConflict(value, other, field.schema, field.strategy);
  });
}

/** Go: slicesHaveConflicts */
function listsConflict(left: readonly Json[], right: readonly Json[], field: PatchField): boolean {
  const kind = elementKind(left, right);
  if (field.strategy === 'merge') {
    if (kind !== 'map') return false;
    const others = byMergeKey(right, field.mergeKey);
    return [...byMergeKey(left, field.mergeKey)].some(([key, item]) => {
      const other = others.get(key);
      return other !== undefined && mapsConflict(item, other, field.schema, '');
    });
  }
  if (left.length !== right.length) return true;
  if (kind === 'map') {
    return left.some((item, i) => mapsConflict(item as JsonObject, right[i] as JsonObject, field.schema, ''));
  }
  return !equalJson(sortScalars(deduplicate(left)), sortScalars(deduplicate(right)));
}

/** Go: sliceOfMapsToMapOfMaps */
function byMergeKey(list: readonly Json[], mergeKey: string): Map<string, JsonObject> {
  const map = new Map<string, JsonObject>();
  for (const item of list) {
    const key = own(item, mergeKey);
    if (!isObject(item) || key === undefined) {
      throw new GoError(`cannot find merge key \`${mergeKey}\` in merging list element:${formatJson(item)}`);
    }
    map.set(formatJson(key), item);
  }
  return map;
}
