/** From the constraints in Chart.yaml to versions. Go: helm internal/resolver */
import type { Dependency, LockedDependency } from '../../chart/types.ts';
import { firstMatch, noVersion, versionConstraint, versionOrNothing } from '../../dependency/choose-version.ts';
import type { Placed } from '../../dependency/origin.ts';
import { PintleError } from '../../errors.ts';
import type { Constraint } from '../../go/semver.ts';
import type { RepositoryEntry } from '../../repository/repositories-file.ts';
import type { Registry } from '../../sources/oci/registry.ts';
import { loadDirectory } from '../charts/load.ts';
import type { World } from '../world.ts';
import { type ChartFolder, localFolder } from './chart-folder.ts';
import type { Indexes } from './indexes.ts';

/** A chart in a registry, without a version. */
export function registryPath(repository: string, name: string): string {
  return `${repository.replace(/\/+$/, '')}/${name}`;
}

/** What versions are chosen from. */
export interface Sources {
  readonly chart: ChartFolder;
  readonly indexes: Indexes;
  /** The client for all registries. */
  readonly registry: () => Promise<Registry>;
  readonly world: World;
}

/**
 * The version of each dependency: the newest that its place has and its constraint allows. Places are asked side by
 * side; the first fault in the order of the list is the one that is told.
 *
 * @throws PintleError with Helm's text
 */
export async function resolveVersions(placed: readonly Placed[], sources: Sources): Promise<LockedDependency[]> {
  const jobs = placed.map((one) => resolveVersion(one, sources));
  await Promise.allSettled(jobs);
  const locked: LockedDependency[] = [];
  const missing: Dependency[] = [];
  for (const [i, { dependency }] of placed.entries()) {
    const version = await (jobs[i] as Promise<string | undefined>);
    if (version === undefined) missing.push(dependency);
    locked.push({ name: dependency.name, repository: dependency.repository ?? '', version: version ?? '' });
  }
  if (missing.length > 0) throw noVersion(missing);
  return locked;
}

/** Nothing where no version will do. */
async function resolveVersion({ dependency, origin }: Placed, sources: Sources): Promise<string | undefined> {
  const { name, version = '', repository = '' } = dependency;
  const constraint = versionConstraint(dependency);
  switch (origin.kind) {
    case 'included':
      localFolder(`charts/${name}`, sources.chart);
      return version;
    case 'folder': {
      const folder = localFolder(repository, sources.chart);
      const { metadata } = loadDirectory(folder.path, { log: sources.world.log, format: 'v2' });
      const found = versionOrNothing(metadata.version);
      return found !== undefined && constraint.check(found) ? metadata.version : undefined;
    }
    case 'registry':
      return resolveTag(dependency, constraint, sources);
    case 'repository':
      return resolveListed(dependency, constraint, origin.entry, sources);
  }
}

/**
 * A version is taken as it is, without a look at the tags. Where no tag fits, the constraint stays, and the download
 * says so.
 */
async function resolveTag(
  { name, version = '', repository = '' }: Dependency,
  constraint: Constraint,
  { registry }: Sources,
): Promise<string> {
  if (versionOrNothing(version) !== undefined) return version;
  let tags: readonly string[];
  try {
    tags = await (await registry()).tags(registryPath(repository, name).slice('oci://'.length));
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const text = `could not retrieve list of tags for repository ${repository}: ${error.message}`;
    throw wrapped(text, error);
  }
  return firstMatch(tags, constraint) ?? version;
}

function resolveListed(
  { name, repository = '' }: Dependency,
  constraint: Constraint,
  entry: RepositoryEntry,
  { indexes }: Sources,
): string | undefined {
  let versions: ReturnType<ReturnType<Indexes['get']>['entries']['get']>;
  try {
    versions = indexes.get(entry).entries.get(name);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw wrapped(`no cached repository for ${entry.name} found. (try 'helm repo update'): ${error.message}`, error);
  }
  if (versions === undefined) {
    throw new PintleError('NOT_FOUND', `${name} chart not found in repo ${repository}`, { data: { name, repository } });
  }
  // What has no URL cannot be downloaded.
  const offered = versions.filter(({ urls }) => urls.length > 0).map(({ version }) => version);
  return firstMatch(offered, constraint);
}

/** The same fault, said with more before it. */
export function wrapped(message: string, { code, hint, data, cause }: PintleError): PintleError {
  return new PintleError(code, message, { ...(hint === undefined ? {} : { hint }), data, cause });
}
