/** The way to the user's cluster. */
import type { DiscoveryCache } from '../../cluster/discovery.ts';
import type { ClusterTransport } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import type { Log } from '../../host.ts';
import type { Environment, Settings } from '../environment.ts';
import { nodeTransport } from '../http/transport.ts';
import { currentNamespace } from '../kubeconfig.ts';
import { authenticatorFor } from './auth.ts';
import { clientConfig } from './client-config.ts';
import { diskDiscoveryCache } from './discovery-cache.ts';
import { loadKubeConfig } from './load.ts';
import { clusterTls } from './tls.ts';
import { clusterTransport } from './transport.ts';

export interface Connection {
  readonly transport: ClusterTransport;
  /** The namespace to work in. */
  readonly namespace: string;
  readonly cache: DiscoveryCache;
}

const NO_CACHE: DiscoveryCache = { read: async () => undefined, write: async () => {} };

/** Connections at once: as many requests as a client sends, and a watch for each kind of objects. */
const CONNECTIONS = 64;
const KEEP = 30_000;

/**
 * What kubeconfig, flags and environment lead to. Nothing is sent, and a kubeconfig that cannot be used is no error
 * yet: as in Helm, the first request fails for it, with KUBECONFIG_INVALID and client-go's text, which has no
 * `Get "URL": ` in front, as all other errors of `send` have.
 */
export async function connectCluster(settings: Settings, env: Environment, _log: Log): Promise<Connection> {
  const namespace = await currentNamespace(settings, env);
  try {
    const config = clientConfig(loadKubeConfig(settings.kubeconfig, env), settings, env);
    const auth = authenticatorFor(config, clusterTls(config.cluster, config.user));
    const network = nodeTransport({ env, connections: CONNECTIONS, keep: KEEP, http2: true });
    return {
      transport: clusterTransport({ config, auth, network }),
      namespace,
      cache: diskDiscoveryCache(config.host, env),
    };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const fault = new PintleError('KUBECONFIG_INVALID', error.message, { cause: error });
    return { transport: { server: '', send: () => Promise.reject(fault) }, namespace, cache: NO_CACHE };
  }
}
