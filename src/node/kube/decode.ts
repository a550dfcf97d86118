/**
 * The text of a kubeconfig file as data, with Go's words for what does not fit.
 * Go: client-go tools/clientcmd/api/v1, sigs.k8s.io/json
 */
import { GoError } from '../../go/error.ts';
import type { AuthProviderConfig, ExecConfig, KubeCluster, KubeConfig, KubeContext, KubeUser } from './config.ts';
import { type Entries, Reader, readDocument, unknownKind } from './reader.ts';

/**
 * Reads YAML or JSON; `origin` is noted with the users.
 *
 * @throws GoError
 */
export function decodeKubeConfig(text: string, origin: string): KubeConfig {
  const { value, apiVersion, kind } = readDocument(text);
  if ((apiVersion || 'v1') !== 'v1' || (kind || 'Config') !== 'Config') {
    throw unknownKind(kind || 'Config', apiVersion || 'v1');
  }
  const reader = new Reader(value, 'Config', '', { text: undefined });
  const config = {
    clusters: reader.named('clusters', 'Cluster', 'cluster', readCluster),
    users: reader.named('users', 'AuthInfo', 'user', (r) => readUser(r, origin)),
    contexts: reader.named('contexts', 'Context', 'context', readContext),
    currentContext: reader.string('current-context'),
  };
  // Looked at for what may be wrong with them, and for nothing else.
  reader.struct('preferences', 'Preferences', (r) => [r.boolean('colors'), r.extensions()]);
  reader.extensions();
  const { text: fault, twice } = reader.fault;
  if (fault !== undefined || twice !== undefined) throw new GoError(fault ?? twice ?? '');
  return {
    ...config,
    clusters: unique(config.clusters, 'Cluster'),
    users: unique(config.users, 'AuthInfo'),
    contexts: unique(config.contexts, 'Context'),
  };
}

/** Go goes on to print the whole list, secrets and all. */
function unique<T>(entries: Entries<T>, type: string): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const [name, value] of entries) {
    if (map.has(name)) {
      const what = `error converting *[]Named${type} into *map[string]*api.${type}`;
      throw new GoError(`${what}: duplicate name "${name}" in list`);
    }
    map.set(name, value);
  }
  return map;
}

function readCluster(reader: Reader): KubeCluster {
  return {
    server: reader.string('server'),
    tlsServerName: reader.string('tls-server-name'),
    insecureSkipTlsVerify: reader.boolean('insecure-skip-tls-verify'),
    certificateAuthority: reader.string('certificate-authority'),
    certificateAuthorityData: reader.bytes('certificate-authority-data'),
    proxyUrl: reader.string('proxy-url'),
    disableCompression: reader.boolean('disable-compression'),
    extensions: reader.extensions(),
  };
}

function readUser(reader: Reader, origin: string): KubeUser {
  reader.extensions();
  return {
    clientCertificate: reader.string('client-certificate'),
    clientCertificateData: reader.bytes('client-certificate-data'),
    clientKey: reader.string('client-key'),
    clientKeyData: reader.bytes('client-key-data'),
    token: reader.string('token'),
    tokenFile: reader.string('tokenFile'),
    impersonate: reader.string('as'),
    impersonateUid: reader.string('as-uid'),
    impersonateGroups: reader.strings('as-groups'),
    impersonateExtra: reader.map('as-user-extra', 'map[string][]string', (r, key) => r.strings(key)),
    username: reader.string('username'),
    password: reader.string('password'),
    authProvider: reader.struct('auth-provider', 'AuthProviderConfig', readAuthProvider),
    exec: reader.struct('exec', 'ExecConfig', readExec),
    origin,
  };
}

function readContext(reader: Reader): KubeContext {
  reader.extensions();
  return { cluster: reader.string('cluster'), user: reader.string('user'), namespace: reader.string('namespace') };
}

function readAuthProvider(reader: Reader): AuthProviderConfig {
  return {
    name: reader.string('name'),
    config: reader.map('config', 'map[string]string', (r, key) => r.string(key)),
  };
}

function readExec(reader: Reader): ExecConfig {
  const apiVersion = reader.string('apiVersion');
  return {
    command: reader.string('command'),
    args: reader.strings('args'),
    env: reader.list('env', 'ExecEnvVar', (r) => [r.string('name'), r.string('value')] as const),
    apiVersion,
    installHint: reader.string('installHint'),
    provideClusterInfo: reader.boolean('provideClusterInfo'),
    interactiveMode: reader.string('interactiveMode') || defaultMode(apiVersion),
  };
}

/** Go: clientcmd api/v1 SetDefaults_ExecConfig */
function defaultMode(apiVersion: string): string {
  return /^client\.authentication\.k8s\.io\/v1(?:alpha|beta)1$/.test(apiVersion) ? 'IfAvailable' : '';
}
