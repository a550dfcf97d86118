/** What a new cluster has: namespaces, a node, a storage class, the service of its own API. */
import type { Json } from '../../cluster/json.ts';
import { createFromBody } from './verbs/create.ts';
import type { World } from './world.ts';

export const NODE = 'sandbox-node';

const NODE_LABELS = { 'kubernetes.io/arch': 'amd64', 'kubernetes.io/hostname': NODE, 'kubernetes.io/os': 'linux' };
const CAPACITY = { cpu: '1k', 'ephemeral-storage': '4Ti', memory: '4Ti', pods: '10k' };

const OBJECTS: readonly (readonly [groupVersion: string, resource: string, namespace: string, object: Json])[] = [
  ...['default', 'kube-system', 'kube-public', 'kube-node-lease'].map(
    (name) => ['v1', 'namespaces', '', { metadata: { name } }] as const,
  ),
  ['v1', 'nodes', '', { metadata: { name: NODE, labels: NODE_LABELS } }],
  [
    'v1',
    'services',
    'default',
    {
      metadata: { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } },
      spec: { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] },
    },
  ],
  [
    'storage.k8s.io/v1',
    'storageclasses',
    '',
    {
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
    },
  ],
  ...[
    ['system-cluster-critical', 2000000000],
    ['system-node-critical', 2000001000],
  ].map(
    ([name, value]) =>
      ['scheduling.k8s.io/v1', 'priorityclasses', '', { metadata: { name }, value } as unknown as Json] as const,
  ),
  ...['admin', 'cluster-admin', 'edit', 'view'].map(
    (name) =>
      [
        'rbac.authorization.k8s.io/v1',
        'clusterroles',
        '',
        {
          metadata: { name, labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' } },
          rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
        },
      ] as const,
  ),
];

/** Fills an empty store. */
export function seed(world: World): void {
  for (const [groupVersion, plural, namespace, object] of OBJECTS) {
    const resource = world.registry.find(groupVersion, plural);
    if (resource === undefined) continue;
    const options = { subresource: '', dryRun: false, manager: 'kube-apiserver', validation: 'Ignore' } as const;
    createFromBody(world, { resource, namespace, name: '', ...options, warnings: [] }, object);
  }
  const node = world.store.get('nodes', '', NODE);
  if (node === undefined) return;
  const conditions = [
    { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
  ];
  const addresses = [{ address: '127.0.0.1', type: 'InternalIP' }];
  const nodeInfo = { architecture: 'amd64', kubeletVersion: 'sandbox', operatingSystem: 'linux' };
  const status = { phase: 'Running', capacity: CAPACITY, allocatable: CAPACITY, conditions, addresses, nodeInfo };
  world.store.put('nodes', { ...(node as unknown as Record<string, Json>), status });
}
