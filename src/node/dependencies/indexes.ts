/** Indexes of the repositories that dependencies come from. Go: helm pkg/downloader/manager.go UpdateRepositories */
import type { LockedDependency } from '../../chart/types.ts';
import { sameVersion } from '../../dependency/choose-version.ts';
import type { Placed } from '../../dependency/origin.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { RepositoryEntry } from '../../repository/repositories-file.ts';
import { resolveReferenceUrl } from '../../repository/resolve-url.ts';
import type { ChartVersion, RepositoryIndex } from '../../repository/types.ts';
import { checkRepository } from '../repositories/download.ts';
import { cachedIndex, downloadIndex } from '../repositories/repositories.ts';
import type { World } from '../world.ts';

/** The indexes that one run needs, each read once. */
export interface Indexes {
  /** Brings those that `placed` needs up to date, as far as their servers let it. */
  refresh(placed: readonly Placed[]): Promise<void>;
  /** @throws PintleError with the text of what went wrong when the cached index was read */
  get(entry: RepositoryEntry): RepositoryIndex;
}

export function openIndexes(world: World): Indexes {
  const known = new Map<string, RepositoryIndex>();
  const refresh = async (entries: readonly RepositoryEntry[]): Promise<void> => {
    for (const entry of entries) checkRepository(entry, world);
    const downloads = entries.map(async (entry) => known.set(entry.name, await downloadIndex(entry, world)));
    const outcomes = await Promise.allSettled(downloads);
    for (const [i, entry] of entries.entries()) tell(entry, outcomes[i] as PromiseSettledResult<unknown>, world);
  };
  return {
    async refresh(placed) {
      const unmanaged = neededEntries(placed, false);
      if (unmanaged.length > 0) {
        world.out('Getting updates for unmanaged Helm repositories...');
        await refresh(unmanaged);
      }
      const managed = neededEntries(placed, true);
      if (managed.length > 0) {
        world.out('Hang tight while we grab the latest from your chart repositories...');
        await refresh(managed);
        world.out('Update Complete. ⎈Happy Helming!⎈');
      }
    },
    get(entry) {
      const index = known.get(entry.name) ?? cachedIndex(world.settings, entry.name, world.log);
      known.set(entry.name, index);
      return index;
    },
  };
}

/** Each once, although several dependencies need it. Go: dedupeRepos */
function neededEntries(placed: readonly Placed[], added: boolean): RepositoryEntry[] {
  const byUrl = new Map<string, RepositoryEntry>();
  for (const { origin } of placed) {
    if (origin.kind !== 'repository' || origin.added !== added) continue;
    const url = origin.entry.url.replace(/\/$/, '');
    if (!byUrl.has(url)) byUrl.set(url, origin.entry);
  }
  return [...byUrl.values()];
}

function tell(entry: RepositoryEntry, outcome: PromiseSettledResult<unknown>, world: World): void {
  const managed = !entry.name.startsWith('helm-manager-');
  if (outcome.status === 'fulfilled') {
    world.out(`...Successfully got an update from the ${quote(managed ? entry.name : entry.url)} chart repository`);
    return;
  }
  const { reason } = outcome;
  // The cached index is left to go by.
  if (!(reason instanceof PintleError)) throw reason;
  const which = managed
    ? `${quote(entry.name)} chart repository (${entry.url})`
    : `${quote(entry.url)} chart repository`;
  world.out(`...Unable to get an update from the ${which}:\n\t${reason.message}`);
}

/** Where the archive of a locked dependency is, as its repository's index says. Go: findChartURL */
export function findInIndex(
  { name, version = '' }: LockedDependency,
  entry: RepositoryEntry,
  index: RepositoryIndex,
): { readonly url: string; readonly listed: ChartVersion } {
  const versions = index.entries.get(name);
  // Helm puts the URL here that it has not found.
  if (versions === undefined) throw notFound('could not find : entry not found', name, entry);
  const listed = versions.find((v) => v.urls.length > 0 && (version === '' || sameVersion(version, v.version)));
  if (listed === undefined) throw notFound('could not find : no matching version', name, entry);
  return { url: resolveReferenceUrl(entry.url, listed.urls[0] as string), listed };
}

function notFound(text: string, name: string, { url }: RepositoryEntry): PintleError {
  return new PintleError('NOT_FOUND', text, {
    hint: `the repository ${url} does not list ${name} in this version (any more)`,
    data: { name, repository: url },
  });
}
