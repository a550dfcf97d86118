/** What `dependency list` says of each dependency. Go: helm pkg/action/dependency.go */
import type { Chart, Dependency } from '../chart/types.ts';
import { GoError } from '../go/error.ts';
import { matchPath } from '../go/path.ts';
import { parseConstraint, parseStrictVersion } from '../go/semver.ts';
import { compareStrings } from '../go/value.ts';
import { versionOrNothing } from './choose-version.ts';

/** The names in charts/, and a way to load one of them, which throws for what is no chart. */
export interface ChartsFolder {
  readonly names: readonly string[];
  load(name: string): Chart;
}

export type DependencyStatus =
  | 'bad pattern'
  | 'corrupt'
  | 'invalid version'
  | 'misnamed'
  | 'missing'
  | 'ok'
  | 'too many matches'
  | 'unpacked'
  | 'wrong version';

/** The status of one dependency of `parent`. */
export function dependencyStatus(dependency: Dependency, parent: Chart, charts: ChartsFolder): DependencyStatus {
  let archives: string[];
  try {
    archives = matching(`${dependency.name}-*.tgz`, charts.names);
  } catch (error) {
    if (error instanceof GoError) return 'bad pattern';
    throw error;
  }
  if (archives.length > 1) {
    archives = archives.filter((name) => isStrict(name.slice(`${dependency.name}-`.length, -'.tgz'.length)));
    if (archives.length > 1) return 'too many matches';
  }
  const [archive] = archives;
  return archive === undefined ? unpackedStatus(dependency, parent) : archiveStatus(dependency, archive, charts);
}

function matching(pattern: string, names: readonly string[]): string[] {
  // A pattern is looked at even where there is nothing that it could match.
  matchPath(pattern, '');
  return names.filter((name) => matchPath(pattern, name)).sort(compareStrings);
}

function isStrict(version: string): boolean {
  try {
    parseStrictVersion(version);
    return true;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** Go: statArchiveForStatus */
function archiveStatus(dependency: Dependency, archive: string, charts: ChartsFolder): DependencyStatus {
  let chart: Chart;
  try {
    chart = charts.load(archive);
  } catch {
    return 'corrupt';
  }
  if (chart.metadata.name !== dependency.name) return 'misnamed';
  return versionFault(dependency, chart) ?? 'ok';
}

function unpackedStatus(dependency: Dependency, parent: Chart): DependencyStatus {
  const chart = parent.dependencies.findLast(({ metadata }) => metadata.name === dependency.name);
  if (chart === undefined) return 'missing';
  return versionFault(dependency, chart) ?? 'unpacked';
}

function versionFault({ version = '' }: Dependency, { metadata }: Chart): DependencyStatus | undefined {
  if (metadata.version === version) return undefined;
  const found = versionOrNothing(metadata.version);
  try {
    const constraint = parseConstraint(version);
    if (found === undefined) return 'invalid version';
    return constraint.check(found) ? undefined : 'wrong version';
  } catch (error) {
    if (error instanceof GoError) return 'invalid version';
    throw error;
  }
}
