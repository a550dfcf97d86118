/** `dependency update` and `dependency build`. Go: helm pkg/downloader/manager.go */
import { lockToYaml } from '../../chart/lock.ts';
import type { Chart, Dependency, Lock, LockedDependency } from '../../chart/types.ts';
import { legacyLockDigest, lockDigest } from '../../dependency/lock-digest.ts';
import { checkRepositories, type Placed, placeDependencies } from '../../dependency/origin.ts';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { openRegistry } from '../download/getters.ts';
import { addedRepositories } from '../repositories/repositories.ts';
import type { World } from '../world.ts';
import { type ChartFolder, localFolder, openChart, requestedDependencies } from './chart-folder.ts';
import { openIndexes } from './indexes.ts';
import { noticeWithoutDigests, refuseChangedLock, refuseWithoutDigests } from './lock-rules.ts';
import type { DependencyOptions } from './options.ts';
import { resolveVersions, type Sources } from './resolve.ts';
import { saveAll } from './save.ts';
import { recoverCharts } from './staging.ts';

/**
 * Fetches into charts/ what Chart.yaml asks for, in the newest versions that will do, and locks them.
 *
 * charts/ and the lock change together or not at all.
 *
 * @throws PintleError with Helm's text
 */
export async function updateDependencies(chart: ChartFolder, options: DependencyOptions, world: World): Promise<void> {
  await recoverCharts(chart);
  await update(chart, openChart(chart, world.log), options, world);
}

async function update(folder: ChartFolder, chart: Chart, options: DependencyOptions, world: World): Promise<void> {
  const requested = requestedDependencies(chart);
  if (requested === undefined) return;
  const placed = place(folder, requested, world);
  const sources = openSources(folder, options, world);
  if (!options.skipRefresh) await sources.indexes.refresh(placed);
  const locked = await resolveVersions(placed, sources);
  const wanted = placed.map(({ origin }, i) => ({ origin, dependency: locked[i] as LockedDependency }));
  const resolved = placed.map(({ dependency }) => dependency);
  await saveAll(wanted, { ...options, strategy: options.verify ? 'always' : 'never' }, sources, (dependencies) => {
    const digest = lockDigest(resolved, dependencies, world.digests);
    const lock: Lock = { generated: now(), digest, dependencies };
    const { lock: old } = chart;
    if (old !== undefined && sameLock(old, lock)) return undefined;
    if (options.locked) refuseChangedLock(old, lock);
    noticeChangedContent(old, lock, world);
    return { fileName: lockName(chart), text: lockToYaml(lock) };
  });
}

/**
 * Fetches into charts/ what Chart.lock names. Where there is no lock, this is {@link updateDependencies}.
 *
 * @throws PintleError LOCK_MISMATCH where an archive is not what was locked; others with Helm's text
 */
export async function buildDependencies(chart: ChartFolder, options: DependencyOptions, world: World): Promise<void> {
  await recoverCharts(chart);
  const loaded = openChart(chart, world.log);
  const { lock } = loaded;
  if (lock === undefined) return update(chart, loaded, options, world);
  const requested = requestedDependencies(loaded);
  const repositories = checkLock(chart, loaded, lock, requested, world);
  checkRepositories(lock.dependencies, repositories);
  if (options.locked) refuseWithoutDigests(lock, lockName(loaded));
  else noticeWithoutDigests(lock, lockName(loaded), world.log);
  const wanted = place(chart, lock.dependencies, world);
  const sources = openSources(chart, options, world);
  if (!options.skipRefresh) await sources.indexes.refresh(wanted);
  const strategy = options.verify ? 'if-possible' : 'never';
  await saveAll(wanted, { ...options, strategy, expectLocked: true }, sources, () => undefined);
}

/** Checks that the lock was made for this Chart.yaml; answers with the repositories that the user has added. */
function checkLock(
  folder: ChartFolder,
  chart: Chart,
  lock: Lock,
  requested: readonly Dependency[] | undefined,
  world: World,
): ReturnType<typeof addedRepositories> {
  const repositories = addedRepositories(world.settings.repositoryConfig);
  const resolved = requested && place(folder, requested, world).map(({ dependency }) => dependency);
  if (digestOrNothing(() => lockDigest(resolved, lock.dependencies, world.digests)) === lock.digest) {
    return repositories;
  }
  if (chart.metadata.apiVersion === 'v1') {
    world.log.log('INFO', 'warning: a valid Helm v3 hash was not found. Checking against Helm v2 hash...');
    if (digestOrNothing(() => legacyLockDigest(requested, world.digests)) === lock.digest) return repositories;
    throw outOfSync(
      'the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). Please update the dependencies',
    );
  }
  throw outOfSync(
    "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). Please update the dependencies with 'helm dependency update'",
  );
}

function outOfSync(text: string): PintleError {
  return new PintleError('LOCK_INVALID', text, { hint: 'dependency update writes a new lock' });
}

/** What has no form in JSON has no digest. */
function digestOrNothing(make: () => string): string | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

function place(folder: ChartFolder, dependencies: readonly Dependency[], world: World): Placed[] {
  const checkFolder = (repository: string): void => {
    localFolder(repository, folder);
    if (world.settings.debug) world.out(`Repository from local path: ${repository}`);
  };
  return placeDependencies(
    dependencies,
    addedRepositories(world.settings.repositoryConfig),
    checkFolder,
    world.digests,
  );
}

function openSources(chart: ChartFolder, options: DependencyOptions, world: World): Sources {
  let registry: ReturnType<Sources['registry']> | undefined;
  return {
    chart,
    world,
    indexes: openIndexes(world),
    registry: () => {
      registry ??= openRegistry(options, world);
      return registry;
    },
  };
}

/** Whether a lock says what another one says. Helm compares the digests that it knows. */
function sameLock(a: Lock, b: Lock): boolean {
  const contents = (lock: Lock): string => JSON.stringify(lock.dependencies.map(({ digest = '' }) => digest));
  return a.digest === b.digest && contents(a) === contents(b);
}

/** Tells of versions that have become something else, which a new lock would pass over. */
function noticeChangedContent(old: Lock | undefined, lock: Lock, world: World): void {
  for (const { name, version, repository = '', digest: found } of lock.dependencies) {
    const before = old?.dependencies.find(
      (d) => d.name === name && d.version === version && d.repository === repository,
    );
    const expected = before?.digest;
    // Folders are changed all the time.
    if (expected === undefined || expected === found || !/^(?!file:).+/.test(repository)) continue;
    const text = 'the content of a dependency has changed though its version has not';
    world.log.log('WARN', text, { dependency: name, version, repository, locked: expected, found });
  }
}

function lockName({ metadata }: Chart): string {
  return metadata.apiVersion === 'v1' ? 'requirements.lock' : 'Chart.lock';
}

/** Go: time.RFC3339Nano */
function now(): string {
  const nanoseconds = String(process.hrtime.bigint() % 1_000_000n).padStart(6, '0');
  return new Date()
    .toISOString()
    .replace('Z', `${nanoseconds}Z`)
    .replace(/\.?0*Z$/, 'Z');
}
