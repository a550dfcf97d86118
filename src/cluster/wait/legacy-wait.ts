/** Waits as Helm 3 did and `--wait=legacy` does: by asking every two seconds. Go: Helm pkg/kube/wait.go */
import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { pause } from '../../sources/http/deadline.ts';
import { codeOf, isNotFound } from '../api-error.ts';
import { dig, type KubeObject } from '../json.ts';
import { PODS } from '../pods.ts';
import { statusOfObject } from '../ready/kstatus.ts';
import {
  customResourceDefinitionReady,
  daemonSetReady,
  deploymentReady,
  isObserved,
  jobReady,
  newReplicaSet,
  podReady,
  serviceReady,
  statefulSetReady,
  volumeClaimReady,
} from '../ready/legacy.ts';
import { labelSelector } from '../ready/selector.ts';
import { current, type ObjectStatus, UNKNOWN } from '../ready/status.ts';
import type { Cluster, ObjectRef, Target } from '../types.ts';
import { REPLICA_SETS } from './current-pods.ts';
import { aborted, endOf, within } from './end.ts';
import { ended } from './faults.ts';
import { Reports } from './reports.ts';
import { type Tracked, track, type WaitSetup } from './setup.ts';

/** Errors of one object in a row that pass. */
const RETRIES = 30;

type Question = (object: KubeObject, cluster: Cluster, signal: AbortSignal) => boolean | Promise<boolean>;

// By `apiVersion/kind` of the mapping, since Helm 3 knows these versions alone.
const QUESTIONS: ReadonlyMap<string, Question> = new Map<string, Question>([
  ['/v1/Pod', podReady],
  ['apps/v1/Deployment', deploymentIsReady],
  ['/v1/PersistentVolumeClaim', volumeClaimReady],
  ['/v1/Service', serviceReady],
  ['apps/v1/DaemonSet', daemonSetReady],
  ['apiextensions.k8s.io/v1beta1/CustomResourceDefinition', customResourceDefinitionReady],
  ['apiextensions.k8s.io/v1/CustomResourceDefinition', customResourceDefinitionReady],
  ['apps/v1/StatefulSet', statefulSetReady],
  ['/v1/ReplicationController', controllerIsReady],
  ['apps/v1/ReplicaSet', controllerIsReady],
]);

/**
 * Waits until all are ready.
 *
 * @throws PintleError NOT_READY, ABORTED, and what the cluster says where that does not pass
 */
export async function awaitReady(
  targets: readonly Target[],
  timeout: number,
  jobs: boolean,
  setup: WaitSetup,
): Promise<void> {
  const { log, cluster, timing } = setup;
  const errors = targets.map(() => 0);
  const states = targets.map((target) => track(target, UNKNOWN));
  const reports = setup.onProgress && new Reports(setup.onProgress, setup.timing.throttle, states);
  const ask = async (signal: AbortSignal): Promise<boolean> => {
    for (const [i, target] of targets.entries()) {
      const look = within(timing.silence, signal);
      try {
        const state = states[i] as Tracked;
        const ready = await isReady(target, jobs, cluster, look, (object) => void (state.object = object));
        state.status = ready ? READY : openStatus(state.object);
        reports?.change();
        if (!ready) return false;
        errors[i] = 0;
      } catch (error) {
        if (look.aborted) return false;
        log.log('DEBUG', 'error received when checking resource status', { resource: target.name, error });
        errors[i] = (errors[i] as number) + 1;
        if (!isRetryable(error) || (errors[i] as number) > RETRIES) throw faultOf(error);
        return false;
      }
    }
    return true;
  };
  try {
    await poll(timeout, setup, ask);
  } finally {
    reports?.end();
  }
}

/** Whether an object is ready by the rules of Helm 3. */
export async function isReady(
  target: Target,
  jobs: boolean,
  cluster: Cluster,
  signal: AbortSignal,
  see: (object: KubeObject) => void = () => undefined,
): Promise<boolean> {
  const { group, version, kind } = target.mapping;
  const isJob = group === 'batch' && version === 'v1' && kind === 'Job';
  const question = isJob ? (jobs ? jobReady : undefined) : QUESTIONS.get(`${group}/${version}/${kind}`);
  if (question === undefined) return true;
  const object = await cluster.client.get(target, { signal });
  see(object);
  return question(object, cluster, signal);
}

const READY: ObjectStatus = current('ready');

/** What is told about an object that is not ready by the rules of Helm 3, whatever other rules say. */
function openStatus(object: KubeObject | undefined): ObjectStatus {
  const { status, message } = object === undefined ? UNKNOWN : statusOfObject(object);
  return { status: status === 'Current' ? 'InProgress' : status, message };
}

async function deploymentIsReady(object: KubeObject, { client }: Cluster, signal: AbortSignal): Promise<boolean> {
  if (dig(object, 'spec', 'paused') === true) return true;
  const { namespace = '' } = object.metadata;
  const selector = labelSelector(dig(object, 'spec', 'selector')) ?? '';
  const { items } = await client.list(REPLICA_SETS, { namespace, labelSelector: selector, signal });
  const set = newReplicaSet(object, items);
  return set !== undefined && deploymentReady(object, set);
}

async function controllerIsReady(object: KubeObject, { client }: Cluster, signal: AbortSignal): Promise<boolean> {
  if (!isObserved(object)) return false;
  const selector = dig(object, 'spec', 'selector');
  const query = object.kind === 'ReplicationController' ? { matchLabels: selector ?? {} } : selector;
  const { namespace = '' } = object.metadata;
  const labels = labelSelector(query) ?? '';
  const { items } = await client.list(PODS, { namespace, labelSelector: labels, signal });
  return items.every(podReady);
}

// Go: wait.go isRetryableError; what is not the server's answer may pass, even that a Job has failed.
function isRetryable(error: unknown): boolean {
  const code = codeOf(error);
  return code === 0 || code === 429 || (code >= 500 && code !== 501);
}

function faultOf(error: unknown): unknown {
  return error instanceof GoError ? new PintleError('NOT_READY', error.message) : error;
}

/** Waits until none is there. */
export async function awaitAbsence(refs: readonly ObjectRef[], timeout: number, setup: WaitSetup): Promise<void> {
  const { cluster, timing } = setup;
  await poll(timeout, setup, async (signal) => {
    for (const ref of refs) {
      const look = within(timing.silence, signal);
      try {
        await cluster.client.get(ref, { signal: look });
        return false;
      } catch (error) {
        if (look.aborted) return false;
        if (!isNotFound(error)) throw error;
      }
    }
    return true;
  });
}

/** Asks at once and then every two seconds. Go: wait.PollUntilContextCancel; a timeout of 0 is none. */
async function poll(timeout: number, setup: WaitSetup, ask: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const end = endOf(timeout, setup.signal);
  try {
    while (!end.signal.aborted) {
      const asked = ask(end.signal);
      const done = await Promise.race([asked, aborted(end.signal)]);
      if (done && !end.signal.aborted) return;
      await pause(setup.timing.poll, end.signal);
    }
    throw ended(end.isLate() ? 'timeout' : 'aborted');
  } finally {
    end.stop();
  }
}
