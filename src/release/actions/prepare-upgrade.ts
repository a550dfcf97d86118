/** Everything of an upgrade that changes nothing. Helm: action/upgrade.go prepareUpgrade */
import { checkReachable } from '../../cluster/reachable.ts';
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { validateReleaseName } from '../../library/release-name.ts';
import { buildTargets } from '../build.ts';
import { chartRecord } from '../chart-record.ts';
import { earlierTargets } from '../deploy/earlier.ts';
import { checkHideSecret, checkLabels, clusterView, conflictError, type PlannedRelease } from '../deploy/revision.ts';
import { noDeployedReleases } from '../errors.ts';
import { leaseState } from '../lease.ts';
import { joinLeft, leftBy, leftObjects, leftTargets, listingLeft, unsettled, withLeft } from '../left.ts';
import { settled } from '../operation.ts';
import type { DeployInput, ReleaseContext, UpgradeOptions } from '../options.ts';
import { stamp } from '../ownership.ts';
import { placeKey } from '../plan/identity.ts';
import { checkKnown, checkReadable, fetchLive } from '../plan/live.ts';
import { type PlanOptions, planChanges } from '../plan/plan.ts';
import { previousTargets } from '../previous.ts';
import { renderRevision } from '../render.ts';
import { type ReusedValues, reuseValues } from '../reuse-values.ts';
import { deployed, history, nextVersion } from '../storage.ts';
import { timestampNow } from '../timestamp.ts';
import type { Release, StoredRelease } from '../types.ts';

/** An upgrade as far as it can be known before it begins. */
export interface PreparedUpgrade extends PlannedRelease {
  /** The revision that is followed: the one that is deployed, or the newest where none is. */
  readonly current: StoredRelease;
  /** The newest one. */
  readonly newest: StoredRelease;
  readonly serverSide: boolean;
  readonly previous: readonly Target[];
  readonly targets: readonly Target[];
  /** Objects of other revisions since the last success. */
  readonly earlier: readonly (readonly Target[])[];
  /** What revisions that failed may have left. */
  readonly left: readonly Target[];
  /** The places of objects that were there before the release had them. */
  readonly adopted: ReadonlySet<string>;
  readonly planOptions: PlanOptions;
}

/** Checks and renders an upgrade and looks what is there. An operation that died is ended where that is asked for. */
export async function prepareUpgrade(
  input: DeployInput,
  options: UpgradeOptions,
  context: ReleaseContext,
): Promise<PreparedUpgrade> {
  await checkReachable(context.cluster, context.signal);
  checkName(options.name);
  checkHideSecret(options);
  const { newest, earlier } = await newestOf(options, context);
  const current = await currentOf(newest, context);
  const { chart, values } = reuseValues(input, current.release, options, context.log);
  const serverSide = options.serverSide ?? newest.release.applyMethod === 'ssa';
  const release = await render({ chart, values }, { newest, current, serverSide }, options, context);
  const validate = !options.disableOpenApiValidation;
  const { namespace, cluster, log } = context;
  const built = await buildTargets(cluster, release.manifest, { namespace, validate });
  const targets = built.map((target) => stamp(target, release));
  const previous = await previousOf(current.release, context);
  const other = await earlierTargets([...earlier, newest], current.release, serverSide, context);
  const listed = leftBy(unsettled([...earlier, newest]));
  const left = await leftTargets(cluster, listed, namespace, log);
  const objects = { previous, targets, earlier: other, left };
  const planned = await plan({ release, ...objects, current, serverSide }, options, context);
  const toGo = joinLeft([leftObjects(previous), listed], leftObjects(targets));
  const listing = listingLeft(context.store, release, toGo);
  return { release: toShow(listing, options), current, newest, serverSide, ...objects, ...planned };
}

function checkName(name: string): void {
  try {
    validateReleaseName(name);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`release name is invalid: ${name}`);
  }
}

interface Newest {
  readonly newest: StoredRelease;
  /** All the others, oldest first. */
  readonly earlier: readonly StoredRelease[];
}

async function newestOf({ name, takeOver, dryRun }: UpgradeOptions, context: ReleaseContext): Promise<Newest> {
  let all: readonly StoredRelease[];
  try {
    all = await history(context.store, name);
  } catch (err) {
    if (err instanceof PintleError && err.code === 'RELEASE_NOT_FOUND') throw noDeployedReleases(name);
    throw err;
  }
  const newest = all.at(-1) as StoredRelease;
  const { release } = newest;
  const dying = release.info.status === 'uninstalling' && leaseState(release, context.cluster.client.now()) !== 'alive';
  if (!dying || takeOver) {
    return { newest: await settled(newest, takeOver && dryRun === 'none', context), earlier: all.slice(0, -1) };
  }
  const { message, data } = noDeployedReleases(name);
  throw new PintleError('RELEASE_NOT_FOUND', message, {
    hint: `its uninstall was not completed: run pintle uninstall ${name} again, or pintle unlock ${name} to keep what is left`,
    data,
  });
}

/** Helm: the deployed one; without one, the newest where that failed or was followed. */
async function currentOf(newest: StoredRelease, { store }: ReleaseContext): Promise<StoredRelease> {
  const { name, info } = newest.release;
  if (info.status === 'deployed') return newest;
  try {
    return await deployed(store, name);
  } catch (err) {
    if (!(err instanceof PintleError) || err.data.noDeployed !== true) throw err;
    if (info.status === 'failed' || info.status === 'superseded') return newest;
    throw err;
  }
}

interface Base {
  readonly newest: StoredRelease;
  readonly current: StoredRelease;
  readonly serverSide: boolean;
}

async function render(
  { chart, values }: ReusedValues,
  { newest, current, serverSide }: Base,
  options: UpgradeOptions,
  context: ReleaseContext,
): Promise<Release> {
  const { name } = options;
  const { clock } = context.host;
  const revision = nextVersion(newest);
  const { namespace, info } = current.release;
  const view = await clusterView(context, options);
  const input = { chart, values, name, namespace, revision, isUpgrade: true, ...view };
  const rendered = await renderRevision(input, options, context);
  checkLabels(options.labels);
  return {
    name,
    namespace,
    version: revision,
    info: {
      firstDeployed: info.firstDeployed,
      lastDeployed: timestampNow(clock),
      deleted: '',
      description: 'Preparing upgrade',
      status: 'pending-upgrade',
      notes: rendered.notes,
    },
    chart: chartRecord(rendered.chart, clock.timeZone),
    config: values,
    manifest: rendered.manifest,
    hooks: rendered.hooks,
    labels: mergeLabels(newest.release.labels, options.labels),
    applyMethod: serverSide ? 'ssa' : 'csa',
  };
}

/** Helm: mergeCustomLabels; `null` takes a label away. */
function mergeLabels(
  old: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map([...old, ...given].filter(([name]) => (given.get(name) ?? old.get(name)) !== 'null'));
}

async function previousOf(release: Release, { cluster, namespace, log }: ReleaseContext): Promise<readonly Target[]> {
  try {
    return await previousTargets(cluster, release.manifest, namespace, log);
  } catch (err) {
    if (!(err instanceof PintleError) || err.code === 'ABORTED') throw err;
    throw err.withMessage(`unable to build kubernetes objects from current release manifest: ${err.message}`);
  }
}

interface PlanBase {
  readonly release: Release;
  readonly previous: readonly Target[];
  readonly targets: readonly Target[];
  readonly earlier: readonly (readonly Target[])[];
  readonly left: readonly Target[];
  readonly current: StoredRelease;
  readonly serverSide: boolean;
}

async function plan(
  { release, previous, targets, earlier, left, current, serverSide }: PlanBase,
  options: UpgradeOptions,
  context: ReleaseContext,
): Promise<Pick<PreparedUpgrade, 'plan' | 'adopted' | 'planOptions'>> {
  const { live, unread } = await fetchLive(context.cluster, [...targets, ...previous, ...left], context.signal);
  const known = new Set(previous.map(placeKey));
  const fresh = targets.filter((target) => !known.has(placeKey(target)));
  readable(fresh, unread);
  checkKnown([...targets, ...previous, ...left], unread);
  const planOptions: PlanOptions = {
    release,
    serverSide,
    forceReplace: options.forceReplace,
    takeOwnership: options.takeOwnership,
    threeWayForCustom: false,
    // Only what was deployed client-side has such fields.
    handOver: current.release.applyMethod !== 'ssa',
    // Helm starts from what is deployed; what failed revisions did to an object may stand in the way of that.
    earlierWhenRefused: true,
  };
  const planned = planChanges({ previous, targets, earlier, left, live, options: planOptions });
  const conflict = conflictError(planned, 'update');
  if (conflict) throw conflict;
  const adopted = new Set(fresh.map(placeKey).filter((key) => live.has(key)));
  return { plan: planned, adopted, planOptions };
}

function readable(fresh: readonly Target[], unread: ReadonlyMap<string, PintleError>): void {
  try {
    checkReadable(fresh, unread);
  } catch (err) {
    if (!(err instanceof PintleError)) throw err;
    throw err.withMessage(`unable to continue with update: ${err.message}`);
  }
}

function toShow(release: Release, { dryRun, description }: UpgradeOptions): Release {
  if (dryRun === 'none') return release;
  return { ...withLeft(release, []), info: { ...release.info, description: description || 'Dry run complete' } };
}

/**
 * What an upgrade would do, without doing it.
 *
 * @throws PintleError as {@link upgrade} before its first change
 * @example (await planUpgrade({ chart, values }, options, context)).plan.deletes
 */
export async function planUpgrade(
  input: DeployInput,
  options: UpgradeOptions,
  context: ReleaseContext,
): Promise<PlannedRelease> {
  const { release, plan: planned } = await prepareUpgrade(input, { ...options, takeOver: false }, context);
  return { release, plan: planned };
}
