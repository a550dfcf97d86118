/** From a chart's reference to the URL of its archive. Go: helm pkg/downloader/chart_downloader.go ResolveChartVersion */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { cleanPath } from '../../go/path.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, parseUrl, type Url } from '../../go/url.ts';
import { getVersion, readIndex } from '../../repository/index-file.ts';
import type { RepositoryEntry } from '../../repository/repositories-file.ts';
import { resolveReferenceUrl } from '../../repository/resolve-url.ts';
import type { ChartVersion, RepositoryIndex } from '../../repository/types.ts';
import { isOci } from '../../sources/oci/reference.ts';
import type { Registry } from '../../sources/oci/registry.ts';
import { addedRepositories, cachedIndex } from '../repositories/repositories.ts';
import type { World } from '../world.ts';
import type { ChartLocation } from './chart-location.ts';
import { type GetterOptions, getUrl, hasGetter, openRegistry, tlsOf } from './getters.ts';

/** Where an archive is, and how to get there. */
export interface ResolvedChart {
  readonly url: string;
  readonly options: GetterOptions;
  /** What an index says of it. */
  readonly version?: ChartVersion;
  /** The client that found it, which knows the way in. */
  readonly registry?: Registry;
}

/**
 * Finds out where a chart is: in a registry, behind a URL, or in a repository.
 *
 * @throws PintleError with Helm's text
 */
export async function resolveChart(reference: string, location: ChartLocation, world: World): Promise<ResolvedChart> {
  const version = (location.version ?? '') || (location.devel ? '>0.0.0-0' : '');
  if (location.repo) return resolveInRepository(location.repo, reference, version, location, world);
  const url = parse(reference);
  const options = getterOptions(location);
  // Not what only begins as one, as `oci://` alone.
  if (isOci(formatUrl(url))) {
    // Helm takes whoever names certificates to mean HTTPS. Go: pkg/cmd/root.go newRegistryClient
    const secured = tlsOf(options) === undefined ? options : { ...options, plainHttp: false };
    const registry = await openRegistry(secured, world);
    const { ref } = await registry.locate(reference, version);
    return { url: `oci://${ref}`, options: secured, registry };
  }
  const repositories = addedRepositories(world.settings.repositoryConfig);
  if (url.scheme !== '' && url.host !== '' && url.path !== '') {
    return { url: formatUrl(url), options: optionsForUrl(reference, options, repositories, world) };
  }
  return resolveInAdded(reference, url, version, options, repositories, world);
}

function parse(reference: string): Url {
  try {
    return parseUrl(reference);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', `invalid chart URL format: ${reference}`, { cause: error, hint: error.message });
  }
}

function getterOptions(location: ChartLocation): GetterOptions {
  const { username, password, certFile, keyFile, caFile, insecureSkipTlsVerify, plainHttp, passCredentials } = location;
  const all = { username, password, certFile, keyFile, caFile, insecureSkipTlsVerify, plainHttp, passCredentials };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/**
 * What the repository that has a URL says about reaching it. Where none says anything, what was asked for holds.
 * Go: scanReposForURL
 */
function optionsForUrl(
  reference: string,
  options: GetterOptions,
  repositories: readonly RepositoryEntry[],
  world: World,
): GetterOptions {
  const special = repositories.some((entry) => entry.certFile || entry.keyFile || entry.caFile || entry.username);
  const wanted = normalised(reference);
  for (const entry of repositories) {
    checkHandler(entry.url, world);
    // Reading an index takes time; it is not needed where its entry would change nothing.
    const found =
      special || options.username ? lists(indexOf(entry.name, world), wanted) : !checkCached(entry.name, world);
    if (found) return withEntry({ ...options, url: entry.url }, entry);
  }
  return { ...options, url: reference };
}

function checkHandler(url: string, world: World): void {
  const { scheme } = parse(url);
  if (hasGetter(scheme, world)) return;
  throw new PintleError('REPOSITORY_INVALID', `could not find protocol handler for: ${scheme}`);
}

/** Always true: what is not cached is an error. */
function checkCached(name: string, world: World): boolean {
  const path = join(world.settings.repositoryCache, `${name}-index.yaml`);
  if (!existsSync(path)) indexOf(name, world);
  return true;
}

function lists(index: RepositoryIndex, url: string): boolean {
  for (const name of index.entries.keys()) {
    for (const version of index.entries.get(name) ?? []) {
      if (version.urls.some((candidate) => normalised(candidate) === url)) return true;
    }
  }
  return false;
}

/** Go: urlutil.Equal */
function normalised(text: string): string {
  try {
    const { rawPath, ...url } = parseUrl(text);
    return formatUrl({ ...url, path: cleanPath(url.path || '/') });
  } catch (error) {
    if (error instanceof GoError) return cleanPath(text);
    throw error;
  }
}

function withEntry(options: GetterOptions, entry: RepositoryEntry): GetterOptions {
  const { certFile, keyFile, caFile, username, password, passCredentialsAll } = entry;
  return {
    ...options,
    ...((certFile || keyFile || caFile) && { certFile, keyFile, caFile }),
    ...(username && password && { username, password, passCredentials: passCredentialsAll }),
  };
}

function indexOf(name: string, { settings, log }: World): RepositoryIndex {
  try {
    return cachedIndex(settings, name, log);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `no cached repo found. (try 'helm repo update'): ${error.message}`, {
      hint: 'fetch the indexes of your repositories: pintle repo update',
      cause: error,
    });
  }
}

/** `repository/chart`, by the index as it was last updated. */
function resolveInAdded(
  reference: string,
  url: Url,
  version: string,
  options: GetterOptions,
  repositories: readonly RepositoryEntry[],
  world: World,
): ResolvedChart {
  const slash = url.path.indexOf('/');
  if (slash < 0) {
    const text = `non-absolute URLs should be in form of repo_name/path_to_chart, got: ${formatUrl(url)}`;
    throw new PintleError('CHART_NOT_FOUND', text, { hint: `there is no file or folder ${reference} here` });
  }
  const entry = pick(url.path.slice(0, slash), reference, repositories);
  const chart = url.path.slice(slash + 1);
  checkHandler(entry.url, world);
  const found = find(indexOf(entry.name, world), chart, version, entry.name, world);
  if (found.urls.length === 0) {
    throw new PintleError('INDEX_INVALID', `chart ${quote(reference)} has no downloadable URLs`);
  }
  let target: string;
  try {
    target = resolveReferenceUrl(entry.url, found.urls[0] as string);
  } catch (error) {
    throw new PintleError('INDEX_INVALID', `invalid chart URL format: ${reference}`, { cause: error });
  }
  return { url: target, options: withEntry({ ...options, url: entry.url }, entry), version: found };
}

/** Go: pickChartRepositoryConfigByName */
function pick(name: string, reference: string, repositories: readonly RepositoryEntry[]): RepositoryEntry {
  const entry = repositories.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    const known = repositories.map((candidate) => candidate.name).join(', ');
    throw new PintleError('CHART_NOT_FOUND', `repo ${name} not found`, {
      hint: `there is no file or folder ${reference} here, and ${known ? `your repositories are ${known}` : 'you have no repositories; see pintle repo add'}`,
      data: { name },
    });
  }
  if (entry.url === '') throw new PintleError('REPOSITORY_INVALID', `no URL found for repository ${name}`);
  return entry;
}

function find(index: RepositoryIndex, chart: string, version: string, repository: string, world: World): ChartVersion {
  try {
    return getVersion(index, chart, version, world.log);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const advice = "(try 'helm repo update')";
    const text = `chart ${quote(chart)} matching ${version} not found in ${repository} index. ${advice}: ${error.message}`;
    throw new PintleError(error.code, text, {
      hint: `see what there is: pintle search repo ${repository}/ --versions`,
      data: error.data,
      cause: error,
    });
  }
}

/** A chart in the repository at a URL, whose index is fetched for it. Go: repo.FindChartInRepoURL */
async function resolveInRepository(
  repository: string,
  chart: string,
  version: string,
  location: ChartLocation,
  world: World,
): Promise<ResolvedChart> {
  checkHandler(repository, world);
  const options: GetterOptions = { ...getterOptions(location), url: repository };
  const index = await fetchIndex(repository, options, world);
  const what = `chart ${quote(chart)}${version === '' ? '' : ` version ${quote(version)}`}`;
  let found: ChartVersion;
  try {
    found = getVersion(index, chart, version, world.log);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError('NOT_FOUND', `${what} not found in ${repository} repository`, {
      hint: error.message,
      cause: error,
    });
  }
  if (found.urls.length === 0) throw new PintleError('INDEX_INVALID', `${what} has no downloadable URLs`);
  try {
    return { url: resolveReferenceUrl(repository, found.urls[0] as string), options, version: found };
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `failed to make chart URL absolute: ${error.message}`, { cause: error });
  }
}

/** An index may be large; Helm has no limit. */
const MAX_INDEX = 512 * 1024 * 1024;

async function fetchIndex(repository: string, options: GetterOptions, world: World): Promise<RepositoryIndex> {
  try {
    const url = resolveReferenceUrl(repository, 'index.yaml');
    return readIndex(await getUrl(url, { ...options, maxBytes: MAX_INDEX }, world), repository, world.log);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const text = `looks like ${quote(repository)} is not a valid chart repository or cannot be reached: ${error.message}`;
    throw new PintleError(error.code, text, { data: error.data, cause: error });
  }
}
