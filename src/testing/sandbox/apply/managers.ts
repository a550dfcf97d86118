/** Who owns which fields of an object: `metadata.managedFields` read and written. Go: apimachinery managedfields */

import { dig, isList, isObject, type Json, type JsonObject, newObject, own } from '../../../cluster/json.ts';
import { type FieldSet, parseFieldSet, printFieldSet, union } from '../../../cluster/patch/field-set.ts';
import { entriesOf } from '../../../cluster/patch/kinds.ts';
import { GoError } from '../../../go/error.ts';
import { quote } from '../../../go/quote.ts';
import { compareStrings } from '../../../go/value.ts';

export type Operation = 'Apply' | 'Update';

export interface Manager {
  readonly name: string;
  readonly operation: Operation;
  readonly apiVersion: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  /** RFC 3339 in UTC, to the second. Undefined where the entry never changed the object. */
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By {@link managerId}. */
export type Managers = Map<string, Manager>;

/** What an entry is told from others by: one who applies has one entry whatever the version. */
export function managerId(manager: Omit<Manager, 'time' | 'fields'>): string {
  const parts: [string, string][] = [
    ['manager', manager.name],
    ['operation', manager.operation],
    ['apiVersion', manager.operation === 'Apply' ? '' : manager.apiVersion],
    ['subresource', manager.subresource],
  ];
  return JSON.stringify(Object.fromEntries(parts.filter(([, text]) => text !== '')));
}

/**
 * The managers of an object.
 *
 * @throws GoError where an entry cannot be read
 */
export function managersOf(object: Json | undefined): Managers {
  const entries = object === undefined ? undefined : dig(object, 'metadata', 'managedFields');
  const managers: Managers = new Map();
  for (const [i, entry] of (isList(entries) ? entries : []).entries()) {
    const manager = readManager(entry, i);
    managers.set(managerId(manager), manager);
  }
  return managers;
}

/** Go: DecodeManagedFields */
function readManager(entry: Json, i: number): Manager {
  const operation = textOf(entry, 'operation');
  if (operation !== 'Apply' && operation !== 'Update') throw new GoError('operation must be `Apply` or `Update`');
  const apiVersion = textOf(entry, 'apiVersion');
  if (apiVersion === '') throw new GoError('apiVersion must not be empty');
  const type = textOf(entry, 'fieldsType');
  if (type === '') throw new GoError(`missing fieldsType in managed fields entry ${i}`);
  if (type !== 'FieldsV1') throw new GoError(`invalid fieldsType ${quote(type)} in managed fields entry ${i}`);
  return {
    name: textOf(entry, 'manager'),
    operation,
    apiVersion,
    subresource: textOf(entry, 'subresource'),
    time: textOf(entry, 'time') || undefined,
    fields: parseFieldSet(own(entry, 'fieldsV1')),
  };
}

function textOf(entry: Json, key: string): string {
  const text = own(entry, key);
  return typeof text === 'string' ? text : '';
}

/** The object with these managers and no others. */
export function withManagers(object: JsonObject, managers: Managers): JsonObject {
  const metadata = own(object, 'metadata');
  const rest = isObject(metadata) ? entriesOf(metadata).filter(([key]) => key !== 'managedFields') : [];
  const entries = [...managers.values()].sort(compareManagers).map(printManager);
  const managed: [string, Json][] = entries.length === 0 ? [] : [['managedFields', entries]];
  return newObject([...entriesOf(object), ['metadata', newObject([...rest, ...managed])]]);
}

function printManager(manager: Manager): JsonObject {
  return newObject([
    ['manager', manager.name === '' ? undefined : manager.name],
    ['operation', manager.operation],
    ['apiVersion', manager.apiVersion],
    ['time', manager.time],
    ['fieldsType', 'FieldsV1'],
    ['fieldsV1', printFieldSet(manager.fields)],
    ['subresource', manager.subresource === '' ? undefined : manager.subresource],
  ]);
}

/** Go: sortEncodedManagedFields */
function compareManagers(a: Manager, b: Manager): number {
  return (
    compareStrings(a.operation, b.operation) ||
    secondsOf(a) - secondsOf(b) ||
    compareStrings(a.name, b.name) ||
    compareStrings(a.apiVersion, b.apiVersion) ||
    compareStrings(a.subresource, b.subresource)
  );
}

function secondsOf(manager: Manager): number {
  const time = manager.time === undefined ? Number.NaN : Date.parse(manager.time);
  return Number.isNaN(time) ? 0 : Math.floor(time / 1000);
}

/** Entries of updates beyond this number are merged, the oldest first. */
const MAX_UPDATERS = 10;

/** Go: capManagersManager */
export function capManagers(managers: Managers): void {
  const updaters = [...managers].filter(([, manager]) => manager.operation === 'Update');
  updaters.sort(([a, x], [b, y]) => secondsOf(x) - secondsOf(y) || compareStrings(a, b));
  let count = updaters.length;
  const first = new Map<string, string>();
  for (const [id, manager] of updaters) {
    if (count <= MAX_UPDATERS) return;
    const known = first.get(manager.apiVersion);
    if (known === undefined) {
      first.set(manager.apiVersion, id);
      continue;
    }
    mergeIntoBucket(managers, known, id, manager);
    count--;
  }
}

function mergeIntoBucket(managers: Managers, first: string, id: string, manager: Manager): void {
  const { apiVersion, time } = manager;
  const bucket = { name: 'ancient-changes', operation: 'Update', apiVersion, subresource: '' } as const;
  const bucketId = managerId(bucket);
  const before = managers.get(bucketId) ?? managers.get(first);
  if (!managers.has(bucketId)) managers.delete(first);
  managers.set(bucketId, { ...bucket, time, fields: union(manager.fields, before?.fields ?? new Map()) });
  managers.delete(id);
}

/** A manager as messages print it. */
export function describeManager(manager: Manager): string {
  const name = quote(manager.name);
  const by = manager.subresource === '' ? name : `${name} with subresource ${quote(manager.subresource)}`;
  return manager.operation === 'Update' ? `${by} using ${manager.apiVersion}` : by;
}
