/** Bringing the index of a repository into the cache. Go: helm pkg/repo/v1/chartrepo.go DownloadIndexFile */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { parseUrl } from '../../go/url.ts';
import type { RepositoryEntry } from '../../repository/repositories-file.ts';
import { resolveReferenceUrl } from '../../repository/resolve-url.ts';
import { basicAuth, type HttpAnswer, type HttpOptions } from '../../sources/http/client.ts';
import { getUrl, hasGetter, tlsOf } from '../download/getters.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import type { World } from '../world.ts';
import {
  type CachedIndexFile,
  cacheChartsFileName,
  cacheIndexFileName,
  checkedName,
  compactOf,
  type Freshness,
  openCachedIndex,
  readCompact,
  readWithIdentity,
  toCached,
  writeCompact,
} from './cache.ts';

/** How long Helm waits for an index, in milliseconds. Go: getter.DefaultHTTPTimeout */
const TIMEOUT = 120_000;

/** The longest index. Larger ones could not be held as one text. */
const MAX_INDEX = 500 * 1024 * 1024;

/** The longest time without a byte, in milliseconds. */
const IDLE = 60_000;

/**
 * Refuses a repository that nothing can reach. Go: NewChartRepository
 *
 * @throws PintleError REPOSITORY_INVALID
 */
export function checkRepository({ url }: RepositoryEntry, world: World): void {
  let scheme: string;
  try {
    scheme = parseUrl(url).scheme;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('REPOSITORY_INVALID', `invalid chart URL format: ${url}`, {
      hint: error.message,
      cause: error,
    });
  }
  if (!hasGetter(scheme, world)) {
    throw new PintleError('REPOSITORY_INVALID', `could not find protocol handler for: ${scheme}`, {
      hint: 'http and https are built in; plugins can add others',
    });
  }
}

/** How long it may take, in milliseconds, and how many bytes may come. */
interface Limits {
  readonly timeout?: number;
  readonly maxBytes?: number;
}

/** What came: new bytes with what to ask with the next time, or nothing new. */
type Fetched = { readonly bytes: Uint8Array; readonly freshness: Freshness | undefined } | undefined;

/** Downloads an index if it is not the one that is in the cache, and puts it there. */
export async function downloadIndexFile(
  entry: RepositoryEntry,
  world: World,
  options: Limits,
): Promise<CachedIndexFile> {
  const folder = world.settings.repositoryCache;
  const name = checkedName(entry.name);
  const url = resolveReferenceUrl(entry.url, 'index.yaml');
  const kept = existsSync(join(folder, cacheChartsFileName(name))) ? readCompact(folder, name) : undefined;
  const fetched = await fetchIndex(url, entry, world, options, kept?.freshness);
  if (fetched === undefined) return kept ?? openCachedIndex(folder, name);
  const made = compactOf(fetched.bytes);
  const path = join(folder, cacheIndexFileName(name));
  const { compact } = toCached(path, { ...made, identity: '', freshness: undefined }, made.body);
  const names = Array.from({ length: compact.chartCount }, (_, i) => `${compact.key(i)}\n`);
  writeFileAtomic(join(folder, cacheChartsFileName(name)), names.join(''));
  writeFileAtomic(path, fetched.bytes);
  // Another process may have put another index there in between: the compact form is of this one.
  const { bytes, identity } = readWithIdentity(path);
  if (identity === '' || Buffer.compare(bytes, fetched.bytes) !== 0) return openCachedIndex(folder, name);
  const info = { ...made, identity, freshness: fetched.freshness };
  writeCompact(folder, name, info);
  return toCached(path, info, made.body);
}

/** The bytes of a repository's index, unless the server says that `known` is still right. */
async function fetchIndex(
  url: string,
  entry: RepositoryEntry,
  world: World,
  { timeout = TIMEOUT, maxBytes = MAX_INDEX }: Limits,
  known: Freshness | undefined,
): Promise<Fetched> {
  const scheme = parseUrl(url).scheme;
  if (scheme !== 'http' && scheme !== 'https') {
    const bytes = await getUrl(url, { ...getterOptions(entry), url: entry.url, maxBytes }, world);
    return { bytes, freshness: undefined };
  }
  world.log.log('DEBUG', 'fetching', { url });
  const answer = await world.http.request(url, {
    ...requestOptions(entry),
    maxBytes,
    headers: known?.url === url ? conditions(known) : {},
    ...(Number.isFinite(timeout) && { totalTimeout: timeout }),
  });
  if (answer.status === 304 && known?.url === url) {
    await answer.discard();
    return undefined;
  }
  if (answer.status !== 200) throw await refusal(url, answer);
  return { bytes: await readBody(answer, entry.name, world), freshness: freshnessOf(url, answer) };
}

function getterOptions(entry: RepositoryEntry): Parameters<typeof getUrl>[1] {
  const { username, password, certFile, keyFile, caFile, insecureSkipTlsVerify, passCredentialsAll } = entry;
  return { username, password, certFile, keyFile, caFile, insecureSkipTlsVerify, passCredentials: passCredentialsAll };
}

function requestOptions(entry: RepositoryEntry): HttpOptions {
  const { username, password, passCredentialsAll } = entry;
  const tls = tlsOf(getterOptions(entry));
  return {
    passCredentials: passCredentialsAll,
    idleTimeout: IDLE,
    compression: true,
    ...(username !== '' && password !== '' && { authorization: basicAuth(username, password) }),
    ...(tls && { tls }),
  };
}

function conditions({ etag, lastModified }: Freshness): Record<string, string> {
  return {
    ...(etag !== '' && { 'if-none-match': etag }),
    ...(lastModified !== '' && { 'if-modified-since': lastModified }),
  };
}

function freshnessOf(url: string, { headers }: HttpAnswer): Freshness | undefined {
  const etag = headers.get('etag') ?? '';
  const lastModified = headers.get('last-modified') ?? '';
  return etag === '' && lastModified === '' ? undefined : { url, etag, lastModified };
}

async function refusal(url: string, answer: HttpAnswer): Promise<PintleError> {
  await answer.discard();
  const status = `${answer.status} ${answer.statusText}`.trimEnd();
  const code = answer.status === 401 || answer.status === 403 ? 'AUTH_FAILED' : 'NETWORK_FAILED';
  return new PintleError(code, `failed to fetch ${url} : ${status}`, { data: { url, status: answer.status } });
}

async function readBody(answer: HttpAnswer, label: string, { progress }: World): Promise<Uint8Array> {
  if (progress === undefined) return answer.bytes();
  const packed = answer.headers.has('content-encoding');
  const line = progress.start(label, packed ? undefined : Number(answer.headers.get('content-length')) || undefined);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      line.advance(chunk.length);
    }
    return Buffer.concat(chunks);
  } finally {
    line.end();
  }
}
