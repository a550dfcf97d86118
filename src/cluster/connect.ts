import { type ClientOptions, createClient } from './client.ts';
import { createDiscovery, type DiscoveryCache } from './discovery.ts';
import { createSchemas } from './openapi.ts';
import type { ApiClient, Cluster, ClusterTransport } from './types.ts';

export interface ClusterOptions extends ClientOptions {
  /** Keeps what discovery says between runs. */
  readonly cache?: DiscoveryCache;
  /** Ends what discovery and schemas ask, which nobody else can end. */
  readonly signal?: AbortSignal;
}

/**
 * The cluster at the other end of a transport. Asks nothing yet.
 *
 * @example const cluster = clusterOf(transport, { clock, random })
 */
export function clusterOf(transport: ClusterTransport, options: ClusterOptions): Cluster {
  const client = createClient(transport, options);
  const { signal } = options;
  const reader: Pick<ApiClient, 'json' | 'stream'> = {
    json: (call) => client.json({ ...(signal && { signal }), ...call }),
    stream: (call) => client.stream({ ...(signal && { signal }), ...call }),
  };
  return { client, discovery: createDiscovery(reader, options.cache), schemas: createSchemas(reader) };
}
