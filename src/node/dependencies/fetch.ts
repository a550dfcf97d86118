/** The archives of dependencies, from wherever they are. Go: helm pkg/downloader/manager.go downloadAll */
import { archiveChart } from '../../chart/pack.ts';
import type { Chart, LockedDependency } from '../../chart/types.ts';
import { versionConstraint, versionOrNothing } from '../../dependency/choose-version.ts';
import { contentDigest } from '../../dependency/content-digest.ts';
import type { Placed } from '../../dependency/origin.ts';
import { PintleError } from '../../errors.ts';
import type { ChartVersion } from '../../repository/types.ts';
import { loadDirectory } from '../charts/load.ts';
import { downloadResolved } from '../download/download.ts';
import type { ResolvedChart } from '../download/resolve-chart.ts';
import { nodeHost } from '../host.ts';
import type { World } from '../world.ts';
import { inFolder, localFolder } from './chart-folder.ts';
import { findInIndex } from './indexes.ts';
import type { DependencyOptions } from './options.ts';
import { registryPath, type Sources, wrapped } from './resolve.ts';

/** What came for one dependency. */
export interface Fetched {
  /** Its name in charts/, and its bytes; nothing where the chart is in charts/ already. */
  readonly archive?: { readonly fileName: string; readonly bytes: Uint8Array };
  /** The version that it turned out to have. */
  readonly version: string;
  /** `sha256:…`, of the archive or, for a folder, of what the chart is. */
  readonly digest: string;
  /** Where it came from. */
  readonly source: string;
}

/** A locked dependency, with where it comes from. */
export interface Wanted extends Placed {
  readonly dependency: LockedDependency;
}

/**
 * A chart that lies in charts/ and is nowhere else: it must be there, and of the right version.
 *
 * @param tell gets the error that Helm prints on standard output, too; it does so only for another version
 * @throws PintleError with Helm's text
 */
export function fetchIncluded(
  { name, version = '' }: LockedDependency,
  { chart, world }: Sources,
  tell: (error: unknown) => unknown,
): Fetched {
  const folder = inFolder(chart, `charts/${name}`);
  let found: Chart;
  try {
    found = loadDirectory(folder.path, { log: world.log, format: 'v2' });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw wrapped(`unable to load chart '${folder.shown}': ${error.message}`, error);
  }
  const constraint = versionConstraint({ name, version }, name);
  const own = versionOrNothing(found.metadata.version);
  if (own === undefined || !constraint.check(own)) {
    const text = `dependency ${name} at version ${found.metadata.version} does not satisfy the constraint ${version}`;
    throw tell(new PintleError('DEPENDENCY_INVALID', text, { data: { name, version } }));
  }
  return { version, digest: contentDigest(found, world.digests), source: folder.shown };
}

/** Packs the chart of a `file://` dependency. Go: tarFromLocalDir */
export async function fetchFolder(dependency: LockedDependency, { chart, world }: Sources): Promise<Fetched> {
  const { name, repository = '' } = dependency;
  const folder = localFolder(repository, chart);
  const found = loadDirectory(folder.path, { log: world.log, format: 'v2' });
  const constraint = versionConstraint(dependency, name);
  const { metadata } = found;
  const version = versionOrNothing(metadata.version);
  if (version === undefined || !constraint.check(version)) {
    throw new PintleError('NOT_FOUND', `can't get a valid version for dependency ${name}`, {
      hint: `the chart in ${folder.shown} has version ${metadata.version}`,
      data: { name, version: dependency.version, found: metadata.version },
    });
  }
  const bytes = archiveChart(found, { clock: nodeHost().clock });
  return {
    archive: { fileName: `${metadata.name}-${metadata.version}.tgz`, bytes },
    version: metadata.version,
    digest: contentDigest(found, world.digests),
    source: folder.shown,
  };
}

/** A place to download from. */
export interface Place {
  /** Helm's name for it in messages, without a tag. */
  readonly shown: string;
  /** The place with its version: one download serves all dependencies that have the same. */
  readonly key: string;
  readonly listed?: ChartVersion;
}

/** Where a dependency is to be downloaded from. Go: findChartURL */
export function placeOf({ dependency, origin }: Wanted, { indexes }: Sources): Place {
  const { name, version = '', repository = '' } = dependency;
  if (origin.kind === 'repository') {
    const { url, listed } = findInIndex(dependency, origin.entry, indexes.get(origin.entry));
    return { shown: url, key: url, listed };
  }
  const shown = registryPath(repository, name);
  return { shown, key: `${shown}:${version}` };
}

/** Downloads a dependency; what is printed on the way goes to `out`. */
export async function fetchRemote(
  wanted: Wanted,
  place: Place,
  options: DependencyOptions & { readonly strategy: 'never' | 'if-possible' | 'always' },
  sources: Sources,
  out: (line: string) => void,
): Promise<Fetched> {
  const { name, version = '' } = wanted.dependency;
  const world: World = { ...sources.world, out };
  try {
    const resolved = await locate(wanted, place, sources);
    const { strategy, keyring } = options;
    const location = { verify: strategy, ...(keyring === undefined ? {} : { keyring }) };
    const { bytes, fileName, digest, source } = await downloadResolved(resolved, place.shown, location, world);
    return { archive: { fileName: nameInCharts(fileName, name, version), bytes }, version, digest, source };
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw wrapped(`could not download ${place.shown}: ${error.message}`, error);
  }
}

async function locate({ dependency, origin }: Wanted, place: Place, sources: Sources): Promise<ResolvedChart> {
  if (origin.kind !== 'repository') {
    const registry = await sources.registry();
    const { ref } = await registry.locate(place.shown, dependency.version ?? '');
    return { url: `oci://${ref}`, options: {}, registry };
  }
  const { url, username, password, certFile, keyFile, caFile, insecureSkipTlsVerify, passCredentialsAll } =
    origin.entry;
  const options = { url, username, password, certFile, keyFile, caFile, insecureSkipTlsVerify };
  return {
    url: place.shown,
    options: { ...options, passCredentials: passCredentialsAll },
    ...(place.listed && { version: place.listed }),
  };
}

/** A URL may end in a name that charts/ would not load. */
function nameInCharts(fileName: string, name: string, version: string): string {
  return /^[^._].*\.tgz$/s.test(fileName) ? fileName : `${name}-${version}.tgz`;
}
