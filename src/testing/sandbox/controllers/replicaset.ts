/** ReplicaSets and ReplicationControllers: so many Pods of a template. Go: pkg/controller/replicaset */
import { type KubeObject, own } from '../../../cluster/json.ts';
import { type Draft, strings, text } from '../edit.ts';
import { matchesSelector } from '../objects/selectors.ts';
import {
  countPods,
  counts,
  create,
  event,
  find,
  int,
  isActive,
  isReady,
  labelsOf,
  owned,
  podBody,
  putStatus,
  remove,
  type Tasks,
} from './common.ts';

const COMPONENT = 'replicaset-controller';

export function syncReplicaSet(tasks: Tasks, storage: string, key: string): void {
  const { world } = tasks;
  const set = find(world, storage, key);
  if (set === undefined) return;
  const spec = own(set, 'spec') as Draft;
  const pods = owned(world, 'pods', set);
  const active = pods.filter(isActive);
  if (set.metadata.deletionTimestamp === undefined) {
    const wanted = int(spec['replicas']);
    for (let i = active.length; i < wanted; i++) makePod(tasks, set);
    const surplus = [...active].sort(goesFirst).slice(0, Math.max(active.length - wanted, 0));
    for (const pod of surplus) {
      event(world, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, COMPONENT);
      remove(world, 'pods', pod);
    }
  }
  const fresh = owned(world, 'pods', set);
  putStatus(world, storage, find(world, storage, key) as KubeObject, statusOf(tasks, set, fresh, storage));
}

/** Not ready before ready, young before old. */
function goesFirst(a: KubeObject, b: KubeObject): number {
  if (isReady(a) !== isReady(b)) return isReady(a) ? 1 : -1;
  return text(a.metadata.creationTimestamp) > text(b.metadata.creationTimestamp) ? -1 : 1;
}

function makePod({ world }: Tasks, set: KubeObject): void {
  const template = own(own(set, 'spec'), 'template');
  const body = podBody(set, template, {});
  (body['metadata'] as Draft)['generateName'] = `${set.metadata.name}-`;
  const pod = create(world, 'v1', 'pods', text(set.metadata.namespace), body);
  if (pod) event(world, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, COMPONENT);
}

function statusOf(tasks: Tasks, set: KubeObject, pods: readonly KubeObject[], storage: string): Draft {
  const spec = own(set, 'spec') as Draft;
  const active = pods.filter(isActive);
  const labels = strings(own(own(own(spec, 'template'), 'metadata'), 'labels'));
  const labeled = active.filter((pod) => matchesSelector({ matchLabels: labels }, labelsOf(pod))).length;
  const { ready, available, next } = countPods(tasks.world, active, int(spec['minReadySeconds']));
  if (next !== Infinity) tasks.later(storage, `${set.metadata.namespace}/${set.metadata.name}`, next);
  const status = counts({
    fullyLabeledReplicas: labeled,
    readyReplicas: ready,
    availableReplicas: available,
    observedGeneration: int(own(set.metadata, 'generation')),
  });
  status['replicas'] = active.length;
  if (storage === 'replicasets.apps') {
    status['terminatingReplicas'] = pods.filter((pod) => pod.metadata.deletionTimestamp !== undefined).length;
  }
  return status;
}
