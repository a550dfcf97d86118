/** Connections over TLS through a proxy's CONNECT. */
import * as http from 'node:http';
import * as https from 'node:https';
import * as tls from 'node:tls';
import { PintleError } from '../../errors.ts';
import { fromByteString } from '../../go/byte-string.ts';
import { hostname, type Url } from '../../go/url.ts';
import { checkProxy, endpoint, proxyHeaders, type TlsSettings, type TunnelOptions } from './endpoint.ts';
import { IdleError, transportFault } from './errors.ts';
import { lookupFor } from './lookup.ts';
import { asciiHost, proxyPort } from './proxy.ts';

/** How large the headers of the proxy's answer may be. */
const MAX_HEADER = 64 * 1024;
const PATIENCE = 60_000;

/** An agent whose connections go through `proxy`. A proxy that refuses is an error, never the server's answer. */
export function tunnelAgent(proxy: Url, options: https.AgentOptions & Partial<TlsSettings>): https.Agent {
  checkProxy(proxy);
  return new TunnelAgent(proxy, options);
}

class TunnelAgent extends https.Agent {
  readonly #proxy: Url;

  constructor(proxy: Url, options: https.AgentOptions) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(
    options: https.RequestOptions,
    callback?: (error: Error | null, stream: tls.TLSSocket) => void,
  ): undefined {
    const done = callback as (error: Error | null, stream?: tls.TLSSocket) => void;
    openTunnel(this.#proxy, options, (error, socket) => {
      if (socket === undefined) return done(error);
      done(null, tls.connect({ ...(options as tls.ConnectionOptions), socket }));
    });
  }
}

type Opened = (error: Error | null, socket?: tls.ConnectionOptions['socket']) => void;

function openTunnel(proxy: Url, options: https.RequestOptions & TunnelOptions, done: Opened): void {
  const host = asciiHost(hostname(proxy));
  const target = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
  const secure = proxy.scheme === 'https';
  const { secureContext, rejectUnauthorized, checkServerIdentity } = options as https.RequestOptions & TlsSettings;
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
  const connection = { host, ends: '', toProxy: true, answered: false, maxHeader: MAX_HEADER };
  message.once('error', (error) => done(transportFault(error, connection)));
  message.once('timeout', () => message.destroy(new IdleError(PATIENCE)));
  message.once('response', (response) => message.destroy(refusal(response, host, target)));
  message.once('connect', (response, socket, head) => {
    if (response.statusCode !== 200 || head.length > 0) {
      socket.destroy();
      return done(refusal(response, host, target));
    }
    socket.setTimeout(0);
    done(null, socket);
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
