/** Waits for a hook as Helm 3 did and `--wait=legacy` does. Go: Helm pkg/kube/wait.go WatchUntilReady */
import { PintleError } from '../../errors.ts';
import { pause } from '../../sources/http/deadline.ts';
import { isNotFound } from '../api-error.ts';
import { type KubeObject, own } from '../json.ts';
import { conditionsOf, stringAt } from '../ready/fields.ts';
import type { ObjectRef } from '../types.ts';
import { aborted, endOf, within } from './end.ts';
import { ended } from './faults.ts';
import { outcomeOfGone } from './job-outcome.ts';
import type { WaitSetup } from './setup.ts';

/** What Go's UntilWithSync says when its time is over. */
const HOOK_TIMEOUT_TEXT = 'timed out waiting for the condition';

/** Waits for a hook: a Job until it is complete, a Pod until it has succeeded, anything else not at all. */
export async function awaitHook(target: ObjectRef, timeout: number, setup: WaitSetup): Promise<void> {
  const { kind } = target.mapping;
  if (kind !== 'Job' && kind !== 'Pod') return;
  const end = endOf(timeout, setup.signal);
  const hook = new LegacyHook(target, setup);
  try {
    const done = await Promise.race([hook.watch(end.signal), hook.doubt(end.signal), aborted(end.signal)]);
    if (done || (end.isLate() && (await hook.lookLast()))) return;
    throw ended(end.isLate() ? 'timeout' : 'aborted', HOOK_TIMEOUT_TEXT);
  } finally {
    end.stop();
  }
}

/** One hook. What says whether it is done throws where it ended badly. */
class LegacyHook {
  readonly target: ObjectRef;
  readonly setup: WaitSetup;
  /** As the cluster last had it. */
  private last: KubeObject | undefined;

  constructor(target: ObjectRef, setup: WaitSetup) {
    this.target = target;
    this.setup = setup;
  }

  /** Whether it is done; false when the signal ended the watch before. */
  async watch(signal: AbortSignal): Promise<boolean> {
    const { mapping, namespace, name } = this.target;
    const query = { namespace, fieldSelector: `metadata.name=${name}`, signal };
    for await (const event of this.setup.cluster.client.watch(mapping, query)) {
      const { type } = event;
      const object = type === 'synced' ? event.items.find(({ metadata }) => metadata.name === name) : event.object;
      if (object !== undefined && this.isDone(object)) return true;
      if (type === 'deleted') return this.gone(signal);
      if (object !== undefined) continue;
      // Not in the list: it was removed as soon as it was done, unless the list was too old.
      if (this.last === undefined) await pause(this.setup.timing.hookGrace, signal);
      if (await this.look(signal)) return true;
    }
    return false;
  }

  /** Looks now and then: a watch may be dead without anybody having noticed, or have missed the end. */
  async doubt(signal: AbortSignal): Promise<boolean> {
    const { silence } = this.setup.timing;
    for (;;) {
      await pause(silence, signal);
      if (signal.aborted) return false;
      const look = within(silence, signal);
      try {
        if (await this.look(look)) return true;
      } catch (error) {
        // The watch says what is wrong with the cluster.
        if (isVerdict(error)) throw error;
      }
    }
  }

  /** One more look when the time is over: the watch may not have told. */
  async lookLast(): Promise<boolean> {
    const signal = AbortSignal.timeout(this.setup.timing.lastLook);
    try {
      return await Promise.race([this.look(signal), aborted(signal)]);
    } catch (error) {
      if (isVerdict(error)) throw error;
      return false;
    }
  }

  private async look(signal: AbortSignal): Promise<boolean> {
    try {
      return this.isDone(await this.setup.cluster.client.get(this.target, { signal }));
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return this.gone(signal);
    }
  }

  private isDone(object: KubeObject): boolean {
    this.last = object;
    const { mapping, name } = this.target;
    return mapping.kind === 'Job' ? hasJobEnded(object, name) : hasPodEnded(object, name);
  }

  /** It was removed, by which it is done; unless the cluster recorded that it had failed before. */
  private async gone(signal: AbortSignal): Promise<true> {
    const { cluster, timing } = this.setup;
    const look = within(timing.silence, signal);
    try {
      const { status, message } = await outcomeOfGone(cluster.client, this.target, this.last, look);
      if (status === 'Failed') throw new PintleError('NOT_READY', `job ${this.target.name} failed: ${message}`);
    } catch (error) {
      // Who may not read events cannot be told more than that it is gone.
      if (isVerdict(error)) throw error;
    }
    return true;
  }
}

function isVerdict(error: unknown): boolean {
  return error instanceof PintleError && error.code === 'NOT_READY';
}

function hasJobEnded(job: KubeObject, name: string): boolean {
  for (const { type, status, reason } of conditionsOf(job)) {
    if (status !== 'True') continue;
    if (type === 'Complete') return true;
    if (type === 'Failed') throw new PintleError('NOT_READY', `job ${name} failed: ${reason}`);
  }
  return false;
}

function hasPodEnded(pod: KubeObject, name: string): boolean {
  const phase = stringAt(pod, ['status', 'phase']);
  if (phase === 'Failed') throw new PintleError('NOT_READY', `pod ${own(pod.metadata, 'name') ?? name} failed`);
  return phase === 'Succeeded';
}
