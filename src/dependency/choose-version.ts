/** Which version a dependency gets. Go: helm internal/resolver Resolve */
import type { Dependency } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { type Constraint, compareVersions, parseConstraint, parseVersion, type Version } from '../go/semver.ts';

/**
 * The constraint of a dependency.
 *
 * @throws PintleError DEPENDENCY_INVALID with Helm's text, in which the resolver quotes the name and others do not
 */
export function versionConstraint({ name, version = '' }: Dependency, shown: string = quote(name)): Constraint {
  try {
    return parseConstraint(version);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const text = `dependency ${shown} has an invalid version/constraint format: ${error.message}`;
    throw new PintleError('DEPENDENCY_INVALID', text, { cause: error, data: { name, version } });
  }
}

/** A version; nothing where the text is none. */
export function versionOrNothing(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

/** The first version that satisfies the constraint, as it is written; `versions` come newest first. */
export function firstMatch(versions: Iterable<string>, constraint: Constraint): string | undefined {
  for (const text of versions) {
    const version = versionOrNothing(text);
    if (version !== undefined && constraint.check(version)) return version.original;
  }
  return undefined;
}

/** The error for dependencies of which there is no version that satisfies their constraints. */
export function noVersion(dependencies: readonly Dependency[]): PintleError {
  const list = dependencies.map(
    ({ name, repository = '', version = '' }) =>
      `${quote(name)} (repository ${quote(repository)}, version ${quote(version)})`,
  );
  const text =
    `can't get a valid version for ${list.length} subchart(s): ${list.join(', ')}. ` +
    'Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml';
  return new PintleError('NOT_FOUND', text, { data: { dependencies: dependencies.map(({ name }) => name) } });
}

/** Whether two texts are the same version; texts that are no versions must be equal. Go: manager.go versionEquals */
export function sameVersion(a: string, b: string): boolean {
  const first = versionOrNothing(a);
  if (first === undefined) return a === b;
  const second = versionOrNothing(b);
  return second !== undefined && compareVersions(first, second) === 0;
}
