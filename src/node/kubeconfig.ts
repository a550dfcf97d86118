import { existsSync } from 'node:fs';
import type { Environment, Settings } from './environment.ts';
import { kubeConfigFiles } from './kube/files.ts';

/**
 * The namespace in use: the flag or its variable, else that of the current context, else that of the pod this
 * runs in, else `default`. A kubeconfig that cannot be used counts as none.
 */
export async function currentNamespace(settings: Settings, env: Environment): Promise<string> {
  const { namespace, kubeconfig, kubeContext } = settings;
  if (namespace !== '') return namespace;
  // Mostly there is nothing to look at, and then nothing is loaded for it.
  const said = kubeconfig !== '' || kubeContext !== '' || Boolean(env['KUBERNETES_SERVICE_HOST']);
  if (!said && !kubeConfigFiles('', env).some((file) => existsSync(file))) return 'default';
  const { readNamespace } = await import('./kube/namespace.ts');
  return readNamespace(settings, env);
}
