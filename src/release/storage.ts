/** Questions about releases that every store answers alike. Go: helm pkg/storage/storage.go */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import type { Log } from '../host.ts';
import { noDeployedReleases, releaseNotFound } from './errors.ts';
import { isInProgress } from './lease.ts';
import type { ReleaseStore, StoredRelease, StoreQuery } from './types.ts';

type Options = Pick<StoreQuery, 'outline'>;

/**
 * All revisions of a release, oldest first.
 *
 * @throws PintleError RELEASE_NOT_FOUND; RELEASE_INVALID where there are records and none can be read
 */
export async function history(
  store: ReleaseStore,
  name: string,
  options: Options = {},
): Promise<readonly StoredRelease[]> {
  const unreadable: string[] = [];
  const found = await store.query({ name, ...options, onUnreadable: (key) => unreadable.push(key) });
  if (found.length > 0) return byRevision(found);
  if (unreadable.length === 0) throw releaseNotFound({ name });
  throw new PintleError('RELEASE_INVALID', `no revision for release ${quote(name)}`, {
    hint: `its records are there but damaged: ${unreadable.slice(0, 3).join(', ')}; --debug says how`,
    data: { name, unreadable },
  });
}

/** The newest revision. @throws PintleError RELEASE_NOT_FOUND */
export async function last(store: ReleaseStore, name: string): Promise<StoredRelease> {
  return (await history(store, name)).at(-1) as StoredRelease;
}

/**
 * The newest revision that is deployed.
 *
 * @throws PintleError RELEASE_NOT_FOUND `"x" has no deployed releases`
 */
export async function deployed(store: ReleaseStore, name: string, options: Options = {}): Promise<StoredRelease> {
  const newest = (await deployedAll(store, name, options)).at(-1);
  if (newest === undefined) throw noDeployedReleases(name);
  return newest;
}

/** All revisions that are deployed, oldest first; more than one only where something went wrong. May be none. */
export async function deployedAll(
  store: ReleaseStore,
  name: string,
  options: Options = {},
): Promise<readonly StoredRelease[]> {
  return byRevision(await store.query({ name, status: 'deployed', ...options }));
}

function byRevision(list: readonly StoredRelease[]): StoredRelease[] {
  return [...list].sort((a, b) => a.release.version - b.release.version);
}

/**
 * Deletes the oldest revisions until at most `max` are left, but never the newest deployed one, one that is worked on,
 * or `own`. A negative `max` keeps all.
 *
 * @throws PintleError the single error, or `encountered N deletion errors. First is: …` after all were tried
 */
export async function prune(store: ReleaseStore, name: string, max: number, log: Log, own?: number): Promise<void> {
  if (max < 0) return;
  const all = byRevision(await store.query({ name, outline: true }));
  if (all.length <= max) return;
  const keep = all.findLast(({ release }) => release.info.status === 'deployed')?.release.version;
  const old = all
    .filter(({ release: { version, info } }) => version !== keep && version !== own && !isInProgress(info.status))
    .slice(0, all.length - max);
  const errors: unknown[] = [];
  for (const { key, release } of old) {
    try {
      await store.delete(name, release.version);
    } catch (error) {
      log.log('DEBUG', 'error pruning release', { key, error: String((error as Error).message) });
      errors.push(error);
    }
  }
  log.log('DEBUG', 'pruned records', { count: old.length, release: name, errors: errors.length });
  const [first] = errors;
  if (errors.length === 0) return;
  if (errors.length === 1 || !(first instanceof PintleError)) throw first;
  throw first.withMessage(`encountered ${errors.length} deletion errors. First is: ${first.message}`);
}
