/** The repositories of this user: repositories.yaml, and the indexes in the cache. Go: helm pkg/repo/v1, pkg/helmpath */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import type { Log } from '../../host.ts';
import { logInvalid, readIndex } from '../../repository/index-file.ts';
import {
  type RepositoriesFile,
  type RepositoryEntry,
  readRepositories,
  repositoriesToYaml,
} from '../../repository/repositories-file.ts';
import type { RepositoryIndex } from '../../repository/types.ts';
import type { Settings } from '../environment.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { withFileLock } from '../files/file-lock.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';
import type { World } from '../world.ts';
import { CachedEntries, type CachedIndexFile, openCachedIndex } from './cache.ts';

/**
 * Reads a repositories.yaml.
 *
 * @throws PintleError NOT_FOUND where there is none, FILE_IO, REPOSITORY_INVALID; with Helm's texts
 */
export function loadRepositories(path: string): RepositoriesFile {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const text = `couldn't load repositories file (${path}): ${osErrorText('open', path, error)}`;
    throw new PintleError(osErrorCode(error) === 'ENOENT' ? 'NOT_FOUND' : 'FILE_IO', text, { cause: error });
  }
  return readRepositories(decodeBytes(bytes));
}

/** The repositories of a repositories.yaml; none where there is no such file. */
export function addedRepositories(path: string): readonly RepositoryEntry[] {
  try {
    return loadRepositories(path).repositories;
  } catch (error) {
    if (error instanceof PintleError && error.code === 'NOT_FOUND') return [];
    throw error;
  }
}

/** The same where a file that cannot be read has none either, as Helm's lists have it. */
export function readableRepositories(path: string): readonly RepositoryEntry[] {
  try {
    return loadRepositories(path).repositories;
  } catch (error) {
    if (error instanceof PintleError) return [];
    throw error;
  }
}

/** Writes a repositories.yaml, for the user alone to read: there are passwords in it. */
export function saveRepositories(path: string, file: RepositoriesFile): void {
  writeFileAtomic(path, repositoriesToYaml(file), { mode: 0o600 });
}

/**
 * Runs `work` while no other process of ours changes the repositories.yaml at `path`. Helm's own lock is another
 * kind on another file, which it leaves behind.
 */
export function withRepositoriesLock<T>(path: string, work: () => T | Promise<T>): Promise<T> {
  return withFileLock(join(dirname(path), '.repositories.pintle.lock'), work);
}

/**
 * The index of a repository as it was last downloaded.
 *
 * @throws PintleError FILE_IO or INDEX_INVALID with Helm's text
 */
export function cachedIndex(settings: Settings, name: string, log: Log): RepositoryIndex {
  const file = openCachedIndex(settings.repositoryCache, name);
  return indexOf(file, file.path, log);
}

/** Reads any index.yaml, which messages call `shown`. Go: LoadIndexFile */
export function readIndexFile(path: string, log: Log, shown: string = path): RepositoryIndex {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', shown, error), { cause: error });
  }
  try {
    return readIndex(bytes, shown, log);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `error loading ${shown}: ${error.message}`, { cause: error });
  }
}

function indexOf(file: CachedIndexFile, source: string, log: Log): RepositoryIndex {
  logInvalid(file.invalid, source, log);
  const { apiVersion, generated } = file;
  return { apiVersion, generated, entries: new CachedEntries(file) };
}

/** Options of {@link downloadIndex}. */
export interface DownloadIndexOptions {
  /** How long it may take, in milliseconds; two minutes if left out. */
  readonly timeout?: number;
  /** How long the index may be, in bytes; 500 MiB if left out. */
  readonly maxBytes?: number;
}

/**
 * Brings a repository's index into the cache, unless the server says that the cached one is still right.
 *
 * @throws PintleError NETWORK_FAILED, NETWORK_REFUSED, INDEX_INVALID; with Helm's texts. The cache is then as it was.
 */
export async function downloadIndex(
  entry: RepositoryEntry,
  world: World,
  options: DownloadIndexOptions = {},
): Promise<RepositoryIndex> {
  // Commands that only look things up load nothing of the network.
  const { downloadIndexFile } = await import('./download.ts');
  return indexOf(await downloadIndexFile(entry, world, options), entry.url, world.log);
}
