/** Who owns what after a write. Go: structured-merge-diff/merge/update.go */
import type { Json } from '../../../cluster/json.ts';
import {
  difference,
  EMPTY_SET,
  type FieldSet,
  intersection,
  recursiveDifference,
  union,
} from '../../../cluster/patch/field-set.ts';
import { type Comparison, changed, compareValues } from './compare.ts';
import { fieldsOf, withNamedFields } from './field-set.ts';
import type { Manager, Managers } from './managers.ts';
import { mergeValues } from './merge.ts';
import { reconcileFields } from './reconcile.ts';
import { removeFields } from './remove.ts';
import type { MergeType } from './type.ts';

/** Fields that a manager owns and another one wants to have different. */
export interface OwnedConflict {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

interface Update {
  readonly managers: Managers;
  readonly comparison: Comparison;
  readonly conflicts: readonly OwnedConflict[];
}

/** Others lose what the write changes or removes. Go: Updater.update */
function update(
  type: MergeType,
  live: Json,
  next: Json,
  managers: Managers,
  workflow: string,
  ignored: FieldSet,
): Update {
  const comparison = without(compareValues(type, live, next), ignored);
  const changes = changed(comparison);
  const conflicts: OwnedConflict[] = [];
  const after: Managers = new Map();
  for (const [id, manager] of managers) {
    let { fields } = manager;
    if (id !== workflow) {
      const lost = intersection(fields, changes);
      if (lost.size > 0) conflicts.push({ manager, fields: lost });
      fields = difference(difference(fields, lost), comparison.removed);
    }
    if (fields.size > 0) after.set(id, fields === manager.fields ? manager : { ...manager, fields });
  }
  return { managers: after, comparison, conflicts };
}

function without(comparison: Comparison, ignored: FieldSet): Comparison {
  if (ignored.size === 0) return comparison;
  return {
    added: recursiveDifference(comparison.added, ignored),
    modified: recursiveDifference(comparison.modified, ignored),
    removed: recursiveDifference(comparison.removed, ignored),
  };
}

/** Go: reconcileManagedFieldsWithSchemaChanges */
function reconciled(managers: Managers, type: MergeType): Managers {
  return new Map(
    [...managers].map(([id, manager]) => [id, { ...manager, fields: reconcileFields(manager.fields, type) }]),
  );
}

/** The managers after an update, without the one who updated, and what that one owns by it. Go: Updater.Update */
export function updateManagers(
  type: MergeType,
  live: Json,
  next: Json,
  managers: Managers,
  ignored: FieldSet,
): { readonly managers: Managers; readonly owned: FieldSet } {
  const result = update(type, live, next, reconciled(managers, type), '', ignored);
  return { managers: result.managers, owned: recursiveDifference(changed(result.comparison), ignored) };
}

/** What an apply makes of a live object. */
export interface Applied {
  readonly value: Json;
  readonly managers: Managers;
  readonly conflicts: readonly OwnedConflict[];
}

/**
 * Lays a configuration over a live object, and takes from it what the manager applied before and no longer does, where
 * nobody else owns it. Go: Updater.Apply
 */
export function applyConfiguration(
  type: MergeType,
  live: Json,
  configuration: Json,
  managers: Managers,
  id: string,
  manager: Manager,
  ignored: FieldSet,
): Applied {
  const merged = mergeValues(type, live, configuration) ?? null;
  const current = reconciled(managers, type);
  const last = current.get(id);
  const fields = recursiveDifference(fieldsOf(type, configuration), ignored);
  const claimed: Managers = new Map(current).set(id, { ...manager, fields });
  const value = last === undefined || last.fields.size === 0 ? merged : prune(type, merged, claimed, last.fields);
  const result = update(type, live, value, claimed, id, ignored);
  return { value, managers: result.managers, conflicts: result.conflicts };
}

/** Go: Updater.prune, for one version: all versions of a type have the same fields here */
function prune(type: MergeType, merged: Json, managers: Managers, last: FieldSet): Json {
  const named = (set: FieldSet) => withNamedFields(set, type);
  const lastNamed = named(last);
  const mergedFields = named(fieldsOf(type, merged));
  let pruned = removeFields(type, merged, lastNamed);
  let owned = EMPTY_SET;
  for (const manager of managers.values()) owned = union(owned, manager.fields);
  const kept = union(named(fieldsOf(type, pruned)), named(owned));
  pruned = removeFields(type, merged, difference(mergedFields, kept));
  const gone = difference(mergedFields, named(fieldsOf(type, pruned)));
  return removeFields(type, merged, intersection(gone, lastNamed));
}
