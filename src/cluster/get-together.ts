import { isList, isObject, type KubeObject, own } from './json.ts';
import { collectionPath, groupVersionOf } from './paths.ts';
import type { ApiClient, ObjectRef } from './types.ts';

/** From so many objects of a kind in a namespace on, one list costs less than asking for each. */
const WORTH_A_LIST = 12;

/** What Helm and we keep releases in: large, and no object of a chart. */
const RECORD = 'helm.sh/release.v1';
const RECORD_NAME = 'sh.helm.release.';

/** What lists told. */
export interface Together {
  /** The object, or undefined where it is not there. */
  readonly known: ReadonlyMap<ObjectRef, KubeObject | undefined>;
  /** The objects that have to be asked for one by one. */
  readonly rest: readonly ObjectRef[];
}

/**
 * Looks for objects in lists, where there are many of one kind in one namespace. A list ends after twice as many
 * objects as are looked for, so that a crowded namespace costs little; one that may not be read is passed over.
 */
export async function getTogether(
  client: ApiClient,
  refs: readonly ObjectRef[],
  signal: AbortSignal | undefined,
): Promise<Together> {
  const groups = new Map<string, ObjectRef[]>();
  const rest: ObjectRef[] = [];
  for (const ref of refs) {
    if (ref.name === '' || ref.name.startsWith(RECORD_NAME) || (ref.mapping.namespaced && ref.namespace === '')) {
      rest.push(ref);
      continue;
    }
    const key = `${groupVersionOf(ref.mapping)} ${ref.mapping.resource} ${ref.namespace}`;
    groups.set(key, [...(groups.get(key) ?? []), ref]);
  }
  const known = new Map<ObjectRef, KubeObject | undefined>();
  await Promise.all(
    [...groups.values()].map(async (group) => {
      const page = group.length < WORTH_A_LIST ? undefined : await firstPage(client, group, signal);
      for (const ref of group) {
        const object = page?.objects.get(ref.name);
        if (object !== undefined || page?.isAll) known.set(ref, object);
        else rest.push(ref);
      }
    }),
  );
  return { known, rest };
}

interface Page {
  readonly objects: ReadonlyMap<string, KubeObject>;
  readonly isAll: boolean;
}

async function firstPage(
  client: ApiClient,
  group: readonly ObjectRef[],
  signal: AbortSignal | undefined,
): Promise<Page | undefined> {
  const { mapping, namespace } = group[0] as ObjectRef;
  const isSecret = mapping.group === '' && mapping.kind === 'Secret';
  const query = {
    limit: String(2 * group.length + 50),
    ...(isSecret && { fieldSelector: `type!=${RECORD}` }),
  };
  try {
    const path = collectionPath(mapping, namespace);
    const list = await client.json({ method: 'GET', path, query, ...(signal && { signal }) });
    const items = own(list, 'items');
    if (!isList(items)) return undefined;
    const rest = own(own(list, 'metadata'), 'continue');
    const objects = new Map<string, KubeObject>();
    for (const item of items) {
      if (!isObject(item) || !isObject(item['metadata'])) return undefined;
      // The items of a list do not say what they are.
      const object = { ...item, apiVersion: groupVersionOf(mapping), kind: mapping.kind } as KubeObject;
      objects.set(String(object.metadata.name), object);
    }
    return { objects, isAll: rest === undefined || rest === '' };
  } catch {
    // Whatever is wrong shows when the objects are asked for.
    return undefined;
  }
}
