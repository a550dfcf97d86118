/** Records in ConfigMaps. Go: helm pkg/storage/driver/cfgmaps.go */
import { dig } from '../../cluster/json.ts';
import type { ApiClient } from '../../cluster/types.ts';
import type { ReleaseStore } from '../types.ts';
import type { StoreHost } from './host.ts';
import { kubeStore, type RecordKind } from './kube-store.ts';

const none = (): string => '';

const CONFIG_MAP: RecordKind = {
  kind: 'configmap',
  mapping: { group: '', version: 'v1', kind: 'ConfigMap', resource: 'configmaps', namespaced: true },
  body: (text) => ({ data: { release: text } }),
  text(object) {
    const data = dig(object, 'data', 'release');
    return typeof data === 'string' ? data : '';
  },
  // The server's words as they are.
  prefixes: { get: none, decode: none, query: none, list: none, create: none, update: none },
};

export function configMapStore(client: ApiClient, namespace: string, host: StoreHost): ReleaseStore {
  return kubeStore(CONFIG_MAP, client, namespace, host);
}
