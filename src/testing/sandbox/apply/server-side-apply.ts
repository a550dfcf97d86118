/** Server-side apply as the API server does it. Go: apimachinery managedfields */

import { isList, isObject, type Json, type JsonObject, newObject, own, printJson } from '../../../cluster/json.ts';
import { pathsOf } from '../../../cluster/patch/field-set.ts';
import { entriesOf, equalJson, sortKeys } from '../../../cluster/patch/kinds.ts';
import { formatPath } from '../../../cluster/patch/path-element.ts';
import { GoError } from '../../../go/error.ts';
import { compareStrings } from '../../../go/value.ts';
import { emptyObject } from './empty-object.ts';
import { describeManager, type Manager, type Managers, managerId, managersOf, withManagers } from './managers.ts';
import { claim, ignoredFields, stripFields, type TrackOptions, timeOf } from './track-update.ts';
import { mergeType } from './type.ts';
import { applyConfiguration, type OwnedConflict } from './updater.ts';
import { checkValue } from './validate.ts';

export interface ApplyOptions extends TrackOptions {
  /** Others lose the fields that the configuration has different. */
  readonly force: boolean;
}

/** One field that somebody else owns and has different. */
export interface FieldConflict {
  /** As messages print it: `"kubectl" using apps/v1`. */
  readonly manager: string;
  /** As messages print it: `.spec.replicas`. */
  readonly path: string;
}

export interface ApplyResult {
  /** With its managed fields. Where there are conflicts, the live object as it was. */
  readonly object: JsonObject;
  readonly conflicts: readonly FieldConflict[];
}

/** The request is wrong, HTTP 400; all else that is thrown is the server's 500. */
export class BadApplyError extends GoError {
  override name = 'BadApplyError';
}

/**
 * The object after an apply. Defaults of the type are not set here.
 *
 * @param live Undefined: there is none yet.
 * @throws GoError with the server's text where the configuration or the live object does not fit its type
 */
export function serverSideApply(live: JsonObject | undefined, applied: JsonObject, options: ApplyOptions): ApplyResult {
  if ((own(own(applied, 'metadata'), 'managedFields') ?? null) !== null) {
    throw new BadApplyError('metadata.managedFields must be nil');
  }
  if (own(applied, 'apiVersion') !== options.apiVersion) {
    throw new BadApplyError(`invalid object type: ${describeKind(applied)}`);
  }
  const type = mergeType(options.schema);
  const empty = newObject([
    ['apiVersion', own(applied, 'apiVersion')],
    ['kind', own(applied, 'kind')],
  ]);
  check(applied, false, 'patch', options);
  if (live !== undefined) check(live, true, 'live', options);
  const managers = liveManagers(live, options);
  const manager = { ...entryOf(options), fields: new Map() };
  const id = managerId(manager);
  const ignored = ignoredFields(options);
  const result = applyConfiguration(type, live ?? empty, applied, managers, id, manager, ignored);
  if (result.conflicts.length > 0 && !options.force) {
    return { object: live ?? empty, conflicts: listConflicts(result.conflicts) };
  }
  const unchanged = live !== undefined && equalJson(live, result.value);
  const after: Managers = new Map(result.managers);
  stripFields(after, id);
  const entry = after.get(id);
  const time = unchanged ? managers.get(id)?.time : timeOf(options);
  if (entry !== undefined) after.set(id, { ...entry, time });
  return { object: withManagers(unchanged ? live : (result.value as JsonObject), after), conflicts: [] };
}

function entryOf(options: ApplyOptions): Manager {
  const { manager, apiVersion, subresource = '' } = options;
  return {
    name: manager === '' ? 'unknown' : manager,
    operation: 'Apply',
    apiVersion,
    subresource,
    time: undefined,
    fields: new Map(),
  };
}

/** Fields of an object that nobody has been recorded for yet get an owner first. Go: skipNonAppliedManager */
function liveManagers(live: JsonObject | undefined, options: ApplyOptions): Managers {
  const managers = managersOf(live);
  if (live === undefined || managers.size > 0) return managers;
  const empty = emptyObject(options.schema, own(live, 'apiVersion') ?? null, own(live, 'kind') ?? null);
  return claim(empty, live, managers, { ...options, manager: 'before-first-apply' });
}

function check(object: JsonObject, duplicates: boolean, which: string, options: ApplyOptions): void {
  try {
    checkValue(mergeType(options.schema), object, duplicates);
  } catch (error) {
    throw new GoError(`failed to create typed ${which} object (${describe(object)}): ${(error as Error).message}`);
  }
}

/** Go: objectGVKNN */
function describe(object: JsonObject): string {
  const metadata = own(object, 'metadata');
  const [namespace, name] = ['namespace', 'name'].map((key) => {
    const text = own(metadata, key);
    return typeof text === 'string' ? text : '';
  });
  return `${namespace}/${name}; ${describeKind(object)}`;
}

/** Go: GroupVersionKind.String */
function describeKind(object: JsonObject): string {
  const [version, kind] = ['apiVersion', 'kind'].map((key) => {
    const text = own(object, key);
    return typeof text === 'string' ? text : '';
  });
  return `${version?.includes('/') ? version : `/${version}`}, Kind=${kind}`;
}

/** By manager, the fields in their order. */
function listConflicts(conflicts: readonly OwnedConflict[]): FieldConflict[] {
  const sorted = [...conflicts].sort((a, b) => compareStrings(managerId(a.manager), managerId(b.manager)));
  return sorted.flatMap(({ manager, fields }) =>
    [...pathsOf(fields)].map((path) => ({ manager: describeManager(manager), path: formatPath(path) })),
  );
}

/** The server's Status for conflicts, HTTP 409. Go: NewConflictError */
export function conflictStatus(conflicts: readonly FieldConflict[]): JsonObject {
  const causes = conflicts.map(({ manager, path }) =>
    newObject([
      ['reason', 'FieldManagerConflict'],
      ['message', `conflict with ${manager}`],
      ['field', path],
    ]),
  );
  return newObject([
    ['kind', 'Status'],
    ['apiVersion', 'v1'],
    ['metadata', newObject()],
    ['status', 'Failure'],
    ['message', conflictMessage(conflicts)],
    ['reason', 'Conflict'],
    ['details', newObject([['causes', causes]])],
    ['code', 409],
  ]);
}

/** Go: getConflictMessage */
export function conflictMessage(conflicts: readonly FieldConflict[]): string {
  const [only] = conflicts;
  if (only !== undefined && conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${only.manager}: ${only.path}`;
  }
  const paths = new Map<string, string[]>();
  for (const { manager, path } of conflicts) paths.set(manager, [...(paths.get(manager) ?? []), `- ${path}`]);
  const lines = [...paths].flatMap(([manager, list]) => [`conflicts with ${manager}:`, ...list]);
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

/**
 * The old object where nothing but times of managed fields differs, so that a write that changes nothing leaves it as
 * it is. To be asked after defaults are set. Go: IgnoreManagedFieldsTimestampsTransformer
 *
 * @param exact Empty maps and lists are something, as in custom resources; built-in types have them or not.
 */
export function keepTimes(before: JsonObject, after: JsonObject, exact = false): JsonObject {
  const bare = (object: JsonObject) => (exact ? withoutTimes(object) : (withoutEmpty(withoutTimes(object)) ?? null));
  return equalJson(bare(before), bare(after)) ? before : after;
}

function withoutEmpty(value: Json): Json | undefined {
  if (value === null) return undefined;
  if (isList(value)) return value.length === 0 ? undefined : value.map((item) => withoutEmpty(item) ?? null);
  if (!isObject(value)) return value;
  const kept = newObject(entriesOf(value).map(([key, item]) => [key, withoutEmpty(item)]));
  return Object.keys(kept).length === 0 ? undefined : kept;
}

function withoutTimes(object: JsonObject): Json {
  const metadata = own(object, 'metadata');
  const managed = own(metadata, 'managedFields');
  if (!isObject(metadata) || !isList(managed)) return object;
  const entries = managed.map((entry) =>
    isObject(entry) ? newObject(entriesOf(entry).filter(([key]) => key !== 'time')) : entry,
  );
  const rest = newObject([...entriesOf(metadata), ['managedFields', entries.map(printed)]]);
  return newObject([...entriesOf(object), ['metadata', rest]]);
}

/** Managed fields have empty maps for leaves; as text they are never taken for nothing. */
function printed(entry: Json): Json {
  return printJson(sortKeys(entry));
}
