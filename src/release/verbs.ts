/**
 * The actions for programs: what is left out of the options is as on the command line, and values are plain data or a
 * map. Each throws PintleError with Helm's text, a code and advice.
 */
import type { Chart } from '../chart/types.ts';
import { fromPlain, type GoMap, isMap } from '../go/value.ts';
import { install as runInstall } from './actions/install.ts';
import { planInstall as runPlanInstall } from './actions/prepare-install.ts';
import { planUpgrade as runPlanUpgrade } from './actions/prepare-upgrade.ts';
import { rollback as runRollback } from './actions/rollback.ts';
import { testRelease as runTests } from './actions/test-release.ts';
import { uninstall as runUninstall } from './actions/uninstall.ts';
import { upgrade as runUpgrade } from './actions/upgrade.ts';
import type { PlannedRelease } from './deploy/revision.ts';
import type {
  DeployInput,
  DeployOptions,
  InstallOptions,
  ReleaseContext,
  RollbackOptions,
  TestOptions,
  Uninstalled,
  UninstallOptions,
  UpgradeOptions,
  WaitOptions,
} from './options.ts';
import type { Release } from './types.ts';

/** Options of which only the release's name is needed. */
export type Given<T extends { readonly name: string }> = Partial<T> & Pick<T, 'name'>;

/** What to deploy. */
export interface Deployable {
  readonly chart: Chart;
  /** User values over the chart's own: plain data, or a map from `mergeValues`. Default: none. */
  readonly values?: Readonly<Record<string, unknown>> | GoMap;
}

/** Five minutes, as on the command line. */
const WAIT: WaitOptions = { strategy: 'hookOnly', timeout: 300_000, jobs: false };

const DEPLOY: Omit<DeployOptions, 'serverSide'> = {
  wait: WAIT,
  dryRun: 'none',
  hideSecret: false,
  noHooks: false,
  skipCrds: false,
  rollbackOnFailure: false,
  forceReplace: false,
  forceConflicts: false,
  takeOwnership: false,
  disableOpenApiValidation: false,
  skipSchemaValidation: false,
  description: '',
  labels: new Map(),
  subNotes: false,
};

/** Revisions that are kept. */
const HISTORY_MAX = 10;

function inputOf({ chart, values = new Map() }: Deployable): DeployInput {
  const map = fromPlain(values);
  return { chart, values: isMap(map) ? map : new Map() };
}

function installOptions(given: Given<InstallOptions>): InstallOptions {
  return { ...DEPLOY, serverSide: undefined, createNamespace: false, replace: false, apiVersions: [], ...given };
}

function upgradeOptions(given: Given<UpgradeOptions>): UpgradeOptions {
  return {
    ...DEPLOY,
    serverSide: undefined,
    resetValues: false,
    reuseValues: false,
    resetThenReuseValues: false,
    cleanupOnFail: false,
    historyMax: HISTORY_MAX,
    ...given,
  };
}

/**
 * Installs a chart as a new release.
 *
 * @example await install({ chart, values: { replicas: 2 } }, { name: 'web', createNamespace: true }, context)
 */
export function install(what: Deployable, given: Given<InstallOptions>, context: ReleaseContext): Promise<Release> {
  return runInstall(inputOf(what), installOptions(given), context);
}

/** What an install would do, as data; nothing is changed. */
export function planInstall(
  what: Deployable,
  given: Given<InstallOptions>,
  context: ReleaseContext,
): Promise<PlannedRelease> {
  return runPlanInstall(inputOf(what), installOptions(given), context);
}

/**
 * Changes a release to another version of its chart or other values.
 *
 * @example await upgrade({ chart }, { name: 'web', reuseValues: true }, context)
 */
export function upgrade(what: Deployable, given: Given<UpgradeOptions>, context: ReleaseContext): Promise<Release> {
  return runUpgrade(inputOf(what), upgradeOptions(given), context);
}

/** What an upgrade would do, as data; nothing is changed. */
export function planUpgrade(
  what: Deployable,
  given: Given<UpgradeOptions>,
  context: ReleaseContext,
): Promise<PlannedRelease> {
  return runPlanUpgrade(inputOf(what), upgradeOptions(given), context);
}

/** Brings back an earlier revision, the one before where none is named. */
export function rollback(given: Given<RollbackOptions>, context: ReleaseContext): Promise<Release> {
  const options: RollbackOptions = {
    revision: 0,
    wait: WAIT,
    dryRun: 'none',
    noHooks: false,
    cleanupOnFail: false,
    forceReplace: false,
    forceConflicts: false,
    serverSide: undefined,
    historyMax: HISTORY_MAX,
    description: '',
    ...given,
  };
  return runRollback(options, context);
}

/** Deletes a release and its objects. */
export function uninstall(given: Given<UninstallOptions>, context: ReleaseContext): Promise<Uninstalled> {
  const options: UninstallOptions = {
    wait: WAIT,
    dryRun: 'none',
    noHooks: false,
    keepHistory: false,
    cascade: 'background',
    ignoreNotFound: false,
    description: '',
    ...given,
  };
  return runUninstall(options, context);
}

/** Runs the tests of a release. */
export function testRelease(given: Given<TestOptions>, context: ReleaseContext): Promise<Release> {
  return runTests({ timeout: WAIT.timeout, include: [], exclude: [], ...given }, context);
}
