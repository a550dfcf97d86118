/** The cluster whose pod this runs in. Go: rest.InClusterConfig, clientcmd inClusterClientConfig */
import { readFileSync, statSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { GoError } from '../../go/error.ts';
import { parseUrl } from '../../go/url.ts';
import type { Log } from '../../host.ts';
import type { Environment } from '../environment.ts';
import { readText } from '../files/read-text.ts';
import { type ClientConfig, type Overrides, serverUrl } from './client-config.ts';
import { NO_CLUSTER, NO_USER } from './config.ts';
import { checkAuthorities } from './tls.ts';

/** What a pod finds of its service account. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Whether this runs in a pod, as far as one can see. */
export function isInCluster(env: Environment, folder: string = SERVICE_ACCOUNT): boolean {
  if (!env['KUBERNETES_SERVICE_HOST'] || !env['KUBERNETES_SERVICE_PORT']) return false;
  try {
    return !statSync(`${folder}/token`).isDirectory();
  } catch {
    return false;
  }
}

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

/** The pod's own namespace. */
export function podNamespace(env: Environment, folder: string = SERVICE_ACCOUNT): string {
  if (env['POD_NAMESPACE']) return env['POD_NAMESPACE'];
  try {
    return readFileSync(`${folder}/namespace`, 'utf8').trim() || 'default';
  } catch {
    return 'default';
  }
}
