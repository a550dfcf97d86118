/**
 * DELETE: at once, or in the end where finalizers or a time of grace stand before it.
 * Go: apiserver/pkg/registry/generic/registry/store.go Delete, registry/rest/delete.go
 */
import { isList, type Json, type KubeObject, own } from '../../../cluster/json.ts';
import type { Resource } from '../api/resource.ts';
import { child, draftOf, each, finished, number, text } from '../edit.ts';
import { conflict, forbidden, invalidOption, notFound, notSupported } from '../server/refusal.ts';
import { timeAt, timeText, type World } from '../world.ts';
import { NAMESPACES } from './write.ts';

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

export interface Removal {
  readonly propagation: Propagation | undefined;
  readonly grace: number | undefined;
  readonly uid: string | undefined;
  readonly revision: string | undefined;
  readonly dryRun: boolean;
}

const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io';
const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io';
const ORPHAN = 'orphan';
const FOREGROUND = 'foregroundDeletion';

/** Kinds that leave what they own, unless they are told not to. */
const ORPHANING: ReadonlySet<string> = new Set(['jobs.batch', 'replicationcontrollers']);

/** Kinds whose last state is the answer, and not a Status. */
const RETURNED: ReadonlySet<string> = new Set([
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
  'services',
  'storageclasses.storage.k8s.io',
  'csidrivers.storage.k8s.io',
  'csinodes.storage.k8s.io',
  'volumeattachments.storage.k8s.io',
  'volumeattributesclasses.storage.k8s.io',
]);

const KEPT_NAMESPACES: ReadonlySet<string> = new Set(['default', 'kube-system', 'kube-public']);

/** Options of a request: the body, and what the query says in its place. @throws Refusal 400 */
export function removalOf(body: Json | undefined, query: Readonly<Record<string, string | undefined>>): Removal {
  const preconditions = own(body, 'preconditions');
  const policy = text(own(body, 'propagationPolicy')) || query['propagationPolicy'] || '';
  const orphan =
    own(body, 'orphanDependents') ?? (query['orphanDependents'] ? query['orphanDependents'] === 'true' : undefined);
  if (policy !== '' && policy !== 'Background' && policy !== 'Foreground' && policy !== 'Orphan') {
    throw invalidOption(
      'DELETE',
      notSupported('propagationPolicy', policy, ['Foreground', 'Background', 'Orphan', 'nil']),
    );
  }
  const grace = own(body, 'gracePeriodSeconds') ?? query['gracePeriodSeconds'];
  const dryRun = own(body, 'dryRun');
  return {
    propagation: policy === '' ? (orphan === true ? 'Orphan' : orphan === false ? 'Background' : undefined) : policy,
    grace: grace === undefined ? undefined : Number(grace),
    uid: text(own(preconditions, 'uid')) || undefined,
    revision: text(own(preconditions, 'resourceVersion')) || undefined,
    dryRun: query['dryRun'] === 'All' || (isList(dryRun) && dryRun.includes('All')),
  };
}

/** What a DELETE answers: the object, or a Status that it is gone. */
export function removeByName(
  world: World,
  resource: Resource,
  namespace: string,
  name: string,
  removal: Removal,
): Json {
  if (resource.storage === 'namespaces' && KEPT_NAMESPACES.has(name)) {
    throw forbidden(NAMESPACES, name, 'this namespace may not be deleted');
  }
  const live = world.store.get(resource.storage, namespace, name);
  if (live === undefined) throw notFound(resource, name);
  checkPreconditions(resource, live, removal);
  const { object, gone } = removeObject(world, resource.storage, live, removal);
  if (!gone || RETURNED.has(resource.storage)) return object;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      name,
      ...(resource.group ? { group: resource.group } : {}),
      kind: resource.resource,
      uid: live.metadata.uid as string,
    },
  };
}

function checkPreconditions(resource: Resource, live: KubeObject, { uid, revision }: Removal): void {
  const { name = '', uid: isUid, resourceVersion } = live.metadata;
  // Go: this one place names the kind.
  const named = { ...resource, resource: resource.kind };
  if (uid !== undefined && uid !== isUid) {
    const why = `the UID in the precondition (${uid}) does not match the UID in record (${isUid}). The object might have been deleted and then recreated`;
    throw conflict(named, name, why);
  }
  if (revision === undefined || revision === resourceVersion) return;
  const why = `the ResourceVersion in the precondition (${revision}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
  throw conflict(named, name, why);
}

export interface Removed {
  readonly object: KubeObject;
  readonly gone: boolean;
}

/** Begins or does the removal of an object that is there. */
export function removeObject(world: World, storage: string, live: KubeObject, removal: Partial<Removal> = {}): Removed {
  const finalizers = finalizersWith(storage, live, removal.propagation);
  const grace = graceOf(storage, live, removal.grace);
  if (storage === DEFINITIONS) return removeDefinition(world, live, finalizers, removal);
  const isNamespace = storage === 'namespaces';
  if (finalizers.length === 0 && grace === 0 && !isNamespace) {
    if (removal.dryRun === true) return { object: live, gone: true };
    return { object: world.store.remove(storage, live), gone: true };
  }
  const draft = draftOf(live);
  const metadata = child(draft, 'metadata');
  const isFirst = metadata['deletionTimestamp'] === undefined;
  if (isFirst || grace < number(metadata['deletionGracePeriodSeconds'], 0)) {
    metadata['deletionTimestamp'] = grace > 0 ? timeAt(world.clock.now().milliseconds + grace * 1000) : timeText(world);
    if (!isNamespace) metadata['deletionGracePeriodSeconds'] = grace;
    if (isFirst && metadata['generation'] !== undefined) metadata['generation'] = number(metadata['generation'], 0) + 1;
  }
  if (finalizers.length > 0) metadata['finalizers'] = finalizers;
  else delete metadata['finalizers'];
  if (isNamespace) child(draft, 'status')['phase'] = 'Terminating';
  if (removal.dryRun === true) return { object: finished(draft), gone: false };
  const isSame = !isFirst && JSON.stringify(finalizers) === JSON.stringify(live.metadata.finalizers ?? []);
  const stored =
    isSame && grace >= number(own(live.metadata, 'deletionGracePeriodSeconds'), 0)
      ? live
      : world.store.put(storage, draft);
  return { object: stored, gone: false };
}

/** Its objects go first. Go: apiextensions-apiserver/pkg/registry/customresourcedefinition/etcd.go Delete */
function removeDefinition(
  world: World,
  live: KubeObject,
  finalizers: readonly string[],
  removal: Partial<Removal>,
): Removed {
  if (live.metadata.deletionTimestamp !== undefined) return { object: live, gone: false };
  const draft = draftOf(live);
  const metadata = child(draft, 'metadata');
  const time = timeText(world);
  metadata['deletionTimestamp'] = time;
  metadata['finalizers'] = [...finalizers.filter((name) => name !== CLEANUP), CLEANUP];
  const message = 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon';
  const reason = 'InstanceDeletionPending';
  const status = child(draft, 'status');
  const terminating = { type: 'Terminating', status: 'True', lastTransitionTime: time, reason, message };
  status['conditions'] = [...each(status, 'conditions'), terminating];
  if (removal.dryRun === true) return { object: finished(draft), gone: false };
  return { object: world.store.put(DEFINITIONS, draft), gone: false };
}

/** The finalizers that a way of removal adds and takes away. */
function finalizersWith(storage: string, live: KubeObject, asked: Propagation | undefined): string[] {
  const propagation = asked ?? (ORPHANING.has(storage) ? 'Orphan' : undefined);
  const before = [...(live.metadata.finalizers ?? [])];
  // A way that was chosen before stays, unless this request chooses another.
  if (asked === undefined && before.some((name) => name === ORPHAN || name === FOREGROUND)) return before;
  const others = before.filter((name) => name !== ORPHAN && name !== FOREGROUND);
  if (propagation === 'Orphan') return [...others, ORPHAN];
  return propagation === 'Foreground' ? [...others, FOREGROUND] : others;
}

/** Seconds until a Pod may go; everything else goes at once. */
function graceOf(storage: string, live: KubeObject, asked: number | undefined): number {
  if (storage !== 'pods') return 0;
  const spec = own(live, 'spec');
  const phase = own(own(live, 'status'), 'phase');
  if (!text(own(spec, 'nodeName')) || phase === 'Failed' || phase === 'Succeeded') return 0;
  return Math.max(asked ?? number(own(spec, 'terminationGracePeriodSeconds'), 30), 0);
}

/** Takes away an object whose removal had to wait and has nothing more to wait for. */
export function removeIfDone(world: World, storage: string, object: KubeObject): KubeObject {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  if (deletionTimestamp === undefined || finalizers.length > 0 || storage === 'namespaces') return object;
  if (number(own(object.metadata, 'deletionGracePeriodSeconds'), 0) > 0) return object;
  return world.store.remove(storage, object);
}

/** Takes one finalizer from an object. */
export function dropFinalizer(world: World, storage: string, live: KubeObject, name: string): void {
  const draft = draftOf(live);
  const metadata = child(draft, 'metadata');
  const left = (live.metadata.finalizers ?? []).filter((one) => one !== name);
  if (left.length > 0) metadata['finalizers'] = left;
  else delete metadata['finalizers'];
  removeIfDone(world, storage, world.store.put(storage, draft));
}
