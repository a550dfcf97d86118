/** Questions about releases that every store answers alike. Go: helm pkg/storage/storage.go */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import type { Log } from '../host.ts';
import { noDeployedReleases, releaseNotFound } from './errors.ts';
import { versionOfKey } from './key.ts';
import { isInProgress } from './lease.ts';
import type { ReleaseStore, StoredRelease, StoreQuery } from './types.ts';

type Options = Pick<StoreQuery, 'outline'>;

/**
 * All revisions of a release, oldest first. Those before the newest have only what tells of them and their manifest,
 * so that thousands are never whole in memory.
 *
 * @throws PintleError RELEASE_NOT_FOUND; RELEASE_INVALID where there are records and none can be read
 */
export async function history(
  store: ReleaseStore,
  name: string,
  options: Options = { outline: 'earlier' },
): Promise<readonly StoredRelease[]> {
  const unreadable: string[] = [];
  const found = await store.query({ name, ...options, onUnreadable: (key) => unreadable.push(key) });
  if (found.length > 0) return withUnreadable(byRevision(found), unreadable, name);
  if (unreadable.length === 0) throw releaseNotFound({ name });
  throw new PintleError('RELEASE_INVALID', `no revision for release ${quote(name)}`, {
    hint: `its records are there but damaged: ${unreadable.slice(0, 3).join(', ')}; --debug says how. Restore one of them, or delete them to use the name again`,
    data: { name, unreadable },
  });
}

function withUnreadable(all: StoredRelease[], unreadable: readonly string[], name: string): readonly StoredRelease[] {
  const newest = all.at(-1) as StoredRelease;
  const versions = unreadable.map((key) => versionOfKey(key, name)).filter((version) => version !== undefined);
  return versions.length === 0 ? all : [...all.slice(0, -1), { ...newest, unreadable: versions }];
}

/** The number of the revision after the newest one; what cannot be read has its number all the same. */
export function nextVersion({ release, unreadable = [] }: StoredRelease): number {
  return unreadable.reduce((a, b) => Math.max(a, b), release.version) + 1;
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
export async function deployed(store: ReleaseStore, name: string): Promise<StoredRelease> {
  const newest = (await deployedAll(store, name, { outline: 'earlier' })).at(-1);
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
  await eachOf(old, async ({ key, release }) => {
    try {
      await store.delete(name, release.version);
    } catch (error) {
      log.log('DEBUG', 'error pruning release', { key, error: String((error as Error).message) });
      errors.push(error);
    }
  });
  log.log('DEBUG', 'pruned records', { count: old.length, release: name, errors: errors.length });
  const [first] = errors;
  if (errors.length === 0) return;
  if (errors.length === 1 || !(first instanceof PintleError)) throw first;
  throw first.withMessage(`encountered ${errors.length} deletion errors. First is: ${first.message}`);
}

/** Records at a time: a release may have thousands. */
const AT_ONCE = 8;

/** Does work on all of a list, some at once; ends with the first that fails. */
export async function eachOf<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const queue = list.values();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const one of queue) {
      if (failed) return;
      try {
        await work(one);
      } catch (err) {
        failed = true;
        throw err;
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
