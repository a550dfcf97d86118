/** The cluster whose pod this runs in. Go: rest.InClusterConfig, clientcmd inClusterClientConfig */
import { isIPv6 } from 'node:net';
import { GoError } from '../../go/error.ts';
import { parseUrl } from '../../go/url.ts';
import type { Log } from '../../host.ts';
import type { Environment } from '../environment.ts';
import { readText } from '../files/read-text.ts';
import { type ClientConfig, type Overrides, serverUrl } from './client-config.ts';
import { NO_CLUSTER, NO_USER } from './config.ts';
import { SERVICE_ACCOUNT } from './service-account.ts';
import { checkAuthorities } from './tls.ts';

/**
 * The service account's way to its own cluster. Of the flags, only those for the server, its authority and the token
 * count here.
 *
 * @throws GoError
 */
export function inClusterConfig(
  { kubeApiServer, kubeToken, kubeCaFile }: Overrides,
  env: Environment,
  log: Log,
  folder: string = SERVICE_ACCOUNT,
): ClientConfig {
  const name = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const host = kubeApiServer || `https://${isIPv6(name) ? `[${name}]` : name}:${env['KUBERNETES_SERVICE_PORT']}`;
  const tokenFile = `${folder}/token`;
  readText(tokenFile);
  const certificateAuthority = kubeCaFile || authorityOf(folder, log);
  return {
    server: kubeApiServer === '' ? parseUrl(host) : serverUrl(host, certificateAuthority !== ''),
    host,
    cluster: { ...NO_CLUSTER, server: host, certificateAuthority },
    user: { ...NO_USER, ...(kubeToken === '' ? { tokenFile } : { token: kubeToken }) },
    userName: '',
  };
}

/** Go on without one that cannot be used: the system's authorities may know the server. */
function authorityOf(folder: string, log: Log): string {
  const file = `${folder}/ca.crt`;
  try {
    checkAuthorities(readText(file));
    return file;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    log.log('ERROR', `Expected to load root CA config from ${file}, but got err: ${error.message}`);
    return '';
  }
}
