/** The namespace that a kubeconfig leads to. Go: clientcmd DeferredLoadingClientConfig.Namespace */
import { GoError } from '../../go/error.ts';
import type { Environment, Settings } from '../environment.ts';
import { chooseEntries, type Overrides } from './client-config.ts';
import type { KubeConfig } from './config.ts';
import { loadKubeConfig } from './load.ts';
import { isInCluster, podNamespace } from './service-account.ts';

/** What the context says, else what the pod that this runs in says. `config` is undefined where it could not be read. */
export function namespaceOf(config: KubeConfig | undefined, overrides: Overrides, env: Environment): string {
  if (overrides.namespace !== '') return overrides.namespace;
  if (config === undefined) return 'default';
  try {
    const { context } = chooseEntries(config, overrides, env);
    if (context.namespace !== '') return context.namespace;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    // Helm, too, goes on without: what is wrong is said when the cluster is asked.
    return 'default';
  }
  return isInCluster(env) ? podNamespace(env) : 'default';
}

/** The same for what the kubeconfig files say now. */
export function readNamespace(settings: Settings, env: Environment): string {
  return namespaceOf(tryLoad(settings.kubeconfig, env), settings, env);
}

function tryLoad(explicit: string, env: Environment): KubeConfig | undefined {
  try {
    return loadKubeConfig(explicit, env);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    return undefined;
  }
}
