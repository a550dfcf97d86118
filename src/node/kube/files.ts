/** Which kubeconfig files count. Go: clientcmd.NewDefaultClientConfigLoadingRules */
import { delimiter, join } from 'node:path';
import type { Environment } from '../environment.ts';

/**
 * The files that count, in order: `explicit` alone where it is named, else the list in KUBECONFIG, else the one in
 * the home folder.
 */
export function kubeConfigFiles(explicit: string, env: Environment): string[] {
  if (explicit !== '') return [explicit];
  const list = env['KUBECONFIG'];
  if (list) return [...new Set(list.split(delimiter))].filter((file) => file !== '');
  return [join(homeFolder(env), '.kube', 'config')];
}

/** Go: client-go util/homedir */
export function homeFolder(env: Environment): string {
  return env['HOME'] || (process.platform === 'win32' ? (env['USERPROFILE'] ?? '') : '');
}
