/** Puts dependencies into charts/, all of them or none. Go: helm pkg/downloader/manager.go downloadAll, safeMoveDeps */
import { type Dirent, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadChartArchive } from '../../chart/load.ts';
import type { Chart, LockedDependency } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { compareStrings } from '../../go/value.ts';
import { loadArchive } from '../charts/load.ts';
import { nodeInflate } from '../inflate.ts';
import { type ChartFolder, inFolder } from './chart-folder.ts';
import { type Fetched, fetchFolder, fetchIncluded, fetchRemote, type Place, placeOf, type Wanted } from './fetch.ts';
import { jobLimit } from './limit.ts';
import { lockMismatch } from './lock-rules.ts';
import type { DependencyOptions } from './options.ts';
import { type Sources, wrapped } from './resolve.ts';
import { type Change, isOwnName, type Staging, withStaging } from './staging.ts';

/** How many downloads go on at the same time. */
const AT_ONCE = 6;

export interface SaveOptions extends DependencyOptions {
  readonly strategy: 'never' | 'if-possible' | 'always';
  /** Refuse what has another digest than its lock entry. */
  readonly expectLocked?: boolean;
}

/** A dependency whose archive waits in the staging folder. */
interface Staged extends Omit<Fetched, 'archive'> {
  readonly fileName?: string;
}

interface Run {
  readonly options: SaveOptions;
  readonly sources: Sources;
  readonly staging: Staging;
  readonly downloads: ReadonlyMap<Wanted, Download>;
  /** Digests by name of file. */
  readonly taken: Map<string, string>;
}

/** A download that has begun. */
interface Download {
  readonly place: Place;
  readonly staged: Promise<Staged>;
  /** What it has to print. */
  readonly lines: readonly string[];
  /** Another dependency wanted the same before. */
  readonly again: boolean;
}

/**
 * Fetches all of `wanted` and puts it into charts/, in place of archives that are there and not wanted any more.
 *
 * @param makeLock gets the dependencies with the versions and digests that they turned out to have, and says what to
 * write into the lock
 */
export async function saveAll(
  wanted: readonly Wanted[],
  options: SaveOptions,
  sources: Sources,
  makeLock: (locked: readonly LockedDependency[]) => Change['lock'],
): Promise<void> {
  const { chart, world } = sources;
  await withStaging(chart, async (staging) => {
    world.out(`Saving ${wanted.length} charts`);
    const downloads = startDownloads(wanted, options, sources, staging);
    const run: Run = { options, sources, staging, downloads, taken: new Map() };
    const locked: LockedDependency[] = [];
    try {
      for (const one of wanted) locked.push(await saveOne(one, run));
    } finally {
      // The staging folder must not go while something is written into it.
      await Promise.allSettled([...downloads.values()].map(({ staged }) => staged));
    }
    const lock = makeLock(locked);
    world.out('Deleting outdated charts');
    const remove = outdated(chart, wanted, run.taken, world.out);
    staging.commit({ remove, ...(lock && { lock }) });
  });
}

/** Begins all downloads, up to the first dependency of which it is clear that it will fail. */
function startDownloads(
  wanted: readonly Wanted[],
  options: SaveOptions,
  sources: Sources,
  staging: Staging,
): Map<Wanted, Download> {
  const limited = jobLimit(AT_ONCE);
  const downloads = new Map<Wanted, Download>();
  const byKey = new Map<string, Download>();
  for (const one of wanted) {
    if (one.origin.kind === 'included' || one.origin.kind === 'folder') continue;
    let place: Place;
    try {
      place = placeOf(one, sources);
    } catch {
      break; // Told when it is its turn.
    }
    const known = byKey.get(place.key);
    if (known !== undefined) {
      downloads.set(one, { ...known, again: true });
      continue;
    }
    const lines: string[] = [];
    const out = (line: string): void => void lines.push(line);
    const staged = limited(async () =>
      take(one.dependency, await fetchRemote(one, place, options, sources, out), staging),
    );
    staged.catch(() => undefined); // Told when it is its turn.
    const download = { place, staged, lines, again: false };
    byKey.set(place.key, download);
    downloads.set(one, download);
  }
  return downloads;
}

/** The lock entry of a dependency that is staged, or in charts/ already. */
async function saveOne(one: Wanted, run: Run): Promise<LockedDependency> {
  const { dependency, origin } = one;
  const { sources, options, taken } = run;
  const tell = (error: unknown): unknown => {
    if (error instanceof PintleError) sources.world.out(`Save error occurred:  ${error.message}`);
    return error;
  };
  let staged: Staged;
  if (origin.kind === 'included') {
    const text = `Dependency ${dependency.name} did not declare a repository. Assuming it exists in the charts directory`;
    sources.world.out(text);
    staged = fetchIncluded(dependency, sources, tell);
  } else {
    try {
      staged = await (origin.kind === 'folder' ? stageFolder(dependency, run) : stageRemote(one, run));
    } catch (error) {
      throw tell(options.expectLocked ? asMismatch(error, dependency) : error);
    }
  }
  const { version, digest, source, fileName } = staged;
  if (options.expectLocked && dependency.digest !== undefined && dependency.digest !== digest) {
    throw tell(lockMismatch(dependency, digest, source));
  }
  if (fileName !== undefined) {
    const other = taken.get(fileName);
    if (other !== undefined && other !== digest) throw tell(sameName(fileName, dependency));
    taken.set(fileName, digest);
  }
  return { ...dependency, version, digest };
}

/** What is not what the repository's index lists is not what was locked either, unless the index is wrong. */
function asMismatch(error: unknown, dependency: LockedDependency): unknown {
  if (!(error instanceof PintleError) || error.code !== 'DIGEST_MISMATCH') return error;
  const { found, url } = error.data;
  const other = dependency.digest !== undefined && typeof found === 'string' && found !== dependency.digest;
  return other ? lockMismatch(dependency, found, String(url)) : error;
}

async function stageFolder(dependency: LockedDependency, { sources, staging }: Run): Promise<Staged> {
  const { settings, out } = sources.world;
  if (settings.debug) out(`Archiving ${dependency.name} from repo ${dependency.repository}`);
  return take(dependency, await fetchFolder(dependency, sources), staging);
}

async function stageRemote(one: Wanted, { downloads, sources }: Run): Promise<Staged> {
  const { out } = sources.world;
  const { name, repository } = one.dependency;
  const download = downloads.get(one);
  if (download === undefined) throw notStarted(one, sources);
  // From a registry, Helm downloads the same again.
  const twice = download.again && one.origin.kind === 'repository';
  out(`${twice ? 'Already downloaded' : 'Downloading'} ${name} from repo ${repository}`);
  try {
    return await download.staged;
  } finally {
    if (!twice) for (const line of download.lines) out(line);
  }
}

/** Why a download was not begun. */
function notStarted(one: Wanted, sources: Sources): unknown {
  try {
    placeOf(one, sources);
  } catch (error) {
    return error;
  }
  return new PintleError('DEPENDENCY_INVALID', `the download of ${one.dependency.name} was not begun`);
}

/** Writes an archive into the staging folder. What is no chart would not be loaded from charts/ either. */
function take(dependency: LockedDependency, { archive, ...rest }: Fetched, staging: Staging): Staged {
  if (archive === undefined) return rest;
  try {
    // Nothing to wait for: inflation is synchronous.
    loadChartArchive(archive.bytes, { inflate: nodeInflate });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw wrapped(
      `what came for dependency ${dependency.name} from ${rest.source} is no chart: ${error.message}`,
      error,
    );
  }
  staging.add(archive.fileName, archive.bytes);
  return { ...rest, fileName: archive.fileName };
}

function sameName(fileName: string, { name }: LockedDependency): PintleError {
  const text = `dependency ${name} would replace another one: both are called ${fileName} and differ`;
  return new PintleError('DEPENDENCY_INVALID', text, { data: { fileName, name } });
}

/** The archives in charts/ that nothing wants. What is no chart stays, and is told of. */
function outdated(
  chart: ChartFolder,
  wanted: readonly Wanted[],
  keep: ReadonlyMap<string, unknown>,
  out: (line: string) => void,
): string[] {
  const included = new Set(wanted.filter(({ origin }) => origin.kind === 'included').map((w) => w.dependency.name));
  return filesIn(resolve(chart.path, 'charts')).filter((name) => {
    if (keep.has(name)) return false;
    const file = inFolder(chart, `charts/${name}`);
    let found: Chart;
    try {
      found = loadArchive(file.path, { format: 'v2' });
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      const reason = error.message.replaceAll(file.path, file.shown);
      out(`Could not verify ${file.shown} for deletion: ${reason} (Skipping)`);
      return false;
    }
    return !included.has(found.metadata.name);
  });
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry: Dirent) => !entry.isDirectory() && !isOwnName(entry.name))
    .map(({ name }) => name)
    .sort(compareStrings);
}
