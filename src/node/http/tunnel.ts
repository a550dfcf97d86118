/** Connections through a proxy, by CONNECT or SOCKS. */
import * as http from 'node:http';
import * as https from 'node:https';
import type { Socket } from 'node:net';
import * as tls from 'node:tls';
import { PintleError } from '../../errors.ts';
import { fromByteString } from '../../go/byte-string.ts';
import { hostname, type Url } from '../../go/url.ts';
import { checkServerIdentity } from './certificate.ts';
import { endpoint, proxyHeaders, type TlsSettings, type TunnelOptions } from './endpoint.ts';
import { IdleError, transportFault } from './errors.ts';
import { lookupFor } from './lookup.ts';
import { asciiHost, isSocks, proxyPort } from './proxy.ts';
import { isSocksRefusal, openSocks } from './socks.ts';

/** How large the headers of the proxy's answer may be. */
const MAX_HEADER = 64 * 1024;
const PATIENCE = 60_000;

type Options = https.RequestOptions & TunnelOptions;
type Opened = (error: Error | null, socket?: Socket) => void;

/**
 * An agent whose connections go through `proxy`; `secure` where there is TLS at the other end. A proxy that refuses
 * is an error, never the server's answer.
 */
export function tunnelAgent(proxy: Url, secure: boolean, options: https.AgentOptions): http.Agent {
  return secure ? new SecureTunnelAgent(proxy, options) : new TunnelAgent(proxy, options);
}

class TunnelAgent extends http.Agent {
  readonly #proxy: Url;

  constructor(proxy: Url, options: http.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: Options, callback?: unknown): undefined {
    open(this.#proxy, options, callback as Opened);
  }
}

class SecureTunnelAgent extends https.Agent {
  readonly #proxy: Url;

  constructor(proxy: Url, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(options: Options, callback?: unknown): undefined {
    const done = callback as Opened;
    open(this.#proxy, options, (error, socket) => {
      if (socket === undefined) done(error);
      else done(null, tls.connect({ ...(options as tls.ConnectionOptions), socket }));
    });
  }
}

/** A connection through `proxy`, on which nothing is said yet. */
export function openTunnel(proxy: Url, options: Options): Promise<Socket> {
  return new Promise((resolve, reject) => {
    open(proxy, options, (error, socket) => (socket === undefined ? reject(error) : resolve(socket)));
  });
}

/** Opens the way to where `options` leads. */
function open(proxy: Url, options: Options, done: Opened): void {
  const host = asciiHost(hostname(proxy));
  const fail = (error: unknown): void => {
    done(transportFault(error, { host, ends: '', toProxy: true, answered: false, maxHeader: MAX_HEADER }));
  };
  if (!isSocks(proxy)) {
    sendConnect(proxy, options, done, fail);
    return;
  }
  openSocks(proxy, options.host ?? '', Number(options.port), options.tunnelSignal).then(
    (socket) => done(null, socket),
    (error) => (isSocksRefusal(error) ? done(error) : fail(error)),
  );
}

function sendConnect(proxy: Url, options: Options, done: Opened, fail: (error: unknown) => void): void {
  const host = asciiHost(hostname(proxy));
  const target = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
  const secure = proxy.scheme === 'https';
  const { secureContext, rejectUnauthorized } = options as Options & TlsSettings;
  const { request } = secure ? https : http;
  const message = request({
    ...endpoint(host, proxyPort(proxy)),
    ...(secure && { secureContext, rejectUnauthorized, checkServerIdentity }),
    // The proxy's own address is the user's choice, whatever the request may go to.
    lookup: lookupFor('any'),
    method: 'CONNECT',
    path: target,
    headers: { Host: target, Connection: 'keep-alive', ...proxyHeaders(proxy) },
    agent: false,
    setHost: false,
    maxHeaderSize: MAX_HEADER,
    timeout: PATIENCE,
    ...(options.tunnelSignal && { signal: options.tunnelSignal }),
  } as https.RequestOptions);
  message.once('error', fail);
  message.once('timeout', () => message.destroy(new IdleError(PATIENCE)));
  message.once('response', (response) => message.destroy(refusal(response, host, target)));
  message.once('connect', (response, socket, head) => {
    // What comes before it was asked for is not from the server.
    if (response.statusCode === 200 && head.length === 0) {
      socket.setTimeout(0);
      done(null, socket as Socket);
      return;
    }
    socket.destroy();
    done(refusal(response, host, target));
  });
  message.end();
}

/** Go: http Transport.dialConn, which says no more than the proxy does. */
function refusal({ statusCode, statusMessage }: http.IncomingMessage, host: string, target: string): PintleError {
  return new PintleError('NETWORK_FAILED', fromByteString(statusMessage || 'unknown status code'), {
    hint: `this is the answer of the proxy ${host} to being asked for ${target}`,
    data: { status: statusCode },
  });
}
