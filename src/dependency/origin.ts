/** Where dependencies come from. Go: helm pkg/downloader/manager.go resolveRepoNames, hasAllRepos */
import type { Dependency } from '../chart/types.ts';
import { PintleError } from '../errors.ts';
import { encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { cleanPath } from '../go/path.ts';
import { formatUrl, parseRequestUri, tryParseUrl, type Url } from '../go/url.ts';
import type { Digests } from '../host.ts';
import { type RepositoryEntry, repositoryEntry } from '../repository/repositories-file.ts';
import { digestOf } from '../sources/oci/digest.ts';

/**
 * What a dependency's `repository` means: a chart that is in charts/ already, a folder (`file://`), a registry
 * (`oci://`), or a repository, which the user has added or not.
 */
export type Origin =
  | { readonly kind: 'included' }
  | { readonly kind: 'folder' }
  | { readonly kind: 'registry' }
  | { readonly kind: 'repository'; readonly entry: RepositoryEntry; readonly added: boolean };

/** A dependency whose alias of a repository has been replaced by the URL. */
export interface Placed {
  readonly dependency: Dependency;
  readonly origin: Origin;
}

/** How the cached index of a repository that was not added is called. */
const MANAGER_PREFIX = 'helm-manager-';

/**
 * Says for each dependency where it comes from.
 *
 * @param checkFolder throws where a `file://` dependency's folder is missing
 * @throws PintleError REPOSITORY_INVALID for names that stand for no repository
 */
export function placeDependencies(
  dependencies: readonly Dependency[],
  repositories: readonly RepositoryEntry[],
  checkFolder: (repository: string) => void,
  digests: Digests,
): Placed[] {
  const missing: string[] = [];
  const placed = dependencies.map((dependency): Placed => {
    const origin = originOf(dependency, repositories, digests);
    if (origin?.kind === 'folder') checkFolder(dependency.repository as string);
    if (origin === undefined) missing.push(dependency.repository as string);
    const resolved = origin?.kind === 'repository' ? { ...dependency, repository: origin.entry.url } : dependency;
    return {
      dependency: isAlias(dependency.repository) ? resolved : dependency,
      origin: origin ?? { kind: 'included' },
    };
  });
  if (missing.length > 0) throw noDefinition(missing);
  return placed;
}

function originOf(
  { repository = '' }: Dependency,
  repositories: readonly RepositoryEntry[],
  digests: Digests,
): Origin | undefined {
  if (repository === '') return { kind: 'included' };
  if (isFolder(repository)) return { kind: 'folder' };
  if (isRegistry(repository)) return { kind: 'registry' };
  const entry = repositories.find(({ name, url }) => names(repository, name) || sameUrl(url, repository));
  if (entry !== undefined) return { kind: 'repository', entry, added: true };
  return isUri(repository) ? { kind: 'repository', entry: unmanaged(repository, digests), added: false } : undefined;
}

/** Whether a repository is a folder's path. */
export function isFolder(repository: string): boolean {
  return repository.startsWith('file://');
}

/** Whether a repository is a registry. */
export function isRegistry(repository: string): boolean {
  return repository.startsWith('oci://');
}

/** Whether a repository is the name of one that the user has added: `@name` or `alias:name`. */
export function isAlias(repository = ''): boolean {
  return repository.startsWith('@') || repository.startsWith('alias:');
}

function names(repository: string, name: string): boolean {
  return repository === `@${name}` || repository === `alias:${name}`;
}

/** The entry of a repository that is known by its URL alone. */
function unmanaged(url: string, digests: Digests): RepositoryEntry {
  const hash = digestOf(encodeBytes(url), digests).slice('sha256:'.length);
  return repositoryEntry({ name: MANAGER_PREFIX + hash, url });
}

function isUri(text: string): boolean {
  try {
    parseRequestUri(text);
    return true;
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

function noDefinition(missing: readonly string[]): PintleError {
  const text = `no repository definition for ${missing.join(', ')}. Please add them via 'helm repo add'`;
  const plain = missing.some((name) => !name.includes('//') && !isAlias(name));
  const note = `
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add').`;
  return new PintleError('REPOSITORY_INVALID', plain ? text + note : text, { data: { missing } });
}

/**
 * Checks that every repository in a lock has been added: what is locked may need credentials.
 *
 * @throws PintleError NOT_FOUND
 */
export function checkRepositories(locked: readonly Dependency[], repositories: readonly RepositoryEntry[]): void {
  const missing = locked.flatMap(({ repository = '' }) => {
    if (repository === '' || isFolder(repository) || isRegistry(repository)) return [];
    const plain = repository.endsWith('/') ? repository.slice(0, -1) : repository;
    return repositories.some(({ url }) => sameUrl(url, plain)) ? [] : [repository];
  });
  if (missing.length === 0) return;
  const text = `no repository definition for ${missing.join(', ')}. Please add the missing repos via 'helm repo add'`;
  throw new PintleError('NOT_FOUND', text, { data: { missing } });
}

/** Whether two URLs differ in nothing but how their path is written. Go: urlutil.Equal */
export function sameUrl(a: string, b: string): boolean {
  const first = tryParseUrl(a);
  if (first === undefined) return cleanPath(a) === cleanPath(b);
  const second = tryParseUrl(b);
  return second !== undefined && normalUrl(first) === normalUrl(second);
}

function normalUrl(url: Url): string {
  return formatUrl({ ...url, path: cleanPath(url.path === '' ? '/' : url.path) });
}
