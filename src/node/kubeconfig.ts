import { existsSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Value } from '../go/value.ts';
import type { Environment, Settings } from './environment.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The namespace in use: the flag or its variable, else that of the current context, else that of the pod this
 * runs in, else `default`. A kubeconfig that cannot be read counts as none.
 */
export async function currentNamespace(settings: Settings, env: Environment): Promise<string> {
  if (settings.namespace !== '') return settings.namespace;
  const files = kubeconfigFiles(settings, env).filter((file) => existsSync(file));
  const own = files.length === 0 ? undefined : await contextNamespace(files, settings.kubeContext);
  return own || podNamespace(env) || 'default';
}

function kubeconfigFiles(settings: Settings, env: Environment): string[] {
  if (settings.kubeconfig !== '') return [settings.kubeconfig];
  const list = env['KUBECONFIG'];
  if (list) return list.split(delimiter).filter((file) => file !== '');
  return [join(env['HOME'] ?? '', '.kube', 'config')];
}

/** The first file that names a current context decides, and the first that has that context. */
async function contextNamespace(files: readonly string[], wanted: string): Promise<string | undefined> {
  const { yamlToValue } = await import('../yaml/decode.ts');
  try {
    const configs = files.map((file) => yamlToValue(readFileSync(file, 'utf8')));
    const name =
      wanted || configs.map((c) => field(c, 'current-context')).find((n) => typeof n === 'string' && n !== '');
    for (const config of configs) {
      const contexts = field(config, 'contexts');
      const entry = Array.isArray(contexts) ? contexts.find((c) => field(c, 'name') === name) : undefined;
      const namespace = field(field(entry, 'context'), 'namespace');
      if (entry !== undefined) return typeof namespace === 'string' ? namespace : undefined;
    }
  } catch {
    // Helm, too, goes on with the default namespace.
  }
  return undefined;
}

function field(value: Value, name: string): Value {
  return value instanceof Map ? value.get(name) : undefined;
}

function podNamespace(env: Environment): string | undefined {
  if (!env['KUBERNETES_SERVICE_HOST'] || !env['KUBERNETES_SERVICE_PORT']) return undefined;
  if (!statSync(`${SERVICE_ACCOUNT}/token`, { throwIfNoEntry: false })?.isFile()) return undefined;
  if (env['POD_NAMESPACE']) return env['POD_NAMESPACE'];
  try {
    return readFileSync(`${SERVICE_ACCOUNT}/namespace`, 'utf8').trim();
  } catch {
    return undefined;
  }
}
