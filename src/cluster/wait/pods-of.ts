/** What pods say about the object that makes them. Go: kstatus statusreaders/pod_controller.go */
import { dig, type KubeObject } from '../json.ts';
import { PODS } from '../pods.ts';
import { groupKind, statusOfObject } from '../ready/kstatus.ts';
import { isUnschedulable } from '../ready/pod.ts';
import { labelSelector } from '../ready/selector.ts';
import { failed, type ObjectStatus, UNKNOWN } from '../ready/status.ts';
import type { Cluster } from '../types.ts';

const JUDGED_BY_PODS: ReadonlySet<string> = new Set(['apps/StatefulSet', 'apps/ReplicaSet']);

/** Whether an object's pods can change what its status is. */
export function isJudgedByPods(object: KubeObject): boolean {
  return JUDGED_BY_PODS.has(groupKind(object));
}

/** The verdict with its pods in view, and whether one of them finds no node, which calls for another look. */
export interface PodVerdict {
  readonly status: ObjectStatus;
  readonly unschedulable: boolean;
}

/** Looks at the pods of an object that is in progress: it has failed where pods have that do not come back. */
export async function judgeByPods(
  { client }: Cluster,
  object: KubeObject,
  status: ObjectStatus,
  signal: AbortSignal,
): Promise<PodVerdict> {
  const selector = labelSelector(dig(object, 'spec', 'selector'));
  if (selector === undefined) return { status: UNKNOWN, unschedulable: false };
  const { namespace = '' } = object.metadata;
  const { items } = await client.list(PODS, { namespace, labelSelector: selector, signal });
  // Items of a list need not repeat their kind.
  const pods = items.map((item): KubeObject => ({ ...item, apiVersion: 'v1', kind: 'Pod' }));
  const now = client.now();
  const unschedulable = pods.some((pod) => isUnschedulable(pod) && statusOfObject(pod, now).status === 'InProgress');
  const dead = pods.filter((pod) => statusOfObject(pod, now).status === 'Failed' && !isPassing(pod));
  return { status: dead.length > 0 ? failed(`${dead.length} pods have failed`) : status, unschedulable };
}

/** Pods that go away, as in every rollout, or for which the cluster may yet grow. */
function isPassing(pod: KubeObject): boolean {
  return Boolean(pod.metadata.deletionTimestamp) || isUnschedulable(pod);
}
