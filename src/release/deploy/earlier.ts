/** What objects may be as, when the revisions since the last success were not carried out to their end. */
import type { Target } from '../../cluster/types.ts';
import type { ReleaseContext } from '../options.ts';
import { previousTargets } from '../previous.ts';
import type { Release, StoredRelease } from '../types.ts';

/** How many revisions are looked at; each of them failed but for the last one. */
const MOST = 4;

/**
 * The objects of the other revisions since the last success, newest first: an object that a failed revision did not get
 * to is still as one of them has it. Only patches that are made here need them; a server knows who set which field.
 * Rollbacks start from what an object is as; upgrades start from the revision that is deployed, as Helm's do, and only
 * look at others where the server refuses what comes of that.
 *
 * @param all the release's revisions, oldest first
 * @param base the revision that is followed, whose objects are known
 */
export async function earlierTargets(
  all: readonly StoredRelease[],
  base: Release,
  serverSide: boolean,
  { cluster, log }: ReleaseContext,
): Promise<readonly (readonly Target[])[]> {
  const newest = all.at(-1)?.release;
  if (serverSide || newest === undefined || newest.info.status === 'deployed') return [];
  const deployed = all.findLast(({ release }) => release.info.status === 'deployed')?.release.version ?? 0;
  const others = all.filter(({ release: { version } }) => version >= deployed && version !== base.version);
  return Promise.all(
    others
      .slice(-MOST)
      .reverse()
      .map(({ release: { manifest, namespace } }) => previousTargets(cluster, manifest, namespace, log)),
  );
}
