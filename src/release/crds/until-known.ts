/** How long it takes until a new kind can be used: a definition is read by several parts of a cluster, one after another. */
import { isNotFound } from '../../cluster/api-error.ts';
import { dig, isList, isObject, type Json, type KubeObject, own } from '../../cluster/json.ts';
import { collectionPath } from '../../cluster/paths.ts';
import { sleep } from '../../cluster/rate-limit.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { checkSignal } from '../execute/fate.ts';
import type { ReleaseContext } from '../options.ts';

/** How long a definition may take until its kinds can be used. Helm: 60s */
const ESTABLISH_TIME = 60_000;
/** How long discovery, and whoever serves the objects, may lag behind it. */
const SERVE_TIME = 10_000;
const POLL = 100;

/**
 * Until the definitions are established, discovery has their kinds, and their objects can be asked for. What takes too
 * long is left to what follows.
 */
export async function untilKnown(targets: readonly Target[], context: ReleaseContext): Promise<void> {
  const { cluster, signal } = context;
  const definitions = targets.filter(({ mapping }) => mapping.kind === 'CustomResourceDefinition');
  const faults = await Promise.all(definitions.map((target) => established(target, context)));
  cluster.discovery.invalidate();
  // What the cluster does not accept, it will not serve.
  const wanted = definitions.flatMap(({ object }, i) => (faults[i] ? [] : servedOf(object)));
  for (let waited = 0; waited < SERVE_TIME; waited += POLL) {
    const found = await Promise.all(wanted.map(([apiVersion, kind]) => isServed(apiVersion, kind, context)));
    if (found.every(Boolean)) return;
    await sleep(POLL, signal);
    checkSignal(signal);
    cluster.discovery.invalidate();
  }
}

async function isServed(
  apiVersion: string,
  kind: string,
  { cluster, namespace, signal }: ReleaseContext,
): Promise<boolean> {
  try {
    const mapping = await cluster.discovery.mapping(apiVersion, kind);
    const path = collectionPath(mapping, namespace);
    await cluster.client.json({ method: 'GET', path, query: { limit: '1' }, ...(signal && { signal }) });
    return true;
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    // Whoever may not list the objects is told so, and they are there.
    return err.data.noMatch !== true && !isNotFound(err) && err.data.status !== undefined;
  }
}

/** Why the cluster does not take the definition; undefined where it does, or says nothing. */
async function established(target: Target, { cluster, signal, log }: ReleaseContext): Promise<string | undefined> {
  const warn = (reason: string): string => {
    log.log('WARN', 'the definition is not established', { crd: target.name, reason });
    return reason;
  };
  for (let waited = 0; waited < ESTABLISH_TIME; waited += POLL) {
    checkSignal(signal);
    const live = await cluster.client.get(target, signal ? { signal } : {});
    const conditions = dig(live, 'status', 'conditions');
    const find = (type: string, status: string): Json | undefined =>
      isList(conditions) ? conditions.find((c) => own(c, 'type') === type && own(c, 'status') === status) : undefined;
    if (find('Established', 'True')) return undefined;
    const refused = find('NamesAccepted', 'False');
    if (refused) return warn(String(own(refused, 'message') ?? 'its names are taken'));
    await sleep(POLL, signal);
  }
  warn(`it took more than ${ESTABLISH_TIME / 1000} seconds`);
  return undefined;
}

function servedOf(object: KubeObject): (readonly [apiVersion: string, kind: string])[] {
  const group = dig(object, 'spec', 'group');
  const kind = dig(object, 'spec', 'names', 'kind');
  const versions = dig(object, 'spec', 'versions');
  if (typeof group !== 'string' || typeof kind !== 'string' || !isList(versions)) return [];
  return versions
    .filter((version) => isObject(version) && own(version, 'served') === true)
    .map((version) => [`${group}/${String(own(version, 'name'))}`, kind] as const);
}
