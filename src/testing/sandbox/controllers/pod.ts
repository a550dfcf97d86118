/**
 * The scheduler and the node: Pods are bound, run, and end, though nothing runs. The annotation `rig.test/outcome` says
 * `fail` for a Pod that is to fail where others succeed, and `hang` for one that is never to run.
 */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { child, type Draft, draftOf, each, strings, text } from '../edit.ts';
import { NODE } from '../seed.ts';
import { millisecondsOf, timeText } from '../world.ts';
import { event, find, labelsOf, now, remove, type Tasks } from './common.ts';

const OUTCOME = 'rig.test/outcome';

/** Milliseconds that a Pod runs which is to end. */
const RUNS = 200;

export function syncPod(tasks: Tasks, key: string): void {
  const { world } = tasks;
  const pod = find(world, 'pods', key);
  if (pod === undefined) return;
  if (pod.metadata.deletionTimestamp !== undefined) {
    if ((pod.metadata.finalizers ?? []).length === 0) remove(world, 'pods', pod, { grace: 0 });
    else gracePassed(tasks, pod);
    return;
  }
  const phase = text(own(own(pod, 'status'), 'phase'));
  if (phase === 'Pending') begin(tasks, pod, key);
  else if (phase === 'Running' && own(own(pod, 'spec'), 'restartPolicy') !== 'Always') end(tasks, pod, key);
}

/** A Pod that only finalizers keep is no longer waited for by the node. */
function gracePassed({ world }: Tasks, pod: KubeObject): void {
  if (own(pod.metadata, 'deletionGracePeriodSeconds') === 0) return;
  const draft = draftOf(pod);
  child(draft, 'metadata')['deletionGracePeriodSeconds'] = 0;
  world.store.put('pods', draft);
}

function begin(tasks: Tasks, pod: KubeObject, key: string): void {
  const { world } = tasks;
  let bound = pod;
  if (text(own(own(pod, 'spec'), 'nodeName')) === '') {
    const why = unschedulable(tasks, pod);
    if (why !== undefined) {
      stay(tasks, pod, why);
      return;
    }
    bound = bind(tasks, pod);
  }
  if (strings(pod.metadata.annotations)[OUTCOME] === 'hang') return;
  world.store.put('pods', running(tasks, bound));
  if (own(own(pod, 'spec'), 'restartPolicy') !== 'Always') tasks.later('pod', key, now(world) + RUNS);
}

/** Why no node fits, or undefined. */
function unschedulable({ world }: Tasks, pod: KubeObject): string | undefined {
  const spec = own(pod, 'spec') as Draft;
  for (const volume of each(spec, 'volumes')) {
    const name = text(own(own(volume, 'persistentVolumeClaim'), 'claimName'));
    if (name === '') continue;
    const claim = world.store.get('persistentvolumeclaims', text(pod.metadata.namespace), name);
    if (claim === undefined) return `0/1 nodes are available: persistentvolumeclaim "${name}" not found. not found`;
    if (own(own(claim, 'status'), 'phase') !== 'Bound') {
      return '0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found';
    }
  }
  const node = world.store.get('nodes', '', NODE);
  const labels = node ? labelsOf(node) : {};
  const wanted = Object.entries(strings(spec['nodeSelector']));
  if (wanted.some(([name, value]) => labels[name] !== value)) {
    return "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.";
  }
  if (each(spec, 'schedulingGates').length > 0) return 'Scheduling is blocked due to non-empty scheduling gates';
  return undefined;
}

function stay(tasks: Tasks, pod: KubeObject, message: string): void {
  const before = each(own(pod, 'status'), 'conditions').find((one) => one['type'] === 'PodScheduled');
  if (before?.['message'] === message) return;
  const draft = draftOf(pod);
  const lastTransitionTime = timeText(tasks.world);
  const scheduled = { type: 'PodScheduled', status: 'False', lastProbeTime: null, lastTransitionTime };
  const observedGeneration = own(pod.metadata, 'generation') ?? 1;
  const why = { reason: 'Unschedulable', message, observedGeneration };
  child(draft, 'status')['conditions'] = [{ ...scheduled, ...why }];
  tasks.world.store.put('pods', draft);
  event(tasks.world, pod, 'Warning', 'FailedScheduling', message, 'default-scheduler');
}

function bind(tasks: Tasks, pod: KubeObject): KubeObject {
  const { world } = tasks;
  const lastTransitionTime = timeText(world);
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime };
  const { name, namespace } = pod.metadata;
  const message = `Successfully assigned ${namespace}/${name} to ${NODE}`;
  event(world, pod, 'Normal', 'Scheduled', message, 'default-scheduler');
  const spec = { ...(own(pod, 'spec') as Draft), nodeName: NODE };
  const status = { ...(own(pod, 'status') as Draft), conditions: [scheduled] };
  return world.store.put('pods', { ...(pod as unknown as Draft), spec, status });
}

function running({ world }: Tasks, pod: KubeObject): Draft {
  const spec = (own(pod, 'spec') ?? {}) as Draft;
  const status = { ...(own(pod, 'status') as Draft) };
  const time = timeText(world);
  const gates = each(spec, 'readinessGates').map((gate) => text(gate['conditionType']));
  const types = ['Initialized', 'Ready', 'ContainersReady', ...gates];
  const conditions = types.map((type) => ({ type, status: 'True', lastProbeTime: null, lastTransitionTime: time }));
  const others = each(status, 'conditions').filter((one) => !types.includes(text(one['type'])));
  status['conditions'] = [...conditions, ...others];
  const started = { running: { startedAt: time } };
  const done = { terminated: { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time } };
  status['containerStatuses'] = each(spec, 'containers').map((one) => ({
    ...containerStatus(one),
    ready: true,
    started: true,
    state: started,
  }));
  const inits = each(spec, 'initContainers').map((one) => {
    const isSidecar = one['restartPolicy'] === 'Always';
    const more: Draft = isSidecar ? { started: true, state: started } : { state: done };
    return { ...containerStatus(one), ready: true, ...more };
  });
  if (inits.length > 0) status['initContainerStatuses'] = inits;
  status['hostIP'] = '127.0.0.1';
  const address = spec['hostNetwork'] === true ? '127.0.0.1' : addressOf(pod);
  status['podIP'] = address;
  status['podIPs'] = [{ ip: address }];
  status['phase'] = 'Running';
  status['startTime'] = time;
  return { ...(pod as unknown as Draft), status };
}

function containerStatus(container: Draft): Draft {
  const [image, name] = [text(container['image']), text(container['name'])];
  return { image, imageID: '', lastState: {}, name, restartCount: 0 };
}

/** An address that stays the same for as long as the Pod does. */
function addressOf(pod: KubeObject): string {
  const digits = Number.parseInt(text(pod.metadata.uid).slice(0, 4) || '0', 16);
  return `10.244.${digits >> 8}.${digits & 0xff || 1}`;
}

function end(tasks: Tasks, pod: KubeObject, key: string): void {
  const { world } = tasks;
  const due = millisecondsOf(own(own(pod, 'status'), 'startTime')) + RUNS;
  if (now(world) < due) {
    tasks.later('pod', key, due);
    return;
  }
  const draft = draftOf(pod);
  const status = child(draft, 'status');
  const isFailure = strings(pod.metadata.annotations)[OUTCOME] === 'fail';
  const time = timeText(world);
  status['conditions'] = each(status, 'conditions').map((one) => {
    if (one['type'] !== 'Ready' && one['type'] !== 'ContainersReady') return one;
    return { ...one, status: 'False', reason: 'PodCompleted', lastTransitionTime: time };
  }) as Json;
  const terminated = {
    exitCode: isFailure ? 1 : 0,
    reason: isFailure ? 'Error' : 'Completed',
    startedAt: time,
    finishedAt: time,
  };
  status['containerStatuses'] = each(draft['spec'], 'containers').map((one) => ({
    ...containerStatus(one),
    ready: false,
    started: false,
    state: { terminated },
  }));
  status['phase'] = isFailure ? 'Failed' : 'Succeeded';
  world.store.put('pods', draft);
}
