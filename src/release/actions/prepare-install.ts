/** Everything of an install that changes nothing. Helm: action/install.go RunWithContext up to the first record */
import { checkReachable } from '../../cluster/reachable.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import type { Documents } from '../../manifests/output.ts';
import { makeCapabilities } from '../../render/capabilities.ts';
import { buildTargets } from '../build.ts';
import { chartRecord } from '../chart-record.ts';
import {
  checkHideSecret,
  checkLabels,
  clusterView,
  conflictError,
  hidesForReal,
  type PlannedRelease,
} from '../deploy/revision.ts';
import { busyError, isInProgress } from '../lease.ts';
import type { DeployInput, InstallOptions, ReleaseContext } from '../options.ts';
import { stamp } from '../ownership.ts';
import { checkReadable, type Fetched, fetchLive } from '../plan/live.ts';
import { type Plan, planChanges } from '../plan/plan.ts';
import { renderRevision } from '../render.ts';
import { history } from '../storage.ts';
import { timestampNow } from '../timestamp.ts';
import type { Release, StoredRelease } from '../types.ts';

/** Checks what can be checked before anything is rendered; the newest record of the name, where there is one. */
export async function checkInstall(
  options: InstallOptions,
  context: ReleaseContext,
): Promise<StoredRelease | undefined> {
  const { log } = context;
  if (options.dryRun !== 'client') {
    await prefixed('cluster reachability check failed: ', checkReachable(context.cluster, context.signal), (text) =>
      log.log('ERROR', text),
    );
  }
  if (hidesForReal(options)) log.log('ERROR', 'hiding Kubernetes secrets requires a dry-run mode');
  checkHideSecret(options);
  return prefixed('release name check failed: ', availableName(options, context), (_, error) =>
    log.log('ERROR', 'release name check failed', { error }),
  );
}

async function prefixed<T>(prefix: string, work: Promise<T>, tell: (text: string, error: string) => void): Promise<T> {
  try {
    return await work;
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    tell(prefix + err.message, err.message);
    throw err.withMessage(prefix + err.message);
  }
}

/** Helm: availableName */
async function availableName(options: InstallOptions, context: ReleaseContext): Promise<StoredRelease | undefined> {
  const { name, replace, takeOver } = options;
  validateReleaseName(name);
  if (options.dryRun !== 'none') return undefined;
  const newest = await newestOf(name, context);
  if (newest === undefined) return undefined;
  const { status } = newest.release.info;
  if (replace && (status === 'uninstalled' || status === 'failed')) return newest;
  const text = 'cannot reuse a name that is still in use';
  if (!isInProgress(status)) {
    throw new PintleError('RELEASE_EXISTS', text, {
      hint: `revision ${newest.release.version} of ${name} is ${status}: use pintle upgrade, or pintle uninstall ${name} before`,
      data: { name, status },
    });
  }
  const busy = busyError(newest.release, context.cluster.client.now());
  if (takeOver && busy.data.state !== 'alive') return newest;
  const { hint, data } = busy;
  throw new PintleError('RELEASE_EXISTS', text, { data, ...(hint !== undefined && { hint }) });
}

/** The newest record of a name; records that cannot be read still hold it. */
async function newestOf(name: string, { store }: ReleaseContext): Promise<StoredRelease | undefined> {
  try {
    return (await history(store, name)).at(-1);
  } catch (err) {
    if (err instanceof PintleError && err.code === 'RELEASE_NOT_FOUND') return undefined;
    throw err;
  }
}

/** An install as far as it can be known before it begins. */
export interface PreparedInstall extends PlannedRelease {
  readonly targets: readonly Target[];
  /** What was rendered, in pieces. */
  readonly documents: Documents;
}

/**
 * Renders the release and looks what is there of its objects.
 *
 * @param beside what else is to be asked about the release at the same time; what the objects tell is told first
 */
export async function prepareInstall(
  input: DeployInput,
  options: InstallOptions,
  context: ReleaseContext,
  beside?: (release: Release) => Promise<void> | undefined,
): Promise<PreparedInstall> {
  const { name, dryRun } = options;
  const { namespace, log } = context;
  const offline = dryRun === 'client';
  const isUpgrade = options.isUpgrade === true && dryRun !== 'none';
  if (!offline && options.apiVersions.length > 0) {
    log.log('DEBUG', 'API Version list given outside of client only mode, this list will be ignored');
  }
  const { capabilities, lookup } = offline
    ? { capabilities: makeCapabilities(options.kubeVersion, options.apiVersions), lookup: undefined }
    : await clusterView(context, options);
  checkLabels(options.labels);
  const rendered = await renderRevision(
    { ...input, name, namespace, revision: 1, isUpgrade, capabilities, lookup },
    options,
    context,
  );
  const { documents } = rendered;
  const release = newRelease(input, rendered, options, context);
  if (offline) return { release: dryRunOf(release), plan: EMPTY, targets: [], documents };
  const asked = beside?.(release);
  asked?.catch(() => {});
  const targets = await targetsOf(release, options, context);
  const plan = await planOf(targets, isUpgrade, options, context);
  await asked;
  return { release: dryRun === 'none' ? release : dryRunOf(release), plan, targets, documents };
}

const EMPTY = { writes: [], deletes: [], keeps: [], conflicts: [] };
const NOTHING = { live: new Map(), unread: new Map() };

/** Looks what is there of the objects; `template --is-upgrade` does not. */
async function planOf(
  targets: readonly Target[],
  isUpgrade: boolean,
  options: InstallOptions,
  { cluster, namespace, signal }: ReleaseContext,
): Promise<Plan> {
  const { name, forceReplace, takeOwnership } = options;
  const serverSide = options.serverSide ?? true;
  const { live, unread } = isUpgrade ? NOTHING : await fetchLive(cluster, targets, signal);
  if (!isUpgrade) readable(targets, unread);
  const plan = planChanges({
    previous: [],
    targets,
    live,
    options: {
      release: { name, namespace },
      serverSide,
      forceReplace,
      takeOwnership,
      threeWayForCustom: takeOwnership && !serverSide,
      handOver: true,
    },
  });
  const conflict = conflictError(plan, 'install');
  if (conflict) throw conflict;
  return plan;
}

function readable(targets: readonly Target[], unread: Fetched['unread']): void {
  try {
    checkReadable(targets, unread);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`unable to continue with install: ${err.message}`);
  }
}

async function targetsOf(
  release: Release,
  { disableOpenApiValidation }: InstallOptions,
  { cluster, namespace }: ReleaseContext,
): Promise<Target[]> {
  try {
    const validate = !disableOpenApiValidation;
    const targets = await buildTargets(cluster, release.manifest, { namespace, validate });
    return targets.map((target) => stamp(target, release));
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw err.withMessage(`unable to build kubernetes objects from release manifest: ${err.message}`);
  }
}

/** Helm: createRelease */
function newRelease(
  { values }: DeployInput,
  rendered: Awaited<ReturnType<typeof renderRevision>>,
  options: InstallOptions,
  { host: { clock }, namespace }: ReleaseContext,
): Release {
  const now = timestampNow(clock);
  return {
    name: options.name,
    namespace,
    version: 1,
    info: {
      firstDeployed: now,
      lastDeployed: now,
      deleted: '',
      description: 'Initial install underway',
      status: 'pending-install',
      notes: rendered.notes,
    },
    chart: chartRecord(rendered.chart, clock.timeZone),
    config: values,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    labels: options.labels,
    applyMethod: (options.serverSide ?? true) ? 'ssa' : 'csa',
  };
}

function dryRunOf(release: Release): Release {
  return { ...release, info: { ...release.info, description: 'Dry run complete' } };
}

/**
 * What an install would do, without doing it.
 *
 * @throws PintleError as {@link install} before its first change
 */
export async function planInstall(
  input: DeployInput,
  options: InstallOptions,
  context: ReleaseContext,
): Promise<PlannedRelease> {
  const { release, plan } = await prepareInstall(input, options, context);
  return { release, plan };
}
