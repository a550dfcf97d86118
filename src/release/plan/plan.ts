/**
 * What a release's new objects mean for the cluster, as data: a pure function of what the release had, what it is to
 * have and what is there. Helm: kube/client.go Update, action/validate.go existingResourceConflict
 */
import { type KubeObject, own } from '../../cluster/json.ts';
import type { ObjectRef, Target } from '../../cluster/types.ts';
import { DEFAULT_API_VERSIONS } from '../../render/capabilities.ts';
import { describe, type Owner, ownershipFault } from '../ownership.ts';
import { type LiveObjects, objectKey, placeKey } from './identity.ts';

/** How an object is written that is not there. */
export type CreateMethod = 'apply' | 'create';

/** How an object is written that is there. */
export type UpdateMethod = 'apply' | 'replace' | 'strategic-merge' | 'merge' | 'three-way-merge';

export interface PlannedCreate {
  readonly action: 'create';
  readonly target: Target;
  readonly method: CreateMethod;
}

export interface PlannedUpdate {
  readonly action: 'update';
  readonly target: Target;
  readonly method: UpdateMethod;
  /** What the object was meant to be before: the base of a patch. */
  readonly original: KubeObject;
  /** What else it may have been meant to be, where revisions failed; newest first. */
  readonly earlier: readonly KubeObject[];
  /** Those count only once the patch from `original` alone is refused. */
  readonly earlierWhenRefused: boolean;
  /** What it is. */
  readonly live: KubeObject;
  /** It was not the release's before. */
  readonly adopted: boolean;
  /** Neither the release nor the adoption knows it: the live object is the base. */
  readonly unknown: boolean;
  /** Fields that client-side apply owns are handed to server-side apply first. */
  readonly handOver: boolean;
}

export type PlannedWrite = PlannedCreate | PlannedUpdate;

/** An object that is there and belongs to somebody else. */
export interface OwnershipConflict {
  readonly object: ObjectRef;
  /** Helm's words. */
  readonly message: string;
}

/** What is to happen, in order. */
export interface Plan {
  readonly writes: readonly PlannedWrite[];
  /** What the release had and has no longer. */
  readonly deletes: readonly ObjectRef[];
  /** What stays behind because its resource policy says so. */
  readonly keeps: readonly ObjectRef[];
  readonly conflicts: readonly OwnershipConflict[];
}

export interface PlanOptions {
  readonly release: Owner;
  readonly serverSide: boolean;
  readonly forceReplace: boolean;
  readonly takeOwnership: boolean;
  /** The base of a patch for custom kinds is the live object, too. Helm: install --take-ownership */
  readonly threeWayForCustom: boolean;
  /** Objects may carry fields that client-side apply owns. */
  readonly handOver: boolean;
  /** What the objects of failed revisions were is looked at only where Helm's patch is refused. Default: at once. */
  readonly earlierWhenRefused?: boolean;
}

export interface PlanInput {
  /** The objects of the release as it is; empty for a new one. */
  readonly previous: readonly Target[];
  /** The objects that it is to have, stamped. */
  readonly targets: readonly Target[];
  /** Objects of other revisions since the last success, a revision each, newest first. */
  readonly earlier?: readonly (readonly Target[])[] | undefined;
  /** Objects that revisions which failed may have left; where they are still the release's they go. */
  readonly left?: readonly ObjectRef[] | undefined;
  /** Everything of all that is there. */
  readonly live: LiveObjects;
  /**
   * The places of objects that are new to the release, are there, and were found to be for the taking. Absent: all
   * new ones that are there are looked at, and those that belong to others are conflicts.
   */
  readonly adopted?: ReadonlySet<string> | undefined;
  readonly options: PlanOptions;
}

const RESOURCE_POLICY = 'helm.sh/resource-policy';

/**
 * The plan for a release's next objects.
 *
 * @example planChanges({ previous: [], targets, live, options }).writes.map((write) => write.action)
 */
export function planChanges(input: PlanInput): Plan {
  const { previous, targets, left = [], earlier = [], live, adopted, options } = input;
  const before = new Map<string, Target>();
  for (const target of previous) if (!before.has(objectKey(target))) before.set(objectKey(target), target);
  const known = new Set(previous.map(placeKey));
  const byKey = earlier.map((some) => new Map(some.map((target) => [objectKey(target), target.object])));
  const writes: PlannedWrite[] = [];
  const conflicts: OwnershipConflict[] = [];
  for (const target of targets) {
    const there = live.get(placeKey(target));
    if (there === undefined) {
      writes.push({ action: 'create', target, method: options.serverSide ? 'apply' : 'create' });
      continue;
    }
    const isNew = !known.has(placeKey(target));
    const isAdopted = isNew && (adopted?.has(placeKey(target)) ?? true);
    const conflict =
      isAdopted && !adopted && !options.takeOwnership ? conflictOf(target, there, options.release) : undefined;
    if (conflict) conflicts.push(conflict);
    const others = byKey.flatMap((some) => some.get(objectKey(target)) ?? []);
    writes.push({
      ...updateOf(target, there, before.get(objectKey(target))?.object, isAdopted, options),
      earlier: others,
      earlierWhenRefused: options.earlierWhenRefused ?? false,
    });
  }
  const after = new Set(targets.map(objectKey));
  const gone = previous.filter((target) => !after.has(objectKey(target)) && live.has(placeKey(target)));
  return {
    writes,
    conflicts,
    deletes: [
      ...gone.filter((target) => !isKept(live.get(placeKey(target)))).map(refOf),
      ...leftovers(left, new Set([...after, ...before.keys()]), live, options.release),
    ],
    keeps: gone.filter((target) => isKept(live.get(placeKey(target)))).map(refOf),
  };
}

/**
 * Those of a list that are there, are the release's, and are to go. By now they may be somebody else's: nothing but
 * what they say of themselves tells.
 */
export function leftovers(
  left: readonly ObjectRef[],
  known: ReadonlySet<string>,
  live: LiveObjects,
  release: Owner,
): readonly ObjectRef[] {
  const found = left.filter((ref) => {
    const there = live.get(placeKey(ref));
    if (there === undefined || known.has(objectKey(ref))) return false;
    return ownershipFault(there, release) === undefined && !isKept(there);
  });
  return found.map(refOf);
}

/** Helm compares without trimming here, and with in uninstall. */
export function isKept(live: KubeObject | undefined): boolean {
  return own(own(live?.metadata, 'annotations'), RESOURCE_POLICY) === 'keep';
}

function conflictOf(target: Target, live: KubeObject, release: Owner): OwnershipConflict | undefined {
  const fault = ownershipFault(live, release);
  if (fault === undefined) return undefined;
  const message = `${describe(target)} exists and cannot be imported into the current release: ${fault}`;
  return { object: refOf(target), message };
}

function updateOf(
  target: Target,
  live: KubeObject,
  before: KubeObject | undefined,
  isAdopted: boolean,
  options: PlanOptions,
): Omit<PlannedUpdate, 'earlier' | 'earlierWhenRefused'> {
  const unknown = before === undefined && !isAdopted;
  // Helm: what is adopted is its own original, so that nothing of it is removed.
  const original = before ?? (isAdopted ? target.object : live);
  return {
    action: 'update',
    target,
    method: methodOf(target, options),
    original,
    live,
    adopted: isAdopted,
    unknown,
    handOver: options.serverSide && options.handOver,
  };
}

function methodOf(target: Target, options: PlanOptions): UpdateMethod {
  if (options.forceReplace) return 'replace';
  if (options.serverSide) return 'apply';
  if (isBuiltIn(target.object)) return 'strategic-merge';
  return options.threeWayForCustom ? 'three-way-merge' : 'merge';
}

/** Kinds that Helm has types for. Helm: kube/converter.go AsVersioned over client-go's scheme */
export function isBuiltIn({ apiVersion }: KubeObject): boolean {
  return apiVersion !== 'apiextensions.k8s.io/v1beta1' && DEFAULT_API_VERSIONS.includes(apiVersion);
}

export function refOf({ mapping, namespace, name }: ObjectRef): ObjectRef {
  return { mapping, namespace, name };
}
