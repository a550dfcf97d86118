/** The one place that opens connections: node:http and node:https. */
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders, RequestOptions } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { canceled, PintleError } from '../../errors.ts';
import { fromByteString, toByteString } from '../../go/byte-string.ts';
import { parseUrl, type Url } from '../../go/url.ts';
import type { HttpRequest, HttpResponse, Transport } from '../../host.ts';
import type { Environment } from '../environment.ts';
import { type AgentPool, agentPool, type PoolOptions, type Route, requestPath } from './agents.ts';
import type { TunnelOptions } from './endpoint.ts';
import { type Connection, endText, IdleError, transportFault } from './errors.ts';
import { peerCertificate } from './peer-certificate.ts';
import { asciiHost } from './proxy.ts';
import type { Sessions } from './sessions.ts';
import { stopWith } from './stop-with.ts';

/** How large the headers of an answer may be, all together. */
const MAX_HEADER = 64 * 1024;
const DEFAULT_IDLE = 60_000;
/** What may be sent again without harm when a kept connection turns out to be closed. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A transport with connections of its own. */
export function startTransport(env: Environment, options: PoolOptions = {}): Transport & { close(): void } {
  const pool = agentPool(env, options);
  let sessions: Promise<Sessions> | undefined;
  return {
    async send(request) {
      const url = parseUrl(request.url);
      if (options.http2 === true && url.scheme === 'https') {
        sessions ??= import('./sessions.ts').then(({ startSessions }) => startSessions(options.keep));
        const answer = await (await sessions).send(pool.way(url, request), requestPath(url), request);
        if (answer !== undefined) return answer;
      }
      return send(url, request, pool, options.repeats === 'reads' ? READS : REPEATABLE);
    },
    close() {
      sessions?.then((started) => started.close());
      pool.close();
    },
  };
}

async function send(
  url: Url,
  request: HttpRequest,
  pool: AgentPool,
  repeatable: ReadonlySet<string>,
): Promise<HttpResponse> {
  const route = await pool.route(url, request);
  for (;;) {
    const exchange: Exchange = {
      host: route.name,
      ends: '',
      toProxy: route.toProxy,
      answered: false,
      maxHeader: MAX_HEADER,
    };
    try {
      return await sendOnce(url, request, route, exchange);
    } catch (error) {
      const stale = exchange.reused === true && (error as PintleError).data?.['passing'] === true;
      if (!stale || !repeatable.has(request.method)) throw error;
    }
  }
}

/** What happens to one request. */
interface Exchange extends Connection {
  ends: string;
  certificate?: Uint8Array | undefined;
  answered: boolean;
  /** What broke off the answer; its body says no more than that it was. */
  failure?: Error;
  /** Whether the connection has served requests before. */
  reused?: boolean;
}

async function sendOnce(url: Url, request: HttpRequest, route: Route, exchange: Exchange): Promise<HttpResponse> {
  const { request: open } = route.secure ? await import('node:https') : await import('node:http');
  const idle = request.idleTimeout ?? DEFAULT_IDLE;
  const options: RequestOptions & TunnelOptions = {
    ...route.options,
    method: request.method,
    headers: { ...wireHeaders(request, url), ...route.headers },
    setHost: false,
    timeout: idle,
    maxHeaderSize: MAX_HEADER,
    ...(request.signal !== undefined && { tunnelSignal: request.signal }),
  };
  return new Promise((resolve, reject) => {
    let message: ClientRequest;
    try {
      message = open(options);
    } catch (error) {
      // A header or a path that cannot be sent.
      reject(new PintleError('NETWORK_REFUSED', (error as Error).message, { cause: error }));
      return;
    }
    message.on('socket', (socket) => watch(socket, message, exchange));
    message.on('error', (error) => {
      exchange.failure ??= error;
      reject(transportFault(exchange.failure, exchange));
    });
    message.on('timeout', () => giveUp(message, exchange, new IdleError(idle)));
    stopWith(request.signal, message, () => giveUp(message, exchange, canceled()));
    message.on('response', (response) => {
      exchange.answered = true;
      resolve(answerOf(response, request.method, exchange));
    });
    message.end(request.body);
  });
}

/**
 * Ends a request. Node is not told why: it would hand the reason to the connection, where nobody listens any more if
 * the end of the answer is already on its way to the reader, and that ends the process.
 */
function giveUp(message: ClientRequest, exchange: Exchange, reason: Error): void {
  exchange.failure ??= reason;
  message.destroy();
}

/** Notes what an error will want to know of the connection; afterwards it is gone. */
function watch(socket: Socket, message: ClientRequest, exchange: Exchange): void {
  const noteEnds = (): void => {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    exchange.ends = `${endText(localAddress, localPort)}->${endText(remoteAddress, remotePort)}`;
  };
  exchange.reused = message.reusedSocket;
  if (socket.connecting) socket.once('connect', noteEnds);
  else noteEnds();
  // Before Node looks at the certificate, and throws it away if it does not like it. A kept connection has none to come.
  if ('getPeerCertificate' in socket && !message.reusedSocket) {
    socket.prependOnceListener('secure', () => {
      exchange.certificate = peerCertificate(socket as TLSSocket);
    });
  }
}

function wireHeaders(request: HttpRequest, url: Url): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = { Host: hostHeader(url) };
  for (const [name, value] of Object.entries(request.headers)) headers[canonicalName(name)] = toByteString(value);
  for (const [name, values] of Object.entries(request.repeatedHeaders ?? {})) headers[name] = values.map(toByteString);
  if (request.body !== undefined) headers['Content-Length'] = String(request.body.length);
  else if (['POST', 'PUT', 'PATCH'].includes(request.method)) headers['Content-Length'] = '0';
  return headers;
}

/** Host and port as written, but for a port that is not there. Go: http Request.write */
function hostHeader({ host }: Url): string {
  const colon = /:\d*$/.exec(host)?.index ?? host.length;
  const digits = host.slice(colon);
  return asciiHost(host.slice(0, colon).replace(/%[^\]]*/, '')) + (digits === ':' ? '' : digits);
}

/** Go: textproto.CanonicalMIMEHeaderKey */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase());
}

function answerOf(response: IncomingMessage, method: string, exchange: Exchange): HttpResponse {
  const headers = new Map<string, string>();
  for (const [name, values] of Object.entries(response.headersDistinct))
    headers.set(name, fromByteString((values ?? []).join(', ')));
  return {
    status: response.statusCode ?? 0,
    statusText: fromByteString(response.statusMessage ?? ''),
    headers,
    body: hasBody(response, method) ? bodyOf(response, exchange) : emptyBody(response),
  };
}

function hasBody({ statusCode }: IncomingMessage, method: string): boolean {
  return method !== 'HEAD' && statusCode !== 204 && statusCode !== 304;
}

/** Where there is nothing to read the connection is free, whether anybody tries to or not. */
function emptyBody(response: IncomingMessage): AsyncIterable<Uint8Array> {
  response.resume();
  const end = { done: true, value: undefined } as const;
  return { [Symbol.asyncIterator]: () => ({ next: async () => end, return: async () => end }) };
}

/** A body that can be given up before its first byte is asked for, which an async generator cannot. */
function bodyOf(response: IncomingMessage, exchange: Exchange): AsyncIterable<Uint8Array> {
  const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array, undefined>;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        try {
          return await chunks.next();
        } catch (error) {
          throw transportFault(exchange.failure ?? error, exchange);
        }
      },
      async return() {
        // What is all there is read to its end, empty or not: until then the connection is neither free nor idle.
        if (response.complete) response.resume();
        else response.destroy();
        await chunks.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
