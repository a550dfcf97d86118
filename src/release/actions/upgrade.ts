import { crdsOf } from '../../chart/crds.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { processDependencies } from '../../values/dependencies.ts';
import { chartRecord } from '../chart-record.ts';
import { claimNext } from '../claim.ts';
import { installCrds } from '../crds/install-crds.ts';
import { applyRevision } from '../deploy/apply-revision.ts';
import { waitOf } from '../deploy/revision.ts';
import { joinErrors } from '../execute/batches.ts';
import { deleteAll } from '../execute/execute.ts';
import { checkSignal } from '../execute/fate.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import { isCutOff, joinLeft, leftObjects, withLeft } from '../left.ts';
import {
  changeRecord,
  faultOf,
  isSettled,
  saveEnd,
  saveFailure,
  saveOnTheWay,
  type Work,
  waiterOf,
  withInfo,
} from '../operation.ts';
import type { DeployInput, ReleaseContext, UpgradeOptions } from '../options.ts';
import { history, last, nextVersion } from '../storage.ts';
import type { Release } from '../types.ts';
import { type PreparedUpgrade, prepareUpgrade } from './prepare-upgrade.ts';
import { rollback } from './rollback.ts';

/**
 * Makes a new revision of a release. Helm: action/upgrade.go
 *
 * @throws PintleError with Helm's text; once the new record is made, it tells the failure, too
 * @example await upgrade({ chart, values }, options, context)
 */
export async function upgrade(input: DeployInput, options: UpgradeOptions, context: ReleaseContext): Promise<Release> {
  if (options.dryRun === 'none') await upgradeDefinitions(input, options, context);
  const prepared = await prepareUpgrade(input, options, context);
  const { release, newest } = prepared;
  if (options.dryRun !== 'none') return release;
  context.store.checkSize(release);
  checkSignal(context.signal);
  const { historyMax } = options;
  const work = await claimNext({ release, operation: 'upgrade', previous: newest, historyMax }, context);
  const progress: Progress = { release, targets: prepared.targets, created: [] };
  try {
    await perform(prepared, options, work, progress);
    await changeRecord(context, prepared.current, (old) => withInfo(old, { status: 'superseded' }));
    const description = options.description || 'Upgrade complete';
    const done = withInfo(withLeft(progress.release, []), { status: 'deployed', description });
    await saveEnd(work, done);
    return done;
  } catch (err) {
    const fault = faultOf(err, context);
    if (isSettled(work, fault)) throw work.operation.lost ?? fault;
    throw await fail(progress, fault, options, work, context);
  } finally {
    await work.operation.end();
  }
}

/** How far an upgrade is. */
interface Progress {
  release: Release;
  readonly targets: readonly Target[];
  created: readonly Target[];
}

/** Helm leaves definitions alone when it upgrades. */
async function upgradeDefinitions(
  { chart, values }: DeployInput,
  options: UpgradeOptions,
  context: ReleaseContext,
): Promise<void> {
  if (options.crds !== 'upgrade' || options.skipCrds) return;
  const { forceCrds = false, forceConflicts, wait } = options;
  const serverSide = options.serverSide ?? true;
  const crds = crdsOf(processDependencies(chart, values));
  if (crds.length > 0) await rehearse({ chart, values }, options.name, context);
  await installCrds(crds, { crds: 'upgrade', forceCrds, forceConflicts, serverSide, wait }, context);
}

/** As much of the record as is known before rendering must be taken before definitions change. */
async function rehearse({ chart, values }: DeployInput, name: string, { store }: ReleaseContext): Promise<void> {
  // That there is none is told where the upgrade begins.
  const newest = await last(store, name).catch((err) => {
    if (err instanceof PintleError && err.code.startsWith('RELEASE_')) return undefined;
    throw err;
  });
  if (newest === undefined) return;
  const release = { ...newest.release, version: nextVersion(newest), chart: chartRecord(chart), config: values };
  const bare = { ...release, manifest: '', hooks: [] };
  store.checkSize(bare);
  await store.rehearse?.(bare);
}

/** Helm: releasingUpgrade */
async function perform(
  prepared: PreparedUpgrade,
  options: UpgradeOptions,
  work: Work,
  progress: Progress,
): Promise<void> {
  const { context } = work;
  const { serverSide, targets, current } = prepared;
  const wait = waitOf(options);
  const waiter = waiterOf(wait, context);
  const save = (next: Release): Promise<void> => saveOnTheWay(work, next);
  const hooks = async (event: 'pre-upgrade' | 'post-upgrade'): Promise<void> => {
    if (options.noHooks) return;
    const ran = await runHooks(progress.release, event, { context, waiter, timeout: wait.timeout, serverSide, save });
    progress.release = ran.release;
    if (ran.error?.code === 'ABORTED') throw ran.error;
    if (ran.error) throw ran.error.withMessage(`${event} hooks failed: ${ran.error.message}`);
  };
  await hooks('pre-upgrade');
  const hooked = !options.noHooks && progress.release.hooks.some(({ events }) => events.includes('pre-upgrade'));
  const { forceConflicts } = options;
  const plan = hooked ? undefined : prepared.plan;
  const { created, error } = await applyRevision({ ...prepared, plan, forceConflicts }, context);
  progress.created = created;
  try {
    if (error) throw error;
    await waiter.untilReady(targets, wait.timeout, wait.jobs);
  } catch (err) {
    // Helm writes the revision before once more, as it is.
    if (!context.signal?.aborted) await changeRecord(context, current, (old) => old);
    throw err;
  }
  context.onEvent?.({ type: 'waited' });
  await hooks('post-upgrade');
}

/** Records the failure, and undoes the upgrade where that is asked for. Helm: failRelease */
async function fail(
  { release, targets, created }: Progress,
  err: PintleError,
  options: UpgradeOptions,
  work: Work,
  context: ReleaseContext,
): Promise<PintleError> {
  const { name } = options;
  const { log, cluster, signal } = context;
  log.log('WARN', 'upgrade failed', { name, error: err.message });
  const description = `Upgrade ${quote(name)} failed: ${err.message}`;
  // What is cleaned up or was cut off is not to stay, should that not come to its end.
  const made = isCutOff(err) ? targets : options.cleanupOnFail ? created : [];
  const left = joinLeft([release.left ?? [], leftObjects(made)]);
  const failed = withLeft(withInfo(release, { status: 'failed', description }), left);
  const told = await saveFailure(work, failed, err);
  // Whoever interrupts wants nothing more to happen.
  if (told !== err || signal?.aborted) return told;
  if (options.cleanupOnFail && created.length > 0) {
    log.log('DEBUG', 'cleanup on fail set', { cleaning_resources: created.length });
    const errors = await deleteAll(cluster, created, 'Background', context);
    if (errors.length > 0) {
      const text = 'an error occurred while cleaning up resources. original upgrade error';
      const undo = joinErrors(errors, ', ').message;
      return err.withMessage(`${text}: ${err.message}: unable to cleanup resources: ${undo}`);
    }
  }
  if (!options.rollbackOnFailure) return err;
  await work.operation.end();
  return undo(err, options, context);
}

/** Back to the newest revision that was a success. */
async function undo(err: PintleError, options: UpgradeOptions, context: ReleaseContext): Promise<PintleError> {
  const { name } = options;
  const { log, store, onEvent } = context;
  log.log('DEBUG', 'Upgrade failed and rollback-on-failure is set, rolling back to previous successful release');
  const good = await lastGood(name, store);
  if (good instanceof PintleError) {
    const text = 'an error occurred while finding last successful release. original upgrade error';
    return err.withMessage(`${text}: ${err.message}: ${good.message}`);
  }
  if (good === undefined) {
    const text = 'unable to find a previously successful release when attempting to rollback. original upgrade error';
    return err.withMessage(`${text}: ${err.message}`);
  }
  onEvent?.({ type: 'undo', why: err.message });
  try {
    await rollback(
      {
        name,
        revision: good,
        wait: waitOf(options),
        dryRun: 'none',
        noHooks: options.noHooks,
        cleanupOnFail: false,
        forceReplace: options.forceReplace,
        forceConflicts: options.forceConflicts,
        serverSide: options.serverSide,
        historyMax: 0,
        description: '',
      },
      context,
    );
  } catch (failure) {
    if (!(failure instanceof PintleError)) throw failure;
    const text = 'an error occurred while rolling back the release. original upgrade error';
    return err.withMessage(`${text}: ${err.message}: ${failure.message}`);
  }
  const text = `release ${name} failed, and has been rolled back due to rollback-on-failure being set`;
  return err.withMessage(`${text}: ${err.message}`);
}

async function lastGood(name: string, store: ReleaseContext['store']): Promise<number | PintleError | undefined> {
  try {
    const all = await history(store, name, { outline: true });
    return all.findLast(({ release: { info } }) => info.status === 'superseded' || info.status === 'deployed')?.release
      .version;
  } catch (err) {
    if (err instanceof PintleError) return err;
    throw err;
  }
}
