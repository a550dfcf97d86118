/** The other end of a connection: a server, or a proxy. */
import type { RequestOptions } from 'node:http';
import type { SecureContext } from 'node:tls';
import type { Url } from '../../go/url.ts';
import { basicAuth } from '../../sources/http/origin.ts';
import type { checkServerIdentity } from './certificate.ts';

/** The credentials that a proxy's URL holds. */
export function proxyHeaders({ user }: Url): Record<string, string> {
  return user === undefined ? {} : { 'Proxy-Authorization': basicAuth(user.username, user.password ?? '') };
}

/** Where to connect to; `servername` is whom to expect there, and empty for an address, which TLS does not announce. */
export function endpoint(host: string, port: string, name = ''): RequestOptions & { servername: string } {
  const bare = (name || host).replace(/\.$/, '');
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
