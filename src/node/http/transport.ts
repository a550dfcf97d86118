/** The one place that opens connections: node:http and node:https, loaded with the first request. */
import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { PintleError } from '../../errors.ts';
import { escapedPath, hostname, parseUrl, port, type Url } from '../../go/url.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../host.ts';
import type { Environment } from '../environment.ts';
import { type AgentPool, agentPool } from './agents.ts';
import { transportFault } from './errors.ts';

export interface NodeTransport extends Transport {
  /** Closes the connections that are kept for later requests. */
  close(): void;
}

/** How large the headers of an answer may be, all together. */
const MAX_HEADER = 64 * 1024;
const DEFAULT_IDLE = 60_000;

/**
 * Sends over the network. `env` names proxies: HTTP_PROXY, HTTPS_PROXY, NO_PROXY.
 *
 * Connections are kept and used again; one that nothing waits for does not keep the process alive.
 */
export function nodeTransport(options: { readonly env: Environment }): NodeTransport {
  const pool = agentPool(options.env);
  return {
    send: (request) => send(request, pool),
    close: () => pool.close(),
  };
}

async function send(request: HttpRequest, pool: AgentPool): Promise<HttpResponse> {
  const url = parseUrl(request.url);
  const { secure, agent, route } = await pool.route(url, request);
  const { request: open } = secure ? await import('node:https') : await import('node:http');
  const idle = request.idleTimeout ?? DEFAULT_IDLE;
  const options: RequestOptions = {
    method: request.method,
    hostname: hostname(url),
    port: port(url) || (url.scheme === 'https' ? 443 : 80),
    path: requestPath(url),
    headers: { ...wireHeaders(request, url) },
    agent,
    maxHeaderSize: MAX_HEADER,
    setHost: false,
    timeout: idle,
    ...route,
    ...(request.signal !== undefined && { signal: request.signal }),
  };
  return new Promise((resolve, reject) => {
    let message: ClientRequest;
    const fail = (error: unknown): void => reject(transportFault(error, { url, request: message }));
    try {
      message = open(options);
    } catch (error) {
      return reject(new PintleError('NETWORK_REFUSED', String((error as Error).message), { cause: error }));
    }
    message.on('error', fail);
    message.on('timeout', () => message.destroy(new IdleError(idle)));
    message.on('response', (response) => resolve(answerOf(response)));
    message.end(request.body);
  });
}

/** No byte for too long. */
class IdleError extends Error {
  readonly code = 'IDLE';
  constructor(milliseconds: number) {
    super(`no data for ${milliseconds / 1000} s`);
  }
}

/** Go: URL.RequestURI */
function requestPath(url: Url): string {
  const path = escapedPath(url) || '/';
  return url.forceQuery || url.rawQuery !== '' ? `${path}?${url.rawQuery}` : path;
}

function wireHeaders(request: HttpRequest, url: Url): Record<string, string> {
  const headers: Record<string, string> = { Host: url.host.replace(/:$/, '') };
  for (const [name, value] of Object.entries(request.headers)) headers[canonicalName(name)] = value;
  if (request.body !== undefined) headers['Content-Length'] = String(request.body.length);
  else if (['POST', 'PUT', 'PATCH'].includes(request.method)) headers['Content-Length'] = '0';
  return headers;
}

/** Go: textproto.CanonicalMIMEHeaderKey */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

function answerOf(response: IncomingMessage): HttpResponse {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(response.headersDistinct)) headers.set(name, (values ?? []).join(', '));
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? '',
    headers,
    body: bodyOf(response),
  };
}

/** A body that can be given up before its first byte is asked for, which an async generator cannot. */
function bodyOf(response: IncomingMessage): AsyncIterable<Uint8Array> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          return await chunks.next();
        } catch (error) {
          throw transportFault(error, { response });
        }
      },
      async return() {
        if (!response.complete) response.destroy();
        await chunks.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
