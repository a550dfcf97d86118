/** What controllers have in common: owned objects, status, time. */
import { isList, type Json, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { child, copy, type Draft, draftOf, each, number, sameData, strings, text } from '../edit.ts';
import { matchesSelector } from '../objects/selectors.ts';
import { keyOfObject } from '../store/store.ts';
import { createFromBody } from '../verbs/create.ts';
import { type Removal, removeObject } from '../verbs/remove.ts';
import { millisecondsOf, newUid, safeEncode, timeText, type World } from '../world.ts';

/** Work that waits: for its turn, or for its time. */
export interface Tasks {
  readonly world: World;
  /** To be looked at in this turn. */
  soon(kind: string, key: string): void;
  /** To be looked at once the clock shows this time, in milliseconds. */
  later(kind: string, key: string, due: number): void;
}

export const DEPLOYMENTS = 'deployments.apps';
export const REPLICA_SETS = 'replicasets.apps';
export const STATEFUL_SETS = 'statefulsets.apps';
export const DAEMON_SETS = 'daemonsets.apps';
export const JOBS = 'jobs.batch';
export const REVISIONS = 'controllerrevisions.apps';

export function now(world: World): number {
  return world.clock.now().milliseconds;
}

export function find(world: World, storage: string, key: string): KubeObject | undefined {
  return world.store.all(storage).get(key);
}

export function key(object: KubeObject): string {
  return keyOfObject(object);
}

/** Writes an object's status, if it is another. */
export function putStatus(world: World, storage: string, object: KubeObject, status: Draft): KubeObject {
  if (sameData(own(object, 'status'), status)) return object;
  return world.store.put(storage, { ...(object as unknown as Draft), status });
}

export function labelsOf(object: KubeObject): Readonly<Record<string, string>> {
  return strings(object.metadata.labels);
}

/** The reference that makes an object the controller of another. */
export function ownerReference(owner: KubeObject): Json {
  return {
    apiVersion: owner.apiVersion,
    kind: owner.kind,
    name: owner.metadata.name as string,
    uid: owner.metadata.uid as string,
    controller: true,
    blockOwnerDeletion: true,
  };
}

export function controllerOf(object: KubeObject): Draft | undefined {
  return each(object.metadata, 'ownerReferences').find((reference) => reference['controller'] === true);
}

/** Objects that a controller owns; those without one that its selector means become its own. */
export function owned(world: World, storage: string, owner: KubeObject): KubeObject[] {
  const mine = world.store.ownedBy(owner.metadata.uid as string).filter(([kept]) => kept === storage);
  const found = mine.map(([, object]) => object).filter((object) => isController(object, owner));
  if (owner.metadata.deletionTimestamp !== undefined) return found;
  return [...found, ...adopted(world, storage, owner)].sort(byAge);
}

function isController(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.['uid'] === owner.metadata.uid;
}

function adopted(world: World, storage: string, owner: KubeObject): KubeObject[] {
  if (storage === REVISIONS) return [];
  const selector = own(own(owner, 'spec'), 'selector');
  return world.store
    .unowned(storage, text(owner.metadata.namespace))
    .filter((object) => {
      if (controllerOf(object) !== undefined || object.metadata.deletionTimestamp !== undefined) return false;
      return matchesSelector(selector, labelsOf(object));
    })
    .map((object) => {
      const draft = draftOf(object);
      const metadata = child(draft, 'metadata');
      metadata['ownerReferences'] = [...each(metadata, 'ownerReferences'), ownerReference(owner)];
      return world.store.put(storage, draft);
    });
}

function byAge(a: KubeObject, b: KubeObject): number {
  const [x, y] = [text(a.metadata.creationTimestamp), text(b.metadata.creationTimestamp)];
  if (x !== y) return x < y ? -1 : 1;
  return text(a.metadata.name) < text(b.metadata.name) ? -1 : 1;
}

/** Makes an object as a controller does. Undefined where the server refuses it, as a real controller would try again. */
export function create(
  world: World,
  groupVersion: string,
  plural: string,
  namespace: string,
  body: Json,
): KubeObject | undefined {
  const resource = world.registry.find(groupVersion, plural);
  if (resource === undefined) return undefined;
  const manager = 'kube-controller-manager';
  const write = {
    resource,
    namespace,
    name: '',
    subresource: '',
    dryRun: false,
    manager,
    validation: 'Ignore' as const,
  };
  try {
    return createFromBody(world, { ...write, warnings: [] }, body);
  } catch {
    return undefined;
  }
}

export function remove(world: World, storage: string, object: KubeObject, removal: Partial<Removal> = {}): void {
  removeObject(world, storage, object, { propagation: 'Background', ...removal });
}

/** A Pod out of a template, with what its owner adds. */
export function podBody(
  owner: KubeObject,
  template: Json | undefined,
  labels: Readonly<Record<string, string>>,
): Draft {
  const body = newObject([['spec', copy(own(template, 'spec') ?? {})]]);
  const metadata = newObject();
  const own1 = own(template, 'metadata');
  metadata['labels'] = { ...strings(own(own1, 'labels')), ...labels };
  const annotations = own(own1, 'annotations');
  if (annotations !== undefined) metadata['annotations'] = copy(annotations);
  const finalizers = own(own1, 'finalizers');
  if (isList(finalizers)) metadata['finalizers'] = copy(finalizers as Json);
  metadata['ownerReferences'] = [ownerReference(owner)];
  body['metadata'] = metadata;
  return body;
}

export function condition(object: KubeObject, type: string): Draft | undefined {
  return each(own(object, 'status'), 'conditions').find((one) => one['type'] === type);
}

export function isReady(pod: KubeObject): boolean {
  return condition(pod, 'Ready')?.['status'] === 'True';
}

export function isActive(pod: KubeObject): boolean {
  const phase = own(own(pod, 'status'), 'phase');
  return phase !== 'Succeeded' && phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}

/** When a ready Pod counts as available, in milliseconds. */
export function availableAt(pod: KubeObject, minReadySeconds: number): number {
  if (minReadySeconds === 0) return 0;
  return millisecondsOf(condition(pod, 'Ready')?.['lastTransitionTime']) + minReadySeconds * 1000;
}

/** Counts of Pods, and when the next one becomes available. */
export function countPods(world: World, pods: readonly KubeObject[], minReadySeconds: number): PodCounts {
  const ready = pods.filter(isReady);
  const times = ready.map((pod) => availableAt(pod, minReadySeconds));
  const waiting = times.filter((time) => time > now(world));
  return { ready: ready.length, available: ready.length - waiting.length, next: Math.min(...waiting, Infinity) };
}

export interface PodCounts {
  readonly ready: number;
  readonly available: number;
  /** Milliseconds; infinite where none is on its way. */
  readonly next: number;
}

/** Numbers and percentages: `25%` of 4. Go: intstr.GetScaledValueFromIntOrPercent */
export function scaled(value: Json | undefined, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const percent = Number.parseInt(text(value), 10);
  if (Number.isNaN(percent)) return 0;
  return up ? Math.ceil((percent * total) / 100) : Math.floor((percent * total) / 100);
}

/** Leaves out what is nothing, as Go does for optional numbers. */
export function counts(entries: Readonly<Record<string, number>>): Draft {
  return newObject(Object.entries(entries).filter(([, count]) => count !== 0));
}

export function int(value: Json | undefined): number {
  return number(value, 0);
}

/** Tells of something that happened to an object. */
export function event(
  world: World,
  about: KubeObject,
  type: string,
  reason: string,
  message: string,
  by: string,
): void {
  const { name = '', namespace, uid = '', resourceVersion = '' } = about.metadata;
  const time = timeText(world);
  const suffix = newUid(world).replaceAll('-', '').slice(0, 16);
  world.store.put('events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${name}.${suffix}`,
      namespace: namespace ?? 'default',
      uid: newUid(world),
      creationTimestamp: time,
    },
    involvedObject: {
      kind: about.kind,
      ...(namespace === undefined ? {} : { namespace }),
      name,
      uid,
      apiVersion: about.apiVersion,
      resourceVersion,
    },
    reason,
    message,
    source: { component: by },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
    type,
    eventTime: null,
    reportingComponent: by,
    reportingInstance: '',
  });
}

/** Ten letters at most that stand for data. */
export function shortHash(hash: number): string {
  return safeEncode(String(hash));
}
