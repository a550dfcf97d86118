/** JSON merge patches (RFC 7386). Go: evanphx/json-patch merge.go, apimachinery jsonmergepatch */
import { GoError } from '../../go/error.ts';
import { isList, isObject, type Json, type JsonObject, newObject, own } from '../json.ts';
import { checkDepth, entriesOf, equalJson, formatJson, sortKeys, withoutNulls } from './kinds.ts';
import { asMap } from './lists.ts';
import { conflict } from './strategic.ts';

type Fields = Record<string, Json>;

/**
 * The patch that makes `modified` of `original`; empty where they are the same. Keys are sorted.
 *
 * @throws GoError where one of them is no object
 */
export function mergePatch(original: Json, modified: Json): JsonObject {
  checkDepth(original, modified);
  return asMap(sortKeys(diff(asMap(original), asMap(modified))));
}

/** Go: getDiff */
function diff(before: JsonObject, after: JsonObject): Fields {
  const patch = newObject();
  for (const [key, value] of entriesOf(after)) {
    const old = own(before, key);
    if (isObject(old) && isObject(value)) {
      const nested = diff(old, value);
      if (Object.keys(nested).length > 0) patch[key] = nested;
    } else if (!equalJson(old, value)) {
      patch[key] = value;
    }
  }
  for (const [key] of entriesOf(before)) if (own(after, key) === undefined) patch[key] = null;
  return patch;
}

/**
 * The object with the patch applied. Nulls in what the patch adds are dropped, in lists as deep as they go.
 *
 * @throws GoError where one of them is no object
 */
export function applyMergePatch(object: Json, patch: Json): JsonObject {
  checkDepth(object, patch);
  if (!isObject(object)) throw new GoError('Invalid JSON Document');
  if (!isObject(patch)) throw new GoError('Invalid JSON Patch');
  return merge(object, patch);
}

function merge(object: JsonObject, patch: JsonObject): Fields {
  const merged = newObject(entriesOf(object));
  for (const [key, value] of entriesOf(patch)) {
    const before = own(merged, key);
    if (value === null) delete merged[key];
    else if (isObject(before) && isObject(value)) merged[key] = merge(before, value);
    // Go prunes what replaces a value that is no map only where it replaces nothing or a map is no map before.
    else merged[key] = isObject(before) ? value : withoutNulls(value);
  }
  return merged;
}

/**
 * The patch that brings a live object to what is wanted, for types that nothing is known of: what `modified` says and
 * `current` says otherwise, minus what was in `original` and is no longer in `modified`. Numbers come out as the
 * library's float64s. Keys are sorted.
 *
 * @throws GoError where both would touch one field, or where apiVersion, kind or name would change
 */
export function threeWayJsonPatch(original: Json, modified: Json, current: Json): JsonObject {
  checkDepth(original, modified, current);
  const [before, wanted, live] = [original, modified, current].map((value) => asMap(asFloats(value ?? newObject())));
  const changes = onlyNulls(diff(live!, wanted!), false);
  const deletions = onlyNulls(diff(before!, wanted!), true);
  if (haveConflicts(changes, deletions)) throw conflict(changes, deletions);
  const patch = asMap(sortKeys(merge(deletions, changes)));
  const named = own(own(patch, 'metadata'), 'name') !== undefined;
  if (named || own(patch, 'apiVersion') !== undefined || own(patch, 'kind') !== undefined) {
    throw new GoError(`precondition failed for: ${formatJson(patch)}`);
  }
  return patch;
}

/** Go: encoding/json makes a float64 of every number. */
function asFloats(value: Json): Json {
  if (typeof value === 'bigint') return Number(value);
  if (isList(value)) return value.map(asFloats);
  return isObject(value) ? newObject(entriesOf(value).map(([key, item]) => [key, asFloats(item)])) : value;
}

/** Only the deletions of a patch, or all but them. Go: keepOrDeleteNullInObj */
function onlyNulls(patch: JsonObject, keepNulls: boolean): Fields {
  const filtered = newObject();
  for (const [key, value] of entriesOf(patch)) {
    if (value === null) {
      if (keepNulls) filtered[key] = null;
    } else if (isObject(value) && Object.keys(value).length > 0) {
      const nested = onlyNulls(value, keepNulls);
      if (Object.keys(nested).length > 0) filtered[key] = nested;
    } else if (!keepNulls) {
      filtered[key] = value;
    }
  }
  return filtered;
}

/** Go: mergepatch.HasConflicts */
function haveConflicts(left: Json, right: Json): boolean {
  if (isObject(left) && isObject(right)) {
    return entriesOf(left).some(([key, value]) => {
      const other = own(right, key);
      return other !== undefined && haveConflicts(value, other);
    });
  }
  return !equalJson(left, right);
}
