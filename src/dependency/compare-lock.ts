/** Whether what lies in charts/ is what Chart.lock says. */
import type { LockedDependency } from '../chart/types.ts';
import { GoError } from '../go/error.ts';
import { parseConstraint } from '../go/semver.ts';
import { versionOrNothing } from './choose-version.ts';
import { isFolder } from './origin.ts';

/** A chart in charts/: an archive, or a folder that holds an unpacked one. */
export interface Included {
  /** `web-1.0.0.tgz`, or the name of the folder. */
  readonly fileName: string;
  readonly name: string;
  readonly version: string;
  /** `sha256:…` of the archive; folders have none. */
  archiveDigest?: string;
  /** `sha256:…` of what the chart is; asked for only where it counts. */
  contentDigest(): string;
}

/**
 * - `ok`: it is what was locked;
 * - `different`: it is something else;
 * - `missing`: it is not there;
 * - `extra`: it is there, and the lock does not know it;
 * - `unlocked`: the lock does not say what it must be;
 * - `unknown`: it is unpacked, and the lock knows it as an archive that is not at hand.
 */
export type LockState = 'ok' | 'different' | 'missing' | 'extra' | 'unlocked' | 'unknown';

/** One line of the comparison. */
export interface LockFinding {
  readonly state: LockState;
  readonly name: string;
  /** As locked; as found where the lock has nothing. */
  readonly version: string;
  readonly repository: string;
  /** What is in charts/. */
  readonly fileName?: string;
  readonly expected?: string;
  /** The digest that was found, or the version where that is another one already. */
  readonly found?: string;
}

/**
 * Compares charts/ with a lock: one finding for each dependency, in the lock's order, then those that are extra.
 *
 * @param archiveContent the content digest of an archive that the lock names, where that archive is at hand
 */
export function compareLock(
  locked: readonly LockedDependency[],
  included: readonly Included[],
  archiveContent: (digest: string) => string | undefined,
): LockFinding[] {
  const known = new Set<Included>();
  const findings = locked.map((dependency) => {
    const finding = examine(dependency, included, archiveContent);
    if (finding.chart !== undefined) known.add(finding.chart);
    return finding.finding;
  });
  const extra = included
    .filter((chart) => !known.has(chart))
    .map(({ fileName, name, version }): LockFinding => ({ state: 'extra', name, version, repository: '', fileName }));
  return [...findings, ...extra];
}

interface Examined {
  readonly finding: LockFinding;
  readonly chart?: Included;
}

function examine(
  dependency: LockedDependency,
  included: readonly Included[],
  archiveContent: (digest: string) => string | undefined,
): Examined {
  const { name, version = '', repository = '', digest } = dependency;
  const base = { name, version, repository, ...(digest === undefined ? {} : { expected: digest }) };
  const namesakes = included.filter((chart) => chart.name === name);
  const fitting = namesakes.filter((chart) => fits(dependency, chart));
  if (fitting.length === 0) {
    const [other] = namesakes;
    if (other === undefined) return { finding: { ...base, state: 'missing' } };
    return { finding: { ...base, state: 'different', fileName: other.fileName, found: other.version }, chart: other };
  }
  let first: Examined | undefined;
  for (const chart of fitting) {
    const { state, found } = judge(dependency, chart, archiveContent);
    const finding: LockFinding = {
      ...base,
      state,
      fileName: chart.fileName,
      ...(found === undefined ? {} : { found }),
    };
    if (state === 'ok') return { finding, chart };
    first ??= { finding, chart };
  }
  return first as Examined;
}

/** A dependency without a repository is locked with its constraint, any other with its version. */
function fits({ version = '', repository = '' }: LockedDependency, chart: Included): boolean {
  if (chart.version === version) return true;
  const found = versionOrNothing(chart.version);
  if (found === undefined) return false;
  if (repository !== '') return versionOrNothing(version)?.string() === found.string();
  try {
    return parseConstraint(version).check(found);
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

function judge(
  { repository = '', digest }: LockedDependency,
  chart: Included,
  archiveContent: (digest: string) => string | undefined,
): { state: LockState; found?: string } {
  if (digest === undefined) return { state: 'unlocked', found: chart.archiveDigest ?? chart.contentDigest() };
  const byContent = repository === '' || isFolder(repository);
  if (!byContent && chart.archiveDigest !== undefined) return compared(digest, chart.archiveDigest);
  const found = chart.contentDigest();
  if (byContent) return compared(digest, found);
  const expected = archiveContent(digest);
  if (expected === undefined) return { state: 'unknown', found };
  return expected === found ? { state: 'ok', found: digest } : { state: 'different', found };
}

function compared(expected: string, found: string): { state: LockState; found: string } {
  return { state: expected === found ? 'ok' : 'different', found };
}
