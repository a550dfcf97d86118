/** The revisions of a release. Go: helm pkg/action/history.go, pkg/cmd/history.go */
import { PintleError } from '../../errors.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import { history } from '../storage.ts';
import type { ReleaseStore, StoredRelease } from '../types.ts';

export interface HistoryOptions {
  /** The newest so many; not positive: none, as in Helm. Default: all. */
  readonly max?: number;
}

/**
 * The revisions of a release, oldest first, without what is large in them.
 *
 * @throws PintleError RELEASE_NOT_FOUND, NAME_INVALID
 */
export async function releaseHistory(
  store: ReleaseStore,
  name: string,
  { max }: HistoryOptions = {},
): Promise<readonly StoredRelease[]> {
  checkReleaseName(name, 'release name is invalid');
  const all = await readable(store, name);
  if (max === undefined) return all;
  return max <= 0 ? [] : all.slice(-max);
}

/** Where no record can be read, Helm's history is empty. */
async function readable(store: ReleaseStore, name: string): Promise<readonly StoredRelease[]> {
  try {
    return await history(store, name, { outline: true });
  } catch (error) {
    if (error instanceof PintleError && error.code === 'RELEASE_INVALID') return [];
    throw error;
  }
}

/** Helm's texts for a wrong name leave out why; the hint has it. */
export function checkReleaseName(name: string, what: string): void {
  try {
    validateReleaseName(name);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `${what}: ${name}`, { hint: error.message, data: error.data, cause: error });
  }
}
