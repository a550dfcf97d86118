import { type Crd, crdsOf } from '../../chart/crds.ts';
import { isAlreadyExists } from '../../cluster/api-error.ts';
import type { KubeObject } from '../../cluster/json.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { processDependencies } from '../../values/dependencies.ts';
import { chartRecord } from '../chart-record.ts';
import { claimNext } from '../claim.ts';
import { installCrds } from '../crds/install-crds.ts';
import { waitOf } from '../deploy/revision.ts';
import { createAll, executePlan } from '../execute/execute.ts';
import { runHooks } from '../hooks/run-hooks.ts';
import { isCutOff, joinLeft, leftInCluster, leftObjects, listingLeft, withLeft } from '../left.ts';
import {
  begin,
  changeRecord,
  faultOf,
  isSettled,
  saveEnd,
  saveFailure,
  saveOnTheWay,
  settled,
  supersedeDeployed,
  type Work,
  waiterOf,
  withInfo,
} from '../operation.ts';
import type { DeployInput, InstallOptions, ReleaseContext } from '../options.ts';
import { nextVersion } from '../storage.ts';
import type { Release, StoredRelease } from '../types.ts';
import { checkInstall, type PreparedInstall, prepareInstall } from './prepare-install.ts';
import { uninstall } from './uninstall.ts';

/**
 * Installs a chart as a new release. Helm: action/install.go
 *
 * @throws PintleError with Helm's text; once the first record is made, the record tells the failure, too
 * @example await install({ chart, values }, options, context)
 */
export async function install(input: DeployInput, options: InstallOptions, context: ReleaseContext): Promise<Release> {
  const previous = await checkInstall(options, context);
  if (options.dryRun !== 'client') await installDefinitions(input, options, context);
  // The first record is tried before its namespace is made. A server waits 50 ms for one that is not there.
  const rehearses = options.dryRun === 'none' && options.createNamespace;
  const prepared = await prepareInstall(input, options, context, (release) =>
    rehearses ? context.store.rehearse?.(release) : undefined,
  );
  if (options.dryRun !== 'none') return prepared.release;
  context.store.checkSize(prepared.release);
  if (options.createNamespace) await createNamespace(options, context);
  const last = previous && (await settled(previous, options.takeOver, context));
  const version = last === undefined ? 1 : nextVersion(last);
  const listed = last?.release.left ?? [];
  const left = joinLeft([listed], leftObjects(prepared.targets));
  const release = listingLeft(context.store, { ...prepared.release, version }, left);
  const work = await claim(release, last, context);
  let state = release;
  try {
    state = await perform(release, prepared, options, work, (next) => {
      state = next;
    });
    // Helm leaves two that are deployed where an earlier revision than the last one was.
    if (last !== undefined) await supersedeDeployed(release.name, context);
    await saveEnd(work, state);
    return state;
  } catch (err) {
    const fault = faultOf(err, context);
    if (isSettled(work, fault)) throw work.operation.lost ?? fault;
    const made = isCutOff(fault) ? leftObjects(prepared.targets) : [];
    const listing = withLeft(state, joinLeft([state.left ?? [], made]));
    throw await fail(listing, fault, options, work, context);
  } finally {
    await work.operation.end();
  }
}

/** The definitions come first: rendering asks the cluster what it knows. */
async function installDefinitions(input: DeployInput, options: InstallOptions, context: ReleaseContext): Promise<void> {
  const crds = options.skipCrds || options.crds === 'skip' ? [] : definitionsOf(input);
  if (crds.length === 0) return;
  if (options.dryRun !== 'none') {
    const text = 'This chart or one of its subcharts contains CRDs. Rendering may fail or contain inaccuracies.';
    context.log.log('WARN', text);
    return;
  }
  const bare = bareRelease(input, options, context);
  context.store.checkSize(bare);
  await context.store.rehearse?.(bare);
  const { crds: mode = 'create', forceCrds = false, forceConflicts } = options;
  const serverSide = options.serverSide ?? true;
  await installCrds(crds, { crds: mode, forceCrds, forceConflicts, serverSide, wait: options.wait }, context);
}

/** A chart whose dependencies cannot be processed is told when it is rendered. */
function definitionsOf({ chart, values }: DeployInput): readonly Crd[] {
  try {
    return crdsOf(processDependencies(chart, values));
  } catch {
    return [];
  }
}

/** As much of the record as is known before rendering: what is too large already has to stop before the first change. */
function bareRelease({ chart, values }: DeployInput, options: InstallOptions, context: ReleaseContext): Release {
  const info = { firstDeployed: '', lastDeployed: '', deleted: '', description: '', notes: '' };
  return {
    name: options.name,
    namespace: context.namespace,
    version: 1,
    info: { ...info, status: 'pending-install' },
    chart: chartRecord(chart),
    config: values,
    manifest: '',
    hooks: [],
    labels: options.labels,
    applyMethod: 'ssa',
  };
}

/** Helm makes it whether or not it is there, and without asking. */
async function createNamespace(
  options: InstallOptions,
  { cluster, namespace, signal, log }: ReleaseContext,
): Promise<void> {
  const mapping = { group: '', version: 'v1', kind: 'Namespace', resource: 'namespaces', namespaced: false };
  const object: KubeObject = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { name: namespace } },
    spec: {},
    status: {},
  };
  const serverSide = options.serverSide ?? true;
  try {
    const target = { mapping, namespace: '', name: namespace, object };
    await createAll(cluster, [target], { serverSide, forceConflicts: false, signal, log });
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}

/** Begins the first revision, or that after one whose name is used again. Helm: replaceRelease */
async function claim(release: Release, last: StoredRelease | undefined, context: ReleaseContext): Promise<Work> {
  if (last === undefined) return begin(release, 'install', context);
  const work = await claimNext({ release, operation: 'install', previous: last, historyMax: 0 }, context);
  if (last.release.info.status !== 'failed') {
    const info = { status: 'superseded', description: 'superseded by new release' } as const;
    await changeRecord(context, last, (old) => withInfo(old, info));
  }
  return work;
}

async function perform(
  release: Release,
  { targets, plan }: PreparedInstall,
  options: InstallOptions,
  work: Work,
  onChange: (release: Release) => void,
): Promise<Release> {
  const { context } = work;
  const { cluster, signal, log, onEvent } = context;
  const wait = waitOf(options);
  const waiter = waiterOf(wait, context);
  const serverSide = options.serverSide ?? true;
  const save = (next: Release): Promise<void> => saveOnTheWay(work, next);
  let state = release;
  const hooks = async (event: 'pre-install' | 'post-install'): Promise<void> => {
    if (options.noHooks) return;
    const ran = await runHooks(state, event, { context, waiter, timeout: wait.timeout, serverSide, save });
    state = ran.release;
    onChange(state);
    if (ran.error) throw prefixed(ran.error, `failed ${event}: `);
  };
  await hooks('pre-install');
  const { forceConflicts, forceReplace } = options;
  const common = { serverSide, signal, log, onEvent };
  if (plan.writes.some(({ action }) => action === 'update')) {
    const threeWayForCustom = options.takeOwnership && !serverSide;
    const { error } = await executePlan(cluster, plan, { ...common, forceConflicts, forceReplace, threeWayForCustom });
    if (error) throw error;
  } else if (targets.length > 0) {
    await createAll(cluster, targets, { ...common, forceConflicts: false });
  }
  await removeLeft(state, targets, context);
  await waiter.untilReady(targets, wait.timeout, wait.jobs);
  onEvent?.({ type: 'waited' });
  await hooks('post-install');
  const description = options.description || 'Install complete';
  return withInfo(withLeft(state, []), { status: 'deployed', description });
}

/** Removes what an operation left that died before. */
async function removeLeft(release: Release, targets: readonly Target[], context: ReleaseContext): Promise<void> {
  const deletes = await leftInCluster(release, release.left ?? [], targets, context);
  if (deletes.length === 0) return;
  const { cluster, signal, log, onEvent } = context;
  const options = { serverSide: true, forceConflicts: false, forceReplace: false, signal, log, onEvent };
  const { error } = await executePlan(cluster, { writes: [], deletes, keeps: [], conflicts: [] }, options);
  if (error) throw error;
}

function prefixed(err: PintleError, prefix: string): PintleError {
  return err.code === 'ABORTED' ? err : err.withMessage(prefix + err.message);
}

/** Records the failure and undoes the install where that is asked for. Helm: failRelease */
async function fail(
  release: Release,
  err: PintleError,
  options: InstallOptions,
  work: Work,
  context: ReleaseContext,
): Promise<PintleError> {
  const { name, rollbackOnFailure } = options;
  const description = `Release ${quote(name)} failed: ${err.message}`;
  const told = await saveFailure(work, withInfo(release, { status: 'failed', description }), err);
  // Whoever interrupts wants nothing more to happen.
  if (!rollbackOnFailure || told !== err || context.signal?.aborted) return told;
  await work.operation.end();
  const { log, onEvent } = context;
  log.log('DEBUG', 'install failed and rollback-on-failure is set, uninstalling release', { release: name });
  onEvent?.({ type: 'undo', why: err.message });
  try {
    await uninstall(
      {
        name,
        wait: waitOf(options),
        dryRun: 'none',
        noHooks: options.noHooks,
        keepHistory: false,
        cascade: 'background',
        ignoreNotFound: false,
        description: '',
      },
      context,
    );
  } catch (undo) {
    if (!(undo instanceof PintleError)) throw undo;
    const text = 'an error occurred while uninstalling the release. original install error';
    return err.withMessage(`${text}: ${err.message}: ${undo.message}`);
  }
  const text = `release ${name} failed, and has been uninstalled due to rollback-on-failure being set`;
  return err.withMessage(`${text}: ${err.message}`);
}
