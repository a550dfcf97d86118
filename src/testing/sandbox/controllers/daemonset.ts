/** DaemonSets: one Pod on each node, and here there is one node. Go: pkg/controller/daemon */
import { type KubeObject, own } from '../../../cluster/json.ts';
import { child, type Draft, each, strings, text } from '../edit.ts';
import { NODE } from '../seed.ts';
import {
  countPods,
  counts,
  create,
  DAEMON_SETS,
  event,
  find,
  int,
  isActive,
  labelsOf,
  owned,
  podBody,
  putStatus,
  remove,
  type Tasks,
} from './common.ts';
import { currentRevision, trimRevisions } from './revisions.ts';

const REVISION = 'controller-revision-hash';
const GENERATION = 'deprecated.daemonset.template.generation';
const COMPONENT = 'daemonset-controller';

export function syncDaemonSet(tasks: Tasks, key: string): void {
  const { world } = tasks;
  let set = find(world, DAEMON_SETS, key);
  if (set === undefined) return;
  const revision = currentRevision(world, set, REVISION);
  const hash = revision ? (labelsOf(revision)[REVISION] ?? '') : '';
  const isWanted = fits(tasks, set);
  if (set.metadata.deletionTimestamp === undefined) step(tasks, set, hash, isWanted);
  set = find(world, DAEMON_SETS, key) as KubeObject;
  putStatus(world, DAEMON_SETS, set, statusOf(tasks, set, hash, isWanted ? 1 : 0));
  trimRevisions(world, set, new Set([text(revision?.metadata.name)]));
}

function fits({ world }: Tasks, set: KubeObject): boolean {
  const node = world.store.get('nodes', '', NODE);
  const labels = node ? labelsOf(node) : {};
  const wanted = strings(own(own(own(own(set, 'spec'), 'template'), 'spec'), 'nodeSelector'));
  return Object.entries(wanted).every(([name, value]) => labels[name] === value);
}

function step(tasks: Tasks, set: KubeObject, hash: string, isWanted: boolean): void {
  const { world } = tasks;
  const pods = owned(world, 'pods', set);
  const strategy = own(own(own(set, 'spec'), 'updateStrategy'), 'type');
  for (const pod of pods.filter((one) => one.metadata.deletionTimestamp === undefined)) {
    const isOld = strategy === 'RollingUpdate' && labelsOf(pod)[REVISION] !== hash;
    if (isWanted && isActive(pod) && !isOld) continue;
    event(world, set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`, COMPONENT);
    remove(world, 'pods', pod);
  }
  if (!isWanted || owned(world, 'pods', set).length > 0) return;
  const generation = text(set.metadata.annotations?.[GENERATION]) || '1';
  const template = own(own(set, 'spec'), 'template');
  const body = podBody(set, template, { [REVISION]: hash, 'pod-template-generation': generation });
  (body['metadata'] as Draft)['generateName'] = `${set.metadata.name}-`;
  place(body['spec'] as Draft);
  const pod = create(world, 'v1', 'pods', text(set.metadata.namespace), body);
  if (pod) event(world, set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, COMPONENT);
}

const TAINTS: readonly (readonly [string, string])[] = [
  ['not-ready', 'NoExecute'],
  ['unreachable', 'NoExecute'],
  ['disk-pressure', 'NoSchedule'],
  ['memory-pressure', 'NoSchedule'],
  ['pid-pressure', 'NoSchedule'],
  ['unschedulable', 'NoSchedule'],
];

/** Onto the node, whatever it suffers from. */
function place(spec: Draft): void {
  const field = { key: 'metadata.name', operator: 'In', values: [NODE] };
  const affinity = child(child(spec, 'affinity'), 'nodeAffinity');
  affinity['requiredDuringSchedulingIgnoredDuringExecution'] = { nodeSelectorTerms: [{ matchFields: [field] }] };
  const taints = TAINTS.map(([name, effect]) => ({ key: `node.kubernetes.io/${name}`, operator: 'Exists', effect }));
  const network = { key: 'node.kubernetes.io/network-unavailable', operator: 'Exists', effect: 'NoSchedule' };
  spec['tolerations'] = [...each(spec, 'tolerations'), ...taints, ...(spec['hostNetwork'] === true ? [network] : [])];
}

function statusOf(tasks: Tasks, set: KubeObject, hash: string, desired: number): Draft {
  const spec = own(set, 'spec') as Draft;
  const pods = owned(tasks.world, 'pods', set).filter(isActive);
  const { ready, available, next } = countPods(tasks.world, pods, int(spec['minReadySeconds']));
  if (next !== Infinity) tasks.later('daemonset', `${set.metadata.namespace}/${set.metadata.name}`, next);
  const status = counts({
    updatedNumberScheduled: pods.filter((pod) => labelsOf(pod)[REVISION] === hash).length,
    numberAvailable: available,
    numberUnavailable: desired - available,
    observedGeneration: int(own(set.metadata, 'generation')),
  });
  status['currentNumberScheduled'] = Math.min(pods.length, desired);
  status['desiredNumberScheduled'] = desired;
  status['numberMisscheduled'] = Math.max(pods.length - desired, 0);
  status['numberReady'] = ready;
  return status;
}
