/** Requests to one cluster. Go: client-go rest.Request, transport */

import type { ApiAnswer, ApiCall, ClusterTransport } from '../../cluster/types.ts';
import { CANCELED_TEXT, canceled, PintleError } from '../../errors.ts';
import { encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, queryEscape, type Url } from '../../go/url.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../host.ts';
import { requestFault, shownUrl } from '../../sources/http/fault.ts';
import { basicAuth } from '../../sources/http/origin.ts';
import { USER_AGENT } from '../http/client.ts';
import type { ClientConfig } from './client-config.ts';
import type { Authenticator, Credentials } from './credentials.ts';
import { impersonationHeaders } from './impersonate.ts';

/** The longest time without a byte, in milliseconds: an apiserver itself gives up after a minute. */
const IDLE = 75_000;

export interface TransportParts {
  readonly config: ClientConfig;
  readonly auth: Authenticator;
  readonly network: Transport & { close?(): void };
}

/** Sends to where `config` says, as whom `auth` proves to be. */
export function clusterTransport({ config, auth, network }: TransportParts): ClusterTransport {
  const { scheme, user } = config.server;
  const base = formatUrl(endpointOf(config.server)).replace(/\/$/, '');
  const shown = shownUrl({ ...endpointOf(config.server), user }).replace(/\/$/, '');
  const ownAuthorization = user && basicAuth(user.username, user.password ?? '');
  const repeatedHeaders = impersonationHeaders(config.user);
  const { proxyUrl, disableCompression } = config.cluster;
  const always: Record<string, string> = { 'user-agent': USER_AGENT };
  if (!disableCompression) always['accept-encoding'] = 'gzip';

  let closed = false;

  const attempt = async (url: string, call: ApiCall): Promise<[HttpResponse, Credentials]> => {
    const credentials = await auth.credentials();
    const { authorization = ownAuthorization, tls } = credentials;
    const request: HttpRequest = {
      method: call.method,
      url,
      headers: { ...always, ...call.headers, ...(authorization !== undefined && { authorization }) },
      repeatedHeaders,
      idleTimeout: call.idleTimeout ?? IDLE,
      ...(call.body !== undefined && { body: encodeBytes(call.body) }),
      ...(call.signal !== undefined && { signal: call.signal }),
      ...(tls !== undefined && { tls }),
      ...(proxyUrl !== '' && { proxy: proxyUrl }),
    };
    checkHeaders(request);
    return [await network.send(request), credentials];
  };

  return {
    server: shown,
    async send(call) {
      const rest = call.path + queryText(call.query);
      const url = base + rest;
      try {
        call.signal?.throwIfAborted();
        // Whoever tries again what closing has broken off would open connections anew, and keep the process alive.
        if (closed) throw canceled();
        if (scheme !== 'https' && scheme !== 'http') throw new GoError(`unsupported protocol scheme ${quote(scheme)}`);
        const [response, used] = await attempt(url, call);
        if (response.status !== 401 || !(await auth.renew?.(used))) return answerOf(response);
        // A request that was refused so has done nothing.
        await discard(response);
        return answerOf((await attempt(url, call))[0]);
      } catch (error) {
        throw faultOf(error, shown + rest, call);
      }
    },
    close() {
      closed = true;
      network.close?.();
    },
  };
}

/** Where the API is, without what is no part of a path. */
function endpointOf(server: Url): Url {
  return { ...server, user: undefined, rawQuery: '', fragment: '', forceQuery: false };
}

/** Go: http Transport.roundTrip, which looks before it connects. */
function checkHeaders({ headers, repeatedHeaders = {} }: HttpRequest): void {
  for (const [name, value] of [...Object.entries(headers), ...Object.entries(repeatedHeaders)]) {
    if (![value].flat().some((text) => /[\0-\x08\n-\x1f\x7f]/.test(text))) continue;
    const shown = name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
    throw new GoError(`net/http: invalid header field value for ${quote(shown)}`);
  }
}

/** Go: url.Values.Encode */
function queryText(query: ApiCall['query'] = {}): string {
  const parts = Object.entries(query)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${queryEscape(name)}=${queryEscape(value)}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

const AUTHORITY_HINT =
  'name the authority that signed the certificate as certificate-authority in the kubeconfig, or with --kube-ca-file';

/** Go: url.Error */
function faultOf(error: unknown, url: string, { method, signal }: ApiCall): unknown {
  if (signal?.aborted) return abortFault(signal.reason, url, method);
  if (error instanceof GoError) return requestFault('NETWORK_FAILED', method, url, error.message, { cause: error });
  if (!(error instanceof PintleError)) return error;
  const { code, message, data } = error;
  const hint = error.hint?.includes('--ca-file') ? AUTHORITY_HINT : error.hint;
  return requestFault(code, method, url, message, { data, cause: error, ...(hint !== undefined && { hint }) });
}

function abortFault(reason: unknown, url: string, method: string): PintleError {
  if (reason instanceof PintleError) return reason;
  const late = (reason as { name?: unknown } | undefined)?.name === 'TimeoutError';
  return late
    ? requestFault('NETWORK_FAILED', method, url, 'context deadline exceeded', { cause: reason })
    : requestFault('ABORTED', method, url, CANCELED_TEXT, { cause: reason });
}

async function discard({ body }: HttpResponse): Promise<void> {
  await body[Symbol.asyncIterator]().return?.();
}

function answerOf({ status, headers, body }: HttpResponse): ApiAnswer {
  if (headers.get('content-encoding') !== 'gzip') return { status, headers, body };
  return { status, headers, body: gunzip(body) };
}

/** Undoes gzip as it comes. */
async function* gunzip(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const { createGunzip } = process.getBuiltinModule('node:zlib');
  const { Readable } = process.getBuiltinModule('node:stream');
  const source = Readable.from(body);
  const decoder = createGunzip();
  source.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => source.destroy());
  yield* source.pipe(decoder) as AsyncIterable<Uint8Array>;
}
