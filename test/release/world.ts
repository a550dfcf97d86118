/** Releases in an embedded cluster, for tests: charts from texts, options by what differs, faults at the k-th call. */
import { gunzipSync, gzipSync } from 'node:zlib';
import { loadChartFiles } from '../../src/chart/load.ts';
import type { Chart } from '../../src/chart/types.ts';
import { clusterOf } from '../../src/cluster/connect.ts';
import type { KubeObject } from '../../src/cluster/json.ts';
import type { ApiAnswer, ApiCall, Cluster, ClusterTransport, ResourceMapping } from '../../src/cluster/types.ts';
import { PintleError } from '../../src/errors.ts';
import type { GoMap } from '../../src/go/value.ts';
import type {
  DeployInput,
  InstallOptions,
  ReleaseContext,
  ReleaseEvent,
  RollbackOptions,
  UninstallOptions,
  UpgradeOptions,
} from '../../src/release/options.ts';
import { secretStore } from '../../src/release/stores/secret.ts';
import { fixedHost } from '../../src/testing/fixed-host.ts';
import { createSandbox } from '../../src/testing/sandbox/sandbox.ts';
import { yamlToMap } from '../../src/yaml/decode.ts';

/** Looks at a call before it is sent; what it throws or answers is the answer. */
export type Intercept = (call: ApiCall, send: () => Promise<ApiAnswer>) => Promise<ApiAnswer>;

export interface ReleaseTestWorld {
  readonly cluster: Cluster;
  readonly calls: string[];
  readonly events: ReleaseEvent[];
  readonly logs: string[];
  intercept: Intercept | undefined;
  /** Milliseconds that the clocks are ahead. */
  readonly ahead: { skew: number };
  context(more?: Partial<ReleaseContext>): ReleaseContext;
  /** Another process: connections of its own to the same cluster. */
  another(): void;
}

export const NAMESPACE = 'default';

/** A new cluster with nothing in it. */
export function releaseWorld(): ReleaseTestWorld {
  const host = fixedHost();
  const ahead = { skew: 0 };
  const clock = { now: () => ({ milliseconds: Date.now() + ahead.skew, nanoseconds: 0 }), timeZone: 'UTC' };
  const sandbox = createSandbox({ clock, random: host.random });
  const [calls, events, logs]: [string[], ReleaseEvent[], string[]] = [[], [], []];
  let now: { intercept: Intercept | undefined } = { intercept: undefined };
  const world: ReleaseTestWorld = {
    calls,
    events,
    logs,
    get intercept() {
      return now.intercept;
    },
    set intercept(intercept) {
      now.intercept = intercept;
    },
    ahead,
    cluster: undefined as unknown as Cluster,
    another: () => {},
    context: (more = {}) => ({
      cluster: world.cluster,
      store: secretStore(world.cluster.client, NAMESPACE, {
        log,
        inflate: { gunzip: (bytes) => gunzipSync(bytes) },
        gzip: (bytes) => gzipSync(bytes),
        now: () => world.cluster.client.now(),
        sleep: async () => {},
      }),
      namespace: NAMESPACE,
      host: { ...host, clock },
      log,
      holder: 'tester',
      onEvent: (event) => events.push(event),
      ...more,
    }),
  };
  const log = { log: (level: string, message: string) => void (level === 'DEBUG' || logs.push(`${level} ${message}`)) };
  const transportOf = (process: { intercept: Intercept | undefined }): ClusterTransport => ({
    server: sandbox.transport.server,
    send: (call) => {
      calls.push(`${call.method} ${call.path}`);
      const send = (): Promise<ApiAnswer> => sandbox.transport.send(call);
      return process.intercept ? process.intercept(call, send) : send();
    },
  });
  world.another = () => {
    const options = { clock, random: host.random, log, qps: -1, sleep: async () => {} };
    now = { intercept: undefined };
    Object.assign(world, { cluster: clusterOf(transportOf(now), options) });
  };
  world.another();
  return world;
}

/** A chart from its files. */
export function chartOf(files: Readonly<Record<string, string>>): Chart {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: c\nversion: 0.1.0\n', ...files };
  const encoder = new TextEncoder();
  const inflate = { gunzip: (bytes: Uint8Array) => new Uint8Array(gunzipSync(bytes)) };
  const list = Object.entries(all).map(([name, text]) => ({ name, data: encoder.encode(text) }));
  return loadChartFiles(list, { inflate }) as Chart;
}

export function inputOf(files: Readonly<Record<string, string>>, values = ''): DeployInput {
  return { chart: chartOf(files), values: yamlToMap(values) as GoMap };
}

const WAIT = { strategy: 'hookOnly', timeout: 2000, jobs: false } as const;

const DEPLOY = {
  name: 'web',
  wait: WAIT,
  dryRun: 'none',
  hideSecret: false,
  noHooks: false,
  skipCrds: false,
  rollbackOnFailure: false,
  forceReplace: false,
  forceConflicts: false,
  takeOwnership: false,
  serverSide: undefined,
  disableOpenApiValidation: false,
  skipSchemaValidation: false,
  description: '',
  labels: new Map<string, string>(),
  subNotes: false,
} as const;

export function installOptions(more: Partial<InstallOptions> = {}): InstallOptions {
  return { ...DEPLOY, createNamespace: false, replace: false, apiVersions: [], ...more };
}

export function upgradeOptions(more: Partial<UpgradeOptions> = {}): UpgradeOptions {
  const values = { resetValues: false, reuseValues: false, resetThenReuseValues: false };
  return { ...DEPLOY, ...values, cleanupOnFail: false, historyMax: 10, ...more };
}

export function rollbackOptions(more: Partial<RollbackOptions> = {}): RollbackOptions {
  const { name, wait, dryRun, noHooks, forceReplace, forceConflicts, serverSide, description } = DEPLOY;
  const own = { name, wait, dryRun, noHooks, forceReplace, forceConflicts, serverSide, description };
  return { ...own, revision: 0, cleanupOnFail: false, historyMax: 10, ...more };
}

export function uninstallOptions(more: Partial<UninstallOptions> = {}): UninstallOptions {
  const { name, wait, dryRun, noHooks, description } = DEPLOY;
  const own = { name, wait, dryRun, noHooks, description };
  return { ...own, keepHistory: false, cascade: 'background', ignoreNotFound: false, ...more };
}

const KINDS: Readonly<Record<string, ResourceMapping>> = {
  ConfigMap: { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true },
  Service: { group: '', version: 'v1', kind: 'Service', resource: 'services', namespaced: true },
  Job: { group: 'batch', version: 'v1', kind: 'Job', resource: 'jobs', namespaced: true },
};

export function mappingOf(kind: string): ResourceMapping {
  return KINDS[kind] as ResourceMapping;
}

/** The object as it is; undefined where there is none. */
export async function find(world: ReleaseTestWorld, kind: string, name: string): Promise<KubeObject | undefined> {
  const kept = world.intercept;
  world.intercept = undefined;
  try {
    return await world.cluster.client.get({ mapping: mappingOf(kind), namespace: NAMESPACE, name });
  } catch {
    return undefined;
  } finally {
    world.intercept = kept;
  }
}

/** `1 superseded, 2 deployed` */
export async function revisions(world: ReleaseTestWorld, name = 'web'): Promise<string> {
  const all = await world.context({}).store.query({ name });
  return all
    .map(({ release }) => release)
    .sort((a, b) => a.version - b.version)
    .map(({ version, info }) => `${version} ${info.status}`)
    .join(', ');
}

/** The error of a promise; fails where there is none. */
export async function errorOf(work: Promise<unknown>): Promise<PintleError> {
  try {
    await work;
  } catch (err) {
    if (err instanceof PintleError) return err;
    throw err;
  }
  throw new Error('no error');
}

export function configMap(name: string, data = 'a: b', metadata = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${metadata}data:\n  ${data}\n`;
}

/** Whether a call changes the cluster beyond the records. */
export function isWrite(call: string): boolean {
  return !call.startsWith('GET ') && !call.includes('/secrets');
}
