/** StatefulSets: numbered Pods, one after the other, each with claims of its own. Go: pkg/controller/statefulset */
import { type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { copy, type Draft, each, number, text } from '../edit.ts';
import {
  availableAt,
  countPods,
  counts,
  create,
  event,
  find,
  int,
  isActive,
  isReady,
  labelsOf,
  now,
  owned,
  ownerReference,
  podBody,
  putStatus,
  remove,
  STATEFUL_SETS,
  type Tasks,
} from './common.ts';
import { currentRevision, trimRevisions } from './revisions.ts';

const REVISION = 'controller-revision-hash';
const COMPONENT = 'statefulset-controller';

export function syncStatefulSet(tasks: Tasks, key: string): void {
  const { world } = tasks;
  const set = find(world, STATEFUL_SETS, key);
  if (set === undefined) return;
  const update = currentRevision(world, set, 'controller.kubernetes.io/hash');
  if (update === undefined) return;
  const name = text(update.metadata.name);
  const current = text(own(own(set, 'status'), 'currentRevision')) || name;
  if (set.metadata.deletionTimestamp === undefined) step(tasks, set, name, current);
  const pods = owned(world, 'pods', set);
  const status = statusOf(tasks, set, pods, name, current);
  const fresh = find(world, STATEFUL_SETS, key);
  if (fresh) putStatus(world, STATEFUL_SETS, fresh, status);
  trimRevisions(world, set, new Set([name, current, ...pods.map((pod) => labelsOf(pod)[REVISION] ?? '')]));
}

function ordinalOf(pod: KubeObject): number {
  return Number(/-(\d+)$/.exec(text(pod.metadata.name))?.[1] ?? -1);
}

/** Makes, replaces or removes what comes next. */
function step(tasks: Tasks, set: KubeObject, update: string, current: string): void {
  const { world } = tasks;
  const spec = own(set, 'spec') as Draft;
  const start = int(own(spec['ordinals'], 'start'));
  const end = start + int(spec['replicas']);
  const isParallel = spec['podManagementPolicy'] === 'Parallel';
  const pods = new Map(owned(world, 'pods', set).map((pod) => [ordinalOf(pod), pod]));
  const partition = int(own(own(spec['updateStrategy'], 'rollingUpdate'), 'partition'));
  for (let ordinal = start; ordinal < end; ordinal++) {
    const pod = pods.get(ordinal);
    if (pod && !isActive(pod) && pod.metadata.deletionTimestamp === undefined) {
      remove(world, 'pods', pod);
      return;
    }
    if (pod === undefined) {
      const isOld = ordinal < partition && current !== update;
      makePod(tasks, set, ordinal, isOld ? current : update);
      if (!isParallel) return;
    } else if (!isParallel && !isSettled(tasks, set, pod)) return;
  }
  const surplus = [...pods].filter(([n]) => n < start || n >= end).sort(([a], [b]) => b - a);
  for (const [, pod] of surplus) {
    if (pod.metadata.deletionTimestamp === undefined) deletePod(tasks, set, pod);
    if (!isParallel) return;
  }
  if (surplus.length === 0) replaceOne(tasks, set, pods, update, Math.max(partition, start), end);
}

function isSettled(tasks: Tasks, set: KubeObject, pod: KubeObject): boolean {
  if (pod.metadata.deletionTimestamp !== undefined || !isReady(pod)) return false;
  const due = availableAt(pod, int(own(own(set, 'spec'), 'minReadySeconds')));
  if (due <= now(tasks.world)) return true;
  tasks.later('statefulset', `${set.metadata.namespace}/${set.metadata.name}`, due);
  return false;
}

/** From the last to the first: a Pod of an old template goes, and the next only when it is back. */
function replaceOne(
  tasks: Tasks,
  set: KubeObject,
  pods: ReadonlyMap<number, KubeObject>,
  update: string,
  from: number,
  end: number,
): void {
  if (own(own(own(set, 'spec'), 'updateStrategy'), 'type') !== 'RollingUpdate') return;
  for (let ordinal = end - 1; ordinal >= from; ordinal--) {
    const pod = pods.get(ordinal);
    if (pod === undefined) return;
    if (labelsOf(pod)[REVISION] !== update && pod.metadata.deletionTimestamp === undefined) {
      deletePod(tasks, set, pod);
      return;
    }
    if (!isSettled(tasks, set, pod)) return;
  }
}

function deletePod({ world }: Tasks, set: KubeObject, pod: KubeObject): void {
  const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`;
  event(world, set, 'Normal', 'SuccessfulDelete', message, COMPONENT);
  remove(world, 'pods', pod);
}

function makePod({ world }: Tasks, set: KubeObject, ordinal: number, revision: string): void {
  const spec = own(set, 'spec') as Draft;
  const name = `${set.metadata.name}-${ordinal}`;
  const namespace = text(set.metadata.namespace);
  const body = podBody(set, templateOf(world, set, revision), {
    [REVISION]: revision,
    'apps.kubernetes.io/pod-index': `${ordinal}`,
    'statefulset.kubernetes.io/pod-name': name,
  });
  (body['metadata'] as Draft)['name'] = name;
  (body['metadata'] as Draft)['generateName'] = `${set.metadata.name}-`;
  const podSpec = body['spec'] as Draft;
  podSpec['hostname'] = name;
  if (text(spec['serviceName'])) podSpec['subdomain'] = text(spec['serviceName']);
  const volumes = each(podSpec, 'volumes');
  for (const template of each(spec, 'volumeClaimTemplates')) {
    const volume = text(own(template['metadata'], 'name'));
    const claimName = `${volume}-${name}`;
    makeClaim(world, set, template, claimName, name);
    const at = volumes.findIndex((one) => one['name'] === volume);
    const source = { name: volume, persistentVolumeClaim: { claimName } };
    if (at >= 0) volumes[at] = source;
    else volumes.push(source);
  }
  if (volumes.length > 0) podSpec['volumes'] = volumes;
  if (create(world, 'v1', 'pods', namespace, body)) {
    const message = `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`;
    event(world, set, 'Normal', 'SuccessfulCreate', message, COMPONENT);
  }
}

/** The template of a revision, which can be an old one. */
function templateOf(world: Tasks['world'], set: KubeObject, revision: string): Draft {
  const kept = world.store.get('controllerrevisions.apps', text(set.metadata.namespace), revision);
  const template = own(own(own(kept, 'data'), 'spec'), 'template') ?? own(own(set, 'spec'), 'template') ?? {};
  const { $patch: _, ...rest } = template as Draft;
  return newObject(Object.entries(rest)) as Draft;
}

function makeClaim(world: Tasks['world'], set: KubeObject, template: Draft, name: string, pod: string): void {
  const namespace = text(set.metadata.namespace);
  if (world.store.get('persistentvolumeclaims', namespace, name)) return;
  const labels = own(own(own(set, 'spec'), 'selector'), 'matchLabels') ?? {};
  const metadata = copy(template['metadata'] ?? {}) as Draft;
  metadata['name'] = name;
  metadata['labels'] = { ...(own(metadata, 'labels') as Draft | undefined), ...(labels as Draft) };
  const policy = own(own(set, 'spec'), 'persistentVolumeClaimRetentionPolicy');
  if (own(policy, 'whenDeleted') === 'Delete') metadata['ownerReferences'] = [ownerReference(set)];
  const body = { metadata, spec: copy(template['spec'] ?? {}) };
  create(world, 'v1', 'persistentvolumeclaims', namespace, body);
  const message = `Create Claim ${name} Pod ${pod} in StatefulSet ${set.metadata.name} success`;
  event(world, set, 'Normal', 'SuccessfulCreate', message, COMPONENT);
}

function statusOf(tasks: Tasks, set: KubeObject, all: readonly KubeObject[], update: string, current: string): Draft {
  const spec = own(set, 'spec') as Draft;
  const pods = all.filter(isActive);
  const { ready, available, next } = countPods(tasks.world, pods, int(spec['minReadySeconds']));
  if (next !== Infinity) tasks.later('statefulset', `${set.metadata.namespace}/${set.metadata.name}`, next);
  const revisionCount = (name: string): number => pods.filter((pod) => labelsOf(pod)[REVISION] === name).length;
  const updated = revisionCount(update);
  const isDone = updated === int(spec['replicas']) && updated === pods.length && ready === pods.length;
  const status = counts({
    observedGeneration: int(own(set.metadata, 'generation')),
    readyReplicas: ready,
    currentReplicas: isDone ? updated : revisionCount(current),
    updatedReplicas: updated,
  });
  status['replicas'] = pods.length;
  status['availableReplicas'] = available;
  status['currentRevision'] = isDone ? update : current;
  status['updateRevision'] = update;
  status['collisionCount'] = number(own(own(set, 'status'), 'collisionCount'), 0);
  return status;
}
