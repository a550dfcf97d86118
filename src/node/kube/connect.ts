/** The way to the user's cluster. */
import type { DiscoveryCache } from '../../cluster/discovery.ts';
import type { ClusterTransport } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import type { Log } from '../../host.ts';
import type { Environment, Settings } from '../environment.ts';
import { nodeTransport } from '../http/transport.ts';
import { authenticatorFor } from './auth.ts';
import { type ClientConfig, clientConfig, isDefault } from './client-config.ts';
import type { KubeConfig } from './config.ts';
import { diskDiscoveryCache } from './discovery-cache.ts';
import { inClusterConfig } from './in-cluster.ts';
import { loadKubeConfig } from './load.ts';
import { namespaceOf } from './namespace.ts';
import { isInCluster } from './service-account.ts';
import { clusterTransport } from './transport.ts';

export interface Connection {
  readonly transport: ClusterTransport;
  /** The namespace to work in. */
  readonly namespace: string;
  readonly cache: DiscoveryCache;
}

const NO_CACHE: DiscoveryCache = { read: async () => undefined, write: async () => {} };

/** Connections at once to a server without HTTP/2: as many requests as a client sends, and watches. */
const CONNECTIONS = 64;
/** How long a connection waits for the next request, in milliseconds. */
const KEEP = 30_000;

/**
 * What kubeconfig, flags and environment lead to. Nothing is sent, and a kubeconfig that cannot be used is no error
 * yet: as in Helm, the first request fails for it, with KUBECONFIG_INVALID and client-go's text, which has no
 * `Get "URL": ` in front, as all other errors of `send` have.
 */
export async function connectCluster(settings: Settings, env: Environment, log: Log): Promise<Connection> {
  let loaded: KubeConfig | undefined;
  try {
    loaded = loadKubeConfig(settings.kubeconfig, env);
    const config = chooseCluster(loaded, settings, env, log);
    const auth = await authenticatorFor(config, { env, log });
    const network = nodeTransport({ env, connections: CONNECTIONS, keep: KEEP, http2: true, repeats: 'reads' });
    return {
      transport: clusterTransport({ config, auth, network }),
      namespace: namespaceOf(loaded, settings, env),
      cache: diskDiscoveryCache(config.host, env),
    };
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const fault = new PintleError('KUBECONFIG_INVALID', error.message, { cause: error });
    const transport: ClusterTransport = { server: '', send: () => Promise.reject(fault) };
    return { transport, namespace: namespaceOf(loaded, settings, env), cache: NO_CACHE };
  }
}

/** A pod's own cluster where nothing else is said. Go: clientcmd DeferredLoadingClientConfig.ClientConfig */
function chooseCluster(loaded: KubeConfig, settings: Settings, env: Environment, log: Log): ClientConfig {
  const config = clientConfig(loaded, settings, env);
  return isDefault(config, env) && isInCluster(env) ? inClusterConfig(settings, env, log) : config;
}
