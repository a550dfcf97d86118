/** A release and what of it is in the cluster now. Go: helm pkg/action/status.go, pkg/kube/client.go Get */
import { dig, isList, isObject, type Json, own } from '../../cluster/json.ts';
import { collectionPath, objectPath } from '../../cluster/paths.ts';
import { PODS } from '../../cluster/pods.ts';
import type { ApiClient, Cluster, Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { compareStrings } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import { previousTargets } from '../previous.ts';
import type { Release } from '../types.ts';

/** Objects or tables by `v1/Service`, as Helm names kinds in its output, in the order of the manifest. */
export type LiveResources = ReadonlyMap<string, readonly Json[]>;

export interface LiveOptions {
  /** Ask for the tables that people are shown instead of the objects. */
  readonly tables: boolean;
  readonly namespace: string;
  readonly log: Log;
  readonly signal?: AbortSignal;
}

const RELATED = 'v1/Pod(related)';

/**
 * What is in the cluster of a release's objects, with the pods that belong to them. What cannot be read is left out, and
 * so are kinds that the cluster serves no more, with a warning; Helm shows nothing of the release then.
 */
export async function liveResources(cluster: Cluster, release: Release, options: LiveOptions): Promise<LiveResources> {
  const { namespace, log } = options;
  const targets = await previousTargets(cluster, release.manifest, namespace, log);
  const found = await Promise.all(targets.map((target) => read(cluster.client, objectPath(target), options)));
  const out = new Map<string, Json[]>();
  const add = (kind: string, object: Json): void => {
    const list = out.get(kind);
    if (list) list.push(object);
    else out.set(kind, [object]);
  };
  const selectors = new Map<string, string>();
  for (const [i, target] of targets.entries()) {
    const object = found[i];
    if (object === undefined) continue;
    add(`${target.mapping.version}/${target.mapping.kind}`, object);
    const selector = podSelector(target);
    // Two objects that select the same pods show them once, wherever they are. Go: podSelectors
    if (selector !== undefined && !selectors.has(selector)) selectors.set(selector, target.namespace);
  }
  const pods = await Promise.all(
    [...selectors].map(([selector, place]) => readPods(cluster.client, selector, place || namespace, options)),
  );
  for (const object of pods) if (object !== undefined) add(RELATED, object);
  log.log('DEBUG', 'read what is in the cluster', { objects: targets.length, selectors: selectors.size });
  return out;
}

/** Go: metav1.Table in both versions, else the object itself. */
const TABLES = ['v1', 'v1beta1']
  .map((version) => `application/json;as=Table;v=${version};g=meta.k8s.io`)
  .concat('application/json')
  .join(',');

async function read(
  client: ApiClient,
  path: string,
  { tables, signal }: LiveOptions,
  labelSelector?: string,
): Promise<Json | undefined> {
  const call = {
    method: 'GET' as const,
    path,
    query: { labelSelector, ...(tables && { includeObject: 'None' }) },
    headers: { accept: tables ? TABLES : 'application/json' },
    ...(signal && { signal }),
  };
  try {
    return await client.json(call);
  } catch (error) {
    if (error instanceof PintleError && error.code === 'ABORTED') throw error;
    // As Helm does: what is not there or may not be seen is not shown.
    return undefined;
  }
}

async function readPods(
  client: ApiClient,
  selector: string,
  namespace: string,
  options: LiveOptions,
): Promise<Json | undefined> {
  const list = await read(client, collectionPath(PODS, namespace), options, selector);
  const items = own(list, 'items');
  // Go: UnstructuredList gives its items the kind that they leave out in a list.
  if (!isObject(list) || !isList(items)) return list;
  return { ...list, items: items.map((pod) => ({ apiVersion: 'v1', kind: 'Pod', ...(isObject(pod) && pod) })) };
}

/** The pods of an object's own, as a label selector. Go: getSelectorFromObject */
function podSelector({ object }: Target): string | undefined {
  const labels = selectorLabels(object.kind, object);
  if (!isObject(labels)) return undefined;
  const pairs = Object.entries(labels);
  if (pairs.some(([, value]) => typeof value !== 'string')) return undefined;
  return pairs
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, value]) => `${name}=${value as string}`)
    .join(',');
}

function selectorLabels(kind: string, object: Json): Json | undefined {
  switch (kind) {
    case 'ReplicaSet':
    case 'Deployment':
    case 'StatefulSet':
    case 'DaemonSet':
    case 'Job':
      return dig(object, 'spec', 'selector', 'matchLabels');
    case 'ReplicationController':
      return dig(object, 'spec', 'selector');
    default:
      return undefined;
  }
}
