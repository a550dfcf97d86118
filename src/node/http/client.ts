import type { Transport } from '../../host.ts';
import { createHttpClient, type HttpClient } from '../../sources/http/client.ts';
import type { Environment } from '../environment.ts';
import { VERSION } from '../version.ts';
import { nodeTransport } from './transport.ts';

/** What servers are told. Some look for Helm's name, to count or to choose what they give, so that comes first. */
export const USER_AGENT: string = `Helm/4.2.4 Pintle/${VERSION}`;

/** Helm's own limit for a download. Go: helm getter.DefaultHTTPTimeout */
const TIMEOUT = 120_000;

export interface NodeHttpOptions {
  readonly env: Environment;
  /** For a whole request, in milliseconds. */
  readonly timeout?: number;
  /** The network if left out. */
  readonly transport?: Transport | undefined;
}

/** A client over the network. */
export function nodeHttpClient({ env, timeout = TIMEOUT, transport }: NodeHttpOptions): HttpClient {
  return createHttpClient(transport ?? nodeTransport({ env }), { userAgent: USER_AGENT, totalTimeout: timeout });
}
