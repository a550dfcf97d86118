/**
 * Where things are kept and what the environment says, under the names that Helm uses. Nothing here touches the
 * disk. Go: helm pkg/cli/environment.go, pkg/helmpath
 */
import { posix, win32 } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The folders for cached files, configuration and data. */
export interface Folders {
  readonly cache: string;
  readonly config: string;
  readonly data: string;
}

/** Every global setting: what its flag says, else its variable, else the default. */
export interface Settings {
  readonly namespace: string;
  readonly kubeconfig: string;
  readonly kubeContext: string;
  readonly kubeToken: string;
  readonly kubeAsUser: string;
  readonly kubeAsGroups: readonly string[];
  readonly kubeApiServer: string;
  readonly kubeCaFile: string;
  readonly kubeTlsServerName: string;
  readonly kubeInsecureSkipTlsVerify: boolean;
  readonly debug: boolean;
  readonly registryConfig: string;
  readonly repositoryConfig: string;
  readonly repositoryCache: string;
  readonly contentCache: string;
  readonly pluginsDirectory: string;
  readonly maxHistory: number;
  readonly burstLimit: number;
  readonly qps: number;
  /** `never`, `auto` or `always`. */
  readonly colorMode: string;
  /** The folder of the embedded cluster that stands for a real one; empty for a real one. */
  readonly sandbox: string;
  readonly folders: Folders;
}

/** `HELM_*_HOME` as it is, else `XDG_*_HOME` or the system's folder with `helm` appended. */
export function helmFolders(env: Environment, platform: string): Folders {
  const { join } = platform === 'win32' ? win32 : posix;
  const home = env['HOME'] ?? '';
  const folder = (kind: string, system: string): string => {
    const own = env[`HELM_${kind}_HOME`];
    return own ? join(own) : join(env[`XDG_${kind}_HOME`] || system, 'helm');
  };
  if (platform === 'win32') {
    const roaming = env['APPDATA'] ?? '';
    return {
      cache: folder('CACHE', env['TEMP'] ?? ''),
      config: folder('CONFIG', roaming),
      data: folder('DATA', roaming),
    };
  }
  const [cache, config, data] =
    platform === 'darwin'
      ? ['Library/Caches', 'Library/Preferences', 'Library']
      : ['.cache', '.config', '.local/share'];
  return {
    cache: folder('CACHE', join(home, cache as string)),
    config: folder('CONFIG', join(home, config as string)),
    data: folder('DATA', join(home, data as string)),
  };
}

/** The settings that the environment gives, before any flag. */
export function readSettings(env: Environment, platform: string): Settings {
  const folders = helmFolders(env, platform);
  const { join } = platform === 'win32' ? win32 : posix;
  return {
    namespace: env['HELM_NAMESPACE'] ?? '',
    // Helm's flag has an empty default that replaces $KUBECONFIG; the loader reads the variable itself.
    kubeconfig: '',
    kubeContext: env['HELM_KUBECONTEXT'] ?? '',
    kubeToken: env['HELM_KUBETOKEN'] ?? '',
    kubeAsUser: env['HELM_KUBEASUSER'] ?? '',
    kubeAsGroups: commaList(env['HELM_KUBEASGROUPS'] ?? ''),
    kubeApiServer: env['HELM_KUBEAPISERVER'] ?? '',
    kubeCaFile: env['HELM_KUBECAFILE'] ?? '',
    kubeTlsServerName: env['HELM_KUBETLS_SERVER_NAME'] ?? '',
    kubeInsecureSkipTlsVerify: isTrue(env['HELM_KUBEINSECURE_SKIP_TLS_VERIFY']),
    debug: isTrue(env['HELM_DEBUG']),
    registryConfig: env['HELM_REGISTRY_CONFIG'] ?? join(folders.config, 'registry/config.json'),
    repositoryConfig: env['HELM_REPOSITORY_CONFIG'] ?? join(folders.config, 'repositories.yaml'),
    repositoryCache: env['HELM_REPOSITORY_CACHE'] ?? join(folders.cache, 'repository'),
    contentCache: env['HELM_CONTENT_CACHE'] ?? join(folders.cache, 'content'),
    pluginsDirectory: env['HELM_PLUGINS'] ?? join(folders.data, 'plugins'),
    maxHistory: integer(env['HELM_MAX_HISTORY'], 10),
    burstLimit: integer(env['HELM_BURST_LIMIT'], 100),
    qps: float(env['HELM_QPS'], 0),
    colorMode: colorMode(env),
    sandbox: env['PINTLE_SANDBOX'] ?? '',
    folders,
  };
}

/** What `pintle env` shows, and what a plugin gets. `namespace` is the one that is in use. */
export function settingsVariables(settings: Settings, program: string, namespace: string): Map<string, string> {
  const variables: Record<string, string> = {
    HELM_BIN: program,
    HELM_BURST_LIMIT: String(settings.burstLimit),
    HELM_CACHE_HOME: settings.folders.cache,
    HELM_CONFIG_HOME: settings.folders.config,
    HELM_CONTENT_CACHE: settings.contentCache,
    HELM_DATA_HOME: settings.folders.data,
    HELM_DEBUG: String(settings.debug),
    HELM_KUBEAPISERVER: settings.kubeApiServer,
    HELM_KUBEASGROUPS: settings.kubeAsGroups.join(','),
    HELM_KUBEASUSER: settings.kubeAsUser,
    HELM_KUBECAFILE: settings.kubeCaFile,
    HELM_KUBECONTEXT: settings.kubeContext,
    HELM_KUBEINSECURE_SKIP_TLS_VERIFY: String(settings.kubeInsecureSkipTlsVerify),
    HELM_KUBETLS_SERVER_NAME: settings.kubeTlsServerName,
    HELM_KUBETOKEN: settings.kubeToken,
    HELM_MAX_HISTORY: String(settings.maxHistory),
    HELM_NAMESPACE: namespace,
    HELM_PLUGINS: settings.pluginsDirectory,
    HELM_QPS: settings.qps.toFixed(2),
    HELM_REGISTRY_CONFIG: settings.registryConfig,
    HELM_REPOSITORY_CACHE: settings.repositoryCache,
    HELM_REPOSITORY_CONFIG: settings.repositoryConfig,
  };
  if (settings.kubeconfig !== '') variables['KUBECONFIG'] = settings.kubeconfig;
  return new Map(Object.entries(variables));
}

/** The keyring that signatures are checked against unless told otherwise. Go: helm pkg/cmd/dependency_build.go */
export function defaultKeyring(env: Environment): string {
  const folder = env['GNUPGHOME'];
  return folder !== undefined
    ? posix.join(folder, 'pubring.gpg')
    : posix.join(env['HOME'] ?? '', '.gnupg', 'pubring.gpg');
}

// What does not parse falls back without a word, as in Helm.
function integer(text: string | undefined, otherwise: number): number {
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : otherwise;
}

function float(text: string | undefined, otherwise: number): number {
  const number = text === undefined || text.trim() !== text || text === '' ? Number.NaN : Number(text);
  return Number.isNaN(number) ? otherwise : Math.fround(number);
}

function isTrue(text: string | undefined): boolean {
  return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text ?? '');
}

function commaList(text: string): readonly string[] {
  const trimmed = text === '' ? text : text.replace(/^[, ]+|[, ]+$/g, '');
  return trimmed === '' ? [] : trimmed.split(',');
}

function colorMode(env: Environment): string {
  if (env['NO_COLOR']) return 'never';
  const mode = (env['HELM_COLOR'] ?? '').toLowerCase();
  return ['never', 'auto', 'always'].includes(mode) ? mode : 'auto';
}
