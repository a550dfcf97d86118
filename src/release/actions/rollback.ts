import { checkReachable } from '../../cluster/reachable.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import { buildTargets } from '../build.ts';
import { claimNext } from '../claim.ts';
import { applyRevision } from '../deploy/apply-revision.ts';
import { earlierTargets } from '../deploy/earlier.ts';
import { joinErrors } from '../execute/batches.ts';
import { deleteAll } from '../execute/execute.ts';
import { checkSignal } from '../execute/fate.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import { busyError, isInProgress, leaseState } from '../lease.ts';
import { joinLeft, leftBy, leftOfManifest, leftTargets, listingLeft, unsettled, withLeft } from '../left.ts';
import {
  asFailed,
  changeRecord,
  faultOf,
  isSettled,
  saveEnd,
  saveFailure,
  saveOnTheWay,
  supersedeDeployed,
  type Work,
  waiterOf,
  withInfo,
} from '../operation.ts';
import type { ReleaseContext, RollbackOptions } from '../options.ts';
import { stamp } from '../ownership.ts';
import type { PlanOptions } from '../plan/plan.ts';
import { previousTargets } from '../previous.ts';
import { history, nextVersion } from '../storage.ts';
import { timestampNow } from '../timestamp.ts';
import type { LeftObject, Release, StoredRelease } from '../types.ts';

/**
 * Makes an earlier revision the newest: its manifest, values and hooks, as they were stored. Helm: action/rollback.go
 *
 * @throws PintleError with Helm's text; once the new record is made, it tells the failure, too
 * @example await rollback({ ...options, name: 'web', revision: 0 }, context)
 */
export async function rollback(options: RollbackOptions, context: ReleaseContext): Promise<Release> {
  await checkReachable(context.cluster, context.signal);
  const prepared = await prepare(options, context);
  const { release, current } = prepared;
  if (options.dryRun !== 'none') return release;
  const { store } = context;
  store.checkSize(release);
  checkSignal(context.signal);
  const { historyMax, name } = options;
  const work = await claimNext({ release, operation: 'rollback', previous: current, historyMax }, context);
  let state = release;
  try {
    state = await perform(prepared, options, work, (next) => {
      state = next;
    });
    // There may be several where something went wrong before.
    await supersedeDeployed(name, context);
    const done = withInfo(withLeft(state, []), { status: 'deployed' });
    await saveEnd(work, done);
    return done;
  } catch (err) {
    const fault = faultOf(err, context);
    if (isSettled(work, fault)) throw work.operation.lost ?? fault;
    throw await fail(state, fault, work);
  } finally {
    await work.operation.end();
  }
}

interface Prepared {
  readonly release: Release;
  /** The newest revision before. */
  readonly current: StoredRelease;
  readonly serverSide: boolean;
  /** What revisions that failed may have left. */
  readonly left: readonly LeftObject[];
  /** All revisions before, oldest first. */
  readonly all: readonly StoredRelease[];
}

/** Helm: prepareRollback */
async function prepare(options: RollbackOptions, context: ReleaseContext): Promise<Prepared> {
  const { name, revision } = options;
  checkName(name);
  if (revision < 0) throw new PintleError('USAGE', 'invalid release revision');
  const all = await history(context.store, name);
  const newest = all.at(-1) as StoredRelease;
  const wanted = revision === 0 ? newest.release.version - 1 : revision;
  const found = all.find(({ release }) => release.version === wanted);
  if (found === undefined) {
    throw new PintleError('RELEASE_NOT_FOUND', `release has no ${wanted} version`, {
      hint: `pintle history ${name} shows what there is`,
      data: { name, revision: wanted },
    });
  }
  const current = options.dryRun === 'none' ? await freed(newest, options, context) : newest;
  const target = found === newest ? current.release : (await context.store.get(name, wanted)).release;
  const serverSide = options.serverSide ?? target.applyMethod === 'ssa';
  const left = leftBy(unsettled([...all.slice(0, -1), current]));
  const next = nextRelease(current, target, serverSide, options, context);
  const release =
    options.dryRun === 'none' ? listingLeft(context.store, next, toGo(current.release, next, left)) : next;
  return { release, current, serverSide, left, all };
}

/** What the rollback is to remove. */
function toGo(current: Release, next: Release, left: readonly LeftObject[]): readonly LeftObject[] {
  return joinLeft([leftOfManifest(current), left], leftOfManifest(next));
}

function checkName(name: string): void {
  try {
    validateReleaseName(name);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`prepareRollback: Release name is invalid: ${name}`);
  }
}

/** Helm rolls back over whatever is under way; here that has to be dead. */
async function freed(
  newest: StoredRelease,
  { takeOver }: RollbackOptions,
  context: ReleaseContext,
): Promise<StoredRelease> {
  if (!isInProgress(newest.release.info.status)) return newest;
  const now = context.cluster.client.now();
  const state = leaseState(newest.release, now);
  if (state === 'alive') throw busyError(newest.release, now);
  return state === 'expired' || takeOver ? asFailed(newest, context) : newest;
}

function nextRelease(
  current: StoredRelease,
  target: Release,
  serverSide: boolean,
  { description }: RollbackOptions,
  { host }: ReleaseContext,
): Release {
  const { name, namespace, info } = current.release;
  const { chart, config, manifest, hooks, labels } = target;
  return {
    name,
    namespace,
    version: nextVersion(current),
    info: {
      firstDeployed: info.firstDeployed,
      lastDeployed: timestampNow(host.clock),
      deleted: '',
      description: description || `Rollback to ${target.version}`,
      status: 'pending-rollback',
      notes: target.info.notes,
    },
    chart,
    config,
    manifest,
    hooks,
    labels,
    applyMethod: serverSide ? 'ssa' : 'csa',
  };
}

/** How a step of a rollback failed, with what the record is to say of it. */
class StepError extends PintleError {
  readonly description: string;

  constructor(cause: PintleError, message: string, description: string) {
    const { code, hint, data } = cause;
    super(code, message, { data, cause, ...(hint !== undefined && { hint }) });
    this.description = description;
  }
}

/** Helm: performRollback */
async function perform(
  { release, current, serverSide, left: listed, all }: Prepared,
  options: RollbackOptions,
  work: Work,
  onChange: (release: Release) => void,
): Promise<Release> {
  const { context } = work;
  const { timeout, jobs } = options.wait;
  const { previous, targets } = await objects(release, current.release, context);
  const left = await leftTargets(context.cluster, listed, context.namespace, context.log);
  const earlier = await earlierTargets(all, current.release, serverSide, context);
  const waiter = waiterOf(options.wait, context);
  const save = (next: Release): Promise<void> => saveOnTheWay(work, next);
  let state = release;
  const hooks = async (event: 'pre-rollback' | 'post-rollback'): Promise<void> => {
    if (options.noHooks) return;
    const ran = await runHooks(state, event, { context, waiter, timeout, serverSide, save });
    state = ran.release;
    onChange(state);
    if (ran.error) throw ran.error;
  };
  await hooks('pre-rollback');
  await apply({ previous, targets, earlier, left, current, serverSide }, options, work);
  try {
    await waiter.untilReady(targets, timeout, jobs);
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    await changeRecord(context, current, (old) => old);
    const { name } = release;
    throw new StepError(err, `release ${name} failed: ${err.message}`, `Release ${quote(name)} failed: ${err.message}`);
  }
  context.onEvent?.({ type: 'waited' });
  await hooks('post-rollback');
  return state;
}

interface Objects {
  readonly previous: readonly Target[];
  readonly targets: readonly Target[];
}

interface Changed extends Objects {
  readonly earlier: readonly (readonly Target[])[];
  readonly left: readonly Target[];
  readonly current: StoredRelease;
  readonly serverSide: boolean;
}

async function objects(
  release: Release,
  current: Release,
  { cluster, namespace, log }: ReleaseContext,
): Promise<Objects> {
  const doing = (which: string) => (err: unknown) => {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw err.withMessage(`unable to build kubernetes objects from ${which} release manifest: ${err.message}`);
  };
  const previous = await previousTargets(cluster, current.manifest, namespace, log).catch(doing('current'));
  const built = await buildTargets(cluster, release.manifest, { namespace, validate: false }).catch(doing('new'));
  return { previous, targets: built.map((target) => stamp(target, release)) };
}

async function apply(
  { previous, targets, earlier, left, current, serverSide }: Changed,
  options: RollbackOptions,
  { context, operation }: Work,
): Promise<void> {
  const { forceReplace, forceConflicts, cleanupOnFail } = options;
  const { release } = operation;
  const planOptions: PlanOptions = {
    release,
    serverSide,
    forceReplace,
    takeOwnership: false,
    threeWayForCustom: false,
    handOver: true,
  };
  const change = { previous, targets, earlier, left, adopted: new Set<string>(), planOptions, forceConflicts };
  const { created, error } = await applyRevision(change, context);
  if (error === undefined) return;
  if (error.code === 'ABORTED') throw error;
  const text = `Rollback ${quote(release.name)} failed: ${error.message}`;
  context.log.log('WARN', text);
  await changeRecord(context, current, (old) => withInfo(old, { status: 'superseded' }));
  const failure = new StepError(error, error.message, text);
  if (!cleanupOnFail || created.length === 0) throw failure;
  const errors = await deleteAll(context.cluster, created, 'Background', context);
  if (errors.length === 0) throw failure;
  const undo = `unable to cleanup resources: ${joinErrors(errors, ', ').message}`;
  const message = `an error occurred while cleaning up resources. original rollback error: ${undo}`;
  throw new StepError(error, message, text);
}

/** Helm leaves a rollback whose hooks fail pending, and the release with it; here every failure is recorded. */
async function fail(release: Release, err: PintleError, work: Work): Promise<PintleError> {
  const description =
    err instanceof StepError ? err.description : `Rollback ${quote(release.name)} failed: ${err.message}`;
  // The next upgrade starts from the revision that is deployed, which may not be this one's predecessor.
  const left = joinLeft([release.left ?? [], leftOfManifest(release)]);
  return saveFailure(work, withLeft(withInfo(release, { status: 'failed', description }), left), err);
}
