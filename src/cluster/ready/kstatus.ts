/**
 * The status of an object from the object alone, by the rules of kstatus in the version that Helm 4 waits with:
 * first what all kinds have in common, then the rules of the kind, then a Ready condition.
 */
import type { KubeObject } from '../json.ts';
import { checkedInteger, checkedString, conditionsOf } from './fields.ts';
import { customResourceDefinition, job, persistentVolumeClaim, service } from './kinds.ts';
import { pod } from './pod.ts';
import { current, failed, inProgress, type ObjectStatus, UNKNOWN } from './status.ts';
import { daemonSet, deployment, replicaSet, statefulSet } from './workloads.ts';

/**
 * Rules of one kind. `now` is in milliseconds since 1970.
 *
 * @throws GoError where the object does not have the shape of its kind
 */
type Rule = (object: KubeObject, now: number) => ObjectStatus;

const always: Rule = () => current('Resource is always ready');

// Go: kstatus core.go legacyTypes
const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ['Service', service],
  ['Pod', pod],
  ['Secret', always],
  ['PersistentVolumeClaim', persistentVolumeClaim],
  ['apps/StatefulSet', statefulSet],
  ['apps/DaemonSet', daemonSet],
  ['extensions/DaemonSet', daemonSet],
  ['apps/Deployment', deployment],
  ['extensions/Deployment', deployment],
  ['apps/ReplicaSet', replicaSet],
  ['extensions/ReplicaSet', replicaSet],
  ['policy/PodDisruptionBudget', () => current('AllowedDisruptions has been computed.')],
  ['batch/CronJob', always],
  ['ConfigMap', always],
  ['batch/Job', job],
  ['apiextensions.k8s.io/CustomResourceDefinition', customResourceDefinition],
]);

/** `apps/Deployment`, or `Pod` in the core group. */
export function groupKind(object: Pick<KubeObject, 'apiVersion' | 'kind'>): string {
  const slash = object.apiVersion.indexOf('/');
  return slash < 0 ? object.kind : `${object.apiVersion.slice(0, slash)}/${object.kind}`;
}

/** The status of an object as it stands in the cluster; `Unknown` where it does not have the shape of its kind. */
export function statusOfObject(object: KubeObject, now: number = Date.now()): ObjectStatus {
  return guarded(() => generic(object) ?? RULES.get(groupKind(object))?.(object, now) ?? readyCondition(object));
}

/** Runs rules; one that cannot read its object knows nothing. Go: statusreaders/common.go errResourceToResourceStatus */
export function guarded(rules: () => ObjectStatus): ObjectStatus {
  try {
    return rules();
  } catch {
    return UNKNOWN;
  }
}

// Go: kstatus generic.go checkGenericProperties
function generic(object: KubeObject): ObjectStatus | undefined {
  if (checkedString(object, 'metadata', 'deletionTimestamp')) {
    return { status: 'Terminating', message: 'Resource scheduled for deletion' };
  }
  const generation = checkedInteger(object, 'metadata', 'generation');
  if (generation !== undefined) {
    const observed = checkedInteger(object, 'status', 'observedGeneration');
    if (observed !== undefined && observed !== generation) {
      return inProgress(`${object.kind} generation is ${generation}, but latest observed generation is ${observed}`);
    }
  }
  for (const { type, status, message } of conditionsOf(object)) {
    if (status !== 'True') continue;
    if (type === 'Reconciling') return inProgress(message);
    if (type === 'Stalled') return failed(message);
  }
  return undefined;
}

// Go: kstatus status.go checkReadyCondition; a kind without one is as it should be.
function readyCondition(object: KubeObject): ObjectStatus {
  for (const { type, status, message } of conditionsOf(object)) {
    if (type !== 'Ready') continue;
    if (status === 'True') return current('Resource is Ready');
    if (status === 'False' || status === 'Unknown') return inProgress(message);
  }
  return current('Resource is current');
}
