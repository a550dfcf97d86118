/** The flags that every command accepts, and the settings that they make. */
import type { Environment, Settings } from '../../src/node/environment.ts';
import { readSettings } from '../../src/node/environment.ts';
import { fixed, folders } from '../complete/completers.ts';
import type { Output } from '../terminal/io.ts';
import type { Flag, Flags } from '../types.ts';
import { FlagSet } from './args.ts';
import { bool, type FlagType, type FlagValue, float32, int, string, stringArray } from './flag-types.ts';

const completeColor = fixed('never', 'auto', 'always');

/** Accepted and without effect here: flags of the logger in Kubernetes' Go client, which scripts may pass. */
const LOGGER: readonly (readonly [name: string, type: FlagType, value: FlagValue])[] = [
  ['add-dir-header', bool, false],
  ['alsologtostderr', bool, false],
  ['alsologtostderrthreshold', string, '0'],
  ['legacy-stderr-threshold-behavior', bool, true],
  ['log-backtrace-at', string, ''],
  ['log-dir', string, ''],
  ['log-file', string, ''],
  ['log-file-max-size', int, 1800],
  ['logtostderr', bool, true],
  ['one-output', bool, false],
  ['skip-headers', bool, false],
  ['skip-log-headers', bool, false],
  ['stderrthreshold', string, '2'],
  ['v', int, 0],
  ['vmodule', string, ''],
];

function loggerFlag([name, type, value]: (typeof LOGGER)[number]): Flag {
  const bare = type === bool ? { bare: 'true' } : {};
  const short = name === 'v' ? { short: 'v' } : {};
  return { name, type, default: value, usage: 'has no effect', hidden: true, ...bare, ...short };
}

/** The global flags, with the environment's settings as their defaults. */
export function globalFlags(env: Environment, platform: string): { flags: Flags; base: Settings } {
  const base = readSettings(env, platform);
  const flag = (name: string, type: FlagType, value: FlagValue, usage: string, more: Partial<Flag> = {}): Flag => ({
    name,
    type,
    default: value,
    usage,
    ...(type === bool ? { bare: 'true' } : {}),
    ...more,
  });
  const color = 'when to use colours: never, auto or always';
  const flags = new FlagSet([
    flag('burst-limit', int, base.burstLimit, 'requests to the cluster that may go out at once before waiting'),
    flag('color', string, base.colorMode, color, { complete: completeColor }),
    flag('colour', string, base.colorMode, color, { complete: completeColor, sets: 'color' }),
    flag(
      'compat-errors',
      bool,
      isOn(env['PINTLE_COMPAT_ERRORS']),
      "print errors as Helm's text alone, without place and hint",
    ),
    flag('content-cache', string, base.contentCache, 'folder for downloaded charts'),
    flag('debug', bool, base.debug, 'say more about what happens, on stderr'),
    flag('kube-apiserver', string, base.kubeApiServer, 'address and port of the Kubernetes API server'),
    flag('kube-as-group', stringArray, base.kubeAsGroups, 'group to act as in the cluster (repeatable)'),
    flag('kube-as-user', string, base.kubeAsUser, 'user to act as in the cluster'),
    flag(
      'kube-ca-file',
      string,
      base.kubeCaFile,
      "file with the certificate authority of the API server's certificate",
    ),
    flag('kube-context', string, base.kubeContext, 'context of the kubeconfig to use'),
    flag(
      'kube-insecure-skip-tls-verify',
      bool,
      base.kubeInsecureSkipTlsVerify,
      "do not check the API server's certificate; anyone in between can then read and change everything",
    ),
    flag('kube-tls-server-name', string, base.kubeTlsServerName, "name to expect in the API server's certificate"),
    flag('kube-token', string, base.kubeToken, 'bearer token for the cluster'),
    flag('kubeconfig', string, '', 'path of the kubeconfig file'),
    flag('namespace', string, base.namespace, 'namespace to work in', { short: 'n' }),
    flag('qps', float32, base.qps, 'requests a second to the cluster, apart from bursts'),
    flag('registry-config', string, base.registryConfig, 'file with the credentials of registries'),
    flag('repository-cache', string, base.repositoryCache, 'folder for the indexes of chart repositories'),
    flag('repository-config', string, base.repositoryConfig, 'file with the names and URLs of chart repositories'),
    flag('sandbox', string, base.sandbox, 'use an embedded cluster, kept in this folder, instead of a real one', {
      bare: `${base.folders.data}/sandbox`,
      complete: folders,
    }),
    ...LOGGER.map(loggerFlag),
  ]);
  return { flags, base };
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value !== 'false';
}

/** The settings with what the flags say. */
export function settingsOf(flags: Flags, base: Settings): Settings {
  return {
    ...base,
    namespace: flags.string('namespace'),
    kubeconfig: flags.string('kubeconfig'),
    kubeContext: flags.string('kube-context'),
    kubeToken: flags.string('kube-token'),
    kubeAsUser: flags.string('kube-as-user'),
    kubeAsGroups: flags.list('kube-as-group'),
    kubeApiServer: flags.string('kube-apiserver'),
    kubeCaFile: flags.string('kube-ca-file'),
    kubeTlsServerName: flags.string('kube-tls-server-name'),
    kubeInsecureSkipTlsVerify: flags.bool('kube-insecure-skip-tls-verify'),
    debug: flags.bool('debug'),
    registryConfig: flags.string('registry-config'),
    repositoryConfig: flags.string('repository-config'),
    repositoryCache: flags.string('repository-cache'),
    contentCache: flags.string('content-cache'),
    burstLimit: flags.number('burst-limit'),
    qps: flags.number('qps'),
    colorMode: flags.string('color'),
    sandbox: flags.string('sandbox'),
  };
}

/** Whether to use colours on `output`: `--color`, and with `auto` whether it is a terminal. */
export function wantsColor(globals: Flags, output: Output): boolean {
  const mode = globals.string('color');
  return mode === 'always' || (mode === 'auto' && output.isTerminal);
}
