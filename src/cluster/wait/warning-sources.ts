/** The cluster's warnings about objects, by namespace. */
import type { KubeObject } from '../json.ts';
import { stringAt } from '../ready/fields.ts';
import type { ApiClient } from '../types.ts';
import { EVENTS, timeOf } from './job-outcome.ts';

/** The newest of so many objects are kept, and so many of each. */
const MOST_OBJECTS = 2000;
const MOST_EACH = 3;

/** More namespaces than this are left alone. */
const MOST_NAMESPACES = 8;

interface Warning {
  readonly time: number;
  readonly text: string;
}

export interface WarningSources {
  follow(namespaces: Iterable<string>): void;
  /** The newest warnings about an object, newest first; none that are older than `since`, in milliseconds. */
  of(namespace: string, kind: string, name: string, since: number): readonly Warning[];
  /** Names of the objects of a kind about which there are any. */
  names(namespace: string, kind: string): readonly string[];
  /** Reads what there is about all objects of a name once, where the namespace is not followed. */
  load(namespace: string, name: string, signal: AbortSignal): Promise<void>;
  stop(): void;
}

/** Nothing of this ever fails: who may not see events does not. */
export function warningSources(client: ApiClient, changed: () => void): WarningSources {
  const end = new AbortController();
  const followed = new Set<string>();
  const warnings = new Map<string, Warning[]>();

  const take = (event: KubeObject): void => {
    if (event['type'] !== 'Warning') return;
    const key = `${stringAt(event, ['involvedObject', 'namespace'])}/${stringAt(event, ['involvedObject', 'kind'])}/`;
    const name = stringAt(event, ['involvedObject', 'name']);
    const reason = stringAt(event, ['reason']);
    const text = `${reason}: ${stringAt(event, ['message']).trim()}`;
    const others = (warnings.get(key + name) ?? []).filter((warning) => warning.text !== text);
    const all = [{ time: timeOf(event), text }, ...others].sort((a, b) => b.time - a.time).slice(0, MOST_EACH);
    warnings.delete(key + name);
    warnings.set(key + name, all);
    for (const oldest of warnings.keys()) {
      if (warnings.size <= MOST_OBJECTS) break;
      warnings.delete(oldest);
    }
  };
  const watch = async (namespace: string): Promise<void> => {
    const query = { namespace, fieldSelector: 'type=Warning', signal: end.signal };
    try {
      for await (const event of client.watch(EVENTS, query)) {
        if (end.signal.aborted) return;
        if (event.type === 'synced') for (const item of event.items) take(item);
        else if (event.type === 'changed') take(event.object);
        changed();
      }
    } catch {
      // Warnings only explain; the wait goes on without.
    }
  };
  return {
    follow(namespaces) {
      for (const namespace of namespaces) {
        if (namespace === '' || followed.has(namespace) || followed.size >= MOST_NAMESPACES) continue;
        followed.add(namespace);
        void watch(namespace);
      }
    },
    of: (namespace, kind, name, since) =>
      (warnings.get(`${namespace}/${kind}/${name}`) ?? []).filter(({ time }) => time >= since),
    names: (namespace, kind) => {
      const start = `${namespace}/${kind}/`;
      return [...warnings.keys()].filter((key) => key.startsWith(start)).map((key) => key.slice(start.length));
    },
    async load(namespace, name, signal) {
      if (namespace === '' || followed.has(namespace)) return;
      const fieldSelector = `involvedObject.name=${name},type=Warning`;
      try {
        const { items } = await client.list(EVENTS, { namespace, fieldSelector, signal });
        for (const item of items) take(item);
      } catch {
        // Warnings only explain.
      }
    },
    stop: () => end.abort(),
  };
}
