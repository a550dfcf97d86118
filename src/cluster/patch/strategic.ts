/** Strategic merge patches: made of three versions of an object, and applied to one. Go: apimachinery strategicpatch */
import { GoError } from '../../go/error.ts';
import { toYaml } from '../../yaml/emit.ts';
import { type Json, type JsonObject, newObject, toValue } from '../json.ts';
import type { TypeSchema } from '../types.ts';
import { checkDepth, sortKeys } from './kinds.ts';
import { asMap } from './lists.ts';
import { haveConflicts } from './strategic-conflict.ts';
import { diffMaps } from './strategic-diff.ts';
import { mergeMap } from './strategic-merge.ts';

/**
 * The patch that brings a live object to what is wanted: everything that `modified` says, minus what was in `original`
 * and is no longer in `modified`. What others set stays. The patch is empty where there is nothing to do; its keys are
 * sorted, so that it prints as Go prints it.
 *
 * @param original What was wanted last time; null for nothing.
 * @param modified What is wanted now.
 * @param current The live object; null for nothing.
 * @param options.overwrite Default true: changes that others made to the same fields are overwritten. False: an error.
 * @throws GoError with the library's text
 */
export function threeWayStrategicPatch(
  original: Json,
  modified: Json,
  current: Json,
  schema: TypeSchema,
  options: { readonly overwrite?: boolean } = {},
): JsonObject {
  checkDepth(original, modified, current);
  const [before, wanted, live] = [original, modified, current].map((value) => asMap(value ?? newObject()));
  const changes = diffMaps(live!, wanted!, schema, { ignoreDeletions: true, setOrder: true });
  const deletions = diffMaps(before!, wanted!, schema, { ignoreChanges: true, setOrder: true });
  const patch = mergeMap(deletions, changes, schema, 'patch');
  if (options.overwrite === false) {
    const changed = diffMaps(before!, live!, schema, {});
    if (haveConflicts(patch, changed, schema)) throw conflict(patch, changed);
  }
  return asMap(sortKeys(patch));
}

/**
 * The object with the patch applied, as an API server does it.
 *
 * @throws GoError with the library's text
 */
export function applyStrategicPatch(object: Json, patch: Json, schema: TypeSchema): JsonObject {
  checkDepth(object, patch);
  return mergeMap(asMap(object ?? newObject()), asMap(patch ?? newObject()), schema, 'object');
}

/** Go: mergepatch.NewErrConflict */
export function conflict(patch: Json, changed: Json): GoError {
  const [mine, theirs] = [patch, changed].map((value) => toYaml(toValue(value)));
  return new GoError(`patch:\n${mine}\nconflicts with changes made from original to current:\n${theirs}\n`);
}
