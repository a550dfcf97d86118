/** Applying a strategic merge patch to an object, or to another patch. Go: strategicpatch/patch.go mergeMap */
import { GoError } from '../../go/error.ts';
import { sprintf } from '../../go/print.ts';
import { isList, isObject, type Json, type JsonObject, newObject, own, toValue } from '../json.ts';
import type { TypeSchema } from '../types.ts';
import { entriesOf, equalJson, formatJson, kindOf, scalarKey, withoutNulls } from './kinds.ts';
import {
  asElement,
  asList,
  asMap,
  badType,
  DELETE_FROM,
  DIRECTIVE,
  deduplicate,
  elementKind,
  hasDirective,
  identityOf,
  interleave,
  isDeletion,
  mergeKeyOf,
  partition,
  RETAIN_KEYS,
  SET_ORDER,
} from './lists.ts';
import { goKind, listField, type PatchField, structField } from './strategy.ts';

/**
 * `object`: a patch is applied, as a server does it. `patch`: a patch is added to another one, whose directives and
 * nulls stay.
 */
export type MergeTarget = 'object' | 'patch';

type Fields = Record<string, Json>;

const BAD_ORDER = 'invalid patch format of setElementOrder list';
const BAD_RETAIN_KEYS = 'invalid patch format of retainKeys';

/**
 * What becomes of `original` with the patch. Neither is changed.
 *
 * @throws GoError with the library's text where the patch's directives are wrong or a type knows no such field
 */
export function mergeMap(original: JsonObject, patch: JsonObject, schema: TypeSchema, target: MergeTarget): Fields {
  const directive = own(patch, DIRECTIVE);
  if (directive !== undefined) return replaceByDirective(directive, patch);
  const merged = newObject(entriesOf(original));
  const rest = newObject(entriesOf(patch));
  applyRetainKeys(merged, rest, target);
  for (const [key, order] of entriesOf(rest)) {
    if (key.startsWith(SET_ORDER)) mergeOrdered(key, order, merged, rest, schema, target);
  }
  for (const [key, value] of entriesOf(rest)) mergeField(key, value, merged, schema, target);
  return merged;
}

/** Go: handleDirectiveInMergeMap */
function replaceByDirective(directive: Json, patch: JsonObject): Fields {
  if (directive === 'replace') return newObject(entriesOf(patch).filter(([key]) => key !== DIRECTIVE));
  if (directive === 'delete') return newObject();
  throw badDirective(directive, patch);
}

/** Go: mergepatch.ErrBadPatchType */
function badDirective(directive: Json, patch: JsonObject): GoError {
  return new GoError(sprintf('unknown patch type: %s in map: %v', [toValue(directive), toValue(patch)]));
}

/** Go: applyRetainKeysDirective */
function applyRetainKeys(merged: Fields, rest: Fields, target: MergeTarget): void {
  const retained = own(rest, RETAIN_KEYS);
  if (retained === undefined) return;
  delete rest[RETAIN_KEYS];
  if (target === 'patch') {
    const other = own(merged, RETAIN_KEYS);
    if (other !== undefined && !equalJson(other, retained)) {
      const texts = `${formatJson(other)} and ${formatJson(retained)}`;
      throw new GoError(`${texts} are not deep equal: this may happen when calculating the 3-way diff patch`);
    }
    merged[RETAIN_KEYS] = retained;
    return;
  }
  if (!isList(retained)) throw new GoError(BAD_RETAIN_KEYS);
  const keys = new Set(retained.map(scalarKey));
  for (const [key, value] of entriesOf(rest)) {
    const free = value === null || key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER);
    if (!free && !keys.has(scalarKey(key))) throw new GoError(BAD_RETAIN_KEYS);
  }
  for (const key of Object.keys(merged)) if (!keys.has(scalarKey(key))) delete merged[key];
}

/** One list with the order that the patch wants, which takes both out of the patch. Go: mergePatchIntoOriginal */
function mergeOrdered(
  key: string,
  order: Json,
  merged: Fields,
  rest: Fields,
  schema: TypeSchema,
  target: MergeTarget,
): void {
  if (target === 'patch') {
    const other = own(merged, key);
    if (other !== undefined && !equalJson(other, order)) throw new GoError(BAD_ORDER);
    merged[key] = order;
  }
  delete rest[key];
  const wanted = asList(order);
  const name = nameAfter(key, SET_ORDER, BAD_ORDER);
  const before = own(merged, name);
  const after = own(rest, name);
  if (before !== undefined && !isList(before)) badType('slice', before);
  if (after !== undefined && !isList(after)) badType('slice', after);
  const field = listField(schema, name);
  checkOrder(after === undefined ? [] : asList(after), wanted, field.mergeKey);
  if (before === undefined && after === undefined) return;
  merged[name] = mergeInOrder(before && asList(before), after && asList(after), wanted, field, target);
  delete rest[name];
}

function mergeInOrder(
  before: readonly Json[] | undefined,
  after: readonly Json[] | undefined,
  wanted: readonly Json[],
  field: PatchField,
  target: MergeTarget,
): Json[] {
  const result = mergeEither(before, after, field, target);
  const parts = partition(result.list, wanted, field.mergeKey);
  const kind = elementKind(result.before, after ?? []);
  return interleave(parts, wanted, result.before, field.mergeKey, kind);
}

function mergeEither(
  before: readonly Json[] | undefined,
  after: readonly Json[] | undefined,
  field: PatchField,
  target: MergeTarget,
): MergedList {
  if (after === undefined) return { list: before ?? [], before: before ?? [] };
  if (before === undefined) return { list: withoutDirectives(after) as readonly Json[], before: [] };
  return mergeLists(before, after, field, false, target);
}

/** Go: extractKey */
function nameAfter(key: string, prefix: string, message: string): string {
  const slash = key.indexOf('/');
  if (slash < 0 || key.slice(0, slash) !== prefix) throw new GoError(message);
  return key.slice(slash + 1);
}

/** The patch may not contradict the order that comes with it. Go: validatePatchWithSetOrderList */
function checkOrder(patch: readonly Json[], order: readonly Json[], mergeKey: string): void {
  if (patch.length === 0 || order.length === 0) return;
  const kept = mergeKey === '' ? patch : patch.filter((item) => !isDeletion(item));
  let at = 0;
  let place = 0;
  while (at < kept.length && place < order.length) {
    if (hasDirective(kept[at]!)) at++;
    else if (identityOf(kept[at]!, mergeKey) === identityOf(order[place++]!, mergeKey)) at++;
  }
  if (at >= kept.length || place < order.length) return;
  throw new GoError(
    `The order in patch list:\n${formatJson(patch)}\n doesn't match ${SET_ORDER} list:\n${formatJson(order)}\n`,
  );
}

/** Go: the loop of mergeMap */
function mergeField(key: string, value: Json, merged: Fields, schema: TypeSchema, target: MergeTarget): void {
  let name = key;
  const deletes = key.startsWith(DELETE_FROM);
  if (deletes && target === 'patch') {
    merged[key] = value;
    return;
  }
  if (deletes) name = nameAfter(key, DELETE_FROM, 'invalid patch format of primitive list');
  if (value === null) {
    delete merged[name];
    if (target === 'object') return;
  }
  const before = own(merged, name);
  if (before === undefined || kindOf(before) !== kindOf(value)) {
    if (!deletes) set(merged, name, target === 'object' ? withoutNulls(value) : value);
  } else if (isObject(before) && isObject(value)) {
    const field = structField(schema, name);
    merged[name] = field.strategy === 'replace' ? value : mergeMap(before, value, field.schema, target);
  } else if (isList(before) && isList(value)) {
    merged[name] = mergeLists(before, value, listField(schema, name), deletes, target).list;
  } else {
    merged[name] = value;
  }
}

function set(merged: Fields, name: string, value: Json): void {
  const kept = withoutDirectives(value);
  if (kept === undefined) delete merged[name];
  else merged[name] = kept;
}

/** Undefined: the value is itself a directive. Go: removeDirectives */
function withoutDirectives(value: Json): Json | undefined {
  if (isList(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isObject(value)) return value;
  if (hasDirective(value)) return undefined;
  return newObject(entriesOf(value).map(([key, item]) => [key, withoutDirectives(item)]));
}

interface MergedList {
  readonly list: readonly Json[];
  /** The list that was patched as Go sees it afterwards: it is changed in place. */
  readonly before: readonly Json[];
}

/** Go: mergeSliceHandler */
function mergeLists(
  before: readonly Json[],
  patch: readonly Json[],
  field: PatchField,
  deletes: boolean,
  target: MergeTarget,
): MergedList {
  if (field.strategy !== 'merge' && !deletes) return { list: patch, before };
  if (before.length === 0 && patch.length === 0) return { list: before, before };
  const kind = elementKind(before, patch);
  if (kind === 'map') return mergeListsOfMaps(before, patch, field, target);
  if (deletes) {
    const gone = new Set(patch.map(scalarKey));
    return { list: before.filter((item) => !gone.has(scalarKey(item))), before };
  }
  const parts = partition(deduplicate([...before, ...patch]), patch, '');
  return { list: interleave(parts, patch, before, '', kind), before };
}

/** Go: mergeSlice, mergeSliceWithSpecialElements and mergeSliceWithoutSpecialElements */
function mergeListsOfMaps(
  before: readonly Json[],
  patch: readonly Json[],
  field: PatchField,
  target: MergeTarget,
): MergedList {
  const { mergeKey, schema } = field;
  if (mergeKey === '') throw new GoError(`cannot merge lists without merge key for ${goKind(schema)}`);
  const plain = patch.filter((item) => !hasDirective(item));
  const { rest, replaced } = applyListDirectives(before, patch, mergeKey);
  if (replaced) return { list: interleave([[], plain], [], plain, mergeKey, 'map'), before };
  const merged = [...rest.list];
  const places = new Map<string, number>();
  for (const [i, item] of merged.entries()) {
    const value = own(asElement(item, merged), mergeKey);
    if (value !== undefined && !places.has(scalarKey(value))) places.set(scalarKey(value), i);
  }
  for (const item of plain) {
    const key = scalarKey(mergeKeyOf(item, mergeKey));
    const place = places.get(key);
    if (place === undefined) places.set(key, merged.push(item) - 1);
    else merged[place] = mergeMap(asMap(merged[place]!), asMap(item), schema, target);
  }
  const parts = partition(merged, plain, mergeKey);
  const list = interleave(parts, plain, rest.list, mergeKey, 'map');
  // Appending takes the room that deletions made in the array that the caller still holds at its old length.
  return { list, before: [...merged, ...rest.tail.slice(merged.length - rest.list.length)].slice(0, before.length) };
}

interface Remaining {
  readonly list: readonly Json[];
  /** What lies behind the list in its array after deletions. */
  readonly tail: readonly Json[];
}

/** Go: mergeSliceWithSpecialElements */
function applyListDirectives(
  before: readonly Json[],
  patch: readonly Json[],
  mergeKey: string,
): { rest: Remaining; replaced: boolean } {
  const array = [...before];
  let length = array.length;
  let replaced = false;
  for (const item of patch) {
    const directive = own(item, DIRECTIVE);
    if (directive === undefined) continue;
    if (directive === 'delete') length = deleteMatching(array, length, mergeKey, mergeKeyOf(item, mergeKey));
    else if (directive === 'replace') replaced = true;
    else if (directive === 'merge') throw new GoError('merging lists cannot yet be specified in the patch');
    else throw badDirective(directive, asMap(item));
  }
  return { rest: { list: array.slice(0, length), tail: array.slice(length) }, replaced };
}

/** Moves what follows to the front, as Go's `append(a[:i], a[i+1:]...)`. Go: deleteMatchingEntries */
function deleteMatching(array: Json[], length: number, mergeKey: string, value: Json): number {
  const key = scalarKey(value);
  let kept = 0;
  for (let i = 0; i < length; i++) {
    const found = own(asElement(array[i]!, array), mergeKey);
    if (found === undefined || scalarKey(found) !== key) array[kept++] = array[i]!;
  }
  return kept;
}
