/** Connections, kept for later requests, and the way to them: straight or through a proxy. */
import type { Agent, RequestOptions } from 'node:http';
import { PintleError } from '../../errors.ts';
import { escapedPath, formatUrl, hostname, parseUrl, pathEscape, port, type Url } from '../../go/url.ts';
import type { HttpRequest, TlsOptions } from '../../host.ts';
import { isPrivateHost, privateAddressText } from '../../sources/http/address.ts';
import { effectivePort } from '../../sources/http/origin.ts';
import type { Environment } from '../environment.ts';
import { checkServerIdentity } from './certificate.ts';
import { endpoint, proxyHeaders, type TlsSettings } from './endpoint.ts';
import { lookupFor } from './lookup.ts';
import { asciiHost, isSocks, type ProxyFor, proxyFromEnvironment, proxyPort } from './proxy.ts';
import type { Way } from './tls-socket.ts';
import { systemAuthorities } from './trust.ts';

/** How a request gets to its server. */
export interface Route {
  /** Whether the first connection is over TLS. */
  readonly secure: boolean;
  /** The host of the connection's other end, without brackets. */
  readonly host: string;
  /** Whom to expect there. */
  readonly name: string;
  /** Whether the other end is a proxy that takes the request itself. */
  readonly toProxy: boolean;
  /** What node:http wants to know. */
  readonly options: RequestOptions;
  /** Headers for the proxy. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface AgentPool {
  /** @throws PintleError NETWORK_REFUSED where the host is no public one, and only those are allowed. */
  route(url: Url, request: HttpRequest): Promise<Route>;
  /** The way to a server over TLS, for a connection that carries many requests. */
  way(url: Url, request: HttpRequest): Way;
  close(): void;
}

export interface PoolOptions {
  /** How many connections to one server are open at once; 8 if left out. */
  readonly connections?: number;
  /** How long a connection waits for another request, in milliseconds; 4 s if left out: most servers wait longer. */
  readonly keep?: number;
  /**
   * What is sent again when a kept connection turns out to be closed: what may be done twice (PUT and DELETE, too) if
   * left out, or only what changes nothing, for callers that want to know of everything else.
   */
  readonly repeats?: 'reads';
  /** Speak HTTP/2 with servers that do. */
  readonly http2?: boolean;
}

const CONNECTIONS = 8;
const KEEP = 4_000;
/** How long an address is tried before the next one is, too. Node's own 250 ms are too short for slow lines. */
const NEXT_ADDRESS = 1_000;

const NO_TLS: TlsOptions = {};

/** One agent for each way to connect, so that a connection is used only by requests with the same rules. */
export function agentPool(env: Environment, { connections = CONNECTIONS, keep = KEEP }: PoolOptions = {}): AgentPool {
  const agents = new Map<string, Agent>();
  let proxyFor: ProxyFor | undefined;
  const settings = tlsSettings(env);
  const nameOf = tlsNames();

  const agentFor = async (secure: boolean, request: HttpRequest, tunnel: Url | undefined): Promise<Agent> => {
    const { tls = NO_TLS, addresses = 'any' } = request;
    const key = JSON.stringify([secure, addresses, secure ? nameOf(tls) : '', tunnel && formatUrl(tunnel)]);
    const kept = agents.get(key);
    if (kept !== undefined) return kept;
    const { Agent } = secure ? await import('node:https') : await import('node:http');
    const options = {
      keepAlive: true,
      maxSockets: connections,
      timeout: keep,
      lookup: lookupFor(addresses),
      autoSelectFamilyAttemptTimeout: NEXT_ADDRESS,
      ...(secure && (await settings(tls))),
    };
    const agent =
      tunnel === undefined ? new Agent(options) : (await import('./tunnel.ts')).tunnelAgent(tunnel, secure, options);
    agents.set(key, agent);
    return agent;
  };

  const proxyOf = (url: Url, request: HttpRequest): Url | undefined => {
    if (request.proxy !== undefined) return parseUrl(request.proxy);
    proxyFor ??= proxyFromEnvironment(env);
    return proxyFor(url);
  };

  return {
    async route(url, request) {
      const host = checkedHost(url, request);
      const proxy = proxyOf(url, request);
      if (proxy !== undefined && url.scheme === 'http' && !isSocks(proxy)) {
        return throughProxy(url, proxy, request, agentFor);
      }
      const secure = url.scheme === 'https';
      const agent = await agentFor(secure, request, proxy);
      const options = { ...endpoint(host, checkedPort(url), request.tls?.serverName), path: requestPath(url), agent };
      return { secure, host, name: request.tls?.serverName || host, toProxy: false, options, headers: {} };
    },
    way(url, request) {
      const { tls = NO_TLS, addresses = 'any' } = request;
      const host = checkedHost(url, request);
      const port = checkedPort(url);
      const proxy = proxyOf(url, request);
      return {
        key: JSON.stringify([host, port, addresses, nameOf(tls), proxy && formatUrl(proxy)]),
        host,
        port,
        name: tls.serverName || host,
        servername: endpoint(host, port, tls.serverName).servername,
        proxy,
        lookup: lookupFor(addresses),
        settings: () => settings(tls),
      };
    },
    close() {
      for (const agent of agents.values()) agent.destroy();
      agents.clear();
    },
  };
}

/** A request in the clear, handed to the proxy whole. */
async function throughProxy(
  url: Url,
  proxy: Url,
  request: HttpRequest,
  agentFor: (secure: boolean, request: HttpRequest, tunnel: undefined) => Promise<Agent>,
): Promise<Route> {
  const secure = proxy.scheme === 'https';
  const host = asciiHost(hostname(proxy));
  // The proxy's own address is the user's choice, whatever the request may go to.
  const agent = await agentFor(secure, { ...request, addresses: 'any' }, undefined);
  const path = formatUrl({ ...url, user: undefined, fragment: '', path: url.path || '/', rawQuery: plainQuery(url) });
  const options = { ...endpoint(host, proxyPort(proxy)), path, agent };
  return { secure, host, name: host, toProxy: true, options, headers: proxyHeaders(proxy) };
}

/** @throws PintleError NETWORK_REFUSED */
function checkedHost(url: Url, { addresses }: HttpRequest): string {
  const host = asciiHost(hostname(url));
  if (addresses !== 'public' || !isPrivateHost(host)) return host;
  throw new PintleError('NETWORK_REFUSED', privateAddressText(host), { data: { host } });
}

function checkedPort(url: Url): string {
  if (Number(port(url)) > 65_535)
    throw new PintleError('NETWORK_FAILED', `dial tcp: address ${port(url)}: invalid port`);
  return effectivePort(url);
}

/** Path and query. Go: URL.RequestURI, but that what would break the line of the request is escaped. */
export function requestPath(url: Url): string {
  const path = escapedPath(url) || '/';
  return url.forceQuery || url.rawQuery !== '' ? `${path}?${plainQuery(url)}` : path;
}

function plainQuery({ rawQuery }: Url): string {
  return rawQuery.replace(/[^!-~]+/g, pathEscape);
}

function tlsSettings(env: Environment): (tls: TlsOptions) => Promise<TlsSettings> {
  let system: string[] | undefined;
  return async ({ ca, cert, key, insecureSkipVerify = false, serverName = '' }) => {
    const { createSecureContext } = await import('node:tls');
    if (ca === undefined && !insecureSkipVerify) system ??= systemAuthorities(env);
    const trusted = ca ?? system;
    const secureContext = createSecureContext({
      ...(trusted !== undefined && { ca: trusted }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    });
    return {
      secureContext,
      rejectUnauthorized: !insecureSkipVerify,
      checkServerIdentity:
        serverName === '' ? checkServerIdentity : (_host, shown) => checkServerIdentity(serverName, shown),
    };
  };
}

/** A short name for settings, the same for the same. */
function tlsNames(): (tls: TlsOptions) => string {
  const known = new WeakMap<TlsOptions, string>();
  const names = new Map<string, string>();
  return (tls) => {
    let name = known.get(tls);
    if (name === undefined) {
      const text = JSON.stringify(tls);
      name = names.get(text) ?? String(names.size);
      names.set(text, name);
      known.set(tls, name);
    }
    return name;
  };
}
