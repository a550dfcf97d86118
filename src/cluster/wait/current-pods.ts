/** Which pods are those that a rollout is about, and which are about to be replaced. */
import { dig, type KubeObject, own } from '../json.ts';
import { integerAt, stringAt } from '../ready/fields.ts';
import { groupKind } from '../ready/kstatus.ts';
import { controllerOf, newReplicaSet } from '../ready/legacy.ts';
import { labelSelector } from '../ready/selector.ts';
import type { ApiClient, ResourceMapping } from '../types.ts';
import type { Tracked } from './setup.ts';

export const REPLICA_SETS: ResourceMapping = {
  group: 'apps',
  version: 'v1',
  kind: 'ReplicaSet',
  resource: 'replicasets',
  namespaced: true,
};

/** Pods may be a little older than the wait for them. */
const OLDER = 5000;

export class CurrentPods {
  private readonly client: ApiClient;
  private readonly began: number;
  private readonly signal: AbortSignal;

  /** `began` is when the wait did, by the cluster's clock. */
  constructor(client: ApiClient, began: number, signal: AbortSignal) {
    this.client = client;
    this.began = began;
    this.signal = signal;
  }

  /** Without those that seem to be old, from what is known already. */
  among({ object }: Tracked, pods: readonly KubeObject[]): readonly KubeObject[] {
    if (object === undefined) return pods;
    switch (groupKind(object)) {
      case 'apps/StatefulSet': {
        const revision = stringAt(object, ['status', 'updateRevision']);
        return revision === '' ? pods : pods.filter((pod) => label(pod, 'controller-revision-hash') === revision);
      }
      case 'apps/DaemonSet': {
        const count = (field: string): number => integerAt(object, ['status', field], 0);
        if (count('updatedNumberScheduled') >= count('currentNumberScheduled')) return pods;
        return pods.filter((pod) => this.isNew(pod));
      }
      case 'apps/Deployment': {
        // A rollout makes the pods that are wanted last.
        const newest = pods.reduce((a, b) => (createdAt(b) >= createdAt(a) ? b : a), NONE);
        return pods.filter((pod) => controllerOf(pod) === controllerOf(newest));
      }
      default:
        return pods;
    }
  }

  /** Asks the cluster, where nothing less tells. */
  async isCurrent({ object }: Tracked, pod: KubeObject): Promise<boolean> {
    if (object === undefined) return false;
    if (groupKind(object) !== 'apps/Deployment') return true;
    const query = labelSelector(dig(object, 'spec', 'selector'));
    if (query === undefined) return false;
    const { namespace = '' } = object.metadata;
    const { signal } = this;
    try {
      const { items } = await this.client.list(REPLICA_SETS, { namespace, labelSelector: query, signal });
      const newest = newReplicaSet(object, items);
      return newest !== undefined && controllerOf(pod) === newest.metadata.uid;
    } catch {
      // Who may not see ReplicaSets is told by the pods' age, which is right but for pods that a rollout keeps.
      return this.isNew(pod);
    }
  }

  private isNew(pod: KubeObject): boolean {
    return createdAt(pod) >= this.began - OLDER;
  }
}

const NONE: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: {} };

/** In milliseconds. */
function createdAt(pod: KubeObject): number {
  return Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
}

function label(pod: KubeObject, name: string): unknown {
  return own(pod.metadata.labels, name);
}
