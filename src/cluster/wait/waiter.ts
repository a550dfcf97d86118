/** Waiting for objects, in Helm's three strategies. */
import { durationString } from '../../go/duration.ts';
import { dig, type KubeObject } from '../json.ts';
import { awaitedJob } from '../ready/kinds.ts';
import { groupKind, guarded, statusOfObject } from '../ready/kstatus.ts';
import { awaitedPod } from '../ready/pod.ts';
import { current, type ObjectStatus } from '../ready/status.ts';
import type { Cluster, ObjectRef, Target } from '../types.ts';
import { awaitHook } from './legacy-hook.ts';
import { awaitAbsence, awaitReady } from './legacy-wait.ts';
import { TIMING, type Tracked, type WaiterOptions, type WaitSetup } from './setup.ts';
import { awaitStatuses } from './status-wait.ts';

export type Strategy = 'hookOnly' | 'watcher' | 'legacy';

/**
 * Waits. Timeouts are in milliseconds; what 0 means is the strategy's.
 *
 * Every method throws PintleError NOT_READY with Helm's text where the time was not enough or an object has failed,
 * and ABORTED as soon as the signal says so.
 */
export interface Waiter {
  /** Until objects are ready; with `jobs`, Jobs are only when they are complete. */
  untilReady(targets: readonly Target[], timeout: number, jobs: boolean): Promise<void>;
  /** Until a hook has done its work. */
  hook(target: Target, timeout: number): Promise<void>;
  /** Until objects are gone. */
  untilDeleted(refs: readonly ObjectRef[], timeout: number): Promise<void>;
}

/** What Helm's watcher makes of a timeout of 0. Go: statuswait.go DefaultStatusWatcherTimeout */
const DEFAULT_TIMEOUT = 30_000;

/** The waiter of a strategy. */
export function createWaiter(strategy: Strategy, cluster: Cluster, options: WaiterOptions): Waiter {
  const setup: WaitSetup = { ...options, cluster, timing: { ...TIMING, ...options.timing } };
  if (strategy === 'legacy') return legacy(setup);
  const watching = watcher(setup);
  if (strategy === 'watcher') return watching;
  return { untilReady: nothing, hook: watching.hook, untilDeleted: nothing };
}

async function nothing(): Promise<void> {}

function watcher(setup: WaitSetup): Waiter {
  const { log, timing } = setup;
  const begin = (what: string, count: number, asked: number): number => {
    const timeout = asked === 0 ? DEFAULT_TIMEOUT : asked;
    log.log('DEBUG', what, { count, timeout: durationString(Math.round(timeout * 1e6)) });
    return timeout;
  };
  return {
    untilReady: (targets, asked, jobs) =>
      awaitStatuses(
        {
          targets: targets.filter((target) => !isPaused(target)),
          desired: 'Current',
          rule: jobs ? withJobs : statusOfObject,
          pods: true,
          doneWhenGone: (tracked) => (hasTimeToLive(tracked) ? (jobs ? 'ask' : 'yes') : 'no'),
          goneGrace: timing.goneGrace,
          timeout: begin('waiting for resources', targets.length, asked),
        },
        setup,
      ),
    hook: (target, asked) =>
      awaitStatuses(
        {
          targets: [target],
          desired: 'Current',
          rule: ofHook,
          pods: false,
          doneWhenGone: () => 'ask',
          goneGrace: timing.hookGrace,
          timeout: begin('waiting for resources', 1, asked),
        },
        setup,
      ),
    untilDeleted: (targets, asked) =>
      awaitStatuses(
        {
          targets,
          desired: 'NotFound',
          rule: statusOfObject,
          pods: false,
          doneWhenGone: () => 'yes',
          goneGrace: 0,
          timeout: begin('waiting for resources to be deleted', targets.length, asked),
        },
        setup,
      ),
  };
}

function legacy(setup: WaitSetup): Waiter {
  return {
    untilReady: (targets, timeout, jobs) => awaitReady(targets, timeout, jobs, setup),
    hook: (target, timeout) => awaitHook(target, timeout, setup),
    untilDeleted: (refs, timeout) => awaitAbsence(refs, timeout, setup),
  };
}

/** A Deployment that the chart stops gets nowhere by itself. */
function isPaused({ mapping, object }: Target): boolean {
  const { group, version, kind } = mapping;
  return group === 'apps' && version === 'v1' && kind === 'Deployment' && dig(object, 'spec', 'paused') === true;
}

/** A Job that the cluster removes when it is done. */
function hasTimeToLive({ ref, wanted, object }: Tracked): boolean {
  if (ref.mapping.group !== 'batch' || ref.mapping.kind !== 'Job') return false;
  return typeof dig(object ?? wanted, 'spec', 'ttlSecondsAfterFinished') === 'number';
}

function withJobs(object: KubeObject, now: number): ObjectStatus {
  return groupKind(object) === 'batch/Job' ? guarded(() => awaitedJob(object)) : statusOfObject(object, now);
}

function ofHook(object: KubeObject): ObjectStatus {
  const kind = groupKind(object);
  if (kind === 'batch/Job') return guarded(() => awaitedJob(object));
  return kind === 'Pod' ? awaitedPod(object) : current('Resource is current');
}
