/** What commands about releases work with: the cluster, the store of records, and who does it. */

import { type ClusterOptions, clusterOf } from '../src/cluster/connect.ts';
import type { Cluster, ClusterTransport } from '../src/cluster/types.ts';
import { nodeInflate } from '../src/node/inflate.ts';
import type { ReleaseContext } from '../src/release/options.ts';
import type { StoreHost } from '../src/release/stores/host.ts';
import type { ReleaseStore } from '../src/release/types.ts';
import type { Call } from './types.ts';

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

export interface WorldOptions {
  /** Nothing is to be kept: records go to memory, whatever `HELM_DRIVER` says. */
  readonly offline?: boolean;
  /** Ends what is asked about the cluster itself. */
  readonly signal?: AbortSignal;
}

/** The world of one call. Close it at the end. */
export async function releaseWorld(call: Call, options: WorldOptions = {}): Promise<ReleaseWorld> {
  const { settings, io, log, host } = call;
  const driver: Driver = options.offline ? 'memory' : driverOf(io.env['HELM_DRIVER'] ?? '');
  const { transport, namespace, cache, close } = await (driver === 'memory' && !options.offline
    ? connectNowhere(call)
    : connect(call));
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
  const open = storeOpener(call, driver, cluster, records, options.offline === true);
  const store = await open(namespace);
  return {
    cluster,
    store,
    namespace,
    driver,
    storeOf: open,
    context: (parts = {}) => ({ cluster, store, namespace, host, log, holder: holderOf(), ...parts }),
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
function holderOf(): string {
  const os = process.getBuiltinModule('node:os');
  let user = process.env['USER'] ?? '';
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
async function connect(call: Call): Promise<Connected> {
  const { settings, io, log } = call;
  if (settings.sandbox !== '') {
    const { openSandbox } = await import('../src/node/sandbox.ts');
    const { transport } = openSandbox(settings.sandbox, call.host);
    return { transport, namespace: settings.namespace || 'default', close: async () => transport.close?.() };
  }
  const { connectCluster } = await import('../src/node/kube/connect.ts');
  const { transport, namespace, cache } = await connectCluster(settings, io.env, log);
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
async function connectNowhere({ settings, io, host }: Call): Promise<Connected> {
  const { currentNamespace } = await import('../src/node/kubeconfig.ts');
  const namespace = await currentNamespace(settings, io.env);
  let opened: Promise<ClusterTransport> | undefined;
  const open = async (): Promise<ClusterTransport> => {
    const { createSandbox } = await import('../src/testing/sandbox/sandbox.ts');
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

function storeOpener(call: Call, driver: Driver, cluster: Cluster, host: StoreHost, offline: boolean): OpenStore {
  switch (driver) {
    case 'secret':
      return async (namespace) => {
        const { secretStore } = await import('../src/release/stores/secret.ts');
        return secretStore(cluster.client, namespace, host);
      };
    case 'configmap':
      return async (namespace) => {
        const { configMapStore } = await import('../src/release/stores/configmap.ts');
        return configMapStore(cluster.client, namespace, host);
      };
    case 'memory':
      return memoryOpener(call, host, offline);
    case 'sql':
      return sqlOpener(call, host);
  }
}

/** All stores of one call share their connections. */
function sqlOpener({ io }: Call, host: StoreHost): OpenStore {
  let sql: Promise<import('../src/release/types.ts').SqlClient> | undefined;
  return async (namespace) => {
    const { connectSql } = await import('../src/node/releases/sql-client.ts');
    const { sqlStore } = await import('../src/release/stores/sql.ts');
    sql ??= connectSql(io.env['HELM_DRIVER_SQL_CONNECTION_STRING'] ?? '', io.env);
    const store = sqlStore(await sql, namespace, host);
    await store.prepare();
    return store;
  };
}

/** All stores of one call share their memory. */
function memoryOpener(call: Call, host: StoreHost, offline: boolean): OpenStore {
  let memory: Promise<import('../src/release/stores/memory.ts').Memory> | undefined;
  return async (namespace) => {
    const { memoryStore, newMemory } = await import('../src/release/stores/memory.ts');
    memory ??= offline
      ? Promise.resolve(newMemory())
      : import('../src/node/releases/memory-data.ts').then(({ readMemoryData }) =>
          newMemory(readMemoryData(call.io.env['HELM_MEMORY_DRIVER_DATA'] ?? '')),
        );
    return memoryStore([], { namespace, memory: await memory, now: host.now });
  };
}
