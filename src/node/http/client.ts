import { createHttpClient, type HttpClient } from '../../sources/http/client.ts';
import type { Environment } from '../environment.ts';
import { nodeTransport } from './transport.ts';

/** The package's version, which the build puts in place of the global. */
const VERSION = (globalThis as { PINTLE_VERSION?: string }).PINTLE_VERSION ?? '0.0.0-dev';

/** What servers are told. Some look for Helm's name, to count or to choose what they give, so that comes first. */
export const USER_AGENT: string = `Helm/4.2.4 Pintle/${VERSION}`;

/** Helm's own limit for a download. Go: helm getter.DefaultHTTPTimeout */
const TIMEOUT = 120_000;

/** A client over the network. `timeout` is for a whole request, in milliseconds. */
export function nodeHttpClient(options: { readonly env: Environment; readonly timeout?: number }): HttpClient {
  return createHttpClient(nodeTransport(options), { userAgent: USER_AGENT, totalTimeout: options.timeout ?? TIMEOUT });
}
