/** Flags of the commands that change releases. Go: helm pkg/cmd/{install,upgrade,rollback,uninstall}.go */
import { fixed } from '../complete/completers.ts';
import { OUTPUT_FLAG } from '../terminal/output.ts';
import type { Flag } from '../types.ts';
import { BARE_DRY_RUN } from './dry-run.ts';
import { bool, duration, int, string, stringSlice } from './flag-types.ts';
import { flag, INSTALL_FLAGS, WAIT_FLAG } from './flags.ts';

/** `--dry-run` of the commands that otherwise change a cluster. */
const DRY_RUN_FLAG: Flag = flag(
  'dry-run',
  string,
  'none',
  'show what would be done: client asks no cluster, server does',
  {
    bare: BARE_DRY_RUN,
    complete: fixed('none\tdo it', 'client\tno cluster is needed', 'server\tthe cluster is asked'),
  },
);

const HIDE_SECRET_FLAG: Flag = flag('hide-secret', bool, false, 'with --dry-run, do not show Secrets');

const SERVER_SIDE_FLAG: Flag = flag(
  'server-side',
  string,
  'auto',
  'let the server merge changes into resources: true, false, or auto for what the release did before',
  { complete: fixed('auto', 'true', 'false') },
);

/** Not Helm's: for operations whose program died. */
const TAKE_OVER_FLAG: Flag = flag(
  'take-over',
  bool,
  false,
  'go on where an operation died that still holds the release',
);

/** Not Helm's: what happens to CRDs that are in the cluster already. */
const CRD_FLAGS: readonly Flag[] = [
  flag('crds', string, 'create', 'what to do with CRDs: create what is missing, upgrade without losing data, or skip', {
    complete: fixed('create\tas Helm does', 'upgrade\tnew versions where no data is lost', 'skip\tleave them out'),
  }),
  flag('force-crds', bool, false, 'with --crds=upgrade, change CRDs even where data is lost'),
];

/** Not Helm's: when `--wait` gives up on what does not get better by itself. */
const FAIL_FAST_FLAGS: readonly Flag[] = [
  flag('fail-fast', bool, true, 'with --wait, end early when a container cannot start'),
  flag(
    'image-pull-grace',
    duration,
    60_000_000_000n,
    'how long an image may fail to be pulled before that; 0 is for ever',
  ),
  flag('crash-limit', int, 5, 'how often a container may crash before that; 0 is for ever'),
];

/** What `upgrade` has in common with `install`. */
const NOT_OF_UPGRADE = new Set(['replace', 'generate-name', 'name-template', 'server-side']);

/** Its default is what the settings say. */
const HISTORY_MAX_FLAG: Flag = flag('history-max', int, 10, 'how many revisions to keep; 0 keeps all');

/** What `install` and `upgrade` have, and `template` has not. */
const DEPLOY_FLAGS: readonly Flag[] = [
  HIDE_SECRET_FLAG,
  DRY_RUN_FLAG,
  OUTPUT_FLAG,
  ...CRD_FLAGS,
  ...FAIL_FAST_FLAGS,
  TAKE_OVER_FLAG,
];

/** The flags of `pintle install`. */
export const INSTALL_COMMAND_FLAGS: readonly Flag[] = [...INSTALL_FLAGS, ...DEPLOY_FLAGS];

/** The flags of `pintle upgrade`. */
export const UPGRADE_FLAGS: readonly Flag[] = [
  ...INSTALL_FLAGS.filter(({ name }) => !NOT_OF_UPGRADE.has(name)),
  flag('install', bool, false, 'install the release if there is none of that name', { short: 'i' }),
  SERVER_SIDE_FLAG,
  flag('reset-values', bool, false, "start from the chart's own values"),
  flag('reuse-values', bool, false, "start from the last release's values, its chart's own among them"),
  flag('reset-then-reuse-values', bool, false, "start from the new chart's own values and what users set before"),
  HISTORY_MAX_FLAG,
  flag('cleanup-on-fail', bool, false, 'if the upgrade fails, delete what it made'),
  ...DEPLOY_FLAGS,
];

const shared = (...names: string[]): Flag[] => INSTALL_FLAGS.filter(({ name }) => names.includes(name));

/** The flags of `pintle rollback`. */
export const ROLLBACK_FLAGS: readonly Flag[] = [
  ...shared('force-replace', 'force', 'force-conflicts', 'no-hooks', 'timeout', 'wait-for-jobs'),
  SERVER_SIDE_FLAG,
  flag('cleanup-on-fail', bool, false, 'if the rollback fails, delete what it made'),
  HISTORY_MAX_FLAG,
  DRY_RUN_FLAG,
  WAIT_FLAG,
  ...FAIL_FAST_FLAGS,
  TAKE_OVER_FLAG,
];

/** The flags of `pintle uninstall`. */
export const UNINSTALL_FLAGS: readonly Flag[] = [
  flag('dry-run', bool, false, 'only look whether there is such a release'),
  ...shared('no-hooks', 'timeout', 'description'),
  flag('ignore-not-found', bool, false, 'a release that is not there is no failure'),
  flag('keep-history', bool, false, 'delete the resources and keep the records, so that it can be rolled back'),
  flag('cascade', string, 'background', 'how to delete what resources own: background, orphan or foreground', {
    complete: fixed('background', 'orphan', 'foreground'),
  }),
  WAIT_FLAG,
  TAKE_OVER_FLAG,
];

/** The flags of `pintle test`. */
export const TEST_FLAGS: readonly Flag[] = [
  ...shared('timeout'),
  flag('logs', bool, false, 'print what the test pods wrote, once all tests have ended'),
  flag('filter', stringSlice, [], 'tests to run, as name=NAME, or to leave out, as !name=NAME (repeatable)'),
  TAKE_OVER_FLAG,
];
