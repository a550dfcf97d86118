/** From tags and constraints to a version. Go: helm pkg/registry/tag.go, client.go Tags */
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { compareVersions, parseConstraint, parseStrictVersion, parseVersion, type Version } from '../../go/semver.ts';

/** The tags that are versions, newest first, with the `+` that tags cannot have. */
export function versionTags(tags: readonly string[]): string[] {
  const versions: Version[] = [];
  for (const tag of tags) {
    const version = quietly(() => parseStrictVersion(tag.replaceAll('_', '+')));
    if (version !== undefined) versions.push(version);
  }
  return versions.sort((a, b) => compareVersions(b, a)).map((version) => version.string());
}

function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

/** Whether a text is a version and no constraint. */
export function isExactVersion(text: string): boolean {
  return quietly(() => parseVersion(text)) !== undefined;
}

/**
 * The first of `tags`, which are newest first, that is `constraint` or satisfies it; with an empty one, the first
 * that is no pre-release. Go: GetTagMatchingVersionOrConstraint
 *
 * @throws PintleError NOT_FOUND
 */
export function newestTag(tags: readonly string[], constraint: string): string {
  if (constraint !== '' && tags.includes(constraint)) return constraint;
  let parsed: ReturnType<typeof parseConstraint>;
  try {
    parsed = parseConstraint(constraint === '' ? '*' : constraint);
  } catch (error) {
    if (error instanceof GoError) throw new PintleError('USAGE', error.message, { cause: error });
    throw error;
  }
  for (const tag of tags) {
    const version = quietly(() => parseVersion(tag));
    if (version !== undefined && parsed.check(version)) return tag;
  }
  throw new PintleError(
    'NOT_FOUND',
    `could not locate a version matching provided version string ${constraint}`,
    constraint === '' ? { hint: 'development versions are taken with --devel or an exact --version' } : {},
  );
}
