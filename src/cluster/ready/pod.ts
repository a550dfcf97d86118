/** Status rules of Pods. Go: kstatus core.go podConditions */
import { GoError } from '../../go/error.ts';
import { dig, isList, isObject, type Json, type KubeObject, own } from '../json.ts';
import { type Condition, conditionsOf, stringAt } from './fields.ts';
import { current, failed, inProgress, type ObjectStatus } from './status.ts';

/** How long a pod may find no node before that counts as a failure, in milliseconds. */
export const SCHEDULE_WINDOW = 15_000;

export function pod(object: KubeObject, now: number): ObjectStatus {
  const conditions = conditionsOf(object);
  const phase = stringAt(object, ['status', 'phase']);
  switch (phase) {
    case 'Succeeded':
      return current('Pod has completed successfully');
    case 'Failed':
      return current('Pod has completed, but not successfully');
    case 'Running':
      return running(object, conditions);
    case 'Pending':
      return pending(object, conditions, now);
    case '':
      return inProgress('Pod phase not available');
    default:
      throw new GoError(`unknown phase ${phase}`);
  }
}

function running(object: KubeObject, conditions: readonly Condition[]): ObjectStatus {
  if (conditions.some(({ type, status }) => type === 'Ready' && status === 'True')) return current('Pod is Ready');
  const looping = crashLooping(object);
  if (looping.length > 0) return failed(`Containers in CrashLoop state: ${looping.join(',')}`);
  return inProgress('Pod is running but is not Ready');
}

function pending(object: KubeObject, conditions: readonly Condition[], now: number): ObjectStatus {
  // Go looks at the first condition of the kind alone.
  const scheduled = conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (scheduled?.reason !== 'Unschedulable') return inProgress('Pod is in the Pending phase');
  const created = Date.parse(object.metadata.creationTimestamp ?? '');
  return now - SCHEDULE_WINDOW < created
    ? inProgress('Pod has not been scheduled')
    : failed('Pod could not be scheduled');
}

// Go: core.go getCrashLoopingContainers, which panics where we say that the object cannot be read.
function crashLooping(object: KubeObject): readonly string[] {
  const statuses = dig(object, 'status', 'containerStatuses');
  if (statuses === undefined || statuses === null) return [];
  if (!isList(statuses)) throw new GoError('.status.containerStatuses accessor error: not a list');
  return statuses.flatMap((container: Json) => {
    const name = own(container, 'name');
    const reason = dig(container, 'state', 'waiting', 'reason');
    return typeof name === 'string' && reason === 'CrashLoopBackOff' ? [name] : [];
  });
}

/** A pod that finds no node: its condition says so. Go: kstatus watcher/unschedulable.go */
export function isUnschedulable(object: KubeObject): boolean {
  if (object.apiVersion !== 'v1' || object.kind !== 'Pod') return false;
  const conditions = dig(object, 'status', 'conditions');
  if (!isList(conditions)) return false;
  return conditions.some(
    (c) =>
      isObject(c) &&
      own(c, 'type') === 'PodScheduled' &&
      own(c, 'status') === 'False' &&
      own(c, 'reason') === 'Unschedulable',
  );
}

/** A pod that has to succeed, as hooks have it. Go: Helm's statusreaders pod_status_reader.go */
export function awaitedPod(object: KubeObject): ObjectStatus {
  const { name = '' } = object.metadata;
  switch (stringAt(object, ['status', 'phase'])) {
    case 'Succeeded':
      return current(`pod ${name} succeeded`);
    case 'Failed':
      return failed(`pod ${name} failed`);
    default:
      return inProgress('Pod in progress');
  }
}
