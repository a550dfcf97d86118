/** Bytes behind a URL, by its scheme: http and https, oci, and what plugins add. Go: helm pkg/getter */
import { PintleError } from '../../errors.ts';
import { concatBytes } from '../../go/bytes.ts';
import { baseName } from '../../go/path.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl } from '../../go/url.ts';
import type { TlsOptions } from '../../host.ts';
import { basicAuth, type HttpAnswer, sameOrigin } from '../../sources/http/client.ts';
import { shownUrl } from '../../sources/http/fault.ts';
import { parseReference } from '../../sources/oci/reference.ts';
import type { Registry } from '../../sources/oci/registry.ts';
import { readTlsOptions } from '../http/tls.ts';
import { findGetter, runGetter } from '../plugins/getter.ts';
import type { World } from '../world.ts';
import type { Access } from './access.ts';

export interface GetterOptions extends Access {
  /** The repository that user name and password are for: they go to its scheme, host and port alone. */
  readonly url?: string;
  /** Send user name and password wherever the URL leads. */
  readonly passCredentials?: boolean;
  /** The media types to ask for. */
  readonly accept?: string;
  /** The tag to take where the URL of a registry has none. */
  readonly version?: string;
  readonly maxBytes?: number;
}

/** What a charts' server may send at most: what a chart may hold unpacked, and room for headers. */
export const MAX_DOWNLOAD: number = 132 * 1024 * 1024;

/** As long as Helm waits for one answer, in milliseconds. Go: getter.DefaultHTTPTimeout */
const TIMEOUT = 120_000;

/**
 * Fetches what is behind `url`.
 *
 * @throws PintleError with Helm's text
 */
export async function getUrl(url: string, options: GetterOptions, world: World): Promise<Uint8Array> {
  const { scheme } = parseUrl(url);
  if (scheme === 'http' || scheme === 'https') return getHttp(url, options, world);
  if (scheme === 'oci') return getOci(url, options, world);
  const plugin = findGetter(world.settings, world.env, scheme);
  if (plugin === undefined) throw unsupportedScheme(scheme);
  const { username, password, ...rest } = options;
  return runGetter(plugin, url, isOwn(url, options) ? options : rest);
}

/** Whether anything can fetch URLs with this scheme. */
export function hasGetter(scheme: string, { settings, env }: World): boolean {
  return ['http', 'https', 'oci'].includes(scheme) || findGetter(settings, env, scheme) !== undefined;
}

/** Go: getter.go ByScheme */
export function unsupportedScheme(scheme: string): PintleError {
  return new PintleError('NOT_SUPPORTED', `scheme ${quote(scheme)} not supported`, {
    hint: 'http, https and oci are built in; plugins can add others',
  });
}

/** A URL as messages show it. Helm shows the password that somebody has put into it, too. */
export function withoutPassword(url: string): string {
  return shownUrl(parseUrl(url));
}

/** Whether user name and password may be sent to `url`. */
function isOwn(url: string, { passCredentials, url: repository = url }: GetterOptions): boolean {
  return passCredentials === true || sameOrigin(repository, url);
}

/** Go: httpgetter.go get */
async function getHttp(url: string, options: GetterOptions, world: World): Promise<Uint8Array> {
  const { username, password, passCredentials = false } = options;
  const tls = tlsOf(options);
  const shown = withoutPassword(url);
  world.log.log('DEBUG', 'fetching', { url: shown });
  const answer = await world.http.request(url, {
    headers: options.accept === undefined ? {} : { accept: options.accept },
    passCredentials,
    maxBytes: options.maxBytes ?? MAX_DOWNLOAD,
    totalTimeout: TIMEOUT,
    ...(username && password && isOwn(url, options) && { authorization: basicAuth(username, password) }),
    ...(tls && { tls }),
  });
  const status = `${answer.status} ${answer.statusText}`.trimEnd();
  world.log.log('DEBUG', 'fetch complete', {
    url: shown,
    status,
    'content-length': answer.headers.get('content-length') ?? -1,
  });
  if (answer.status === 200) return readBody(answer, baseName(parseUrl(url).path), world);
  await answer.discard();
  const code =
    answer.status === 404 ? 'NOT_FOUND' : [401, 403].includes(answer.status) ? 'AUTH_FAILED' : 'NETWORK_FAILED';
  throw new PintleError(code, `failed to fetch ${shown} : ${status}`, { data: { url: shown, status: answer.status } });
}

/** The whole body, with a line of progress, whose length is known where nothing is packed on the way. */
async function readBody(answer: HttpAnswer, label: string, { progress }: World): Promise<Uint8Array> {
  if (progress === undefined) return answer.bytes();
  const length = answer.headers.has('content-encoding') ? undefined : Number(answer.headers.get('content-length'));
  const line = progress.start(label, length || undefined);
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      line.advance(chunk.length);
    }
    return concatBytes(chunks);
  } finally {
    line.end();
  }
}

/** The TLS files as the options name them. */
export function tlsOf(options: GetterOptions): TlsOptions | undefined {
  const { certFile = '', keyFile = '', caFile = '', insecureSkipTlsVerify = false } = options;
  if (!(certFile && keyFile) && !caFile && !insecureSkipTlsVerify) return undefined;
  return readTlsOptions({ certFile, keyFile, caFile, insecureSkipVerify: insecureSkipTlsVerify });
}

/** Go: ocigetter.go get: a chart, or its provenance file where the URL ends in `.prov`. */
async function getOci(url: string, options: GetterOptions, world: World): Promise<Uint8Array> {
  const bare = url.slice('oci://'.length);
  const tagged = options.version && !baseName(bare).includes(':') ? `${bare}:${options.version}` : bare;
  const registry = await openRegistry(options, world);
  const { tag, digest } = parseReference(tagged);
  if (!tag && !digest) {
    throw new PintleError('NAME_INVALID', 'failed to perform "FetchReference" on source: invalid reference', {
      hint: `${url} names no version; write it as :VERSION behind it`,
    });
  }
  const wantsProv = tagged.endsWith('.prov');
  const pulled = wantsProv
    ? await registry.pullChart(tagged.slice(0, -'.prov'.length), { prov: 'only' })
    : await registry.pullChart(tagged);
  return (wantsProv ? pulled.prov : pulled.chart) ?? new Uint8Array(0);
}

/** A registry client that knows the user's credentials, or those that are given. */
export async function openRegistry(options: GetterOptions, world: World): Promise<Registry> {
  const { createRegistry } = await import('../../sources/oci/registry.ts');
  const { credentialsFor, trustedTokenHosts } = await import('../credentials/credentials.ts');
  const { username, password, plainHttp = false } = options;
  const tls = tlsOf(options);
  const { http, digests, log, progress } = world;
  const given = username && password ? { username, password } : undefined;
  // A config file that cannot be read is reported though it may not be needed, as in Helm.
  const stored = credentialsFor(world.settings, world.env);
  return createRegistry({
    http,
    digests,
    credentials: given === undefined ? stored : async () => given,
    trustedTokenHosts: trustedTokenHosts(world.env),
    plainHttp,
    log,
    ...(tls && { tls }),
    ...(progress && { progress }),
  });
}
