/** Every verb under every fault. */
import { dig, type KubeObject } from '../../../src/cluster/json.ts';
import type { Cluster, ObjectRef } from '../../../src/cluster/types.ts';
import { PintleError } from '../../../src/errors.ts';
import type { Break, BreakingProxy, Made } from './breaking-proxy.ts';

export interface ProxiedWorld {
  /** Past the proxy. */
  readonly direct: Cluster;
  /** Through it. */
  readonly cluster: Cluster;
  readonly proxy: BreakingProxy;
  readonly namespace: string;
}

const HTML = { type: 'text/html', body: '<html><h1>gateway</h1></html>' };

function says(code: number, reason: string, message: string, headers: Readonly<Record<string, string>> = {}): Break {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', reason, message, code });
  return { kind: 'answer', when: 'before', answer: { status: code, headers, body } };
}

function made(when: 'before' | 'after', answer: Made): Break {
  return { kind: 'answer', when, answer };
}

const FAULTS: Readonly<Record<string, Break>> = {
  'reset before': { kind: 'reset', when: 'before' },
  'reset after': { kind: 'reset', when: 'after' },
  'truncated JSON': { kind: 'cut' },
  'half an answer': { kind: 'half' },
  '429': says(429, 'TooManyRequests', 'try again', { 'retry-after': '1' }),
  '503 with Retry-After': says(503, 'ServiceUnavailable', 'try again', { 'retry-after': '1' }),
  '503': says(503, 'ServiceUnavailable', 'not now'),
  '504': says(504, 'Timeout', 'took too long'),
  'leader changed': says(500, 'InternalError', 'etcdserver: leader changed'),
  '502 in HTML': made('before', { status: 502, ...HTML }),
  '502 in HTML after': made('after', { status: 502, ...HTML }),
  'a page in HTML': made('before', { status: 200, ...HTML }),
  'a page in HTML after': made('after', { status: 200, ...HTML }),
};

interface Trial {
  readonly world: ProxiedWorld;
  readonly ref: ObjectRef;
  /** What is there before; undefined for verbs that make it. */
  readonly live: KubeObject | undefined;
}

interface Verb {
  readonly kind: 'ConfigMap' | 'Job';
  readonly starts: 'without' | 'with';
  run(trial: Trial): Promise<string | undefined>;
  /** Whether the cluster is as it should be afterwards. */
  isDone(after: KubeObject | undefined): boolean;
}

function configMap(name: string, value: string): KubeObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { k: value } } as KubeObject;
}

/** With amounts that the server writes otherwise. */
function job(name: string): KubeObject {
  const container = { name: 'a', image: 'b', resources: { limits: { cpu: '1000m', memory: '1024Mi' } } };
  const template = { spec: { restartPolicy: 'Never', containers: [container] } };
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name }, spec: { suspend: true, template } } as KubeObject;
}

const isThere = (after: KubeObject | undefined): boolean => after !== undefined;
const isChanged = (after: KubeObject | undefined): boolean => dig(after, 'data', 'k') === 'w';

const VERBS: Readonly<Record<string, Verb>> = {
  get: {
    kind: 'ConfigMap',
    starts: 'with',
    run: async ({ world, ref }) =>
      dig(await world.cluster.client.get(ref), 'data', 'k') === 'v' ? undefined : 'wrong',
    isDone: isThere,
  },
  list: {
    kind: 'ConfigMap',
    starts: 'with',
    async run({ world, ref }) {
      const { items } = await world.cluster.client.list(ref.mapping, { namespace: ref.namespace });
      return items.some(({ metadata }) => metadata.name === ref.name) ? undefined : 'not in the list';
    },
    isDone: isThere,
  },
  create: {
    kind: 'ConfigMap',
    starts: 'without',
    async run({ world, ref }) {
      const { metadata } = await world.cluster.client.create(ref.mapping, ref.namespace, configMap(ref.name, 'v'));
      return metadata.uid === undefined ? 'no answer' : undefined;
    },
    isDone: isThere,
  },
  'create a job': {
    kind: 'Job',
    starts: 'without',
    async run({ world, ref }) {
      await world.cluster.client.create(ref.mapping, ref.namespace, job(ref.name));
      return undefined;
    },
    isDone: isThere,
  },
  replace: {
    kind: 'ConfigMap',
    starts: 'with',
    async run({ world, ref, live }) {
      const object = { ...configMap(ref.name, 'w'), metadata: live?.metadata ?? {} };
      const after = await world.cluster.client.replace(ref, object);
      return isChanged(after) ? undefined : 'an old answer';
    },
    isDone: isChanged,
  },
  apply: {
    kind: 'ConfigMap',
    starts: 'with',
    async run({ world, ref }) {
      const type = 'application/apply-patch+yaml';
      await world.cluster.client.patch(ref, type, configMap(ref.name, 'w'), { force: true });
      return undefined;
    },
    isDone: isChanged,
  },
  merge: {
    kind: 'ConfigMap',
    starts: 'with',
    async run({ world, ref }) {
      await world.cluster.client.patch(ref, 'application/merge-patch+json', { data: { k: 'w' } });
      return undefined;
    },
    isDone: isChanged,
  },
  delete: {
    kind: 'ConfigMap',
    starts: 'with',
    async run({ world, ref }) {
      await world.cluster.client.delete(ref);
      return undefined;
    },
    isDone: (after) => after === undefined,
  },
};

/** Tries each verb with the first request broken in each way. */
export async function checkVerbs(
  world: ProxiedWorld,
  report: (name: string, problem: string | undefined) => void,
): Promise<void> {
  const mappings = {
    ConfigMap: await world.cluster.discovery.mapping('v1', 'ConfigMap'),
    Job: await world.cluster.discovery.mapping('batch/v1', 'Job'),
  };
  let n = 0;
  for (const [fault, broken] of Object.entries(FAULTS)) {
    for (const [name, verb] of Object.entries(VERBS)) {
      const ref = { mapping: mappings[verb.kind], namespace: world.namespace, name: `t-${n++}` };
      report(`${name}: ${fault}`, await tryOnce(world, ref, verb, broken));
    }
  }
}

async function tryOnce(world: ProxiedWorld, ref: ObjectRef, verb: Verb, broken: Break): Promise<string | undefined> {
  const { client } = world.direct;
  const isWith = verb.starts === 'with';
  const live = isWith ? await client.create(ref.mapping, ref.namespace, configMap(ref.name, 'v')) : undefined;
  let left = 1;
  world.proxy.breaks = () => (left-- > 0 ? broken : undefined);
  let problem: string | undefined;
  try {
    problem = await verb.run({ world, ref, live });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    problem = `${error.code} ${error.message}`;
  } finally {
    world.proxy.breaks = () => undefined;
  }
  const after = await client.get(ref).catch(() => undefined);
  if (after !== undefined) await client.delete(ref, { propagationPolicy: 'Background' });
  return problem ?? (verb.isDone(after) ? undefined : 'the cluster is not as it should be');
}
