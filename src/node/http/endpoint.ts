/** The other end of a connection: a server, or a proxy. */
import type { RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import { PintleError } from '../../errors.ts';
import type { Url } from '../../go/url.ts';
import { basicAuth } from '../../sources/http/origin.ts';
import type { checkServerIdentity } from './certificate.ts';

/** The credentials that a proxy's URL holds. */
export function proxyHeaders({ user }: Url): Record<string, string> {
  return user === undefined ? {} : { 'Proxy-Authorization': basicAuth(user.username, user.password ?? '') };
}

/** Refuses proxies that are not reached by HTTP. */
export function checkProxy({ scheme }: Url): void {
  if (!scheme.startsWith('socks')) return;
  throw new PintleError('NETWORK_FAILED', `proxyconnect tcp: ${scheme} proxies are not supported`, {
    hint: 'name an http or https proxy in HTTP_PROXY and HTTPS_PROXY',
  });
}

/** Where to connect to; `servername` is whom to expect there, and empty for an address, which TLS does not announce. */
export function endpoint(host: string, port: string): RequestOptions & { servername: string } {
  const bare = host.replace(/\.$/, '');
  return { hostname: host, port, servername: /^[\d.]+$|:/.test(bare) ? '' : bare };
}

export interface TlsSettings {
  readonly secureContext: SecureContext;
  readonly rejectUnauthorized: boolean;
  readonly checkServerIdentity: typeof checkServerIdentity;
}

/** What a request says to the tunnel that is opened for it; Node keeps the request's own signal from agents. */
export interface TunnelOptions {
  readonly tunnelSignal?: AbortSignal;
}
