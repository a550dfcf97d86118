import { checkReachable } from '../../cluster/reachable.ts';
import type { ObjectRef, Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import { sortByKind, UNINSTALL_ORDER } from '../../manifests/order.ts';
import { sortManifests } from '../../manifests/sort.ts';
import { splitDocuments, trimSpace } from '../../manifests/split.ts';
import { joinErrors } from '../execute/batches.ts';
import { deleteAll, eventObject } from '../execute/execute.ts';
import { checkSignal } from '../execute/fate.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import { busyError, isInProgress, leaseState } from '../lease.ts';
import { joinLeft, leftBy, leftInCluster, leftOfManifest, listingLeft, unsettled, withLeft } from '../left.ts';
import {
  begin,
  faultOf,
  saveEnd,
  saveFailure,
  saveOnTheWay,
  supersedeDeployed,
  type Work,
  waiterOf,
  withInfo,
  withoutLease,
} from '../operation.ts';
import type { ReleaseContext, Uninstalled, UninstallOptions } from '../options.ts';
import { previousTargets } from '../previous.ts';
import { eachOf, history, last } from '../storage.ts';
import { timestampNow } from '../timestamp.ts';
import type { LeftObject, Release, StoredRelease } from '../types.ts';

/**
 * Removes a release and its objects. Helm: action/uninstall.go
 *
 * @throws PintleError with Helm's text; what was deleted before is told by the record, which is `failed` then
 * @example (await uninstall({ ...options, name: 'web' }, context)).info
 */
export async function uninstall(options: UninstallOptions, context: ReleaseContext): Promise<Uninstalled> {
  const { name, keepHistory } = options;
  await checkReachable(context.cluster, context.signal);
  if (options.dryRun !== 'none') return dryRun(options, context);
  checkName(name, 'uninstall');
  const all = await historyOf(options, context);
  const newest = all?.at(-1);
  if (all === undefined || newest === undefined) return { release: undefined, info: '' };
  if (newest.release.info.status === 'uninstalled') {
    if (keepHistory)
      throw new PintleError('RELEASE_NOT_FOUND', `the release named ${JSON.stringify(name)} is already deleted`);
    await purge(all, context);
    return { release: newest.release, info: '' };
  }
  const work = await claim(newest, context);
  try {
    return await perform(newest, all, options, work);
  } finally {
    await work.operation.end();
  }
}

async function dryRun({ name, ignoreNotFound }: UninstallOptions, { store }: ReleaseContext): Promise<Uninstalled> {
  checkName(name, 'releaseContent');
  try {
    return { release: (await last(store, name)).release, info: '' };
  } catch (err) {
    if (ignoreNotFound && isMissing(err)) return { release: undefined, info: '' };
    throw err;
  }
}

function isMissing(err: unknown): boolean {
  return err instanceof PintleError && err.code === 'RELEASE_NOT_FOUND';
}

function checkName(name: string, what: string): void {
  try {
    validateReleaseName(name);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`${what}: Release name is invalid: ${name}`);
  }
}

/** All revisions; undefined where there are none and that is no fault. */
async function historyOf(
  { name, ignoreNotFound }: UninstallOptions,
  { store }: ReleaseContext,
): Promise<readonly StoredRelease[] | undefined> {
  try {
    return await history(store, name);
  } catch (err) {
    if (ignoreNotFound && isMissing(err)) return undefined;
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`uninstall: Release not loaded: ${name}: ${err.message}`);
  }
}

/** Makes the newest record say that the release is being removed. What died before is no hindrance. */
async function claim(newest: StoredRelease, context: ReleaseContext): Promise<Work> {
  const { release, token } = newest;
  const now = context.cluster.client.now();
  if (isInProgress(release.info.status) && leaseState(release, now) === 'alive') throw busyError(release, now);
  const going = withInfo(release, {
    status: 'uninstalling',
    deleted: timestampNow(context.host.clock),
    description: 'Deletion in progress (or silently failed)',
  });
  return begin(going, 'uninstall', context, token);
}

/** An upgrade makes a new record instead of changing this one: whoever did so before was first. */
async function checkNewest(newest: StoredRelease, { context }: Work): Promise<void> {
  const { store, cluster } = context;
  const { name, version } = newest.release;
  const later = (await store.query({ name, outline: true })).find(({ release }) => release.version > version);
  if (later !== undefined) throw busyError(later.release, cluster.client.now());
}

async function perform(
  newest: StoredRelease,
  all: readonly StoredRelease[],
  options: UninstallOptions,
  work: Work,
): Promise<Uninstalled> {
  const { context } = work;
  const state: State = { release: withoutLease(work.operation.release), touched: false, errors: [] };
  try {
    await checkNewest(newest, work);
    const listed = leftBefore(all);
    state.release = listingLeft(context.store, state.release, listed);
    const info = await remove(state, listed, options, work);
    await finish(state, all, options, work);
    if (state.errors.length === 0) return { release: state.release, info };
    const text = `uninstallation completed with ${state.errors.length} error(s)`;
    const joined = joinErrors(state.errors, '; ');
    throw joined.code === 'ABORTED' ? joined : joined.withMessage(`${text}: ${joined.message}`);
  } catch (err) {
    const fault = faultOf(err, context);
    if (state.ended) throw err;
    if (work.operation.lost) throw work.operation.lost;
    const { touched, release } = state;
    const { hooks } = release;
    const description = `Uninstallation failed: ${state.why ?? fault.message}`;
    // Nothing is gone yet: the release is what it was.
    const truth = touched ? withInfo(release, { status: 'failed', description }) : { ...newest.release, hooks };
    context.log.log('DEBUG', 'uninstall: Failed to delete release', { error: fault.message });
    throw await saveFailure(work, isInProgress(truth.info.status) ? wreck(truth) : truth, fault);
  }
}

/** What died before stays so. */
function wreck(release: Release): Release {
  const left = joinLeft([release.left ?? [], leftOfManifest(release)]);
  return withLeft(withInfo(release, { status: 'failed' }), left);
}

/** How far an uninstall is. */
interface State {
  release: Release;
  /** Something may be gone. */
  touched: boolean;
  /** What went wrong without ending it. */
  errors: PintleError[];
  /** The record is as it is to stay. */
  ended?: boolean;
  /** For the record, where Helm's text says nothing. */
  why?: string;
}

/** Deletes the objects; the text about those that stay. */
async function remove(
  state: State,
  listed: readonly LeftObject[],
  options: UninstallOptions,
  work: Work,
): Promise<string> {
  const { context } = work;
  const waiter = waiterOf(options.wait, context);
  const { timeout } = options.wait;
  const save = (next: Release): Promise<void> => saveOnTheWay(work, next);
  const hooks = async (event: 'pre-delete' | 'post-delete'): Promise<PintleError | undefined> => {
    if (options.noHooks) return undefined;
    const ran = await runHooks(state.release, event, { context, waiter, timeout, serverSide: true, save });
    state.release = ran.release;
    return ran.error;
  };
  const failed = await hooks('pre-delete');
  if (failed) throw failed;
  const { targets: known, staying, kept } = await objectsOf(state, context);
  const left = await leftInCluster(state.release, listed, [...known, ...staying], context);
  const targets = [...known, ...left];
  state.touched = targets.length > 0;
  const errors = targets.length === 0 ? [] : await deleteAll(context.cluster, targets, propagation(options), context);
  if (errors.length > 0) throw deletionError(options.name, errors, state);
  const waiting = await caught(waiter.untilDeleted(targets, timeout));
  if (waiting) throw leftOver(waiting);
  const after = await hooks('post-delete');
  if (after?.code === 'ABORTED') throw after;
  if (after) state.errors.push(after);
  return kept === '' ? '' : `These resources were kept due to the resource policy:\n${kept}`;
}

function propagation({ cascade }: UninstallOptions): 'Background' | 'Foreground' | 'Orphan' {
  if (cascade === 'foreground') return 'Foreground';
  return cascade === 'orphan' ? 'Orphan' : 'Background';
}

function deletionError(name: string, errors: readonly PintleError[], state: State): PintleError {
  const joined = joinErrors(errors, '; ');
  if (joined.code === 'ABORTED') return joined;
  state.why = joined.message;
  return new PintleError('RELEASE_FAILED', `failed to delete release: ${name}`, {
    hint: [joined.message, joined.hint].filter((text) => text !== undefined).join('; '),
    data: joined.data,
    cause: joined,
  });
}

/** Helm forgets the release although objects of it are there. Here it stays, so that it can be tried again. */
function leftOver(err: PintleError): PintleError {
  if (err.code === 'ABORTED') return err;
  const message = `uninstallation completed with 1 error(s): ${err.message}`;
  const hint = 'the release is kept, with status failed: uninstall it again when what holds the objects is gone';
  return new PintleError(err.code, message, { hint, data: err.data, cause: err });
}

async function caught(work: Promise<void>): Promise<PintleError | undefined> {
  try {
    await work;
    return undefined;
  } catch (err) {
    if (err instanceof PintleError) return err;
    throw err;
  }
}

/** The objects of a release, as an uninstall sees them. */
interface Going {
  readonly targets: readonly Target[];
  /** Those that a policy is about. */
  readonly staying: readonly Target[];
  /** Lines about those that are kept. */
  readonly kept: string;
}

/** What is to go, in the order of kinds, and the lines about what is to stay. Helm: deleteRelease */
async function objectsOf(state: State, { cluster, namespace, log, onEvent }: ReleaseContext): Promise<Going> {
  const { name, manifest } = state.release;
  try {
    const files = splitDocuments(manifest).map(({ text }, i) => ({ name: `manifest-${i}`, text }));
    const documents = sortByKind(sortManifests(files).manifests, UNINSTALL_ORDER);
    const going = documents.filter((document) => policyOf(document) === undefined);
    const staying = documents.filter((document) => policyOf(document) === 'keep');
    const kept = staying.map(({ head }) => `[${head.kind}] ${head.name}\n`).join('');
    const read = (some: readonly Manifest[]): Promise<readonly Target[]> =>
      previousTargets(cluster, some.map(({ content }) => `\n---\n${content}`).join(''), namespace, log);
    const targets = await read(going);
    const others = await read(documents.filter((document) => policyOf(document) !== undefined));
    if (onEvent)
      for (const ref of await read(staying)) onEvent({ type: 'object', action: 'kept', object: eventObject(ref) });
    return { targets, staying: others, kept };
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw deletionError(name, [err], state);
  }
}

/** Undefined: goes. `keep`: stays. Anything else: neither, as in Helm. */
function policyOf({ head }: Manifest): string | undefined {
  const policy = head.annotations.get('helm.sh/resource-policy');
  return policy === undefined ? undefined : trimSpace(policy).toLowerCase();
}

/**
 * What earlier revisions may have left. Here the records go with the release, so that nothing would know of it any
 * more: all that failed and all since the last success count, Helm's, too.
 */
function leftBefore(all: readonly StoredRelease[]): readonly LeftObject[] {
  const recent = unsettled(all);
  const failed = all.map(({ release }) => release).filter(({ info }) => info.status === 'failed');
  return joinLeft([leftBy(recent), ...[...failed, ...recent.slice(0, -1)].map(leftOfManifest)]);
}

/** Forgets the release, or records that it is gone. */
async function finish(
  state: State,
  all: readonly StoredRelease[],
  { keepHistory, name, description }: UninstallOptions,
  work: Work,
): Promise<void> {
  const { context } = work;
  const info = { status: 'uninstalled', description: description || 'Uninstallation complete' } as const;
  state.release = withInfo(withLeft(state.release, []), info);
  if (keepHistory) {
    await saveEnd(work, state.release);
    state.ended = true;
    await supersedeDeployed(name, context);
    return;
  }
  // The objects are gone: should the records outlive this, the next uninstall is to know it and forget the rest.
  await caught(saveEnd(work, state.release));
  if (work.operation.lost) throw work.operation.lost;
  await work.operation.end();
  state.ended = true;
  const failed = await caught(purge(all, context));
  if (failed) state.errors.push(withRest(failed, name));
}

function withRest({ code, message, data, cause }: PintleError, name: string): PintleError {
  const hint = `the objects are gone, records are left: run pintle uninstall ${name} again`;
  return new PintleError(code, message, { hint, data, cause });
}

/** The newest one last, so that there is something to go on from; what cannot be read goes, too. */
async function purge(all: readonly StoredRelease[], { store, signal }: ReleaseContext): Promise<void> {
  const { release, unreadable = [] } = all.at(-1) as StoredRelease;
  const { name, version: newest } = release;
  const forget = async (version: number): Promise<void> => {
    checkSignal(signal);
    try {
      await store.delete(name, version);
    } catch (err) {
      if (isMissing(err)) return;
      if (!(err instanceof PintleError)) throw err;
      throw err.withMessage(`uninstall: Failed to purge the release: ${err.message}`);
    }
  };
  const earlier = all.slice(0, -1).map((one) => one.release.version);
  await eachOf([...unreadable, ...earlier], forget);
  await forget(newest);
}

/** The places of what an uninstall would delete. */
export async function objectsToDelete(release: Release, context: ReleaseContext): Promise<readonly ObjectRef[]> {
  const { onEvent: _, ...quiet } = context;
  return (await objectsOf({ release, touched: false, errors: [] }, quiet)).targets;
}
