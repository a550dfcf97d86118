import { type ClientOptions, createClient } from './client.ts';
import { createDiscovery, type DiscoveryCache } from './discovery.ts';
import { createSchemas } from './openapi.ts';
import type { Cluster, ClusterTransport } from './types.ts';

export interface ClusterOptions extends ClientOptions {
  /** Keeps what discovery says between runs. */
  readonly cache?: DiscoveryCache;
}

/**
 * The cluster at the other end of a transport. Asks nothing yet.
 *
 * @example const cluster = clusterOf(transport, { clock, random })
 */
export function clusterOf(transport: ClusterTransport, options: ClusterOptions): Cluster {
  const client = createClient(transport, options);
  const discovery = createDiscovery(client, options.cache);
  return { client, discovery, schemas: createSchemas(client) };
}
