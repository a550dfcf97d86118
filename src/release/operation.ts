/** Work on a release under a lease: its records, and how they are kept true whatever happens. */
import { sleep } from '../cluster/rate-limit.ts';
import type { Cluster } from '../cluster/types.ts';
import { createWaiter, type Waiter } from '../cluster/wait/waiter.ts';
import { PintleError } from '../errors.ts';
import type { Log } from '../host.ts';
import { checkSignal, stopped } from './execute/fate.ts';
import { beginOperation, busyError, isInProgress, leaseState, type Operation } from './lease.ts';
import { joinLeft, leftOfManifest, listingLeft } from './left.ts';
import type { ReleaseContext, WaitOptions } from './options.ts';
import { soon } from './soon.ts';
import { deployedAll } from './storage.ts';
import type { Lease, Release, ReleaseInfo, ReleaseStatus, StoredRelease } from './types.ts';

/** Pauses between tries to save how an operation ended, in milliseconds. */
const SAVE_PAUSES = [250, 1000, 2000];

/** An operation under way, with what its work is to use. */
export interface Work {
  readonly operation: Operation;
  /** Its signal also ends the work where the record was taken over. */
  readonly context: ReleaseContext;
}

/**
 * Writes the first record of an operation; whoever does that first has the release.
 *
 * @param token of the record that is changed, where no new one is made
 * @throws PintleError RELEASE_BUSY before anything else was touched
 */
export async function begin(
  release: Release,
  operation: Lease['operation'],
  context: ReleaseContext,
  token?: string,
): Promise<Work> {
  checkSignal(context.signal);
  const { store, cluster, holder, host } = context;
  const lost = new AbortController();
  const under = await beginOperation(store, release, {
    holder,
    operation,
    now: () => cluster.client.now(),
    random: host.random,
    signal: context.signal,
    onLost: (error) => lost.abort(error),
    ...(token !== undefined && { token }),
  });
  context.onEvent?.({ type: 'record', version: release.version, status: release.info.status });
  const signal = context.signal ? AbortSignal.any([context.signal, lost.signal]) : lost.signal;
  return { operation: under, context: { ...context, signal } };
}

/** A release with other facts about it. */
export function withInfo(release: Release, info: Partial<ReleaseInfo>): Release {
  return { ...release, info: { ...release.info, ...info } };
}

/** A release as it is told: whose work it was is over. */
export function withoutLease({ lease: _, ...release }: Release): Release {
  return release;
}

/**
 * Why an operation ended, for its record: faults of this program have to be recorded like any other, or they leave the
 * release pending.
 */
export function faultOf(err: unknown, { signal }: Pick<ReleaseContext, 'signal'>): PintleError {
  // Whatever was hit by the interruption says so in its own words.
  if (signal?.aborted) return stopped(signal, err);
  if (err instanceof PintleError) return err;
  const message = err instanceof Error ? err.message : String(err);
  return new PintleError('RELEASE_FAILED', message, { cause: err });
}

/** Whether the record already says how the operation ended, or is no longer this one's to write. */
export function isSettled({ operation }: Work, { code }: PintleError): boolean {
  return operation.lost !== undefined || code === 'STORE_FAILED' || code === 'RELEASE_BUSY';
}

/** Saves the release on its way; a failure is told in the log, as Helm does, unless the record is somebody else's. */
export async function saveOnTheWay({ operation, context }: Work, release: Release): Promise<void> {
  try {
    await operation.save(release);
  } catch (err) {
    if (!(err instanceof PintleError) || operation.lost) throw err;
    warnOfSave(context.log, release, err);
  }
}

function warnOfSave(log: Log, { name, version }: Release, err: PintleError): void {
  log.log('WARN', 'failed to update release', { name, revision: version, error: err.message });
}

/**
 * Saves how an operation ended, again and again for some seconds where that fails.
 *
 * @throws PintleError STORE_FAILED with the last failure, `data.release` being what could not be saved
 */
export async function saveEnd({ operation, context }: Work, release: Release): Promise<void> {
  for (let i = 0; ; i++) {
    try {
      await operation.save(release);
      context.onEvent?.({ type: 'record', version: release.version, status: release.info.status });
      return;
    } catch (err) {
      if (!(err instanceof PintleError) || operation.lost) throw err;
      const pause = SAVE_PAUSES[i];
      if (pause === undefined || err.data['gaveUp']) throw notSaved(release, err);
      warnOfSave(context.log, release, err);
      // The caller's signal has ended the work perhaps, but not this.
      await sleep(pause);
    }
  }
}

/**
 * {@link saveEnd} for a failure, which is what counts: that it could not be recorded either is told beside it.
 *
 * @returns the failure, or who took the record over
 */
export async function saveFailure(work: Work, release: Release, failure: PintleError): Promise<PintleError> {
  try {
    await saveEnd(work, release);
    return failure.code === 'ABORTED' ? withWayOn(failure, release) : failure;
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    // Who was faster is told better by the failure, where that is why it failed.
    if (work.operation.lost) return failure.code === 'RELEASE_BUSY' ? failure : work.operation.lost;
    work.context.log.log('ERROR', 'failed to record the release', { error: err.message });
    const { code, message, data } = failure;
    const hint = [failure.hint, err.message].filter((text) => text !== undefined).join('; ');
    return new PintleError(code, message, { hint, data: { ...data, notRecorded: true }, cause: failure });
  }
}

function withWayOn({ message, data, cause }: PintleError, { name, version, info }: Release): PintleError {
  const undone = info.status === 'failed' ? ' Nothing was undone.' : '';
  const hint = `revision ${version} of ${name} is recorded as ${info.status}.${undone} Go on with upgrade, rollback or uninstall.`;
  return new PintleError('ABORTED', message, { hint, data, cause });
}

function notSaved(release: Release, cause: PintleError): PintleError {
  const { name, version, info } = release;
  const message = `failed to record that revision ${version} of ${name} is ${info.status}: ${cause.message}`;
  return new PintleError('STORE_FAILED', message, {
    hint: `the cluster has what this operation did, the record does not say so; once the store works: pintle unlock ${name}`,
    data: { ...cause.data, name, version, status: info.status },
    cause,
  });
}

/**
 * Changes another revision's record, whatever else became of it; whoever claimed it has lost it then. Helm: recordRelease
 *
 * @param edit is given the record as it is now
 * @returns the record as it is then; undefined where it is gone or could not be written, which the log tells
 */
export async function changeRecord(
  { store, log, signal }: Pick<ReleaseContext, 'store' | 'log' | 'signal'>,
  stored: StoredRelease,
  edit: (release: Release) => Release,
): Promise<StoredRelease | undefined> {
  let { release, token } = stored;
  for (let i = 0; ; i++) {
    const next = edit(release);
    try {
      const changed = isSameStatus(release, next) ? next : withoutLease(next);
      return await soon(store.update(changed, token || undefined), { signal });
    } catch (err) {
      if (!(err instanceof PintleError)) throw err;
      const pause = SAVE_PAUSES[i];
      const changed = err.code === 'RELEASE_BUSY';
      if (changed && next === release) return undefined;
      if (err.code === 'RELEASE_NOT_FOUND' || pause === undefined || err.data['gaveUp']) {
        warnOfSave(log, release, err);
        return undefined;
      }
      if (!changed) await sleep(pause);
      const now = await readAgain(store, release);
      if (now === 'gone') return undefined;
      if (now) ({ release, token } = now);
    }
  }
}

function isSameStatus(a: Release, b: Release): boolean {
  return a.info.status === b.info.status;
}

/** Undefined where it cannot be read now. */
async function readAgain(
  store: ReleaseContext['store'],
  { name, version }: Release,
): Promise<StoredRelease | 'gone' | undefined> {
  try {
    return await store.get(name, version);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    return err.code === 'RELEASE_NOT_FOUND' ? 'gone' : undefined;
  }
}

/** The release's newest record where work on it died: as a failed one. */
export async function asFailed(
  stored: StoredRelease,
  context: Pick<ReleaseContext, 'store' | 'cluster' | 'onEvent'>,
): Promise<StoredRelease> {
  const { release, token } = stored;
  const { lease, ...rest } = release;
  const left = joinLeft([release.left ?? [], leftOfManifest(release)]);
  const dead = withInfo(rest, { status: 'failed', description: deathOf(release.info.status, lease) });
  const failed = listingLeft(context.store, dead, left);
  const next = await context.store.update(failed, token || undefined);
  context.onEvent?.({ type: 'record', version: release.version, status: 'failed' });
  return { ...stored, ...next, release: failed };
}

function deathOf(status: ReleaseStatus, lease: Lease | undefined): string {
  const who = lease ? `${lease.operation} by ${lease.holder}` : `operation (${status})`;
  return `The ${who} ended before it was complete`;
}

/**
 * The newest record, fit to be followed by another one: where its operation died, it is made a failed one if `takeOver`
 * says so.
 *
 * @throws PintleError RELEASE_BUSY where an operation is under way, or died and is not to be taken over
 */
export async function settled(
  stored: StoredRelease,
  takeOver: boolean | undefined,
  context: ReleaseContext,
): Promise<StoredRelease> {
  const { release } = stored;
  if (!isInProgress(release.info.status)) return stored;
  const now = context.cluster.client.now();
  if (!takeOver || leaseState(release, now) === 'alive') throw busyError(release, now);
  return asFailed(stored, context);
}

/** Makes all revisions that are deployed superseded: there may be several where something went wrong before. */
export async function supersedeDeployed(name: string, context: ReleaseContext): Promise<void> {
  for (const other of await deployedAll(context.store, name)) {
    await changeRecord(context, other, (old) => withInfo(old, { status: 'superseded' }));
  }
}

/** What waits for objects, as the options say. */
export function waiterOf(wait: WaitOptions, context: ReleaseContext, cluster: Cluster = context.cluster): Waiter {
  const { log, signal, onEvent } = context;
  const { strategy, failFast } = wait;
  return createWaiter(strategy, cluster, {
    log,
    ...(signal && { signal }),
    ...(failFast && { failFast }),
    ...(onEvent && { onProgress: (objects) => onEvent({ type: 'waiting', objects }) }),
  });
}
