/** Records in Secrets. Go: helm pkg/storage/driver/secrets.go */
import { dig } from '../../cluster/json.ts';
import type { ApiClient } from '../../cluster/types.ts';
import { decodeBase64, encodeBase64 } from '../../go/base64.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import type { ReleaseStore } from '../types.ts';
import type { StoreHost } from './host.ts';
import { kubeStore, type RecordKind } from './kube-store.ts';

const SECRET: RecordKind = {
  kind: 'secret',
  mapping: { group: '', version: 'v1', kind: 'Secret', resource: 'secrets', namespaced: true },
  body: (text) => ({ type: 'helm.sh/release.v1', data: { release: encodeBase64(encodeBytes(text)) } }),
  text(object) {
    const data = dig(object, 'data', 'release');
    const bytes = typeof data === 'string' ? decodeBase64(data) : new Uint8Array(0);
    return bytes instanceof Uint8Array ? decodeBytes(bytes) : '';
  },
  prefixes: {
    get: (key) => `get: failed to get ${quote(key)}: `,
    decode: (key) => `get: failed to decode data ${quote(key)}: `,
    query: () => 'query: failed to query with labels: ',
    list: () => 'list: failed to list: ',
    create: () => 'create: failed to create: ',
    update: () => 'update: failed to update: ',
  },
};

/** The store that Helm takes unless told otherwise. */
export function secretStore(client: ApiClient, namespace: string, host: StoreHost): ReleaseStore {
  return kubeStore(SECRET, client, namespace, host);
}
