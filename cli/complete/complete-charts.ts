/** Completion of charts and repositories. Go: helm pkg/cmd/search_repo.go compListCharts, repo_list.go compListRepos */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../src/errors.ts';
import { decodeBytes } from '../../src/go/bytes.ts';
import { cacheChartsFileName } from '../../src/node/repositories/cache.ts';
import { cachedIndex, readableRepositories } from '../../src/node/repositories/repositories.ts';
import type { Call, Completions } from '../types.ts';
import { FILES, NO_FILES, NO_SPACE } from './completers.ts';

const URLS = [
  'oci://\tchart in an OCI registry',
  'https://\tchart by URL',
  'http://\tchart by URL',
  'file://\tchart by local URL',
];

const PATHS = ['./\tchart in this folder', '/\tchart by absolute path'];

/** Repositories but for those in `used`. */
export function completeRepositories({ settings }: Call, used: readonly string[]): Completions {
  const words = readableRepositories(settings.repositoryConfig)
    .filter(({ name }) => !used.includes(name))
    .map(({ name, url }) => `${name}\t${url}`);
  return { words, directive: NO_FILES };
}

/** Charts of repositories, ways to begin a URL and, with `files`, what is in the working directory. */
export function completeCharts(call: Call, typed: string, files: boolean): Completions {
  const { words, complete } = chartWords(call, typed);
  let directive = !complete && words.length > 0 ? NO_SPACE : FILES;
  const urls = URLS.filter((word) => word.startsWith(typed));
  words.push(...urls);
  if (urls.length > 0) directive |= NO_SPACE;
  if (files && words.length > 0 && typed !== '') {
    words.push(...namesIn(call.io.cwd()).filter((name) => name.startsWith(typed)));
  }
  if (files && typed === '') words.push(...PATHS);
  return { words, directive: files ? directive : directive | NO_FILES };
}

/** Charts where the name of a repository is typed, else repositories; `complete` says which. */
function chartWords({ settings, log }: Call, typed: string): { words: string[]; complete: boolean } {
  const words: string[] = [];
  for (const { name, url } of readableRepositories(settings.repositoryConfig)) {
    if (typed.startsWith(`${name}/`)) {
      const charts =
        chartsOf(settings.repositoryCache, name) ??
        indexedCharts(() => [...cachedIndex(settings, name, log).entries.keys()]);
      return { words: [...words, ...charts.map((chart) => `${name}/${chart}`)], complete: true };
    }
    if (name.startsWith(typed)) words.push(`${name}/\t${url}`);
  }
  return { words, complete: false };
}

/** The names that the last update wrote; nothing where there was none. */
function chartsOf(folder: string, name: string): string[] | undefined {
  try {
    const text = decodeBytes(readFileSync(join(folder, cacheChartsFileName(name))));
    return text.split('\n').filter((line) => line !== '');
  } catch {
    return undefined;
  }
}

/** A completion that fails is silent. */
function indexedCharts(read: () => string[]): string[] {
  try {
    return read();
  } catch (error) {
    if (error instanceof PintleError) return [];
    throw error;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
