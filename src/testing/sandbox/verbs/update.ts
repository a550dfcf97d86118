/** PUT and the end of every PATCH. Go: apiserver/pkg/registry/generic/registry/store.go Update */
import type { Json, KubeObject } from '../../../cluster/json.ts';
import { own } from '../../../cluster/json.ts';
import { child, copy, type Draft, sameData, text } from '../edit.ts';
import { keepAllocated } from '../objects/allocate.ts';
import { manageFields, setManaged } from '../objects/managed.ts';
import { completeStored, completeUpdate } from '../objects/prepare-kinds.ts';
import { prepareStatusUpdate, prepareUpdate } from '../objects/strategy.ts';
import { needsRevision, validateUpdate } from '../objects/validate.ts';
import { warningsOf } from '../objects/warnings.ts';
import { conflict, invalid, invalidValue, MODIFIED, notFound } from '../server/refusal.ts';
import type { World } from '../world.ts';
import { removeIfDone } from './remove.ts';
import { checkPlace, decodeObject, metadataFaults, type Write } from './write.ts';

export function updateFromBody(world: World, write: Write, body: Json): KubeObject {
  const { resource } = write;
  const draft = decodeObject(world, write, body);
  checkPlace(write, draft);
  const live = world.store.get(resource.storage, write.namespace, write.name);
  if (live === undefined) throw notFound(resource, write.name);
  return updateObject(world, write, live, draft);
}

/** Puts an object, decoded and with defaults, in the place of the one that is there. */
export function updateObject(world: World, write: Write, live: KubeObject, draft: Draft, managed?: Json): KubeObject {
  const { resource } = write;
  const metadata = child(draft, 'metadata');
  const uid = text(metadata['uid']);
  if (uid !== '' && uid !== live.metadata.uid) {
    const why = `StorageError: invalid object, Code: 4, Key: ${storageKey(write)}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${live.metadata.uid}`;
    throw conflict(resource, write.name, why);
  }
  const revision = text(metadata['resourceVersion']);
  if (revision !== '' && revision !== live.metadata.resourceVersion) throw conflict(resource, write.name, MODIFIED);
  if (revision === '' && needsRevision(resource)) {
    const fault = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ ...resource, kind: resource.resource }, write.name, [fault]);
  }
  // Before what the server itself changes: that has no owner.
  if (managed === undefined) manageFields(world, write, live, draft);
  else setManaged(draft, managed);
  if (write.subresource === 'status') prepareStatusUpdate(resource, draft, live);
  prepareUpdate2(write, draft, live);
  if (write.subresource === '') completeUpdate(resource, draft, live);
  keepAllocated(world, resource, draft, live);
  const faults = [...immutableName(draft, live), ...metadataFaults(resource, draft)];
  faults.push(...validateUpdate(resource, draft, live));
  if (faults.length > 0) throw invalid(resource, write.name, faults);
  if (write.subresource === '') write.warnings.push(...warningsOf(resource, draft, false));
  return storeUpdate(world, write, live, draft);
}

/** Where etcd would have it. */
function storageKey({ resource, namespace, name }: Write): string {
  const kind = resource.custom ? `${resource.group}/${resource.resource}` : resource.resource;
  return `/registry/${kind}/${namespace ? `${namespace}/` : ''}${name}`;
}

function prepareUpdate2(write: Write, draft: Draft, live: KubeObject): void {
  if (write.subresource !== 'status') {
    prepareUpdate(write.resource, draft, live);
    return;
  }
  const before = copy(own(draft, 'status') ?? null);
  prepareUpdate(write.resource, draft, live);
  if (before === null) delete draft['status'];
  else draft['status'] = before;
}

function immutableName(draft: Draft, live: KubeObject): ReturnType<typeof invalidValue>[] {
  const name = text(child(draft, 'metadata')['name']);
  return name === live.metadata.name ? [] : [invalidValue('metadata.name', name, 'field is immutable')];
}

/** Stores what changed; what did not keeps its revision. */
function storeUpdate(world: World, write: Write, live: KubeObject, draft: Draft): KubeObject {
  completeStored(write.resource, draft);
  const metadata = child(draft, 'metadata');
  metadata['resourceVersion'] = live.metadata.resourceVersion as string;
  if (sameData(withoutTimes(live), withoutTimes(draft as unknown as KubeObject))) return live;
  if (write.dryRun) return draft as unknown as KubeObject;
  const stored = world.store.put(write.resource.storage, draft);
  return removeIfDone(world, write.resource.storage, stored);
}

/** Without the times of managed fields, which say nothing of their own. */
function withoutTimes(object: KubeObject): Json {
  const { managedFields, ...metadata } = object.metadata;
  const entries = Array.isArray(managedFields)
    ? managedFields.map((entry) => ({ ...(entry as Draft), time: null }))
    : (managedFields ?? null);
  return { ...object, metadata: { ...metadata, managedFields: entries } } as unknown as Json;
}
