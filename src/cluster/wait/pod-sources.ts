/** The pods of objects that are waited for, watched while somebody wants to know about them. */
import { dig, type Json, type KubeObject } from '../json.ts';
import { PODS } from '../pods.ts';
import { groupKind } from '../ready/kstatus.ts';
import { labelSelector, selects } from '../ready/selector.ts';
import type { ApiClient, ListOptions } from '../types.ts';
import type { Tracked } from './setup.ts';

const MAKES_PODS: ReadonlySet<string> = new Set([
  'apps/Deployment',
  'apps/StatefulSet',
  'apps/DaemonSet',
  'apps/ReplicaSet',
  'batch/Job',
  'ReplicationController',
]);

/** So many selectors of a namespace are watched one by one; of more, all its pods are. */
const SINGLE = 4;

/** More namespaces and selectors than this are left alone. */
const MOST = 16;

interface Source {
  readonly pods: Map<string, KubeObject>;
  readonly end: AbortController;
}

export interface PodSources {
  /** Watches the pods of these and no others. */
  follow(all: readonly Tracked[]): void;
  /** The pods of an object, as far as they are known. */
  of(tracked: Tracked): readonly KubeObject[];
  /** Reads the pods of an object once, where they are not watched. */
  load(tracked: Tracked, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Nothing of this ever fails: what cannot be watched is not known. */
export function podSources(client: ApiClient, changed: () => void): PodSources {
  const sources = new Map<string, Source>();
  let stopped = false;
  const begin = (query: ListOptions): Source => {
    const source: Source = { pods: new Map(), end: new AbortController() };
    void watchInto(client, query, source, changed);
    return source;
  };
  return {
    follow(all) {
      if (stopped) return;
      const wanted = queriesFor(all);
      for (const [key, source] of sources) {
        if (wanted.has(key)) continue;
        source.end.abort();
        sources.delete(key);
      }
      for (const [key, query] of wanted) {
        if (!sources.has(key) && sources.size < MOST) sources.set(key, begin(query));
      }
    },
    of(tracked) {
      if (tracked.ref.mapping.kind === 'Pod') return tracked.object === undefined ? [] : [tracked.object];
      const selector = podSelector(tracked);
      const query = labelSelector(selector);
      if (query === undefined) return [];
      const { namespace } = tracked.ref;
      const own = sources.get(`${namespace}?${query}`);
      if (own !== undefined) return [...own.pods.values()];
      const all = sources.get(`${namespace}?`)?.pods.values() ?? [];
      return [...all].filter((pod) => selects(selector, pod.metadata.labels));
    },
    async load(tracked, signal) {
      for (const [key, query] of queriesFor([tracked])) {
        const isKnown = (): boolean => stopped || sources.has(key) || sources.has(`${tracked.ref.namespace}?`);
        if (isKnown()) continue;
        try {
          const { items } = await client.list(PODS, { ...query, signal });
          const pods = new Map(items.map((pod) => [pod.metadata.name ?? '', pod]));
          // Meanwhile somebody may have begun to watch them, who must be stopped one day.
          if (!isKnown()) sources.set(key, { pods, end: new AbortController() });
        } catch {
          // Pods only explain.
        }
      }
    },
    stop() {
      stopped = true;
      for (const { end } of sources.values()) end.abort();
      sources.clear();
    },
  };
}

function queriesFor(all: readonly Tracked[]): ReadonlyMap<string, ListOptions> {
  const selectors = new Map<string, Set<string>>();
  for (const tracked of all) {
    const query = labelSelector(podSelector(tracked));
    if (query === undefined) continue;
    const { namespace } = tracked.ref;
    selectors.set(namespace, (selectors.get(namespace) ?? new Set()).add(query));
  }
  const out = new Map<string, ListOptions>();
  for (const [namespace, queries] of selectors) {
    if (queries.size > SINGLE) out.set(`${namespace}?`, { namespace });
    else for (const query of queries) out.set(`${namespace}?${query}`, { namespace, labelSelector: query });
  }
  return out;
}

/** How an object finds its pods; undefined where it has none, or the server has not said yet. */
function podSelector({ object }: Tracked): Json | undefined {
  if (object === undefined || !MAKES_PODS.has(groupKind(object))) return undefined;
  const selector = dig(object, 'spec', 'selector');
  if (selector === undefined) return undefined;
  return object.kind === 'ReplicationController' ? { matchLabels: selector } : selector;
}

async function watchInto(client: ApiClient, query: ListOptions, source: Source, changed: () => void): Promise<void> {
  const { signal } = source.end;
  try {
    for await (const event of client.watch(PODS, { ...query, signal })) {
      if (signal.aborted) return;
      if (event.type === 'synced') {
        source.pods.clear();
        for (const pod of event.items) source.pods.set(pod.metadata.name ?? '', pod);
      } else if (event.type === 'changed') source.pods.set(event.object.metadata.name ?? '', event.object);
      else source.pods.delete(event.object.metadata.name ?? '');
      changed();
    }
  } catch {
    // Pods only explain; the wait goes on without.
  }
}
