/** What the cases about refusals and leftovers work on: releases of one chart in a namespace of their own. */
import { randomBytes } from 'node:crypto';
import { clusterOf } from '../../../src/cluster/connect.ts';
import { dig, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import type { Cluster, ClusterTransport } from '../../../src/cluster/types.ts';
import { PintleError } from '../../../src/errors.ts';
import { install, rollback, uninstall, upgrade } from '../../../src/index.ts';
import { readSettings } from '../../../src/node/environment.ts';
import { nodeHost } from '../../../src/node/host.ts';
import { nodeInflate } from '../../../src/node/inflate.ts';
import { connectCluster } from '../../../src/node/kube/connect.ts';
import type { ReleaseContext, ReleaseEvent } from '../../../src/release/options.ts';
import { secretStore } from '../../../src/release/stores/secret.ts';
import { chartOf } from '../../release/world.ts';
import { plain } from '../exchange/objects.ts';
import { type Ask, realWorld } from '../world.ts';

export { install, rollback, uninstall, upgrade };

const LOG = { log: () => {} };

/** Objects by `Kind/name`, the release's name being `web` in all of them. */
export type Objects = ReadonlyMap<string, string>;

export interface Scene {
  readonly ask: Ask;
  readonly namespace: string;
  /** The way to the cluster, without anything in it. */
  readonly transport: ClusterTransport;
  /** Connections of another program's; `transport` is what it goes through. */
  context(transport?: ClusterTransport, namespace?: string): SceneContext;
  objects(release: string): Promise<Objects>;
  /** `1 superseded, 2 deployed` */
  records(release: string, namespace?: string): Promise<string>;
  close(): Promise<void>;
}

export type SceneContext = ReleaseContext & { readonly events: ReleaseEvent[] };

/** Opens a namespace on the cluster of `test/rig/cluster.sh`. */
export async function openScene(prefix: string): Promise<Scene> {
  const { ask } = await realWorld(process.env)('');
  const { transport } = await connectCluster(readSettings(process.env, process.platform), process.env, LOG);
  const namespace = `${prefix}-${randomBytes(3).toString('hex')}`;
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await ask({ method: 'POST', path: '/api/v1/namespaces', body });
  const shared = clusterOf(transport, nodeHost());
  const context: Scene['context'] = (through, where = namespace) =>
    contextOf(through === undefined ? shared : clusterOf(through, nodeHost()), where);
  return {
    ask,
    namespace,
    transport,
    context,
    objects: (release) => objectsOf(ask, namespace, release),
    records: async (release, where) =>
      (await context(undefined, where).store.query({ name: release }))
        .map(({ release: { version, info } }) => ({ version, status: info.status }))
        .sort((a, b) => a.version - b.version)
        .map(({ version, status }) => `${version} ${status}`)
        .join(', '),
    async close() {
      await ask({ method: 'DELETE', path: `/api/v1/namespaces/${namespace}` });
      transport.close?.();
    },
  };
}

function contextOf(cluster: Cluster, namespace: string): SceneContext {
  const host = nodeHost();
  const now = (): number => cluster.client.now();
  const gzip = (bytes: Uint8Array): Uint8Array => process.getBuiltinModule('node:zlib').gzipSync(bytes);
  const store = secretStore(cluster.client, namespace, { log: LOG, inflate: nodeInflate, gzip, now });
  const events: ReleaseEvent[] = [];
  const onEvent = (event: ReleaseEvent): void => void events.push(event);
  return { cluster, store, namespace, host, log: LOG, holder: 'faults', onEvent, events };
}

const LISTS = [
  '/api/v1/namespaces/@/configmaps',
  '/api/v1/namespaces/@/secrets',
  '/api/v1/namespaces/@/serviceaccounts',
  '/api/v1/namespaces/@/services',
  '/apis/apps/v1/namespaces/@/deployments',
];

async function objectsOf(ask: Ask, namespace: string, release: string): Promise<Objects> {
  const found = new Map<string, string>();
  const lists = await Promise.all(LISTS.map((path) => ask({ method: 'GET', path: path.replace('@', namespace) })));
  for (const [i, { text }] of lists.entries()) {
    const kind = KINDS[i] as string;
    for (const item of own(JSON.parse(text) as Json, 'items') as readonly JsonObject[]) {
      const name = String(dig(item, 'metadata', 'name'));
      if (name !== release && !name.startsWith(`${release}-`)) continue;
      if (dig(item, 'metadata', 'deletionTimestamp') !== undefined) continue;
      const yaml = plain({ ...item, kind }, { withoutManagers: true });
      found.set(
        `${kind}/${name.replace(release, 'web')}`,
        yaml.replaceAll(release, 'web').replace(/\n *(clusterIPs?|- \d).*/g, ''),
      );
    }
  }
  return found;
}

const KINDS = ['ConfigMap', 'Secret', 'ServiceAccount', 'Service', 'Deployment'];

/** Texts of a chart whose values are the step it is at. */
export const CHART = chartOf({
  'values.yaml': 'step: 1\n',
  'templates/all.yaml': [
    'apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: "{{ .Release.Name }}"}\n',
    'apiVersion: v1\nkind: Secret\nmetadata: {name: "{{ .Release.Name }}"}\nstringData: {step: "{{ .Values.step }}"}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}"}\ndata: {step: "{{ .Values.step }}"}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-same"}\ndata: {same: "yes"}\n',
    'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: "{{ .Release.Name }}-only-{{ .Values.step }}"}\n',
    'apiVersion: v1\nkind: Service\nmetadata: {name: "{{ .Release.Name }}"}\nspec:\n  selector: {app: web}\n  ports: [{port: {{ add 80 .Values.step }}}]\n',
    [
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: "{{ .Release.Name }}"}\nspec:\n  replicas: 0\n',
      '  selector: {matchLabels: {app: "{{ .Release.Name }}"}}\n',
      '  template:\n    metadata: {labels: {app: "{{ .Release.Name }}"}}\n',
      '    spec: {containers: [{name: main, image: "image:{{ .Values.step }}"}]}\n',
    ].join(''),
  ].join('---\n'),
  'templates/hooks.yaml': ['pre', 'post']
    .map(
      (when) =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: "{{ .Release.Name }}-hook-${when}"\n` +
        `  annotations: {helm.sh/hook: "${['install', 'upgrade', 'rollback', 'delete'].map((x) => `${when}-${x}`).join(',')}"}\n`,
    )
    .join('---\n'),
});

/** Objects that are no hooks. */
export function withoutHooks(objects: Objects): Objects {
  return new Map([...objects].filter(([place]) => !place.includes('-hook-')));
}

/** The error of work; undefined where it succeeds. */
export async function errorOf(work: Promise<unknown>): Promise<PintleError | undefined> {
  try {
    await work;
    return undefined;
  } catch (err) {
    if (err instanceof PintleError) return err;
    throw err;
  }
}

/** What is different, in a few words; undefined where nothing is. */
export function difference(want: Objects, got: Objects): string | undefined {
  const faults = [...new Set([...want.keys(), ...got.keys()])].flatMap((place) => {
    const [a, b] = [want.get(place), got.get(place)];
    if (a === b) return [];
    return [`${place} ${a === undefined ? 'is there' : b === undefined ? 'is missing' : `is other:\n${a}\n${b}`}`];
  });
  return faults.length === 0 ? undefined : faults.join(', ');
}
