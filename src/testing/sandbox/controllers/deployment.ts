/** Deployments: a ReplicaSet for each template, scaled up and down in turn. Go: pkg/controller/deployment */
import { isObject, type Json, type KubeObject, newObject, own } from '../../../cluster/json.ts';
import { child, copy, type Draft, draftOf, each, number, sameData, strings, text } from '../edit.ts';
import { hashOf, millisecondsOf, timeText } from '../world.ts';
import {
  condition,
  counts,
  create,
  DEPLOYMENTS,
  event,
  find,
  int,
  now,
  owned,
  ownerReference,
  putStatus,
  REPLICA_SETS,
  remove,
  scaled,
  shortHash,
  type Tasks,
} from './common.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const DESIRED = 'deployment.kubernetes.io/desired-replicas';
const MAXIMUM = 'deployment.kubernetes.io/max-replicas';
const HASH = 'pod-template-hash';
const COMPONENT = 'deployment-controller';

/** Annotations that a ReplicaSet does not get from its Deployment. */
const OWN_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  DESIRED,
  MAXIMUM,
]);

export function syncDeployment(tasks: Tasks, key: string): void {
  const { world } = tasks;
  let deployment = find(world, DEPLOYMENTS, key);
  if (deployment === undefined) return;
  if (deployment.metadata.deletionTimestamp !== undefined) {
    putStatus(world, DEPLOYMENTS, deployment, statusOf(tasks, deployment, owned(world, REPLICA_SETS, deployment)));
    return;
  }
  const spec = own(deployment, 'spec') as Draft;
  let sets = owned(world, REPLICA_SETS, deployment);
  let current = sets.find((set) => sameTemplate(set, spec['template']));
  if (spec['paused'] !== true) {
    const revision = Math.max(0, ...sets.filter((set) => set !== current).map(revisionOf)) + 1;
    current = current ? renumbered(tasks, deployment, current, revision) : newSet(tasks, deployment, sets, revision);
    if (current === undefined) return;
    sets = owned(world, REPLICA_SETS, deployment);
    deployment = annotated(tasks, deployment, current);
    rollOut(tasks, deployment, current, sets);
    cleanUp(tasks, deployment, current);
  } else if (current) setReplicas(tasks, deployment, current, int(spec['replicas']));
  const fresh = owned(world, REPLICA_SETS, deployment);
  deployment = find(world, DEPLOYMENTS, key) as KubeObject;
  putStatus(world, DEPLOYMENTS, deployment, statusOf(tasks, deployment, fresh));
}

/** Whether a ReplicaSet has the template, but for the label that tells its Pods from others. */
function sameTemplate(set: KubeObject, template: Json | undefined): boolean {
  const theirs = own(own(set, 'spec'), 'template');
  if (!sameData(own(theirs, 'spec'), own(template, 'spec'))) return false;
  const { labels: theirLabels, ...theirRest } = (own(theirs, 'metadata') ?? {}) as Draft;
  const { labels: myLabels, ...myRest } = (own(template, 'metadata') ?? {}) as Draft;
  const { [HASH]: _, ...others } = strings(theirLabels);
  return sameData(theirRest, myRest) && sameData(others, strings(myLabels));
}

function revisionOf(set: KubeObject): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

function surge(spec: Draft): number {
  if (own(spec['strategy'], 'type') !== 'RollingUpdate') return 0;
  return scaled(own(own(spec['strategy'], 'rollingUpdate'), 'maxSurge'), int(spec['replicas']), true);
}

function unavailable(spec: Draft): number {
  const most = scaled(own(own(spec['strategy'], 'rollingUpdate'), 'maxUnavailable'), int(spec['replicas']), false);
  return most === 0 && surge(spec) === 0 ? 1 : most;
}

function setAnnotations(deployment: KubeObject, revision: number): Draft {
  const spec = own(deployment, 'spec') as Draft;
  const others = Object.entries(strings(deployment.metadata.annotations)).filter(
    ([name]) => !OWN_ANNOTATIONS.has(name),
  );
  return newObject([
    ...others,
    [DESIRED, `${int(spec['replicas'])}`],
    [MAXIMUM, `${int(spec['replicas']) + surge(spec)}`],
    [REVISION, `${revision}`],
  ]);
}

function newSet(
  tasks: Tasks,
  deployment: KubeObject,
  sets: readonly KubeObject[],
  revision: number,
): KubeObject | undefined {
  const { world } = tasks;
  const spec = own(deployment, 'spec') as Draft;
  const collisions = number(own(own(deployment, 'status'), 'collisionCount'), 0);
  const hash = shortHash(hashOf([spec['template'] ?? {}, collisions]));
  const name = `${deployment.metadata.name}-${hash}`;
  const template = copy(spec['template'] ?? {}) as Draft;
  const labels = child(child(template, 'metadata'), 'labels');
  labels[HASH] = hash;
  const selector = copy(spec['selector'] ?? {}) as Draft;
  child(selector, 'matchLabels')[HASH] = hash;
  const others = sets.reduce((sum, set) => sum + int(own(own(set, 'spec'), 'replicas')), 0);
  const replicas = roomFor(spec, others, 0);
  const metadata = {
    name,
    labels: copy(labels),
    annotations: setAnnotations(deployment, revision),
    ownerReferences: [ownerReference(deployment)],
  };
  const wanted = { replicas, selector, template, minReadySeconds: int(spec['minReadySeconds']) };
  const namespace = text(deployment.metadata.namespace);
  const made = create(world, 'apps/v1', 'replicasets', namespace, { metadata, spec: wanted });
  if (made && replicas > 0) scaledEvent(tasks, deployment, name, 0, replicas);
  return made;
}

function scaledEvent(tasks: Tasks, deployment: KubeObject, name: string, from: number, to: number): void {
  const direction = to > from ? 'up' : 'down';
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
  event(tasks.world, deployment, 'Normal', 'ScalingReplicaSet', message, COMPONENT);
}

/** How many Pods the new set may have now. */
function roomFor(spec: Draft, others: number, mine: number): number {
  const desired = int(spec['replicas']);
  if (own(spec['strategy'], 'type') === 'Recreate') return others > 0 ? mine : desired;
  const room = desired + surge(spec) - others - mine;
  return room <= 0 ? Math.min(mine, desired) : Math.min(mine + room, desired);
}

function renumbered(tasks: Tasks, deployment: KubeObject, set: KubeObject, revision: number): KubeObject {
  const before = revisionOf(set);
  const number = Math.max(before, revision);
  const annotations = setAnnotations(deployment, number);
  const history = set.metadata.annotations?.['deployment.kubernetes.io/revision-history'];
  const past = before !== number && before > 0 ? [...(history ? [history] : []), `${before}`].join(',') : history;
  if (past !== undefined) annotations['deployment.kubernetes.io/revision-history'] = past;
  const minReady = int(own(own(deployment, 'spec'), 'minReadySeconds'));
  const isSame = sameData(annotations, own(set.metadata, 'annotations'));
  if (isSame && int(own(own(set, 'spec'), 'minReadySeconds')) === minReady) return set;
  const draft = draftOf(set);
  child(draft, 'metadata')['annotations'] = annotations;
  if (minReady > 0) child(draft, 'spec')['minReadySeconds'] = minReady;
  return tasks.world.store.put(REPLICA_SETS, draft);
}

function annotated(tasks: Tasks, deployment: KubeObject, current: KubeObject): KubeObject {
  const revision = `${revisionOf(current)}`;
  if (deployment.metadata.annotations?.[REVISION] === revision) return deployment;
  const draft = draftOf(deployment);
  child(child(draft, 'metadata'), 'annotations')[REVISION] = revision;
  return tasks.world.store.put(DEPLOYMENTS, draft);
}

function replicasOf(set: KubeObject): number {
  return int(own(own(set, 'spec'), 'replicas'));
}

function availableOf(set: KubeObject): number {
  return int(own(own(set, 'status'), 'availableReplicas'));
}

function setReplicas(tasks: Tasks, deployment: KubeObject, set: KubeObject, replicas: number): void {
  const before = replicasOf(set);
  if (before === replicas) return;
  const draft = draftOf(set);
  child(draft, 'spec')['replicas'] = replicas;
  const metadata = child(draft, 'metadata');
  metadata['generation'] = int(metadata['generation']) + 1;
  tasks.world.store.put(REPLICA_SETS, draft);
  scaledEvent(tasks, deployment, text(set.metadata.name), before, replicas);
}

/** One step; each change of a ReplicaSet brings the next. */
function rollOut(tasks: Tasks, deployment: KubeObject, current: KubeObject, sets: readonly KubeObject[]): void {
  const spec = own(deployment, 'spec') as Draft;
  const desired = int(spec['replicas']);
  const old = sets.filter((set) => set.metadata.uid !== current.metadata.uid);
  if (own(spec['strategy'], 'type') === 'Recreate') {
    for (const set of old) setReplicas(tasks, deployment, set, 0);
    const isGone = old.every((set) => replicasOf(set) === 0 && int(own(own(set, 'status'), 'replicas')) === 0);
    if (isGone) setReplicas(tasks, deployment, current, desired);
    return;
  }
  const others = old.reduce((sum, set) => sum + replicasOf(set), 0);
  const wanted = replicasOf(current) > desired ? desired : roomFor(spec, others, replicasOf(current));
  if (wanted !== replicasOf(current)) {
    setReplicas(tasks, deployment, current, wanted);
    return;
  }
  const total = others + replicasOf(current);
  const least = desired - unavailable(spec);
  const notYet = replicasOf(current) - availableOf(current);
  let spare = total - least - notYet;
  for (const set of old) {
    if (spare <= 0) return;
    const less = Math.min(replicasOf(set), spare);
    if (less > 0) setReplicas(tasks, deployment, set, replicasOf(set) - less);
    spare -= less;
  }
}

function cleanUp(tasks: Tasks, deployment: KubeObject, current: KubeObject): void {
  const limit = number(own(own(deployment, 'spec'), 'revisionHistoryLimit'), 10);
  const done = owned(tasks.world, REPLICA_SETS, deployment)
    .filter((set) => set.metadata.uid !== current.metadata.uid && set.metadata.deletionTimestamp === undefined)
    .filter((set) => replicasOf(set) === 0 && int(own(own(set, 'status'), 'replicas')) === 0)
    .sort((a, b) => revisionOf(a) - revisionOf(b));
  for (const set of done.slice(0, Math.max(done.length - limit, 0))) remove(tasks.world, REPLICA_SETS, set);
}

function statusOf(tasks: Tasks, deployment: KubeObject, sets: readonly KubeObject[]): Draft {
  const spec = own(deployment, 'spec') as Draft;
  const current = sets.find((set) => sameTemplate(set, spec['template']));
  const sum = (field: string): number => sets.reduce((n, set) => n + int(own(own(set, 'status'), field)), 0);
  const replicas = sum('replicas');
  const available = sum('availableReplicas');
  const updated = int(own(own(current, 'status'), 'replicas'));
  const wanted = int(spec['replicas']);
  const generation = int(own(deployment.metadata, 'generation'));
  const missing = sets.reduce((n, set) => n + replicasOf(set), 0) - available;
  const status = counts({
    observedGeneration: generation,
    replicas,
    updatedReplicas: updated,
    readyReplicas: sum('readyReplicas'),
    availableReplicas: available,
    unavailableReplicas: Math.max(missing, 0),
  });
  status['terminatingReplicas'] = sum('terminatingReplicas');
  const collisions = own(own(deployment, 'status'), 'collisionCount');
  if (collisions !== undefined) status['collisionCount'] = collisions;
  const isAvailable = available >= wanted - unavailableFor(spec);
  const isDone = updated === wanted && replicas === wanted && available >= wanted;
  status['conditions'] = conditionsOf(tasks, deployment, current, isAvailable, isDone);
  return status;
}

function unavailableFor(spec: Draft): number {
  return own(spec['strategy'], 'type') === 'RollingUpdate' ? unavailable(spec) : 0;
}

function conditionsOf(
  tasks: Tasks,
  deployment: KubeObject,
  current: KubeObject | undefined,
  isAvailable: boolean,
  isDone: boolean,
): Json {
  const name = current?.metadata.name ?? '';
  const before = each(own(deployment, 'status'), 'conditions').filter((one) => one['type'] === 'ReplicaFailure');
  const available = isAvailable
    ? ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const list = [merged(tasks, deployment, 'Available', available)];
  const progress = progressOf(tasks, deployment, name, current, isDone);
  if (progress) list.push(merged(tasks, deployment, 'Progressing', progress));
  return [...list, ...before];
}

/** Status, reason and message of the condition that tells whether it goes on. */
function progressOf(
  tasks: Tasks,
  deployment: KubeObject,
  name: string,
  current: KubeObject | undefined,
  isDone: boolean,
): string[] | undefined {
  const spec = own(deployment, 'spec') as Draft;
  const before = condition(deployment, 'Progressing');
  if (spec['paused'] === true) return ['Unknown', 'DeploymentPaused', 'Deployment is paused'];
  if (current === undefined) return before && [text(before['status']), text(before['reason']), text(before['message'])];
  if (isDone) return ['True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`];
  const started = millisecondsOf(before?.['lastUpdateTime']);
  const deadline = number(spec['progressDeadlineSeconds'], 600) * 1000;
  const isSame = before !== undefined && text(before['message']).includes(`"${name}"`);
  if (isSame && before['reason'] !== 'NewReplicaSetAvailable') {
    const isLate = started > 0 && now(tasks.world) >= started + deadline;
    if (isLate || before['reason'] === 'ProgressDeadlineExceeded') {
      return ['False', 'ProgressDeadlineExceeded', `ReplicaSet "${name}" has timed out progressing.`];
    }
    tasks.later('deployment', `${deployment.metadata.namespace}/${deployment.metadata.name}`, started + deadline);
  }
  if (before === undefined) return ['True', 'NewReplicaSetCreated', `Created new replica set "${name}"`];
  return ['True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`];
}

function merged(
  tasks: Tasks,
  deployment: KubeObject,
  type: string,
  [status = '', reason = '', message = '']: string[],
): Draft {
  const before = condition(deployment, type);
  const isSame = isObject(before) && before['status'] === status && before['reason'] === reason;
  if (isSame && before['message'] === message) return before;
  const time = timeText(tasks.world);
  const moved = isObject(before) && before['status'] === status ? (before['lastTransitionTime'] ?? time) : time;
  return { type, status, lastUpdateTime: time, lastTransitionTime: moved, reason, message };
}
