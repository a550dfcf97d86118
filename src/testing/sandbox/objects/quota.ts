/** How many objects a namespace may have. Go: plugin/pkg/admission/resourcequota */
import { type KubeObject, newObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { type Draft, text } from '../edit.ts';
import { forbidden } from '../server/refusal.ts';
import type { World } from '../world.ts';
import { amountOf } from './validate-pods.ts';

export const QUOTAS = 'resourcequotas';

/** Kinds with a name of their own in quotas, besides `count/…`. */
const NAMED = new Set([
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'resourcequotas',
  'secrets',
  'services',
]);

/** The storage whose objects a quota's entry counts, or undefined where it counts no objects. */
function countedStorage(entry: string): string | undefined {
  if (entry.startsWith('count/')) return entry.slice('count/'.length);
  return NAMED.has(entry) ? entry : undefined;
}

function hardOf(quota: KubeObject): Draft {
  return (own(own(quota, 'spec'), 'hard') ?? {}) as Draft;
}

/** What a quota's status says. Entries that count no objects are not used. */
export function quotaStatus(world: World, quota: KubeObject): Draft {
  const hard = hardOf(quota);
  const used = Object.keys(hard).map((entry) => {
    const storage = countedStorage(entry);
    const count = storage === undefined ? 0 : world.store.list(storage, text(quota.metadata.namespace)).length;
    return [entry, `${count}`] as const;
  });
  return { hard, used: newObject(used) };
}

/** @throws Refusal 403 where a new object would be one too many */
export function checkQuota(world: World, resource: Resource, draft: Draft): void {
  if (!resource.namespaced) return;
  const metadata = draft['metadata'] as Draft;
  const namespace = text(metadata['namespace']);
  for (const quota of world.store.list(QUOTAS, namespace)) {
    const over = Object.entries(hardOf(quota)).filter(([entry, limit]) => {
      if (countedStorage(entry) !== resource.storage) return false;
      return world.store.list(resource.storage, namespace).length + 1 > amountOf(limit);
    });
    if (over.length === 0) continue;
    const used = (own(quotaStatus(world, quota), 'used') ?? {}) as Draft;
    const list = (of: (entry: string) => string): string => over.map(([entry]) => `${entry}=${of(entry)}`).join(',');
    const limits = hardOf(quota);
    const why = `exceeded quota: ${quota.metadata.name}, requested: ${list(() => '1')}, used: ${list((entry) => text(used[entry]))}, limited: ${list((entry) => String(limits[entry]))}`;
    throw forbidden(resource, text(metadata['name']), why);
  }
}
