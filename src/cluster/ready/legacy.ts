/**
 * Readiness as Helm 3 had it, and as `--wait=legacy` still has it: questions about objects as they stand in the
 * cluster. Go: Helm pkg/kube/ready.go
 */
import { GoError } from '../../go/error.ts';
import { dig, isList, isObject, type Json, type KubeObject, newObject, own } from '../json.ts';
import { integerAt, objectsAt, stringAt } from './fields.ts';

export function podReady(pod: Json): boolean {
  return objectsAt(pod, 'status', 'conditions').some((c) => own(c, 'type') === 'Ready' && own(c, 'status') === 'True');
}

/** @throws GoError where it has failed for good */
export function jobReady(job: KubeObject): boolean {
  if (integerAt(job, ['status', 'failed'], 0) > integerAt(job, ['spec', 'backoffLimit'], 6)) {
    throw new GoError(`job is failed: ${job.metadata.namespace ?? ''}/${job.metadata.name ?? ''}`);
  }
  const completions = dig(job, 'spec', 'completions') ?? null;
  return completions === null || integerAt(job, ['status', 'succeeded'], 0) >= Number(completions);
}

export function serviceReady(service: Json): boolean {
  const type = stringAt(service, ['spec', 'type']);
  if (type === 'ExternalName') return true;
  if (stringAt(service, ['spec', 'clusterIP']) === '') return false;
  if (type !== 'LoadBalancer') return true;
  const external = dig(service, 'spec', 'externalIPs');
  if (isList(external) && external.length > 0) return true;
  return isList(dig(service, 'status', 'loadBalancer', 'ingress'));
}

export function volumeClaimReady(claim: Json): boolean {
  return stringAt(claim, ['status', 'phase']) === 'Bound';
}

/** What the controller has seen is what was written last. */
export function isObserved(object: Json): boolean {
  return integerAt(object, ['status', 'observedGeneration'], 0) === integerAt(object, ['metadata', 'generation'], 0);
}

/** A Deployment by its newest ReplicaSet. */
export function deploymentReady(deployment: Json, replicaSet: Json): boolean {
  if (!isObserved(replicaSet) || !isObserved(deployment)) return false;
  const replicas = integerAt(deployment, ['spec', 'replicas'], 1);
  return integerAt(replicaSet, ['status', 'readyReplicas'], 0) >= replicas - maxUnavailable(deployment, replicas);
}

// Go: deploymentutil MaxUnavailable, ResolveFenceposts
function maxUnavailable(deployment: Json, replicas: number): number {
  if (stringAt(deployment, ['spec', 'strategy', 'type']) !== 'RollingUpdate' || replicas === 0) return 0;
  const limit = (name: string, up: boolean): number | undefined =>
    scaled(dig(deployment, 'spec', 'strategy', 'rollingUpdate', name) ?? 0, replicas, up);
  const surge = limit('maxSurge', true);
  const unavailable = surge === undefined ? undefined : limit('maxUnavailable', false);
  if (surge === undefined || unavailable === undefined) return 0;
  return Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, replicas);
}

/** A number, or a percentage of `total`; undefined where it is neither. Go: intstr */
function scaled(value: Json | undefined, total: number, up: boolean): number | undefined {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^([+-]?\d+)%$/.exec(value)?.[1] : undefined;
  if (percent === undefined) return undefined;
  const share = (Number(percent) * total) / 100;
  return up ? Math.ceil(share) : Math.floor(share);
}

export function daemonSetReady(set: Json): boolean {
  if (!isObserved(set)) return false;
  if (stringAt(set, ['spec', 'updateStrategy', 'type']) !== 'RollingUpdate') return true;
  const wanted = integerAt(set, ['status', 'desiredNumberScheduled'], 0);
  if (integerAt(set, ['status', 'updatedNumberScheduled'], 0) !== wanted) return false;
  const limit = scaled(dig(set, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable'), wanted, true) ?? wanted;
  return integerAt(set, ['status', 'numberReady'], 0) >= wanted - limit;
}

export function customResourceDefinitionReady(definition: Json): boolean {
  return objectsAt(definition, 'status', 'conditions').some((c) => {
    const status = own(c, 'status');
    // Names that clash are not for a wait to complain about.
    return own(c, 'type') === 'Established'
      ? status === 'True'
      : own(c, 'type') === 'NamesAccepted' && status === 'False';
  });
}

export function statefulSetReady(set: Json): boolean {
  if (!isObserved(set)) return false;
  if (stringAt(set, ['spec', 'updateStrategy', 'type']) !== 'RollingUpdate') return true;
  const partition = integerAt(set, ['spec', 'updateStrategy', 'rollingUpdate', 'partition'], 0);
  const replicas = integerAt(set, ['spec', 'replicas'], 1);
  if (integerAt(set, ['status', 'updatedReplicas'], 0) < replicas - partition) return false;
  if (integerAt(set, ['status', 'readyReplicas'], 0) !== replicas) return false;
  const revision = (name: string): string => stringAt(set, ['status', name]);
  return partition !== 0 || revision('currentRevision') === revision('updateRevision');
}

/**
 * The ReplicaSet that has a Deployment's present template: the oldest of those that belong to it.
 * Go: deploymentutil GetNewReplicaSet
 */
export function newReplicaSet(deployment: KubeObject, sets: readonly KubeObject[]): KubeObject | undefined {
  const age = (set: KubeObject): number => Date.parse(set.metadata.creationTimestamp ?? '') || 0;
  const { uid } = deployment.metadata;
  const template = dig(deployment, 'spec', 'template');
  return sets
    .filter((set) => controllerOf(set) === uid && sameTemplate(dig(set, 'spec', 'template'), template))
    .sort((a, b) => age(a) - age(b) || ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1))[0];
}

/** The uid of the object that an object belongs to. Go: metav1.GetControllerOf */
export function controllerOf(object: KubeObject): string | undefined {
  const owner = objectsAt(object, 'metadata', 'ownerReferences').find((o) => own(o, 'controller') === true);
  const uid = own(owner, 'uid');
  return typeof uid === 'string' ? uid : undefined;
}

function sameTemplate(a: Json | undefined, b: Json | undefined): boolean {
  return same(withoutHash(a), withoutHash(b));
}

/** A template without the label that the controller adds to it. */
function withoutHash(template: Json | undefined): Json {
  const labels = Object.entries(dig(template, 'metadata', 'labels') ?? {});
  const others = newObject(labels.filter(([key]) => key !== 'pod-template-hash'));
  const parts = isObject(template) ? template : {};
  const metadata = own(parts, 'metadata');
  return { ...parts, metadata: { ...(isObject(metadata) ? metadata : {}), labels: others } };
}

/** Fields that are maps, not structures, wherever a template has them: an empty one is a missing one. */
const MAPS: ReadonlySet<string> = new Set([
  'annotations',
  'labels',
  'limits',
  'matchLabels',
  'nodeSelector',
  'overhead',
  'requests',
  'volumeAttributes',
]);

/**
 * Whether two templates say the same. They come from one server, so that defaults and quantities are
 * written alike; Go takes empty lists and maps for missing ones.
 */
function same(a: Json | undefined, b: Json | undefined): boolean {
  const left = a ?? null;
  const right = b ?? null;
  if (left === right) return true;
  if (isList(left) || isList(right)) return sameList(left ?? [], right ?? []);
  return isObject(left) && isObject(right) && sameMap(left, right);
}

function sameList(a: Json, b: Json): boolean {
  return isList(a) && isList(b) && a.length === b.length && a.every((item, i) => same(item, b[i]));
}

function sameMap(a: Json, b: Json): boolean {
  const keys = new Set([...Object.keys(a ?? {}), ...Object.keys(b ?? {})]);
  return [...keys].every((key) => {
    const [left, right] = [own(a, key), own(b, key)];
    return MAPS.has(key) ? same(left ?? {}, right ?? {}) : same(left, right);
  });
}
