/** What work on releases needs: the cluster, the store of records, and who does it. */
import { type ClusterOptions, clusterOf } from '../../cluster/connect.ts';
import type { Cluster, ClusterTransport } from '../../cluster/types.ts';
import type { Log, RenderHost } from '../../host.ts';
import type { ReleaseContext } from '../../release/options.ts';
import type { StoreHost } from '../../release/stores/host.ts';
import type { ReleaseStore } from '../../release/types.ts';
import type { Environment, Settings } from '../environment.ts';
import { nodeInflate } from '../inflate.ts';

/** The kind of store that `HELM_DRIVER` names; the command line has refused other words. */
type Driver = ReleaseStore['kind'];

/** What makes a context of this one call. */
export type ContextParts = Partial<Pick<ReleaseContext, 'signal' | 'onEvent' | 'onLog' | 'namespace' | 'store'>>;

export interface ReleaseWorld {
  /** Asks nothing before it is used. */
  readonly cluster: Cluster;
  /** Records in the namespace in use. */
  readonly store: ReleaseStore;
  /** The namespace in use. */
  readonly namespace: string;
  readonly driver: Driver;
  /** Records elsewhere; an empty namespace is all of them, for reading. */
  storeOf(namespace: string): Promise<ReleaseStore>;
  /** For the actions. */
  context(parts?: ContextParts): ReleaseContext;
  /** Ends connections and keeps the embedded cluster's state. */
  close(): Promise<void>;
}

/** Where the settings and the world come from. */
export interface WorldSource {
  readonly settings: Settings;
  readonly env: Environment;
  readonly log: Log;
  readonly host: RenderHost;
}

export interface WorldOptions {
  /** Nothing is to be kept: records go to memory, whatever `HELM_DRIVER` says. */
  readonly offline?: boolean;
  /** Ends what is asked about the cluster itself. */
  readonly signal?: AbortSignal;
}

/** Opens a world, from which nothing is asked yet. Close it at the end. */
export async function openReleaseWorld(source: WorldSource, options: WorldOptions = {}): Promise<ReleaseWorld> {
  const { settings, env, log, host } = source;
  const driver: Driver = options.offline ? 'memory' : driverOf(env['HELM_DRIVER'] ?? '');
  const { transport, namespace, cache, close } = await (driver === 'memory' && !options.offline
    ? connectNowhere(source)
    : connect(source));
  const cluster = clusterOf(transport, {
    clock: host.clock,
    random: host.random,
    log,
    qps: settings.qps,
    burst: settings.burstLimit,
    ...(cache && { cache }),
    ...(options.signal && { signal: options.signal }),
  });
  const records: StoreHost = {
    log,
    inflate: nodeInflate,
    gzip: (bytes) => process.getBuiltinModule('node:zlib').gzipSync(bytes, { level: 9 }),
    now: () => cluster.client.now(),
  };
  const open = storeOpener(source, driver, cluster, records, options.offline === true);
  const store = await open(namespace);
  return {
    cluster,
    store,
    namespace,
    driver,
    storeOf: open,
    context: (parts = {}) => ({ cluster, store, namespace, host, log, holder: holderOf(env), ...parts }),
    async close() {
      await store.close?.();
      await close();
    },
  };
}

function driverOf(text: string): Driver {
  switch (text) {
    case 'configmap':
    case 'configmaps':
      return 'configmap';
    case 'memory':
    case 'sql':
      return text;
    default:
      return 'secret';
  }
}

/** `user@host (pid 123)` */
function holderOf(env: Environment): string {
  const os = process.getBuiltinModule('node:os');
  let user = env['USER'] ?? '';
  try {
    user = os.userInfo().username;
  } catch {
    // Containers run under numbers that have no name.
  }
  return `${user || 'somebody'}@${os.hostname()} (pid ${process.pid})`;
}

interface Connected {
  readonly transport: ClusterTransport;
  readonly namespace: string;
  readonly cache?: NonNullable<ClusterOptions['cache']>;
  close(): Promise<void>;
}

/** The cluster of the kubeconfig, or the embedded one. */
async function connect({ settings, env, log, host }: WorldSource): Promise<Connected> {
  if (settings.sandbox !== '') {
    const { openSandbox } = await import('../sandbox.ts');
    const { transport } = openSandbox(settings.sandbox, host);
    return { transport, namespace: settings.namespace || 'default', close: async () => transport.close?.() };
  }
  const { connectCluster } = await import('../kube/connect.ts');
  const { transport, namespace, cache } = await connectCluster(settings, env, log);
  return {
    transport,
    namespace,
    cache,
    async close() {
      transport.close?.();
    },
  };
}

/**
 * Where records end with the program, so does what is done for them: as with Helm's memory driver, the real cluster is
 * not touched. An embedded one stands in for it, with the namespace in use.
 */
async function connectNowhere({ settings, env, host }: WorldSource): Promise<Connected> {
  const { currentNamespace } = await import('../kubeconfig.ts');
  const namespace = await currentNamespace(settings, env);
  let opened: Promise<ClusterTransport> | undefined;
  const open = async (): Promise<ClusterTransport> => {
    const { createSandbox } = await import('../../testing/sandbox/sandbox.ts');
    const { transport } = createSandbox(host);
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const headers = { 'content-type': 'application/json' };
    const { body: answer } = await transport.send({ method: 'POST', path: '/api/v1/namespaces', headers, body });
    for await (const _ of answer);
    return transport;
  };
  const transport: ClusterTransport = {
    server: '',
    send: async (request) => {
      opened ??= open();
      return (await opened).send(request);
    },
  };
  return { transport, namespace, close: async () => (await opened)?.close?.() };
}

type OpenStore = (namespace: string) => Promise<ReleaseStore>;

function storeOpener(
  source: WorldSource,
  driver: Driver,
  cluster: Cluster,
  host: StoreHost,
  offline: boolean,
): OpenStore {
  switch (driver) {
    case 'secret':
      return async (namespace) => {
        const { secretStore } = await import('../../release/stores/secret.ts');
        return secretStore(cluster.client, namespace, host);
      };
    case 'configmap':
      return async (namespace) => {
        const { configMapStore } = await import('../../release/stores/configmap.ts');
        return configMapStore(cluster.client, namespace, host);
      };
    case 'memory':
      return memoryOpener(source, host, offline);
    case 'sql':
      return sqlOpener(source, host);
  }
}

/** All stores of one call share their connections. */
function sqlOpener({ env }: WorldSource, host: StoreHost): OpenStore {
  let sql: Promise<import('../../release/types.ts').SqlClient> | undefined;
  return async (namespace) => {
    const { connectSql } = await import('./sql-client.ts');
    const { sqlStore } = await import('../../release/stores/sql.ts');
    sql ??= connectSql(env['HELM_DRIVER_SQL_CONNECTION_STRING'] ?? '', env);
    const store = sqlStore(await sql, namespace, host);
    await store.prepare();
    return store;
  };
}

/** All stores of one call share their memory. */
function memoryOpener({ env }: WorldSource, host: StoreHost, offline: boolean): OpenStore {
  let memory: Promise<import('../../release/stores/memory.ts').Memory> | undefined;
  return async (namespace) => {
    const { memoryStore, newMemory } = await import('../../release/stores/memory.ts');
    memory ??= offline
      ? Promise.resolve(newMemory())
      : import('./memory-data.ts').then(({ readMemoryData }) =>
          newMemory(readMemoryData(env['HELM_MEMORY_DRIVER_DATA'] ?? '')),
        );
    return memoryStore([], { namespace, memory: await memory, now: host.now });
  };
}
