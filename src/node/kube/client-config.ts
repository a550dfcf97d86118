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

const DEFAULT_SERVER = 'http://localhost:8080';

/**
 * @throws GoError
 */
export function clientConfig(config: KubeConfig, overrides: Overrides, env: Environment): ClientConfig {
  const { context, user, cluster } = chosen(config, overrides, env);
  const contextName = overrides.kubeContext || config.currentContext;
  validate(config, contextName, context, user, cluster);
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

/** The three entries, with the flags over them. A cluster or a user that is not there is an empty one, as in Go. */
function chosen(
  config: KubeConfig,
  overrides: Overrides,
  env: Environment,
): { context: KubeContext; user: KubeUser; cluster: KubeCluster } {
  const { kubeContext } = overrides;
  const own = config.contexts.get(kubeContext || config.currentContext);
  if (own === undefined && kubeContext !== '') throw new GoError(`context ${quote(kubeContext)} does not exist`);
  const context = own ?? NO_CONTEXT;
  return {
    context,
    user: withFlags(config.users.get(context.user) ?? NO_USER, overrides),
    cluster: clusterWithFlags(config.clusters.get(context.cluster) ?? NO_CLUSTER, overrides, env),
  };
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
    server: kubeApiServer || cluster.server || env['KUBERNETES_MASTER'] || DEFAULT_SERVER,
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
