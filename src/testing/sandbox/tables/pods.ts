/** Tables of Pods. Go: printers.go printPod */
import { type Json, type KubeObject, own } from '../../../cluster/json.ts';
import { type Draft, each, text } from '../edit.ts';
import { AGE, type Cell, type Column, column, NAME, numberOf } from './column.ts';

interface Summary {
  readonly ready: number;
  readonly total: number;
  readonly reason: string;
  readonly restarts: number;
}

function isSidecar(container: Draft | undefined): boolean {
  return container?.['restartPolicy'] === 'Always';
}

/** Why a container ended, in a word. */
function ended(terminated: Json | undefined): string {
  const reason = text(own(terminated, 'reason'));
  if (reason) return reason;
  const signal = numberOf(own(terminated, 'signal'));
  return signal === 0 ? `ExitCode:${numberOf(own(terminated, 'exitCode'))}` : `Signal:${signal}`;
}

/** What the init containers make of a Pod's state; undefined once they are done. */
function initReason(pod: KubeObject, inits: readonly Draft[]): string | undefined {
  const statuses = each(own(pod, 'status'), 'initContainerStatuses');
  for (const [i, status] of statuses.entries()) {
    const state = own(status, 'state');
    const terminated = own(state, 'terminated');
    const container = inits.find((one) => one['name'] === status['name']);
    if (terminated !== undefined && numberOf(own(terminated, 'exitCode')) === 0) continue;
    if (isSidecar(container) && status['started'] === true) continue;
    if (terminated !== undefined) return `Init:${ended(terminated)}`;
    const waiting = text(own(own(state, 'waiting'), 'reason'));
    if (waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${i}/${inits.length}`;
  }
  return undefined;
}

function summaryOf(pod: KubeObject): Summary {
  const [spec, status] = [own(pod, 'spec'), own(pod, 'status')];
  const inits = each(spec, 'initContainers');
  const total = each(spec, 'containers').length + inits.filter(isSidecar).length;
  const phase = text(own(status, 'phase'));
  const conditions = each(status, 'conditions');
  let reason = text(own(status, 'reason')) || phase;
  const initial = initReason(pod, inits);
  const isInitialized = conditions.some((one) => one['type'] === 'Initialized' && one['status'] === 'True');
  const sidecars = each(status, 'initContainerStatuses').filter(
    (one) => one['ready'] === true && isSidecar(inits.find((init) => init['name'] === one['name'])),
  );
  let ready = sidecars.filter((one) => own(one['state'], 'running') !== undefined).length;
  let restarts = 0;
  if (initial !== undefined) reason = initial;
  if (initial === undefined || isInitialized) {
    let isRunning = false;
    let failure = '';
    for (const one of each(status, 'containerStatuses').reverse()) {
      restarts += numberOf(one['restartCount']);
      const terminated = own(one['state'], 'terminated');
      const waiting = text(own(own(one['state'], 'waiting'), 'reason'));
      if (waiting !== '') reason = waiting;
      else if (terminated !== undefined) {
        reason = ended(terminated);
        if (numberOf(own(terminated, 'exitCode')) !== 0) failure = reason;
      } else if (one['ready'] === true && own(one['state'], 'running') !== undefined) {
        isRunning = true;
        ready++;
      }
    }
    if (reason === 'Completed' && isRunning) {
      reason = conditions.some((one) => one['type'] === 'Ready' && one['status'] === 'True') ? 'Running' : 'NotReady';
    } else if (reason === 'Completed' && failure !== '') reason = failure;
  }
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  if (pod.metadata.deletionTimestamp !== undefined && !isOver) reason = 'Terminating';
  return { ready, total, reason, restarts };
}

function gates({ spec, status }: Cell): string {
  const wanted = each(spec, 'readinessGates').map((gate) => gate['conditionType']);
  if (wanted.length === 0) return '<none>';
  const met = each(status, 'conditions').filter(
    (one) => wanted.includes(one['type'] ?? '') && one['status'] === 'True',
  );
  return `${met.length}/${wanted.length}`;
}

export const PODS: readonly Column[] = [
  NAME,
  column('Ready', ({ object }) => {
    const { ready, total } = summaryOf(object);
    return `${ready}/${total}`;
  }),
  column('Status', ({ object }) => summaryOf(object).reason),
  column('Restarts', ({ object }) => `${summaryOf(object).restarts}`),
  AGE,
  column('IP', ({ status }) => text(own(status, 'podIP')) || '<none>', 1),
  column('Node', ({ spec }) => text(own(spec, 'nodeName')) || '<none>', 1),
  column('Nominated Node', ({ status }) => text(own(status, 'nominatedNodeName')) || '<none>', 1),
  column('Readiness Gates', gates, 1),
];
