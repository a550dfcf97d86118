/** Carries out what was planned. Helm: kube/client.go Create, Update, Delete */
import { isAlreadyExists, isConflict } from '../../cluster/api-error.ts';
import { groupVersionOf } from '../../cluster/paths.ts';
import type { Cluster, DeleteOptions, ObjectRef, Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import type { Log } from '../../host.ts';
import type { EventObject, ReleaseEvent } from '../options.ts';
import type { Plan, PlannedUpdate, PlannedWrite } from '../plan/plan.ts';
import { errorsOf, joinErrors, type Outcome, workInOrder, workOn } from './batches.ts';
import { checkSignal } from './fate.ts';
import { type Tried, withTally } from './tally.ts';
import { createObject, deleteObject, updateObject } from './write-object.ts';

/** What writing needs besides the plan. */
export interface ExecuteOptions {
  readonly serverSide: boolean;
  readonly forceConflicts: boolean;
  readonly forceReplace: boolean;
  readonly threeWayForCustom?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly log: Log;
  readonly onEvent?: ((event: ReleaseEvent) => void) | undefined;
}

/** What was done, and what went wrong. */
export interface Executed {
  /** What was not there before, also where creating it failed, unless somebody else created it. */
  readonly created: readonly Target[];
  readonly error: PintleError | undefined;
}

/** An object in a text or an event. */
export function eventObject({ mapping, namespace, name }: ObjectRef): EventObject {
  const apiVersion = groupVersionOf(mapping);
  return { apiVersion, kind: mapping.kind, namespace, name };
}

/**
 * Creates objects, all of them, whatever becomes of some. Helm: Client.Create
 *
 * @throws PintleError with the texts of all failures, and lists of what was applied and what not
 */
export async function createAll(
  cluster: Cluster,
  targets: readonly Target[],
  options: Omit<ExecuteOptions, 'forceReplace'>,
): Promise<void> {
  const { serverSide, forceConflicts, signal, onEvent } = options;
  if (!serverSide && forceConflicts)
    throw wrongOptions('create', 'forceConflicts enabled when serverSideApply disabled');
  if (targets.length === 0) throw new PintleError('RELEASE_INVALID', 'no objects visited');
  const outcomes = await workInOrder(
    targets,
    same,
    (target) =>
      createObject(cluster, target, serverSide ? 'apply' : 'create', { forceConflicts, signal }).then(() =>
        onEvent?.({ type: 'object', action: 'created', object: eventObject(target) }),
      ),
    signal,
  );
  const errors = errorsOf(outcomes);
  if (errors.length > 0) throw withTally(joinErrors(errors, '\n'), { refs: targets, outcomes });
}

function wrongOptions(what: 'create' | 'update', text: string): PintleError {
  return new PintleError('USAGE', `invalid client ${what} option(s): ${text}`);
}

/** Helm checks these when the work begins, and the failed revision stays. */
function checkOptions(options: ExecuteOptions): void {
  const { serverSide, forceConflicts, forceReplace, threeWayForCustom } = options;
  if (!serverSide && forceConflicts)
    throw wrongOptions('update', 'forceConflicts enabled when serverSideApply disabled');
  const wrong = (pair: string): PintleError =>
    new PintleError('USAGE', `invalid operation: cannot use ${pair} together`, {
      hint: 'Add --server-side=false to replace objects.',
    });
  if (threeWayForCustom && serverSide) throw wrong('three-way merge for unstructured and server-side apply');
  if (forceConflicts && forceReplace) throw wrong('force conflicts and force replace');
  if (serverSide && forceReplace) throw wrong('server-side apply and force replace');
}

/** Writes and deletes what the plan says. Never throws what the cluster answers: it is in the result. Helm: Client.Update */
export async function executePlan(cluster: Cluster, plan: Plan, options: ExecuteOptions): Promise<Executed> {
  const created: Target[] = [];
  try {
    checkSignal(options.signal);
    checkOptions(options);
    if (plan.writes.some(({ target }) => target.name === '')) throw nameless();
    const outcomes = await writeAll(cluster, plan.writes, options, created);
    const error = writeError(plan.writes, outcomes);
    const written: Tried = { refs: plan.writes.map(targetOf), outcomes };
    if (error) return { created, error: withTally(error, written, { refs: plan.deletes, outcomes: [] }) };
    return { created, error: await removeAll(cluster, plan, written, options) };
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    return { created, error };
  }
}

/** Helm looks for each object by its name before it changes a release. */
function nameless(): PintleError {
  return new PintleError('API_FAILED', 'could not get information about the resource: resource name may not be empty', {
    hint: 'objects with generateName can be installed, with --server-side=false, but not upgraded',
  });
}

/** An object that cannot be created ends the work; one that cannot be changed is told with the others. */
function writeAll(
  cluster: Cluster,
  writes: readonly PlannedWrite[],
  options: ExecuteOptions,
  created: Target[],
): Promise<Outcome<void>[]> {
  const write = async (item: PlannedWrite): Promise<void> => {
    if (item.action === 'update') return change(cluster, item, options);
    created.push(item.target);
    try {
      await createObject(cluster, item.target, item.method, options);
    } catch (err) {
      if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
      // Somebody else was faster: what is there is not to be cleaned up.
      if (isAlreadyExists(err) || isConflict(err)) created.splice(created.indexOf(item.target), 1);
      throw hard(err.withMessage(`failed to create resource: ${err.message}`));
    }
    tell(item.target, 'created', options);
  };
  return workInOrder(writes, targetOf, write, options.signal, isHard);
}

async function change(cluster: Cluster, update: PlannedUpdate, options: ExecuteOptions): Promise<void> {
  const { target, unknown, live } = update;
  if (unknown) {
    const { namespace, name, mapping } = target;
    const text = 'resource exists on cluster but not in original release, using cluster state as baseline';
    options.log.log('WARN', text, { namespace, name, kind: mapping.kind });
  }
  const after = await updateObject(cluster, update, options);
  tell(target, after === undefined || isSameVersion(live, after) ? 'unchanged' : 'changed', options);
}

function tell(target: Target, action: 'created' | 'changed' | 'unchanged', { onEvent }: ExecuteOptions): void {
  onEvent?.({ type: 'object', action, object: eventObject(target) });
}

function isSameVersion(a: Target['object'], b: Target['object']): boolean {
  return a.metadata.resourceVersion !== undefined && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

const HARD = new WeakSet<PintleError>();

function hard(error: PintleError): PintleError {
  HARD.add(error);
  return error;
}

function isHard(error: PintleError): boolean {
  return HARD.has(error);
}

function writeError(writes: readonly PlannedWrite[], outcomes: readonly Outcome<void>[]): PintleError | undefined {
  if (writes.length === 0) return undefined;
  const errors = errorsOf(outcomes);
  if (errors.length === 0) return undefined;
  return errors.find(isHard) ?? joinErrors(errors, ' && ');
}

async function removeAll(
  cluster: Cluster,
  plan: Plan,
  written: Tried,
  options: ExecuteOptions,
): Promise<PintleError | undefined> {
  const { signal, onEvent } = options;
  for (const ref of plan.keeps) onEvent?.({ type: 'object', action: 'kept', object: eventObject(ref) });
  const outcomes = await workOn(
    plan.deletes,
    async (ref) => {
      try {
        await deleteObject(cluster, ref, 'Background', signal);
      } catch (err) {
        if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
        const what = `namespace=${ref.namespace}, name=${ref.name}, kind=${ref.mapping.kind}`;
        throw err.withMessage(`failed to delete resource ${what}: ${err.message}`);
      }
      onEvent?.({ type: 'object', action: 'deleted', object: eventObject(ref) });
    },
    signal,
  );
  const tried: Tried = { refs: plan.deletes, outcomes };
  const errors = errorsOf(outcomes);
  if (errors.length > 0) return withTally(joinErrors(errors, ' && '), written, tried);
  try {
    checkSignal(outcomes.some((o) => o.state === 'skipped') ? signal : undefined);
    return undefined;
  } catch (error) {
    return withTally(error as PintleError, written, tried);
  }
}

/**
 * Deletes objects, all of them, whatever becomes of some; the failures are the result, the first one with lists of what
 * was deleted and what not. Helm: Client.Delete
 */
export async function deleteAll(
  cluster: Cluster,
  refs: readonly ObjectRef[],
  policy: NonNullable<DeleteOptions['propagationPolicy']>,
  options: Pick<ExecuteOptions, 'signal' | 'onEvent'>,
): Promise<PintleError[]> {
  if (refs.length === 0)
    return [new PintleError('RELEASE_INVALID', 'object not found, skipping delete: no objects visited')];
  const { signal, onEvent } = options;
  const outcomes = await workInOrder(
    refs,
    same,
    async (ref) => {
      await deleteObject(cluster, ref, policy, signal);
      onEvent?.({ type: 'object', action: 'deleted', object: eventObject(ref) });
    },
    signal,
  );
  const [first, ...others] = errorsOf(outcomes);
  return first === undefined ? [] : [withTally(first, NO_WRITES, { refs, outcomes }), ...others];
}

const NO_WRITES: Tried = { refs: [], outcomes: [] };

function targetOf({ target }: PlannedWrite): Target {
  return target;
}

function same<T>(item: T): T {
  return item;
}
