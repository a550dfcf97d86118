/** Lets the controllers work, one step after the other, until nothing is left to do now. */
import { own } from '../../../cluster/json.ts';
import { each, text } from '../edit.ts';
import { QUOTAS } from '../objects/quota.ts';
import type { Change } from '../store/store.ts';
import type { World } from '../world.ts';
import { syncBudget, syncClaim, syncDefinition, syncNamespace, syncQuota, syncVolume, usesClaim } from './cluster.ts';
import { controllerOf, type Tasks } from './common.ts';
import { syncDaemonSet } from './daemonset.ts';
import { syncDeployment } from './deployment.ts';
import { collect, collectOwned, finishRemoval } from './garbage.ts';
import { syncJob } from './job.ts';
import { syncPod } from './pod.ts';
import { syncReplicaSet } from './replicaset.ts';
import { servicesOf, syncService } from './service.ts';
import { syncStatefulSet } from './statefulset.ts';

/** More steps than this in one turn can only be a circle. */
const STEPS = 100_000;

type Sync = (tasks: Tasks, key: string) => void;

/** What looks after the objects of a storage. */
const CONTROLLERS: Readonly<Record<string, Sync>> = {
  'customresourcedefinitions.apiextensions.k8s.io': syncDefinition,
  'daemonsets.apps': syncDaemonSet,
  'deployments.apps': syncDeployment,
  'jobs.batch': syncJob,
  namespaces: syncNamespace,
  persistentvolumeclaims: syncClaim,
  persistentvolumes: syncVolume,
  'poddisruptionbudgets.policy': syncBudget,
  resourcequotas: syncQuota,
  pods: syncPod,
  'replicasets.apps': (tasks, key) => syncReplicaSet(tasks, 'replicasets.apps', key),
  replicationcontrollers: (tasks, key) => syncReplicaSet(tasks, 'replicationcontrollers', key),
  services: syncService,
  'statefulsets.apps': syncStatefulSet,
};

/** Where a controller looks after objects whose kind is another's name for it in timers. */
const NAMES: Readonly<Record<string, string>> = {
  daemonset: 'daemonsets.apps',
  deployment: 'deployments.apps',
  job: 'jobs.batch',
  pod: 'pods',
  statefulset: 'statefulsets.apps',
};

const OWNERS: Readonly<Record<string, string>> = {
  DaemonSet: 'daemonsets.apps',
  Deployment: 'deployments.apps',
  Job: 'jobs.batch',
  ReplicaSet: 'replicasets.apps',
  ReplicationController: 'replicationcontrollers',
  StatefulSet: 'statefulsets.apps',
};

/** The controllers of one sandbox. */
export class Controllers implements Tasks {
  readonly world: World;
  /** `storage key`, in order. */
  readonly #queue = new Set<string>();
  readonly #timers = new Map<string, number>();

  constructor(world: World) {
    this.world = world;
  }

  soon(kind: string, key: string): void {
    this.#queue.add(`${NAMES[kind] ?? kind} ${key}`);
  }

  later(kind: string, key: string, due: number): void {
    const task = `${NAMES[kind] ?? kind} ${key}`;
    if (due < (this.#timers.get(task) ?? Infinity)) this.#timers.set(task, due);
  }

  /** Looks at everything, as after a start. */
  lookAtAll(): void {
    this.#timers.clear();
    for (const storage of this.world.store.storages) {
      if (CONTROLLERS[storage] === undefined) continue;
      for (const key of this.world.store.all(storage).keys()) this.soon(storage, key);
    }
  }

  /** Works until nothing is left to do now. */
  settle(): void {
    this.#wake();
    for (let steps = 0; steps < STEPS; steps++) {
      for (const change of this.world.store.takeUnseen()) this.#react(change);
      const [next] = this.#queue;
      if (next === undefined) return;
      this.#queue.delete(next);
      const at = next.indexOf(' ');
      CONTROLLERS[next.slice(0, at)]?.(this, next.slice(at + 1));
    }
    throw new Error('the controllers do not come to an end');
  }

  #wake(): void {
    if (this.#timers.size === 0) return;
    const now = this.world.clock.now().milliseconds;
    for (const [task, due] of this.#timers) {
      if (due > now) continue;
      this.#timers.delete(task);
      this.#queue.add(task);
    }
  }

  /** What a change is of interest to. */
  #react(change: Change): void {
    const { storage, key, object, gone } = change;
    const { world } = this;
    if (gone) collectOwned(this, text(object.metadata.uid));
    if (CONTROLLERS[storage]) this.soon(storage, key);
    this.#reactOwner(change);
    if (!gone) {
      const { deletionTimestamp, finalizers = [] } = object.metadata;
      if (deletionTimestamp !== undefined && finalizers.length > 0) this.#finish(storage, key);
      else if (change.before === undefined) this.#collectNew(storage, key);
    }
    const namespace = text(object.metadata.namespace);
    if (namespace !== '' && gone && world.store.get('namespaces', '', namespace)?.metadata.deletionTimestamp) {
      this.soon('namespaces', namespace);
    }
    if (namespace !== '' && (gone || change.before === undefined)) {
      for (const quota of world.store.list(QUOTAS, namespace)) this.soon(QUOTAS, `${namespace}/${quota.metadata.name}`);
    }
    if (storage === 'pods') this.#reactPod(change);
    if (storage === 'endpoints' && gone) this.soon('services', key);
    if (storage === 'serviceaccounts' || storage === 'configmaps') {
      if (gone) this.soon('namespaces', namespace);
      else if (storage === 'serviceaccounts' && change.before === undefined) this.#retryOwners(namespace);
    }
    if (storage === 'persistentvolumeclaims') this.#reactClaim(change, namespace);
    if (storage === 'persistentvolumes') this.#retryClaims();
    const plural = storage.split('.')[0] ?? '';
    if (gone && plural !== '') this.#reactCustom(storage);
  }

  #finish(storage: string, key: string): void {
    const object = this.world.store.all(storage).get(key);
    if (object?.metadata.deletionTimestamp !== undefined) finishRemoval(this, storage, object);
  }

  #collectNew(storage: string, key: string): void {
    const object = this.world.store.all(storage).get(key);
    if (object) collect(this.world, storage, object);
  }

  #reactOwner({ object, before, gone }: Change): void {
    for (const one of [object, before]) {
      for (const owner of each(one?.metadata, 'ownerReferences')) {
        const resource = this.world.registry.byKind(text(owner['apiVersion']), text(owner['kind']));
        if (resource === undefined) continue;
        const namespace = text(object.metadata.namespace);
        const key = resource.namespaced ? `${namespace}/${text(owner['name'])}` : text(owner['name']);
        const live = this.world.store.all(resource.storage).get(key);
        if (gone && live?.metadata.deletionTimestamp !== undefined) finishRemoval(this, resource.storage, live);
        if (owner['controller'] === true && OWNERS[resource.kind]) this.soon(resource.storage, key);
      }
    }
  }

  #reactPod({ object, before, gone }: Change): void {
    const { store } = this.world;
    const namespace = text(object.metadata.namespace);
    for (const key of new Set([...servicesOf(this.world, object), ...(before ? servicesOf(this.world, before) : [])])) {
      this.soon('services', key);
    }
    for (const budget of store.list('poddisruptionbudgets.policy', namespace)) {
      this.soon('poddisruptionbudgets.policy', `${namespace}/${budget.metadata.name}`);
    }
    if (controllerOf(object) === undefined) this.#retryAdoption(namespace);
    if (!gone) return;
    for (const claim of store.list('persistentvolumeclaims', namespace)) {
      if (usesClaim(object, claim)) this.soon('persistentvolumeclaims', `${namespace}/${claim.metadata.name}`);
    }
  }

  /** Pods without a controller may be what one looks for. */
  #retryAdoption(namespace: string): void {
    for (const storage of ['replicasets.apps', 'statefulsets.apps', 'daemonsets.apps']) {
      for (const set of this.world.store.list(storage, namespace))
        this.soon(storage, `${namespace}/${set.metadata.name}`);
    }
  }

  #reactClaim({ object, gone }: Change, namespace: string): void {
    const volume = text(own(own(object, 'spec'), 'volumeName'));
    if (gone && volume) this.soon('persistentvolumes', volume);
    for (const pod of this.world.store.list('pods', namespace)) {
      if (own(own(pod, 'status'), 'phase') === 'Pending') this.soon('pods', `${namespace}/${pod.metadata.name}`);
    }
  }

  #retryClaims(): void {
    for (const claim of this.world.store.list('persistentvolumeclaims')) {
      if (own(own(claim, 'status'), 'phase') !== 'Bound') {
        this.soon('persistentvolumeclaims', `${claim.metadata.namespace}/${claim.metadata.name}`);
      }
    }
  }

  /** Pods that could not be made for want of their service account can be made now. */
  #retryOwners(namespace: string): void {
    for (const storage of ['replicasets.apps', 'statefulsets.apps', 'daemonsets.apps', 'jobs.batch']) {
      for (const set of this.world.store.list(storage, namespace))
        this.soon(storage, `${namespace}/${set.metadata.name}`);
    }
  }

  #reactCustom(storage: string): void {
    const definition = this.world.store.all('customresourcedefinitions.apiextensions.k8s.io').get(storage);
    if (definition?.metadata.deletionTimestamp !== undefined) {
      this.soon('customresourcedefinitions.apiextensions.k8s.io', storage);
    }
  }
}
