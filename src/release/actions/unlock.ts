import { PintleError } from '../../errors.ts';
import { busyError, isInProgress, leaseState } from '../lease.ts';
import { asFailed } from '../operation.ts';
import type { ReleaseContext } from '../options.ts';
import { placeKey } from '../plan/identity.ts';
import { fetchLive } from '../plan/live.ts';
import { last } from '../storage.ts';
import type { Release } from '../types.ts';
import { objectsToDelete } from './uninstall.ts';

/**
 * Ends an operation that died: its record becomes a failed one, so that the next upgrade, rollback or uninstall finds
 * its way. A removal that had not begun to remove leaves the release deployed.
 *
 * @returns the release as it is recorded now; undefined where nothing was under way
 * @throws PintleError RELEASE_BUSY where whoever works on it was heard of just now, RELEASE_NOT_FOUND
 */
export async function unlock(name: string, context: ReleaseContext): Promise<Release | undefined> {
  const newest = await last(context.store, name);
  const { release, token } = newest;
  if (!isInProgress(release.info.status)) return undefined;
  const now = context.cluster.client.now();
  if (leaseState(release, now) === 'alive') throw busyError(release, now);
  if (release.info.status !== 'uninstalling' || !(await isWhole(release, context))) {
    return (await asFailed(newest, context)).release;
  }
  const { lease: _, ...rest } = release;
  const description = 'The uninstall ended before anything was removed';
  const whole: Release = { ...rest, info: { ...release.info, status: 'deployed', deleted: '', description } };
  await context.store.update(whole, token || undefined);
  context.onEvent?.({ type: 'record', version: release.version, status: 'deployed' });
  return whole;
}

/** Whether all that an uninstall deletes is there, and stays. A cluster that cannot tell is taken for a no. */
async function isWhole(release: Release, context: ReleaseContext): Promise<boolean> {
  try {
    const refs = await objectsToDelete(release, context);
    const { live } = await fetchLive(context.cluster, refs, context.signal);
    return refs.every(
      (ref) => live.get(placeKey(ref))?.metadata.deletionTimestamp === undefined && live.has(placeKey(ref)),
    );
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    return false;
  }
}
