/** What a pod finds of itself. Go: clientcmd inClusterClientConfig */
import { readFileSync, statSync } from 'node:fs';
import type { Environment } from '../environment.ts';

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

/** The pod's own namespace. */
export function podNamespace(env: Environment, folder: string = SERVICE_ACCOUNT): string {
  if (env['POD_NAMESPACE']) return env['POD_NAMESPACE'];
  try {
    return readFileSync(`${folder}/namespace`, 'utf8').trim() || 'default';
  } catch {
    return 'default';
  }
}
