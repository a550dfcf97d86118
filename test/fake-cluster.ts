import { apiError } from '../src/cluster/api-error.ts';
import { dig, type KubeObject, own } from '../src/cluster/json.ts';
import type {
  ApiClient,
  Cluster,
  ListOptions,
  ObjectRef,
  ResourceMapping,
  Target,
  WatchEvent,
} from '../src/cluster/types.ts';

/** Objects in memory behind the interface of a cluster's client, for what only reads and watches. */
export interface FakeCluster {
  readonly cluster: Cluster;
  /** What was asked, `list Pod n app=a`, in order. */
  readonly asked: string[];
  /** Faults by what is asked, as in `asked`: the first whose key begins it is thrown. */
  readonly faults: Map<string, unknown>;
  /** Kinds whose watches tell nothing but what is there when they begin. */
  readonly deaf: Set<string>;
  /** What containers have logged, by pod. */
  readonly logs: Map<string, string>;
  target(object: KubeObject): Target;
  /** Makes or replaces an object. */
  set(object: KubeObject): void;
  remove(object: KubeObject): void;
  /** Lets every watch list anew, as after 410 Gone. */
  relist(): void;
}

const SERVER = 'https://fake.example';

export function fakeCluster(initial: readonly KubeObject[] = []): FakeCluster {
  const store = new Map<string, KubeObject>();
  const listeners = new Set<(event: WatchEvent | 'relist') => void>();
  const asked: string[] = [];
  const faults = new Map<string, unknown>();
  const deaf = new Set<string>();
  const logs = new Map<string, string>();
  for (const object of initial) store.set(keyOf(object), object);

  const ask = (text: string): void => {
    asked.push(text);
    for (const [key, fault] of faults) if (text.startsWith(key)) throw fault;
  };
  const matching = (mapping: ResourceMapping, options: ListOptions): KubeObject[] =>
    [...store.values()].filter((object) => object.kind === mapping.kind && matches(object, options));
  const query = ({ namespace = '', labelSelector = '', fieldSelector = '' }: ListOptions): string =>
    [namespace, labelSelector, fieldSelector].filter((part) => part !== '').join(' ');

  async function* watch(mapping: ResourceMapping, options: ListOptions): AsyncIterable<WatchEvent> {
    ask(`watch ${mapping.kind} ${query(options)}`);
    const queue: (WatchEvent | 'relist')[] = ['relist'];
    let wake = (): void => undefined;
    const listen = (event: WatchEvent | 'relist'): void => {
      if (deaf.has(mapping.kind)) return;
      queue.push(event);
      wake();
    };
    const stop = (): void => wake();
    listeners.add(listen);
    options.signal?.addEventListener('abort', stop);
    try {
      while (!options.signal?.aborted) {
        const event = queue.shift();
        if (event === 'relist') yield { type: 'synced', items: matching(mapping, options) };
        else if (event === undefined) await new Promise<void>((resolve) => void (wake = resolve));
        else if (event.type !== 'synced' && event.object.kind === mapping.kind && matches(event.object, options)) {
          yield event;
        }
      }
    } finally {
      listeners.delete(listen);
      options.signal?.removeEventListener('abort', stop);
    }
  }

  const client = {
    server: SERVER,
    now: () => Date.now(),
    async get(ref: ObjectRef) {
      ask(`get ${ref.mapping.kind} ${ref.namespace} ${ref.name}`);
      const object = [...store.values()].find(
        ({ kind, metadata }) =>
          kind === ref.mapping.kind && metadata.name === ref.name && (metadata.namespace ?? '') === ref.namespace,
      );
      if (object === undefined) throw notFound(ref);
      return object;
    },
    async list(mapping: ResourceMapping, options: ListOptions = {}) {
      ask(`list ${mapping.kind} ${query(options)}`);
      return { items: matching(mapping, options), resourceVersion: '1' };
    },
    watch,
    async *logs(ref: ObjectRef, options: { readonly container?: string } = {}) {
      ask(`logs ${ref.namespace} ${ref.name} ${options.container ?? ''}`);
      yield new TextEncoder().encode(logs.get(ref.name) ?? '');
    },
  } as unknown as ApiClient;

  const tell = (event: WatchEvent | 'relist'): void => {
    for (const listen of listeners) listen(event);
  };
  return {
    cluster: { client } as Cluster,
    asked,
    faults,
    deaf,
    logs,
    target: targetOf,
    set(object) {
      store.set(keyOf(object), object);
      tell({ type: 'changed', object });
    },
    remove(object) {
      store.delete(keyOf(object));
      tell({ type: 'deleted', object });
    },
    relist: () => tell('relist'),
  };
}

/** A fault as a server makes it. */
export function refused(code: number, reason: string, message: string): Error {
  return apiError({ code, reason, message }, { method: 'GET' });
}

function notFound(ref: ObjectRef): Error {
  return refused(404, 'NotFound', `${ref.mapping.resource} "${ref.name}" not found`);
}

function targetOf(object: KubeObject): Target {
  const [first = '', second] = object.apiVersion.split('/');
  const place = second === undefined ? { group: '', version: first } : { group: first, version: second };
  const { name = '', namespace = '' } = object.metadata;
  const resource = `${object.kind.toLowerCase()}s`;
  return { mapping: { ...place, kind: object.kind, resource, namespaced: namespace !== '' }, namespace, name, object };
}

function keyOf({ apiVersion, kind, metadata }: KubeObject): string {
  return `${apiVersion} ${kind} ${metadata.namespace ?? ''} ${metadata.name}`;
}

function matches(object: KubeObject, { namespace = '', labelSelector = '', fieldSelector = '' }: ListOptions): boolean {
  if (namespace !== '' && object.metadata.namespace !== namespace) return false;
  const labels = labelSelector.match(/[^,(]+(\([^)]*\))?/g) ?? [];
  const fields = fieldSelector === '' ? [] : fieldSelector.split(',');
  return (
    labels.every((term) => {
      const [, key = '', one, many] = /^(\S+?)(?:=(.*)| in \((.*)\))$/.exec(term) ?? [];
      const value = own(object.metadata.labels, key);
      return typeof value === 'string' && (many?.split(',').includes(value) ?? value === one);
    }) &&
    fields.every((term) => {
      const [path = '', value] = term.split('=');
      return dig(object, ...path.split('.')) === value;
    })
  );
}
