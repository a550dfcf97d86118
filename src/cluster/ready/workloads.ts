/** Status rules of what makes pods. Go: kstatus core.go */
import type { KubeObject } from '../json.ts';
import { checkedInteger, conditionsOf, integerAt, stringAt } from './fields.ts';
import { current, failed, inProgress, type ObjectStatus } from './status.ts';

/** What Kubernetes takes for no deadline at all. */
const NO_DEADLINE = 2_147_483_647;

export function deployment(object: KubeObject): ObjectStatus {
  const deadline = integerAt(object, ['spec', 'progressDeadlineSeconds'], NO_DEADLINE);
  // Without a deadline the controller sets no Progressing condition.
  let progressing = deadline === NO_DEADLINE;
  let available = false;
  for (const { type, status, reason } of conditionsOf(object)) {
    if (type === 'Progressing') {
      if (reason === 'ProgressDeadlineExceeded') return failed('Progress deadline exceeded');
      if (status === 'True' && reason === 'NewReplicaSetAvailable') progressing = true;
    } else if (type === 'Available' && status === 'True') available = true;
  }
  const wanted = integerAt(object, ['spec', 'replicas'], 1);
  const count = counter(object);
  const replicas = count('replicas');
  const updated = count('updatedReplicas');
  const ready = count('readyReplicas');
  const availableReplicas = count('availableReplicas');
  if (wanted > replicas) return inProgress(`Replicas: ${replicas}/${wanted}`);
  if (wanted > updated) return inProgress(`Updated: ${updated}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  if (updated > availableReplicas) return inProgress(`Available: ${availableReplicas}/${updated}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  if (!progressing) return inProgress('ReplicaSet not Available');
  if (!available) return inProgress('Deployment not Available');
  return current(`Deployment is available. Replicas: ${replicas}`);
}

export function replicaSet(object: KubeObject): ObjectStatus {
  if (conditionsOf(object).some(({ type, status }) => type === 'ReplicaFailure' && status === 'True')) {
    return inProgress('Replica Failure condition. Check Pods');
  }
  const wanted = integerAt(object, ['spec', 'replicas'], 1);
  const count = counter(object);
  const replicas = count('replicas');
  const labelled = count('fullyLabeledReplicas');
  const available = count('availableReplicas');
  const ready = count('readyReplicas');
  if (wanted > labelled) return inProgress(`Labelled: ${labelled}/${wanted}`);
  if (wanted > available) return inProgress(`Available: ${available}/${wanted}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  return current(`ReplicaSet is available. Replicas: ${replicas}`);
}

export function statefulSet(object: KubeObject): ObjectStatus {
  if (stringAt(object, ['spec', 'updateStrategy', 'type']) === 'OnDelete') {
    return current('StatefulSet is using the ondelete update strategy');
  }
  const wanted = integerAt(object, ['spec', 'replicas'], 1);
  const count = counter(object);
  const replicas = count('replicas');
  const ready = count('readyReplicas');
  if (wanted > replicas) return inProgress(`Replicas: ${replicas}/${wanted}`);
  if (wanted > ready) return inProgress(`Ready: ${ready}/${wanted}`);
  if (replicas > wanted) return inProgress(`Pending termination: ${replicas - wanted}`);
  const partition = integerAt(object, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], -1);
  if (partition !== -1) {
    const updated = count('updatedReplicas');
    if (updated < wanted - partition) return inProgress(`updated: ${updated}/${wanted - partition}`);
    return current(`Partition rollout complete. updated: ${updated}`);
  }
  const now = count('currentReplicas');
  if (wanted > now) return inProgress(`current: ${now}/${wanted}`);
  if (stringAt(object, ['status', 'currentRevision']) !== stringAt(object, ['status', 'updateRevision'])) {
    return inProgress('Waiting for updated revision to match current');
  }
  return current(`All replicas scheduled as expected. Replicas: ${replicas}`);
}

export function daemonSet(object: KubeObject): ObjectStatus {
  // Go: checkGenerationSet; the controller sets both, so it has not been there yet where one is missing.
  if (checkedInteger(object, 'metadata', 'generation') === undefined) {
    return inProgress(`${object.kind} metadata.generation not found`);
  }
  if (checkedInteger(object, 'status', 'observedGeneration') === undefined) {
    return inProgress(`${object.kind} status.observedGeneration not found`);
  }
  const wanted = integerAt(object, ['status', 'desiredNumberScheduled'], -1);
  if (wanted === -1) return inProgress('Missing .status.desiredNumberScheduled');
  const count = counter(object);
  for (const [label, field] of [
    ['Current', 'currentNumberScheduled'],
    ['Updated', 'updatedNumberScheduled'],
    ['Available', 'numberAvailable'],
    ['Ready', 'numberReady'],
  ] as const) {
    if (wanted > count(field)) return inProgress(`${label}: ${count(field)}/${wanted}`);
  }
  return current(`All replicas scheduled as expected. Replicas: ${wanted}`);
}

function counter(object: KubeObject): (field: string) => number {
  return (field) => integerAt(object, ['status', field], 0);
}
