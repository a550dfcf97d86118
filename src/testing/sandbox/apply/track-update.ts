/** Who owns the fields of an object after a write that is no apply. Go: apimachinery managedfields */
import { isList, isObject, type JsonObject, own } from '../../../cluster/json.ts';
import { difference, type FieldSet, fieldSet, union } from '../../../cluster/patch/field-set.ts';
import { fieldElement } from '../../../cluster/patch/path-element.ts';
import type { TypeSchema } from '../../../cluster/types.ts';
import { emptyObject } from './empty-object.ts';
import { capManagers, type Manager, type Managers, managerId, managersOf, withManagers } from './managers.ts';
import { mergeType } from './type.ts';
import { updateManagers } from './updater.ts';
import { checkValue } from './validate.ts';

export interface TrackOptions {
  /** Who writes. Empty: unknown. */
  readonly manager: string;
  /** The version that is written: `apps/v1`. */
  readonly apiVersion: string;
  /** Undefined: nothing is known of the type. */
  readonly schema: TypeSchema | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Default none: the object itself. */
  readonly subresource?: string;
  /** The type has a status subresource, so that nobody else owns its status. Default true. */
  readonly hasStatus?: boolean;
}

/** What nobody is recorded for. Go: stripMetaManager */
const NEVER_OWNED: FieldSet = fieldSet([
  [fieldElement('apiVersion')],
  [fieldElement('kind')],
  [fieldElement('metadata')],
  ...[
    'name',
    'namespace',
    'creationTimestamp',
    'selfLink',
    'uid',
    'clusterName',
    'generation',
    'managedFields',
    'resourceVersion',
  ].map((name) => [fieldElement('metadata'), fieldElement(name)]),
]);

const STATUS: FieldSet = fieldSet([[fieldElement('status')]]);
const ALL_BUT_STATUS: FieldSet = fieldSet([[fieldElement('spec')], [fieldElement('metadata')]]);

/** What a write cannot touch: the status, or all but the status. Go: GetResetFields of the kinds' strategies */
export function ignoredFields({ subresource = '', hasStatus = true }: TrackOptions): FieldSet {
  if (subresource === 'status') return ALL_BUT_STATUS;
  return hasStatus ? STATUS : new Map();
}

/** Go: metav1.Time in JSON */
export function timeOf({ now }: { readonly now: number }): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}

/**
 * The object after a create, replace or patch, with its managed fields. Those that come with the written object count,
 * so that they can be edited; an empty list of them gives up recording.
 *
 * @param before Undefined: it is created.
 * @param after As it will be stored, with its defaults.
 */
export function trackUpdate(before: JsonObject | undefined, after: JsonObject, options: TrackOptions): JsonObject {
  const managers = managersBefore(before, after, options);
  const bare = withManagers(after, new Map());
  // An object that nobody has been recorded for stays so until it is applied.
  if (before !== undefined && managers.size === 0) return bare;
  const live = before ?? emptyObject(options.schema, own(after, 'apiVersion') ?? null, own(after, 'kind') ?? null);
  try {
    checkValue(mergeType(options.schema), bare, true);
    return withManagers(bare, claim(live, bare, managers, options));
  } catch {
    // Go: UpdateNoErrors; who owns what is not worth failing a write
    return bare;
  }
}

/** Go: decodeLiveOrNew */
function managersBefore(before: JsonObject | undefined, after: JsonObject, options: TrackOptions): Managers {
  const subresource = options.subresource ?? '';
  const given = own(own(after, 'metadata'), 'managedFields');
  if (subresource === '' && isList(given)) {
    const [first] = given;
    const isEmpty = given.length === 0 || (given.length === 1 && isObject(first) && Object.keys(first).length === 0);
    if (isEmpty) return new Map();
    const managers = readManagers(after);
    if (managers.size > 0) return managers;
  }
  return readManagers(before);
}

function readManagers(object: JsonObject | undefined): Managers {
  try {
    return managersOf(object);
  } catch {
    // Go: emptyManagedFieldsOnErr
    return new Map();
  }
}

/** The managers after a manager's update. Go: managedFieldsUpdater and the managers around it */
export function claim(live: JsonObject, next: JsonObject, managers: Managers, options: TrackOptions): Managers {
  const { manager, apiVersion, subresource = '' } = options;
  const entry: Omit<Manager, 'time' | 'fields'> = {
    name: manager === '' ? 'unknown' : manager,
    operation: 'Update',
    apiVersion,
    subresource,
  };
  const id = managerId(entry);
  const result = updateManagers(mergeType(options.schema), live, next, managers, ignoredFields(options));
  const after: Managers = new Map(result.managers);
  const owned = difference(result.owned, NEVER_OWNED);
  if (owned.size > 0) {
    const fields = union(owned, after.get(id)?.fields ?? new Map());
    after.set(id, { ...entry, time: timeOf(options), fields });
  }
  capManagers(after);
  return after;
}

/** Takes from a manager's fields what nobody owns. */
export function stripFields(managers: Managers, id: string): void {
  const manager = managers.get(id);
  if (manager === undefined) return;
  const fields = difference(manager.fields, NEVER_OWNED);
  if (fields.size === 0) managers.delete(id);
  else managers.set(id, { ...manager, fields });
}
