/** Everything that is in a namespace, as text that two runs can be compared by. */
import { dig, isList, type Json, type JsonObject, newObject, own, toValue } from '../../../src/cluster/json.ts';
import { toYaml } from '../../../src/yaml/emit.ts';
import { bare } from '../kube.ts';
import type { Ask } from '../world.ts';

/** What controllers make of the objects of a release, or the cluster by itself, when it comes to it. */
const UNWANTED = new Set([
  'bindings',
  'controllerrevisions',
  'endpoints',
  'endpointslices',
  'events',
  'leases',
  'localsubjectaccessreviews',
  'pods',
  'replicasets',
]);

/** Managers whose entries come and go with the time. */
const CONTROLLERS = new Set(['kube-controller-manager', 'kube-scheduler', 'kwok']);

const LIST = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

export interface ObjectsOptions {
  /** Leaves out who manages which fields. */
  readonly withoutManagers?: boolean;
}

/** Objects by their place, `deployments.apps/web`, as YAML without identities and times. */
export async function objectsOf(
  ask: Ask,
  namespace: string,
  options: ObjectsOptions = {},
): Promise<ReadonlyMap<string, string>> {
  const kinds = await kindsOf(ask);
  const lists = await Promise.all(kinds.map(({ path, namespaced }) => listOf(ask, path, namespaced, namespace)));
  const objects = new Map<string, string>();
  for (const [i, items] of lists.entries()) {
    const { name } = kinds[i] as Kind;
    for (const item of items) {
      if (isMade(name, item)) continue;
      const place = `${name}/${String(dig(item, 'metadata', 'name'))}`;
      objects.set(place, plain(item, options));
    }
  }
  return objects;
}

interface Kind {
  readonly name: string;
  readonly path: string;
  readonly namespaced: boolean;
}

async function kindsOf(ask: Ask): Promise<readonly Kind[]> {
  const kinds: Kind[] = [];
  for (const root of ['/api', '/apis']) {
    const { text } = await ask({ method: 'GET', path: root, accept: LIST });
    const groups = own(JSON.parse(text) as Json, 'items');
    for (const group of (isList(groups) ? groups : []) as readonly JsonObject[]) {
      const name = String(dig(group, 'metadata', 'name') ?? '');
      const version = (own(group, 'versions') as readonly JsonObject[])[0];
      const folder = name === '' ? '/api/v1' : `/apis/${name}/${String(own(version, 'version'))}`;
      for (const resource of (own(version, 'resources') ?? []) as readonly JsonObject[]) {
        const plural = String(resource['resource']);
        if (!(resource['verbs'] as readonly string[]).includes('list') || UNWANTED.has(plural)) continue;
        const full = name === '' ? plural : `${plural}.${name}`;
        kinds.push({ name: full, path: `${folder}/@/${plural}`, namespaced: resource['scope'] === 'Namespaced' });
      }
    }
  }
  return kinds;
}

/** Of a namespace all of it; of what belongs to none, what says that a release of the namespace has it. */
async function listOf(ask: Ask, path: string, namespaced: boolean, namespace: string): Promise<readonly JsonObject[]> {
  const full = path.replace('/@/', namespaced ? `/namespaces/${namespace}/` : '/');
  const { status, text } = await ask({ method: 'GET', path: full });
  const items = status === 200 ? own(JSON.parse(text) as Json, 'items') : [];
  const list = (isList(items) ? items : []) as readonly JsonObject[];
  if (namespaced) return list;
  return list.filter((item) => {
    const annotations = dig(item, 'metadata', 'annotations');
    return own(annotations, 'meta.helm.sh/release-namespace') === namespace;
  });
}

function isMade(kind: string, item: JsonObject): boolean {
  const name = String(dig(item, 'metadata', 'name'));
  if (kind === 'secrets' && own(item, 'type') === 'helm.sh/release.v1') return true;
  const annotations = dig(item, 'metadata', 'annotations');
  // A StatefulSet's, one after the other.
  if (kind === 'persistentvolumeclaims' && own(annotations, 'meta.helm.sh/release-name') === undefined) return true;
  return `${kind}/${name}` === 'configmaps/kube-root-ca.crt' || `${kind}/${name}` === 'serviceaccounts/default';
}

/** An object as YAML without its identity and times. */
export function plain(item: JsonObject, options: ObjectsOptions): string {
  const object = bare(item) as Record<string, Json>;
  const entries = dig(item, 'metadata', 'managedFields');
  const managers = (isList(entries) ? (entries as readonly JsonObject[]) : [])
    .filter((entry) => !CONTROLLERS.has(String(own(entry, 'manager'))) && own(entry, 'subresource') === undefined)
    .map((entry) => newObject(Object.entries(entry).filter(([key]) => key !== 'time')))
    .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  const metadata = object['metadata'] as JsonObject;
  if (options.withoutManagers !== true)
    object['metadata'] = newObject([...Object.entries(metadata), ['managedFields', managers]]);
  return toYaml(toValue(object)).replace(/((nodePort|healthCheckNodePort): \d+|volumeName: .*)\n/g, '\n');
}
