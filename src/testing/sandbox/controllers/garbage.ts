/** What is owned goes with its owners, or stays behind them. Go: pkg/controller/garbagecollector */
import { type KubeObject, own } from '../../../cluster/json.ts';
import { child, draftOf, each, text } from '../edit.ts';
import { dropFinalizer } from '../verbs/remove.ts';
import type { World } from '../world.ts';
import { remove, type Tasks } from './common.ts';

const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** After an object went: what it owned and nobody else does goes, too. */
export function collectOwned({ world }: Tasks, uid: string): void {
  for (const [storage, object] of world.store.ownedBy(uid)) collect(world, storage, object);
}

/** Removes an object whose owners are all gone. */
export function collect(world: World, storage: string, object: KubeObject): void {
  const owners = each(object.metadata, 'ownerReferences');
  if (owners.length === 0 || object.metadata.deletionTimestamp !== undefined) return;
  const alive = owners.filter((owner) => isThere(world, object, text(owner['uid']), owner));
  if (alive.length === 0) remove(world, storage, object);
  else if (alive.length < owners.length) {
    const draft = draftOf(object);
    child(draft, 'metadata')['ownerReferences'] = alive;
    world.store.put(storage, draft);
  }
}

function isThere(world: World, object: KubeObject, uid: string, owner: { readonly [key: string]: unknown }): boolean {
  const resource = world.registry.byKind(text(owner['apiVersion'] as string), text(owner['kind'] as string));
  if (resource === undefined) return true; // Nobody can tell.
  const namespace = resource.namespaced ? text(object.metadata.namespace) : '';
  const found = world.store.get(resource.storage, namespace, text(owner['name'] as string));
  return found !== undefined && found.metadata.uid === uid;
}

/** An object that waits for what it owns: until that is free of it, or gone. */
export function finishRemoval({ world }: Tasks, storage: string, object: KubeObject): void {
  const finalizers = object.metadata.finalizers ?? [];
  const uid = text(object.metadata.uid);
  if (finalizers.includes(ORPHAN)) {
    for (const [kept, dependent] of world.store.ownedBy(uid)) {
      const draft = draftOf(dependent);
      const metadata = child(draft, 'metadata');
      const left = each(metadata, 'ownerReferences').filter((owner) => owner['uid'] !== uid);
      if (left.length > 0) metadata['ownerReferences'] = left;
      else delete metadata['ownerReferences'];
      world.store.put(kept, draft);
    }
    dropFinalizer(world, storage, object, ORPHAN);
  } else if (finalizers.includes(FOREGROUND)) {
    const dependents = world.store.ownedBy(uid);
    for (const [kept, dependent] of dependents) {
      if (dependent.metadata.deletionTimestamp === undefined) {
        remove(world, kept, dependent, { propagation: 'Foreground' });
      }
    }
    const isBlocked = world.store.ownedBy(uid).some(([, dependent]) => blocks(dependent, uid));
    if (!isBlocked) dropFinalizer(world, storage, object, FOREGROUND);
  }
}

function blocks(dependent: KubeObject, uid: string): boolean {
  return each(dependent.metadata, 'ownerReferences').some(
    (owner) => owner['uid'] === uid && own(owner, 'blockOwnerDeletion') === true,
  );
}
