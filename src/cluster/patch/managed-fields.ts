/** Moving an object from client-side to server-side apply. Go: client-go/util/csaupgrade */
import { GoError } from '../../go/error.ts';
import { marshalJson } from '../../go/json.ts';
import { dig, isList, isObject, type Json, type JsonObject, newObject, own, toValue } from '../json.ts';
import { type FieldSet, parseFieldSet, printFieldSet, union } from './field-set.ts';
import { entriesOf, sortKeys } from './kinds.ts';

/**
 * The JSON patch that gives the fields which `managers` own by updates to `manager`, as if it had applied them. Without
 * that, what a release set client-side would stay its old manager's for ever, and conflict. The patch fails with 409
 * when the object was changed in between.
 *
 * @param object The live object.
 * @param managers Who wrote client-side.
 * @param manager Who applies from now on.
 * @returns Undefined where there is nothing to change.
 * @throws GoError where the object's managed fields cannot be read
 */
export function upgradeManagedFields(object: Json, managers: Iterable<string>, manager: string): Json | undefined {
  const entries = dig(object, 'metadata', 'managedFields');
  if (!isList(entries) || entries.length === 0) return undefined;
  let upgraded = entries.map(readEntry);
  for (const name of managers) upgraded = upgradeManager(upgraded, name, manager);
  if (upgraded.length === entries.length && upgraded.every((entry) => entry.same)) return undefined;
  const version = dig(object, 'metadata', 'resourceVersion') ?? '';
  return [
    replaceOperation('/metadata/managedFields', upgraded.length === 0 ? null : upgraded.map((entry) => entry.data)),
    replaceOperation('/metadata/resourceVersion', version),
  ];
}

function replaceOperation(path: string, value: Json): Json {
  return newObject([
    ['op', 'replace'],
    ['path', path],
    ['value', value],
  ]);
}

interface Entry {
  readonly data: JsonObject;
  /** It is as it was in the object. */
  readonly same: boolean;
}

function readEntry(data: Json): Entry {
  if (!isObject(data)) throw new GoError('failed to convert fields to set: unexpected entry');
  return { data, same: true };
}

/** Go: upgradedManagedFields */
function upgradeManager(entries: readonly Entry[], csaManager: string, ssaManager: string): Entry[] {
  const updates = (entry: Entry) => isEntryOf(entry, csaManager, 'Update');
  let target = entries.findIndex((entry) => isEntryOf(entry, ssaManager, 'Apply'));
  const upgraded = [...entries];
  if (target < 0) {
    // The first one is the latest.
    target = entries.findIndex(updates);
    if (target < 0) return upgraded;
    upgraded[target] = change(upgraded[target]!, { operation: 'Apply', manager: ssaManager });
  }
  const version = own(upgraded[target]!.data, 'apiVersion');
  const source = upgraded.find((entry) => updates(entry) && own(entry.data, 'apiVersion') === version);
  const fields = fieldsOf(upgraded[target]!);
  upgraded[target] = withFields(upgraded[target]!, source === undefined ? fields : union(fields, fieldsOf(source)));
  return upgraded.filter((entry) => !updates(entry));
}

function isEntryOf(entry: Entry, manager: string, operation: string): boolean {
  const { data } = entry;
  const subresource = own(data, 'subresource') ?? '';
  return own(data, 'manager') === manager && own(data, 'operation') === operation && subresource === '';
}

function fieldsOf(entry: Entry): FieldSet {
  try {
    return parseFieldSet(own(entry.data, 'fieldsV1'));
  } catch (error) {
    throw new GoError(`failed to convert fields to set: ${(error as Error).message}`);
  }
}

function withFields(entry: Entry, set: FieldSet): Entry {
  const fields = printFieldSet(set);
  // Go compares the texts, and what it read is in order of text, where 443 is before 80.
  const before = marshalJson(toValue(sortKeys(own(entry.data, 'fieldsV1') ?? null)));
  if (JSON.stringify(fields) === before) return entry;
  return change(entry, { fieldsV1: fields });
}

function change(entry: Entry, changes: JsonObject): Entry {
  return { data: newObject([...entriesOf(entry.data), ...entriesOf(changes)]), same: false };
}
