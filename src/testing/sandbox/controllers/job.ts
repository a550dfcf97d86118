/** Jobs: Pods that are to end well, tried again with pauses. Go: pkg/controller/job */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { child, type Draft, draftOf, each, number, text } from '../edit.ts';
import { millisecondsOf, timeText } from '../world.ts';
import {
  condition,
  create,
  event,
  find,
  int,
  isActive,
  isReady,
  JOBS,
  now,
  owned,
  podBody,
  putStatus,
  remove,
  type Tasks,
} from './common.ts';

const COMPONENT = 'job-controller';

/** Pauses before another try begin with this and double, in milliseconds. */
const FIRST_PAUSE = 10_000;
const LONGEST_PAUSE = 600_000;

export function syncJob(tasks: Tasks, key: string): void {
  const { world } = tasks;
  const job = find(world, JOBS, key);
  if (job === undefined || job.metadata.deletionTimestamp !== undefined) return;
  if (condition(job, 'Complete')?.['status'] === 'True' || condition(job, 'Failed')?.['status'] === 'True') {
    expire(tasks, job, key);
    return;
  }
  const spec = own(job, 'spec') as Draft;
  const status = draftOf((own(job, 'status') ?? {}) as Draft) as unknown as Draft;
  const pods = owned(world, 'pods', job);
  const phaseIs = (phase: string): KubeObject[] => pods.filter((pod) => own(own(pod, 'status'), 'phase') === phase);
  const [succeeded, failed] = [phaseIs('Succeeded').length, phaseIs('Failed')];
  const reason = failureOf(tasks, spec, status, failed.length, key);
  if (spec['suspend'] === true) suspend(tasks, job, status, pods);
  else if (reason) finish(tasks, job, status, pods, 'Failed', reason);
  else if (isComplete(spec, succeeded, pods)) finish(tasks, job, status, pods, 'Complete', COMPLETED);
  else {
    status['startTime'] ??= timeText(world);
    resume(tasks, job, status);
    startPods(tasks, job, key, pods, succeeded, failed);
  }
  count(tasks, job, status);
  putStatus(world, JOBS, find(world, JOBS, key) as KubeObject, status);
  const fresh = find(world, JOBS, key);
  if (fresh && (condition(fresh, 'Complete') || condition(fresh, 'Failed'))) expire(tasks, fresh, key);
}

interface Reason {
  readonly reason: string;
  readonly message: string;
}

const COMPLETED: Reason = { reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };

function isComplete(spec: Draft, succeeded: number, pods: readonly KubeObject[]): boolean {
  const wanted = spec['completions'];
  if (typeof wanted === 'number') return succeeded >= wanted;
  return succeeded > 0 && !pods.some(isActive);
}

function failureOf(tasks: Tasks, spec: Draft, status: Draft, failed: number, key: string): Reason | undefined {
  if (failed > number(spec['backoffLimit'], 6)) {
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const deadline = spec['activeDeadlineSeconds'];
  if (typeof deadline !== 'number' || status['startTime'] === undefined) return undefined;
  const due = millisecondsOf(status['startTime']) + deadline * 1000;
  if (now(tasks.world) >= due) {
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  tasks.later('job', key, due);
  return undefined;
}

function startPods(
  tasks: Tasks,
  job: KubeObject,
  key: string,
  pods: readonly KubeObject[],
  succeeded: number,
  failed: readonly KubeObject[],
): void {
  const spec = own(job, 'spec') as Draft;
  const active = pods.filter(isActive).length;
  const completions = spec['completions'];
  const missing = typeof completions === 'number' ? completions - succeeded : succeeded > 0 ? 0 : Infinity;
  const wanted = Math.min(int(spec['parallelism']), missing);
  if (active >= wanted) {
    for (const pod of pods.filter(isActive).slice(wanted)) remove(tasks.world, 'pods', pod);
    return;
  }
  const due = pauseEnd(failed);
  if (due > now(tasks.world)) {
    tasks.later('job', key, due);
    return;
  }
  for (let i = active; i < wanted; i++) makePod(tasks, job, pods.length + i - active);
}

/** When the next try may begin. */
function pauseEnd(failed: readonly KubeObject[]): number {
  if (failed.length === 0) return 0;
  const ends = failed.map((pod) => {
    const [first] = each(own(pod, 'status'), 'containerStatuses');
    return millisecondsOf(own(own(own(first, 'state'), 'terminated'), 'finishedAt'));
  });
  return Math.max(...ends) + Math.min(FIRST_PAUSE * 2 ** (failed.length - 1), LONGEST_PAUSE);
}

function makePod({ world }: Tasks, job: KubeObject, index: number): void {
  const spec = own(job, 'spec') as Draft;
  const body = podBody(job, spec['template'], {});
  const metadata = body['metadata'] as Draft;
  const isIndexed = spec['completionMode'] === 'Indexed';
  metadata['generateName'] = isIndexed ? `${job.metadata.name}-${index}-` : `${job.metadata.name}-`;
  if (isIndexed) {
    child(metadata, 'annotations')['batch.kubernetes.io/job-completion-index'] = `${index}`;
    child(metadata, 'labels')['batch.kubernetes.io/job-completion-index'] = `${index}`;
  }
  const pod = create(world, 'v1', 'pods', text(job.metadata.namespace), body);
  if (pod) event(world, job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`, COMPONENT);
}

function conditionNow(tasks: Tasks, type: string, status: string, { reason, message }: Reason): Json {
  const time = timeText(tasks.world);
  return { type, status, lastProbeTime: time, lastTransitionTime: time, reason, message };
}

function finish(
  tasks: Tasks,
  job: KubeObject,
  status: Draft,
  pods: readonly KubeObject[],
  type: 'Complete' | 'Failed',
  reason: Reason,
): void {
  for (const pod of pods.filter(isActive)) remove(tasks.world, 'pods', pod);
  const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
  const others = each(status, 'conditions').filter((one) => one['type'] !== first && one['type'] !== type);
  const both = [first, type].map((name) => conditionNow(tasks, name, 'True', reason));
  status['conditions'] = [...others, ...both];
  status['startTime'] ??= timeText(tasks.world);
  if (type === 'Complete') {
    status['completionTime'] = timeText(tasks.world);
    event(tasks.world, job, 'Normal', 'Completed', 'Job completed', COMPONENT);
  } else event(tasks.world, job, 'Warning', reason.reason, reason.message, COMPONENT);
}

function suspend(tasks: Tasks, job: KubeObject, status: Draft, pods: readonly KubeObject[]): void {
  for (const pod of pods.filter(isActive)) remove(tasks.world, 'pods', pod);
  delete status['startTime'];
  if (condition(job, 'Suspended')?.['status'] === 'True') return;
  const others = each(status, 'conditions').filter((one) => one['type'] !== 'Suspended');
  const why = { reason: 'JobSuspended', message: 'Job suspended' };
  status['conditions'] = [...others, conditionNow(tasks, 'Suspended', 'True', why)];
  event(tasks.world, job, 'Normal', 'Suspended', 'Job suspended', COMPONENT);
}

function resume(tasks: Tasks, job: KubeObject, status: Draft): void {
  if (condition(job, 'Suspended')?.['status'] !== 'True') return;
  const others = each(status, 'conditions').filter((one) => one['type'] !== 'Suspended');
  const why = { reason: 'JobResumed', message: 'Job resumed' };
  status['conditions'] = [...others, conditionNow(tasks, 'Suspended', 'False', why)];
}

function count({ world }: Tasks, job: KubeObject, status: Draft): void {
  const pods = owned(world, 'pods', job);
  const active = pods.filter(isActive);
  const phaseCount = (phase: string): number => pods.filter((pod) => own(own(pod, 'status'), 'phase') === phase).length;
  const numbers = { active: active.length, succeeded: phaseCount('Succeeded'), failed: phaseCount('Failed') };
  for (const [name, value] of Object.entries(numbers)) {
    if (value > 0) status[name] = value;
    else delete status[name];
  }
  status['ready'] = active.filter(isReady).length;
  const going = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp !== undefined;
  status['terminating'] = pods.filter(going).length;
  status['uncountedTerminatedPods'] = {};
}

function expire(tasks: Tasks, job: KubeObject, key: string): void {
  const seconds = own(own(job, 'spec'), 'ttlSecondsAfterFinished');
  if (typeof seconds !== 'number') return;
  const last = condition(job, 'Complete') ?? condition(job, 'Failed');
  const due = millisecondsOf(last?.['lastTransitionTime']) + seconds * 1000;
  if (now(tasks.world) >= due) remove(tasks.world, JOBS, job, { propagation: 'Foreground' });
  else tasks.later('job', key, due);
}
