/** The way to the next revision: whoever makes its record first has the release. */
import { isForbidden } from '../cluster/api-error.ts';
import { PintleError } from '../errors.ts';
import { busyError, goneError, isInProgress } from './lease.ts';
import { begin, saveFailure, type Work, withInfo } from './operation.ts';
import type { ReleaseContext } from './options.ts';
import { prune } from './storage.ts';
import type { Lease, Release, ReleaseStatus, StoredRelease } from './types.ts';

/** The revision that is to be made. */
export interface Next {
  readonly release: Release;
  readonly operation: Lease['operation'];
  /** The newest one when this began. */
  readonly previous: StoredRelease;
  /** Revisions to keep; 0 keeps all. */
  readonly historyMax: number;
}

/**
 * Makes the record of the next revision, and forgets the oldest ones. Helm forgets them before; but who has not got the
 * release yet must not take records from those that have.
 *
 * @throws PintleError RELEASE_BUSY before anything else was touched
 */
export async function claimNext(next: Next, context: ReleaseContext): Promise<Work> {
  const { release, operation, previous, historyMax } = next;
  const work = await beginWithRoom(next, context);
  const { store, log } = work.context;
  try {
    await checkUnclaimed(previous, work);
    if (historyMax > 0) await prune(store, release.name, historyMax, log, release.version);
    return work;
  } catch (err) {
    await withdraw(work, err, operation);
    throw err;
  } finally {
    if (work.operation.lost) await work.operation.end();
  }
}

/** Where the number of records is limited, the oldest ones make room for the new one. */
async function beginWithRoom(
  { release, operation, previous, historyMax }: Next,
  context: ReleaseContext,
): Promise<Work> {
  try {
    return await begin(release, operation, context);
  } catch (err) {
    if (historyMax <= 0 || !isForbidden(err)) throw err;
    await prune(context.store, release.name, historyMax - 1, context.log, previous.release.version);
    return begin(release, operation, context);
  }
}

/**
 * Makes sure that nobody began with the previous record while this operation made the next one: an uninstall changes
 * the record that there is, and once that is gone, or was forgotten, others may be at work already.
 */
async function checkUnclaimed({ release: { name, version, info } }: StoredRelease, work: Work): Promise<void> {
  const { operation, context } = work;
  const own = operation.release.version;
  const all = (await context.store.query({ name, outline: true })).map(({ release }) => release);
  const now = context.cluster.client.now();
  const other = all.filter((one) => one.version !== own).sort((a, b) => b.version - a.version)[0];
  const then = all.find((one) => one.version === version)?.info;
  if (then === undefined && other === undefined) throw goneError(name);
  // A release that was installed since begins with the same numbers.
  const isSame = then?.firstDeployed === info.firstDeployed;
  const isTaken = then?.status !== info.status && isBeingChanged(then?.status ?? 'unknown');
  if (!isSame || isTaken || (other !== undefined && other.version > own)) throw busyError(other, now);
}

function isBeingChanged(status: ReleaseStatus): boolean {
  return isInProgress(status) || status === 'uninstalled';
}

/** Nothing was done, and so there is no new revision. */
async function withdraw(work: Work, cause: unknown, operation: string): Promise<void> {
  const { release } = work.operation;
  await work.operation.end();
  if (work.operation.lost) return;
  try {
    await work.context.store.delete(release.name, release.version);
  } catch (err) {
    if (!(err instanceof PintleError) || !(cause instanceof PintleError)) throw err;
    if (err.code === 'RELEASE_NOT_FOUND') return;
    const description = `The ${operation} ended before it changed anything: ${cause.message}`;
    await saveFailure(work, withInfo(release, { status: 'failed', description }), cause);
  }
}
