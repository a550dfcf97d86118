/** The strategic merge patch from one object to another. Go: strategicpatch/patch.go diffMaps */
import { GoError } from '../../go/error.ts';
import { compareStrings } from '../../go/value.ts';
import { isList, isObject, type Json, type JsonObject, newObject, own } from '../json.ts';
import type { TypeSchema } from '../types.ts';
import { entriesOf, equalJson, formatJson, kindOf } from './kinds.ts';
import { sortByText, sortScalars } from './list-order.ts';
import {
  DELETE_FROM,
  DIRECTIVE,
  deduplicate,
  elementKind,
  identityOf,
  mergeKeyOf,
  orderBy,
  RETAIN_KEYS,
  SET_ORDER,
} from './lists.ts';
import { listField, type PatchField, structField } from './strategy.ts';

/** What of a difference goes into the patch. */
export interface DiffOptions {
  readonly ignoreChanges?: boolean;
  readonly ignoreDeletions?: boolean;
  readonly setOrder?: boolean;
}

type Fields = Record<string, Json>;

/**
 * The patch that makes `modified` of `original`. An empty one says that nothing differs.
 *
 * @throws GoError with the library's text where a type says nothing of a field that differs, or lists cannot be merged
 */
export function diffMaps(
  original: JsonObject,
  modified: JsonObject,
  schema: TypeSchema,
  options: DiffOptions,
  retainKeys = false,
): Fields {
  const patch = newObject();
  for (const [key, after] of entriesOf(modified)) {
    const before = own(original, key);
    if (before === undefined) {
      if (!options.ignoreChanges) patch[key] = after;
    } else if (key === DIRECTIVE) {
      diffDirective(before, after, patch);
    } else {
      diffField(key, before, after, patch, schema, options);
    }
  }
  if (!options.ignoreDeletions) {
    for (const [key] of entriesOf(original)) if (own(modified, key) === undefined) patch[key] = null;
  }
  if (retainKeys) addRetainKeys(patch, original, modified);
  return patch;
}

/** Go: handleDirectiveMarker */
function diffDirective(before: Json, after: Json, patch: Fields): void {
  if (typeof before !== 'string' || typeof after !== 'string') {
    throw new GoError(`invalid value for special key: ${DIRECTIVE}`);
  }
  if (before !== after) patch[DIRECTIVE] = after;
}

function addRetainKeys(patch: Fields, original: JsonObject, modified: JsonObject): void {
  const keys = entriesOf(modified).filter(([, value]) => value !== null);
  if (keys.length === 0) return;
  const loses = entriesOf(original).some(([key, value]) => value !== null && own(modified, key) === undefined);
  if (!loses && Object.keys(patch).length === 0) return;
  patch[RETAIN_KEYS] = keys.map(([key]) => key).sort(compareStrings);
}

function diffField(
  key: string,
  before: Json,
  after: Json,
  patch: Fields,
  schema: TypeSchema,
  options: DiffOptions,
): void {
  if (isObject(before) && isObject(after)) {
    diffMapField(key, before, after, patch, schema, options);
  } else if (isList(before) && isList(after)) {
    diffListField(key, before, after, patch, schema, options);
  } else if (!options.ignoreChanges && (kindOf(before) !== kindOf(after) || !equalJson(before, after))) {
    patch[key] = after;
  }
}

/** Go: handleMapDiff */
function diffMapField(
  key: string,
  before: JsonObject,
  after: JsonObject,
  patch: Fields,
  schema: TypeSchema,
  options: DiffOptions,
): void {
  const field = fieldIfDifferent(structField, schema, key, before, after);
  if (field === undefined) return;
  if (field.strategy === 'replace') {
    if (!options.ignoreChanges) patch[key] = after;
    return;
  }
  const value = diffMaps(before, after, field.schema, options, field.retainKeys);
  if (Object.keys(value).length > 0) patch[key] = value;
}

/** Go: handleSliceDiff */
function diffListField(
  key: string,
  before: readonly Json[],
  after: readonly Json[],
  patch: Fields,
  schema: TypeSchema,
  options: DiffOptions,
): void {
  const field = fieldIfDifferent(listField, schema, key, before, after);
  if (field === undefined) return;
  if (field.strategy !== 'merge') {
    if (!options.ignoreChanges && !equalJson(before, after)) patch[key] = after;
    return;
  }
  const { changes, deletions, order } = diffLists(before, after, field, options);
  if (changes.length > 0) patch[key] = changes;
  if (deletions.length > 0) patch[`${DELETE_FROM}/${key}`] = deletions;
  if (order.length > 0) patch[`${SET_ORDER}/${key}`] = order;
}

/** A field that nothing is known of is no error as long as it stays the same. */
function fieldIfDifferent(
  lookUp: (schema: TypeSchema, key: string) => PatchField,
  schema: TypeSchema,
  key: string,
  before: Json,
  after: Json,
): PatchField | undefined {
  try {
    return lookUp(schema, key);
  } catch (error) {
    if (equalJson(before, after)) return undefined;
    throw error;
  }
}

interface ListDiff {
  readonly changes: readonly Json[];
  /** Only of scalars; deleted maps are among the changes, with a directive. */
  readonly deletions: readonly Json[];
  readonly order: readonly Json[];
}

/** Go: diffLists */
function diffLists(
  original: readonly Json[],
  modified: readonly Json[],
  field: PatchField,
  options: DiffOptions,
): ListDiff {
  if (original.length === 0) {
    return { changes: options.ignoreChanges ? [] : modified, deletions: [], order: [] };
  }
  return elementKind(original, modified) === 'map'
    ? diffListsOfMaps(original, modified, field, options)
    : diffListsOfScalars(original, modified, options);
}

/** Go: diffLists and diffListsOfMaps */
function diffListsOfMaps(
  original: readonly Json[],
  modified: readonly Json[],
  field: PatchField,
  options: DiffOptions,
): ListDiff {
  const { mergeKey } = field;
  const diff = diffSorted(sortByMergeKey(original, mergeKey), sortByMergeKey(modified, mergeKey), field, options);
  const changed = orderBy(diff.changes, modified, mergeKey, 'map');
  const changes = [...changed, ...diff.deletions];
  const orders =
    (!options.ignoreChanges && (changes.length > 0 || !isOrderSame(original, modified, mergeKey))) ||
    (!options.ignoreDeletions && changes.length > 0);
  const order = options.setOrder && orders ? modified.map((item) => onlyKey(item, mergeKey)) : [];
  return { changes, deletions: [], order };
}

function onlyKey(item: Json, mergeKey: string): Json {
  return newObject([[mergeKey, own(item, mergeKey) ?? null]]);
}

function sortByMergeKey(list: readonly Json[], mergeKey: string): Json[] {
  return sortByText(list, (item) => formatJson(own(item, mergeKey) ?? null));
}

/** Walks two lists in order of their merge keys. Go: diffListsOfMaps */
function diffSorted(
  original: readonly Json[],
  modified: readonly Json[],
  field: PatchField,
  options: DiffOptions,
): { changes: Json[]; deletions: Json[] } {
  const { mergeKey } = field;
  const changes: Json[] = [];
  const deletions: Json[] = [];
  for (let i = 0, j = 0; i < original.length || j < modified.length; ) {
    const before = original[i];
    const after = modified[j];
    const beforeKey = before === undefined ? undefined : mergeKeyOf(before, mergeKey);
    const afterKey = after === undefined ? undefined : mergeKeyOf(after, mergeKey);
    const order = compareKeys(beforeKey, afterKey);
    if (order === 0) {
      const patch = diffMaps(before as JsonObject, after as JsonObject, field.schema, options, field.retainKeys);
      if (Object.keys(patch).length > 0) changes.push(newObject([...entriesOf(patch), [mergeKey, afterKey]]));
    } else if (order > 0) {
      if (!options.ignoreChanges) changes.push(after!);
    } else if (!options.ignoreDeletions) {
      deletions.push(
        newObject([
          [mergeKey, beforeKey],
          [DIRECTIVE, 'delete'],
        ]),
      );
    }
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  return { changes, deletions };
}

/** By printed text; what is at its end comes last. Negative: only the first list has it. */
function compareKeys(before: Json | undefined, after: Json | undefined): number {
  if (before === undefined) return 1;
  if (after === undefined) return -1;
  return compareStrings(formatJson(before), formatJson(after));
}

/** Go: isOrderSame */
function isOrderSame(original: readonly Json[], modified: readonly Json[], mergeKey: string): boolean {
  if (original.length !== modified.length) return false;
  return original.every((item, i) => identityOf(item, mergeKey) === identityOf(modified[i]!, mergeKey));
}

/** Go: diffLists and diffListsOfScalars */
function diffListsOfScalars(original: readonly Json[], modified: readonly Json[], options: DiffOptions): ListDiff {
  const before = sortScalars(original);
  const after = sortScalars(modified);
  const added: Json[] = [];
  const removed: Json[] = [];
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const order = compareKeys(before[i], after[j]);
    if (order > 0 && !options.ignoreChanges) added.push(after[j]!);
    if (order < 0 && !options.ignoreDeletions) removed.push(before[i]!);
    if (order <= 0) i++;
    if (order >= 0) j++;
  }
  const deletions = deduplicate(removed);
  // Go compares the list that it has just sorted in place, so an unsorted one always counts as changed.
  const orders =
    (!options.ignoreDeletions && deletions.length > 0) || (!options.ignoreChanges && !equalJson(before, modified));
  return {
    changes: orderBy(added, modified, '', 'string'),
    deletions,
    order: options.setOrder && orders ? modified : [],
  };
}
