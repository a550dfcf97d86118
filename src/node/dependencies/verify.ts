/** charts/ against the lock, without the network. */
import { readFileSync, statSync } from 'node:fs';
import { loadChartArchive } from '../../chart/load.ts';
import type { Chart, Dependency, Lock } from '../../chart/types.ts';
import { compareLock, type Included, type LockFinding } from '../../dependency/compare-lock.ts';
import { contentDigest } from '../../dependency/content-digest.ts';
import { legacyLockDigest, lockDigest } from '../../dependency/lock-digest.ts';
import { isAlias } from '../../dependency/origin.ts';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { digestOf } from '../../sources/oci/digest.ts';
import { loadLocal } from '../charts/load.ts';
import { openContentCache } from '../download/content-cache.ts';
import { nodeDigests } from '../http/digests.ts';
import { nodeInflate } from '../inflate.ts';
import { type ChartFolder, chartsNames, inFolder, requestedDependencies } from './chart-folder.ts';

/** What came of a comparison. */
export interface LockReport {
  /** Whether the lock was made for this Chart.yaml. */
  readonly inSync: boolean;
  readonly findings: readonly LockFinding[];
}

/**
 * Compares what is in charts/ with the lock.
 *
 * @param chart the chart as it was loaded from the folder; it must have a lock
 * @param contentCache the folder of the content cache, which may have archives to compare unpacked charts with
 * @throws PintleError where charts/ has something that is no chart
 */
export function verifyDependencies(folder: ChartFolder, chart: Chart, lock: Lock, contentCache: string): LockReport {
  const included = chartsNames(folder).flatMap((name) => includedChart(inFolder(folder, `charts/${name}`)) ?? []);
  const cache = openContentCache(contentCache);
  const archiveContent = (digest: string): string | undefined => {
    const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1];
    const bytes = hex === undefined ? undefined : cache.get(hex, '.chart');
    // Nothing to wait for: inflation is synchronous.
    return bytes && contentDigest(loadChartArchive(bytes, { inflate: nodeInflate }) as Chart, nodeDigests);
  };
  return {
    inSync: isInSync(chart, lock),
    findings: compareLock(lock.dependencies, included, archiveContent),
  };
}

/** A chart in charts/, as the loader takes it. */
function includedChart({ path }: ChartFolder): Included | undefined {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  if (/^[._]/.test(fileName)) return undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  const isArchive = stats?.isFile() === true && fileName.endsWith('.tgz');
  if (!isArchive && !stats?.isDirectory()) return undefined;
  const chart = loadLocal(path, { format: 'v2' });
  const { name, version } = chart.metadata;
  return {
    fileName,
    name,
    version,
    ...(isArchive && { archiveDigest: digestOf(readFileSync(path), nodeDigests) }),
    contentDigest: () => contentDigest(chart, nodeDigests),
  };
}

/** An alias of a repository is taken for the URL that the lock has: which one it stands for is each user's business. */
function isInSync(chart: Chart, lock: Lock): boolean {
  const requested = requestedDependencies(chart);
  const resolved = requested?.map((dependency, i): Dependency => {
    const { repository = '' } = lock.dependencies[i] ?? {};
    return isAlias(dependency.repository) ? { ...dependency, repository } : dependency;
  });
  try {
    if (lockDigest(resolved, lock.dependencies, nodeDigests) === lock.digest) return true;
    return chart.metadata.apiVersion === 'v1' && legacyLockDigest(requested, nodeDigests) === lock.digest;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** How strictly a chart's dependencies must be what its lock says. */
export type LockPolicy = 'none' | 'content' | 'all';

/**
 * Refuses a chart in a folder whose charts/ is not what its lock says. Archives are passed by: what is in them was
 * packed together.
 *
 * @param policy `all`: every dependency must be locked by digest, and be there, and nothing else. `content`: what is
 * there under a digest of the lock must have it; for the rest Helm's rules hold. `none`: nothing is checked.
 * @throws PintleError LOCK_MISMATCH, LOCK_INVALID
 */
export function checkLocked(folder: ChartFolder, policy: LockPolicy, contentCache: string): void {
  if (policy === 'none' || !isFolder(folder)) return;
  const chart = loadOrNothing(folder);
  if (chart === undefined) return;
  if (policy === 'content' && !chart.lock?.dependencies.some(({ digest }) => digest !== undefined)) return;
  const lock = checkLockThere(folder, chart);
  if (lock === undefined) return;
  const { inSync, findings } = verifyDependencies(folder, chart, lock, contentCache);
  if (policy === 'all' && !inSync) {
    throw new PintleError('LOCK_INVALID', `the lock of ${folder.shown} was made for another Chart.yaml`, {
      hint: 'dependency update writes a new one',
    });
  }
  refuseFaults(folder, policy === 'all' ? findings : findings.filter(({ state }) => state === 'different'));
}

/** @throws PintleError LOCK_MISMATCH that names whatever is not `ok` */
export function refuseFaults(folder: ChartFolder, findings: readonly LockFinding[]): void {
  const faults = findings.filter(({ state }) => state !== 'ok');
  if (faults.length > 0) throw mismatch(folder, faults);
}

/**
 * The lock of a chart; nothing where it has none and needs none.
 *
 * @throws PintleError LOCK_INVALID where it has dependencies and no lock
 */
export function checkLockThere(folder: ChartFolder, { lock, metadata }: Chart): Lock | undefined {
  if (lock !== undefined || !metadata.dependencies?.length) return lock;
  throw new PintleError('LOCK_INVALID', `${folder.shown} has dependencies and no lock`, {
    hint: 'dependency update writes one',
  });
}

/** What is wrong with a chart that cannot be loaded is for the command to say that wants to use it. */
function loadOrNothing({ path }: ChartFolder): Chart | undefined {
  try {
    return loadLocal(path, { format: 'v2' });
  } catch (error) {
    if (error instanceof PintleError) return undefined;
    throw error;
  }
}

function isFolder({ path }: ChartFolder): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function mismatch(folder: ChartFolder, faults: readonly LockFinding[]): PintleError {
  const text = `the dependencies of ${folder.shown} are not what was locked: ${[...new Set(faults.map(sentence))].join('; ')}`;
  return new PintleError('LOCK_MISMATCH', text, {
    hint: 'dependency build fetches what was locked; dependency update locks what there is now',
    data: { dependencies: faults },
  });
}

/** One finding, for people. */
export function sentence({ state, name, version, fileName, expected, found }: LockFinding): string {
  const what = `${name} ${version}`;
  switch (state) {
    case 'ok':
      return `${what} is what was locked`;
    case 'missing':
      return `${what} is missing`;
    case 'extra':
      return `charts/${fileName} is not in the lock`;
    case 'unlocked':
      return `${what} is locked without a digest`;
    case 'unknown':
      return `${what} is unpacked in charts/${fileName} and cannot be compared with the archive that was locked`;
    case 'different':
      return `${what} in charts/${fileName}: expected ${expected}, found ${/^sha256:/.test(found ?? '') ? found : `version ${found}`}`;
  }
}
