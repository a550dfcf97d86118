import { createHttpClient, type HttpClient } from '../../sources/http/client.ts';
import type { Environment } from '../environment.ts';
import { nodeTransport } from './transport.ts';

/** What servers are told. Some look for Helm's name and give others a web page, so that comes first. */
export const USER_AGENT = 'Helm/4.2.4 Pintle/0.1.0';

/** Helm's own limit for a download. Go: helm getter.DefaultHTTPTimeout */
const TIMEOUT = 120_000;

/** A client over the network. `timeout` is for a whole request, in milliseconds. */
export function nodeHttpClient(options: { readonly env: Environment; readonly timeout?: number }): HttpClient {
  return createHttpClient(nodeTransport(options), { userAgent: USER_AGENT, totalTimeout: options.timeout ?? TIMEOUT });
}
