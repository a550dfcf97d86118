/** Flags that several commands share. */

import { SECOND } from '../../src/go/duration.ts';
import { GoError } from '../../src/go/error.ts';
import { quote } from '../../src/go/quote.ts';
import { fixed } from '../complete/completers.ts';
import type { Call, Flag } from '../types.ts';
import {
  bool,
  duration,
  type FlagType,
  type FlagValue,
  string,
  stringArray,
  stringSlice,
  stringToString,
} from './flag-types.ts';

/** A flag with its default; booleans can be written bare. */
export function flag(name: string, type: FlagType, value: FlagValue, usage: string, more: Partial<Flag> = {}): Flag {
  return { name, type, default: value, usage, ...(type === bool ? { bare: 'true' } : {}), ...more };
}

/** Where values come from, apart from the chart. */
export const VALUES_FLAGS: readonly Flag[] = [
  flag('values', stringSlice, [], 'YAML file or URL with values; - is standard input (repeatable)', { short: 'f' }),
  flag('set', stringArray, [], 'values as key1=val1,key2=val2; types are guessed (repeatable)'),
  flag('set-string', stringArray, [], 'values as key1=val1,key2=val2, all of them strings (repeatable)'),
  flag('set-file', stringArray, [], 'values from files, as key1=path1,key2=path2 (repeatable)'),
  flag('set-json', stringArray, [], 'values as JSON: key1=json1,key2=json2 or one object (repeatable)'),
  flag('set-literal', stringArray, [], 'one value, taken as it is: key=value (repeatable)'),
];

/** How to reach charts that are elsewhere. */
export const REMOTE_FLAGS: readonly Flag[] = [
  flag('username', string, '', 'user name for the place that the chart is in'),
  flag('password', string, '', 'password for the place that the chart is in'),
  flag('cert-file', string, '', 'certificate to identify with over HTTPS'),
  flag('key-file', string, '', 'key of that certificate'),
  flag('ca-file', string, '', 'certificate authorities to check HTTPS servers with'),
  flag('insecure-skip-tls-verify', bool, false, 'do not check the certificates of HTTPS servers'),
  flag('plain-http', bool, false, 'download charts over HTTP'),
];

/** Its default depends on the environment and is filled in by who needs it. */
export const KEYRING_FLAG: Flag = flag(
  'keyring',
  string,
  '',
  'file with public keys (default $GNUPGHOME/pubring.gpg, ~/.gnupg/pubring.gpg)',
);

/** Of the commands that use the folder of a chart with all that it depends on. */
export const LOCKED_FLAG: Flag = flag(
  'locked',
  bool,
  false,
  'refuse dependencies that are not what Chart.lock says (default $PINTLE_LOCKED)',
);

/** Which chart is meant, and whether it may be trusted. */
export const CHART_FLAGS: readonly Flag[] = [
  flag('version', string, '', 'version of the chart, or a constraint such as ^2.0.0; the latest if left out', {
    complete: async (call, args) => (await import('../complete/complete-versions.ts')).completeVersions(call, args),
  }),
  flag('verify', bool, false, 'check the signature of the chart before it is used'),
  KEYRING_FLAG,
  flag('repo', string, '', 'URL of the repository that the chart is in'),
  ...REMOTE_FLAGS,
  flag('pass-credentials', bool, false, 'send user name and password to other hosts, too'),
];

const STRATEGIES: Readonly<Record<string, string>> = {
  watcher: 'watcher',
  hookOnly: 'hookOnly',
  legacy: 'legacy',
  true: 'watcher',
  false: 'hookOnly',
};

/** Go: helm pkg/cmd/flags.go waitValue. Booleans are what `--wait` had before it had strategies. */
const waitStrategy: FlagType = {
  label: 'WaitStrategy',
  parse(text) {
    if (!Object.hasOwn(STRATEGIES, text)) {
      throw new GoError(`invalid wait input ${quote(text)}. Valid inputs are watcher, hookOnly, and legacy`);
    }
    return text;
  },
  show: (value) => String(value),
};

/** `--wait`. */
export const WAIT_FLAG: Flag = flag('wait', waitStrategy, 'hookOnly', 'how to wait until resources are ready', {
  bare: 'watcher',
  complete: fixed('watcher', 'hookOnly', 'legacy'),
});

/** Warns of a boolean that was given to `--wait`. */
export function logWaitWarning({ flags, log }: Call): void {
  const text = flags.string('wait');
  if (text !== 'true' && text !== 'false') return;
  const strategy = STRATEGIES[text];
  log.log('WARN', `--wait=${text} is deprecated (boolean value) and can be replaced with --wait=${strategy}`);
}

/** Go: helm pkg/cmd/flags.go postRendererString; the renderer itself is looked up when it is used. */
const postRenderer: FlagType = {
  label: 'command',
  parse(text, before) {
    if (text === '') return before ?? '';
    if (before) throw new GoError('cannot specify --post-renderer flag more than once');
    return text;
  },
  show: (value) => String(value),
};

const postRendererArgs: FlagType = { ...stringArray, label: 'strings' };

/** `--post-renderer` and its arguments. */
export const POST_RENDER_FLAGS: readonly Flag[] = [
  flag('post-renderer', postRenderer, '', 'program that gets the manifests on standard input and prints changed ones'),
  flag('post-renderer-args', postRendererArgs, [], 'an argument for the post-renderer (repeatable)'),
];

/** The flags of `install` that `template` has as well. */
export const INSTALL_FLAGS: readonly Flag[] = [
  flag('create-namespace', bool, false, 'make the namespace if it is not there'),
  flag('force-replace', bool, false, 'replace resources instead of changing them'),
  flag('force', bool, false, 'older name of --force-replace', {
    deprecated: 'use --force-replace instead',
    sets: 'force-replace',
  }),
  flag('force-conflicts', bool, false, 'take over fields that others manage'),
  flag('server-side', bool, true, 'let the server merge changes into resources'),
  flag('no-hooks', bool, false, 'leave hooks out'),
  flag('replace', bool, false, 'use a name again that a deleted release has left in the history; unsafe in production'),
  flag('timeout', duration, 300n * SECOND, 'how long to wait for each operation, such as the job of a hook'),
  flag('wait-for-jobs', bool, false, 'with --wait, wait for jobs to end, too'),
  flag('generate-name', bool, false, 'make up the name of the release', { short: 'g' }),
  flag('name-template', string, '', 'Go template that makes the name of the release'),
  flag('description', string, '', 'description of the release'),
  flag('devel', bool, false, "take development versions, too: as --version '>0.0.0-0'"),
  flag('dependency-update', bool, false, 'fetch the dependencies that are missing first'),
  flag('disable-openapi-validation', bool, false, "do not check manifests against the cluster's schema"),
  flag('rollback-on-failure', bool, false, 'undo what was done if it fails; sets --wait to watcher'),
  flag('atomic', bool, false, 'older name of --rollback-on-failure', {
    deprecated: 'use --rollback-on-failure instead',
    sets: 'rollback-on-failure',
  }),
  flag('skip-crds', bool, false, 'do not install custom resource definitions'),
  flag('render-subchart-notes', bool, false, 'show the notes of subcharts, too'),
  flag('skip-schema-validation', bool, false, "do not check values against the chart's schemas"),
  flag('labels', stringToString, new Map(), 'labels of the release, as key1=val1,key2=val2', { short: 'l' }),
  flag('enable-dns', bool, false, 'let templates look up host names'),
  flag('isolate', bool, false, 'render in a process without rights, for 30 s and with 512 MiB at most'),
  flag('hide-notes', bool, false, 'do not print the notes'),
  flag('take-ownership', bool, false, 'take over resources that do not belong to the release'),
  LOCKED_FLAG,
  ...VALUES_FLAGS,
  ...CHART_FLAGS,
  WAIT_FLAG,
  ...POST_RENDER_FLAGS,
];

/** Flags of {@link INSTALL_FLAGS} of which at most one may be given. */
export const INSTALL_EXCLUSIVE: readonly (readonly string[])[] = [
  ['force-replace', 'force-conflicts'],
  ['force', 'force-conflicts'],
];
