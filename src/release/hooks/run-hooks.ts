/** Runs the hooks of one event. Helm: action/hooks.go */

import { isAlreadyExists } from '../../cluster/api-error.ts';
import type { Cluster } from '../../cluster/types.ts';
import type { Waiter } from '../../cluster/wait/waiter.ts';
import { PintleError } from '../../errors.ts';
import { compareStrings } from '../../go/value.ts';
import type { HookEvent } from '../../manifests/manifest.ts';
import { buildTargets } from '../build.ts';
import { joinErrors } from '../execute/batches.ts';
import { createAll, deleteAll } from '../execute/execute.ts';
import { checkSignal } from '../execute/fate.ts';
import type { ReleaseContext } from '../options.ts';
import { timestampNow } from '../timestamp.ts';
import type { HookRun, Release, StoredHook } from '../types.ts';
import { type HookTime, printHookLogs } from './hook-logs.ts';

/** What hooks run with. */
export interface HookWork {
  readonly context: ReleaseContext;
  readonly waiter: Waiter;
  /** Milliseconds for each hook, and for each deletion. */
  readonly timeout: number;
  readonly serverSide: boolean;
  /** Stores the release with what its hooks are at. A failure is the callee's business. */
  readonly save: (release: Release) => Promise<void>;
}

/** How the hooks ended. */
export interface HooksRun {
  /** With the times and phases of the hooks. */
  readonly release: Release;
  readonly error: PintleError | undefined;
  /** Logs and deletes what the policies say; to be called once, whatever `error` says. */
  readonly cleanUp: () => Promise<void>;
}

/** Stands where a hook names no policy. Helm: hookSetDeletePolicy */
const DEFAULT_POLICY = 'before-hook-creation';

/** Runs the hooks of an event and cleans up after them. */
export async function runHooks(release: Release, event: HookEvent, work: HookWork): Promise<HooksRun> {
  const run = await runHooksOnly(release, event, work);
  try {
    await run.cleanUp();
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    if (run.error === undefined) return { ...run, error: err };
  }
  return run;
}

/** Runs the hooks of an event by weight and name, until one fails. */
export async function runHooksOnly(release: Release, event: HookEvent, work: HookWork): Promise<HooksRun> {
  const order = hooksOf(release, event);
  const time = { began: performance.now(), timeout: work.timeout };
  let current = release;
  const done: StoredHook[] = [];
  for (const at of order) {
    const step = await runHook(current, at, event, work);
    current = step.release;
    const hook = current.hooks[at] as StoredHook;
    if (step.error === undefined) {
      done.push(hook);
      continue;
    }
    const { error, ran } = step;
    const cleanUp = ran ? () => cleanUpFailed(hook, done, current, work, time) : async () => {};
    return { release: current, error, cleanUp };
  }
  return { release: current, error: undefined, cleanUp: () => cleanUpSucceeded(done, current, work, time) };
}

/** The places of an event's hooks in the list, in their order. */
function hooksOf({ hooks }: Release, event: HookEvent): number[] {
  return hooks
    .flatMap((hook, i) => hook.events.filter((name) => name === event).map(() => i))
    .sort((a, b) => {
      const [x, y] = [hooks[a] as StoredHook, hooks[b] as StoredHook];
      return x.weight - y.weight || compareStrings(x.name, y.name);
    });
}

interface Step {
  readonly release: Release;
  readonly error?: PintleError;
  /** It was created and failed then, so that its policies count. */
  readonly ran?: boolean;
}

async function runHook(before: Release, at: number, event: HookEvent, work: HookWork): Promise<Step> {
  let release = withDefaultPolicy(before, at);
  const hook = release.hooks[at] as StoredHook;
  const { context, waiter, timeout, serverSide } = work;
  const { clock } = context.host;
  const tell = (lastRun: HookRun): void => {
    release = withRun(release, at, lastRun);
    context.onEvent?.({ type: 'hook', event, name: hook.name, kind: hook.kind, phase: lastRun.phase });
  };
  const startedAt = (): string => release.hooks[at]?.lastRun.startedAt ?? '';
  let ran = false;
  try {
    checkSignal(context.signal);
    await deleteByPolicy(hook, DEFAULT_POLICY, release, work);
    const targets = await build(hook, event, release, context);
    tell({ startedAt: timestampNow(clock), completedAt: '', phase: 'Running' });
    await work.save(release);
    release = withRun(release, at, { startedAt: startedAt(), completedAt: '', phase: 'Unknown' });
    await create(context, targets, serverSide, `warning: Hook ${event} ${hook.path} failed: `, () =>
      tell({ startedAt: startedAt(), completedAt: timestampNow(clock), phase: 'Failed' }),
    );
    ran = true;
    for (const target of targets) await waiter.hook(target, timeout);
    tell({ startedAt: startedAt(), completedAt: timestampNow(clock), phase: 'Succeeded' });
    return { release };
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    if (ran) tell({ startedAt: startedAt(), completedAt: timestampNow(clock), phase: 'Failed' });
    return { release, error: asHookError(err, hook, release), ran };
  }
}

function asHookError(err: PintleError, { kind, name, path }: StoredHook, { namespace }: Release): PintleError {
  const { message, data } = err;
  if (isAlreadyExists(err)) {
    const remove = `kubectl delete ${kind.toLowerCase()}/${name} -n ${namespace}`;
    const hint = `a hook of this name is there already, perhaps from a run that could not delete it: ${remove}, and try again`;
    return new PintleError(err.code, message, { hint, data, cause: err });
  }
  if (err.code !== 'NOT_READY') return err;
  const logs = kind === 'Job' || kind === 'Pod' ? `: kubectl logs ${kind.toLowerCase()}/${name} -n ${namespace}` : '';
  const { hint = `the hook ${kind}/${name} of ${path} did not succeed${logs}` } = err;
  return new PintleError('HOOK_FAILED', message, { hint, data, cause: err });
}

async function build(
  hook: StoredHook,
  event: HookEvent,
  { namespace }: Release,
  { cluster }: ReleaseContext,
): Promise<Awaited<ReturnType<typeof buildTargets>>> {
  try {
    return await buildTargets(cluster, hook.manifest, { namespace, validate: true });
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`unable to build kubernetes object for ${event} hook ${hook.path}: ${err.message}`);
  }
}

async function create(
  { cluster, signal, log }: ReleaseContext,
  targets: Awaited<ReturnType<typeof buildTargets>>,
  serverSide: boolean,
  doing: string,
  onFailure: () => void,
): Promise<void> {
  try {
    await createAll(cluster, targets, { serverSide, forceConflicts: false, signal, log });
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    onFailure();
    throw err.code === 'ABORTED' ? err : err.withMessage(doing + err.message);
  }
}

function withDefaultPolicy(release: Release, at: number): Release {
  const hook = release.hooks[at] as StoredHook;
  if (hook.deletePolicies.length > 0) return release;
  return withHook(release, at, { ...hook, deletePolicies: [DEFAULT_POLICY] });
}

function withRun(release: Release, at: number, lastRun: HookRun): Release {
  return withHook(release, at, { ...(release.hooks[at] as StoredHook), lastRun });
}

function withHook(release: Release, at: number, hook: StoredHook): Release {
  return { ...release, hooks: release.hooks.map((old, i) => (i === at ? hook : old)) };
}

/** Helm: the shutdown of a failed hook; its own failures are told in the log only. */
async function cleanUpFailed(
  hook: StoredHook,
  earlier: readonly StoredHook[],
  release: Release,
  work: HookWork,
  time: HookTime,
): Promise<void> {
  const { context } = work;
  if (context.signal?.aborted) return;
  await quietly('error outputting logs for hook failure', context, () =>
    printHookLogs(hook, 'hook-failed', release.namespace, context, time),
  );
  await quietly('error deleting the hook resource on hook failure', context, () =>
    deleteByPolicy(hook, 'hook-failed', release, work),
  );
  await eachOf(earlier, (other) => deleteByPolicy(other, 'hook-succeeded', release, work));
}

/** The last one first. */
async function cleanUpSucceeded(
  done: readonly StoredHook[],
  release: Release,
  work: HookWork,
  time: HookTime,
): Promise<void> {
  const { context } = work;
  await eachOf(done.toReversed(), async (hook) => {
    checkSignal(context.signal);
    await quietly('error outputting logs for hook failure', context, () =>
      printHookLogs(hook, 'hook-succeeded', release.namespace, context, time),
    );
    await deleteByPolicy(hook, 'hook-succeeded', release, work);
  });
}

/** One after the other, whatever becomes of some. Helm: ends with the first that fails, and the others stay */
async function eachOf(hooks: readonly StoredHook[], work: (hook: StoredHook) => Promise<void>): Promise<void> {
  const errors: PintleError[] = [];
  for (const hook of hooks) {
    try {
      await work(hook);
    } catch (err) {
      if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
      errors.push(err);
    }
  }
  if (errors.length > 0) throw joinErrors(errors, '; ');
}

async function quietly(doing: string, { log }: ReleaseContext, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    log.log('WARN', doing, { error: err.message });
  }
}

/** Deletes a hook's objects where its policies say so, and waits until they are gone. Helm: deleteHookByPolicy */
async function deleteByPolicy(
  hook: StoredHook,
  policy: string,
  { namespace }: Release,
  { context, waiter, timeout }: HookWork,
): Promise<void> {
  // With a definition all objects of its kind would go.
  if (hook.kind === 'CustomResourceDefinition' || !hook.deletePolicies.includes(policy)) return;
  const { cluster, signal } = context;
  const targets = await buildForDeletion(cluster, hook, namespace);
  const errors = await deleteAll(cluster, targets, 'Background', { signal });
  if (errors.length > 0) throw joinErrors(errors, '; ');
  await waiter.untilDeleted(targets, timeout);
}

async function buildForDeletion(
  cluster: Cluster,
  hook: StoredHook,
  namespace: string,
): Promise<Awaited<ReturnType<typeof buildTargets>>> {
  try {
    return await buildTargets(cluster, hook.manifest, { namespace, validate: false });
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`unable to build kubernetes object for deleting hook ${hook.path}: ${err.message}`);
  }
}
