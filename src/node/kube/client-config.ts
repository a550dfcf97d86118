/**
 * The cluster and the user to act as: what the kubeconfig says under what flags and variables say.
 * Go: client-go tools/clientcmd/client_config.go, cli-runtime genericclioptions/config_flags.go
 */
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { formatUrl, parseRequestUri, parseUrl, type Url } from '../../go/url.ts';
import type { Environment, Settings } from '../environment.ts';
import {
  type KubeCluster,
  type KubeConfig,
  type KubeContext,
  type KubeUser,
  NO_CLUSTER,
  NO_CONTEXT,
  NO_USER,
} from './config.ts';
import { validate } from './validate.ts';

/** What the flags say; a file of one's own is read before. */
export type Overrides = Pick<
  Settings,
  | 'namespace'
  | 'kubeContext'
  | 'kubeToken'
  | 'kubeAsUser'
  | 'kubeAsGroups'
  | 'kubeApiServer'
  | 'kubeCaFile'
  | 'kubeTlsServerName'
  | 'kubeInsecureSkipTlsVerify'
>;

/** All that a connection needs to know. Go: rest.Config */
export interface ClientConfig {
  /** Scheme, host and where the API begins. */
  readonly server: Url;
  /** The same as written. */
  readonly host: string;
  readonly cluster: KubeCluster;
  /** Empty but for impersonation where the server is not asked over TLS: secrets do not go in the clear. */
  readonly user: KubeUser;
  readonly userName: string;
}

/**
 * @throws GoError
 */
export function clientConfig(config: KubeConfig, overrides: Overrides, env: Environment): ClientConfig {
  const { context, user, cluster } = chooseEntries(config, overrides, env);
  const host = withoutQuery(cluster.server);
  const server = serverUrl(host, false);
  const secure = server.scheme === 'https';
  const { impersonate, impersonateUid, impersonateGroups, impersonateExtra, origin } = user;
  const plain = { ...NO_USER, impersonate, impersonateUid, impersonateGroups, impersonateExtra, origin };
  return {
    server,
    host,
    cluster: secure
      ? cluster
      : {
          ...NO_CLUSTER,
          server: cluster.server,
          proxyUrl: cluster.proxyUrl,
          disableCompression: cluster.disableCompression,
        },
    user: secure ? user : plain,
    userName: context.user,
  };
}

/**
 * The three entries that count, with the flags over them. A cluster or a user that is not there is an empty one, as in
 * Go.
 *
 * @throws GoError where they are of no use
 */
export function chooseEntries(
  config: KubeConfig,
  overrides: Overrides,
  env: Environment,
): { readonly context: KubeContext; readonly user: KubeUser; readonly cluster: KubeCluster } {
  const { kubeContext } = overrides;
  const name = kubeContext || config.currentContext;
  const own = config.contexts.get(name);
  if (own === undefined && kubeContext !== '') throw new GoError(`context ${quote(kubeContext)} does not exist`);
  const context = own ?? NO_CONTEXT;
  const user = withFlags(config.users.get(context.user) ?? NO_USER, overrides);
  const cluster = clusterWithFlags(config.clusters.get(context.cluster) ?? NO_CLUSTER, overrides, env);
  validate(config, name, context, user, cluster);
  return { context, user, cluster };
}

/** Whether nothing is said but what is so by itself. Go: ClientConfigLoadingRules.IsDefaultConfig */
export function isDefault({ host, cluster, user }: ClientConfig, env: Environment): boolean {
  const said = { ...cluster, server: '' };
  return host === defaultServer(env) && sameFields(said, NO_CLUSTER) && sameFields({ ...user, origin: '' }, NO_USER);
}

function sameFields(a: object, b: object): boolean {
  return JSON.stringify(a, asLists) === JSON.stringify(b, asLists);
}

function asLists(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}

function defaultServer(env: Environment): string {
  return env['KUBERNETES_MASTER'] || 'http://localhost:8080';
}

function withFlags(user: KubeUser, { kubeToken, kubeAsUser, kubeAsGroups }: Overrides): KubeUser {
  return {
    ...user,
    ...(kubeToken !== '' && { token: kubeToken }),
    ...(kubeAsUser !== '' && { impersonate: kubeAsUser }),
    ...(kubeAsGroups.length > 0 && { impersonateGroups: kubeAsGroups }),
  };
}

/** Go: DirectClientConfig.getCluster */
function clusterWithFlags(cluster: KubeCluster, overrides: Overrides, env: Environment): KubeCluster {
  const { kubeApiServer, kubeCaFile, kubeTlsServerName, kubeInsecureSkipTlsVerify } = overrides;
  return {
    ...cluster,
    server: kubeApiServer || cluster.server || defaultServer(env),
    // How the server is known is replaced as a whole.
    ...((kubeInsecureSkipTlsVerify || kubeCaFile !== '') && {
      insecureSkipTlsVerify: kubeInsecureSkipTlsVerify,
      certificateAuthority: kubeCaFile,
      certificateAuthorityData: '',
    }),
    // The name in the file is for the server in the file.
    ...((kubeTlsServerName !== '' || kubeApiServer !== '') && { tlsServerName: kubeTlsServerName }),
  };
}

/** Go: DirectClientConfig.ClientConfig */
function withoutQuery(server: string): string {
  let url: Url;
  try {
    url = parseRequestUri(server);
  } catch {
    return server;
  }
  return url.opaque === '' && url.path.length > 1 ? formatUrl({ ...url, rawQuery: '', fragment: '' }) : server;
}

/**
 * A URL, or a host and a port. Go: rest.DefaultServerURL
 *
 * @throws GoError
 */
export function serverUrl(host: string, defaultTls: boolean): Url {
  const url = tryParse(host);
  if (url !== undefined && url.scheme !== '' && url.host !== '') return url;
  const guess = parseUrl(`${defaultTls ? 'https' : 'http'}://${host}`);
  if (guess.path !== '' && guess.path !== '/') {
    throw new GoError(`host must be a URL or a host:port pair: ${quote(host)}`);
  }
  return guess;
}

function tryParse(text: string): Url | undefined {
  try {
    return parseUrl(text);
  } catch {
    return undefined;
  }
}
