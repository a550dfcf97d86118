import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Answer, answer, failure, scripted, testClock, testRandom } from '../../test/scripted-transport.ts';
import { PintleError } from '../errors.ts';
import { isNoMatch } from './api-error.ts';
import { clusterCapabilities } from './capabilities.ts';
import { createClient } from './client.ts';
import { createDiscovery, type DiscoveryCache } from './discovery.ts';
import type { ApiCall, Discovery } from './types.ts';

const kind = (name: string, group = '', version = 'v1'): object => ({ group, version, kind: name });

/** What a server of today says. */
const AGGREGATED = {
  '/api': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                resource: 'pods',
                responseKind: kind('Pod'),
                scope: 'Namespaced',
                singularResource: 'pod',
                verbs: ['get', 'list'],
                shortNames: ['po'],
                categories: ['all'],
                subresources: [
                  { subresource: 'eviction', responseKind: kind('Eviction', 'policy'), verbs: ['create'] },
                  { subresource: 'odd', verbs: ['get'] },
                ],
              },
              { resource: 'bindings', responseKind: kind('Binding'), scope: 'Namespaced', verbs: ['create'] },
              { resource: 'namespaces', responseKind: kind('Namespace'), scope: 'Cluster', verbs: ['list'] },
            ],
          },
        ],
      },
    ],
  },
  '/apis': {
    kind: 'APIGroupDiscoveryList',
    items: [
      {
        metadata: { name: 'apps' },
        versions: [
          {
            version: 'v1',
            freshness: 'Current',
            resources: [
              {
                resource: 'deployments',
                responseKind: kind('Deployment', 'apps'),
                scope: 'Namespaced',
                verbs: ['list'],
                subresources: [{ subresource: 'scale', responseKind: kind('Scale', 'autoscaling'), verbs: ['get'] }],
              },
            ],
          },
        ],
      },
      { metadata: { name: 'metrics.k8s.io' }, versions: [{ version: 'v1beta1', freshness: 'Stale' }] },
    ],
  },
} as const;

/** The same of an old server. */
const LEGACY: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': {
    kind: 'APIGroupList',
    groups: [
      {
        name: 'apps',
        versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
        preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
      },
      { name: 'metrics.k8s.io', versions: [{ groupVersion: 'metrics.k8s.io/v1beta1', version: 'v1beta1' }] },
    ],
  },
  '/api/v1': {
    kind: 'APIResourceList',
    resources: [
      { name: 'pods', kind: 'Pod', namespaced: true, verbs: ['list'] },
      { name: 'pods/eviction', kind: 'Eviction', group: 'policy', version: 'v1', namespaced: true, verbs: ['create'] },
      { name: 'bindings', kind: 'Binding', namespaced: true, verbs: ['create'] },
      { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['list'] },
    ],
  },
  '/apis/apps/v1': {
    kind: 'APIResourceList',
    resources: [
      { name: 'deployments', kind: 'Deployment', namespaced: true, verbs: ['list'] },
      { name: 'deployments/scale', kind: 'Scale', group: 'autoscaling', namespaced: true, verbs: ['get'] },
    ],
  },
};

const VERSION = { major: '1', minor: '36', gitVersion: 'v1.36.1' };

interface World {
  readonly discovery: Discovery;
  asked(): string[];
}

function world(documents: Readonly<Record<string, unknown>>, cache?: DiscoveryCache): World {
  const transport = scripted(({ path }: ApiCall): Answer => {
    const document = path === '/version' ? VERSION : documents[path];
    if (document === undefined) return failure(404, 'NotFound', 'the server could not find the requested resource');
    if (document === 503)
      return failure(503, 'ServiceUnavailable', 'the server is currently unable to handle the request');
    return answer(200, document);
  });
  const client = createClient(transport, { clock: testClock(), random: testRandom, sleep: async () => {} });
  return {
    discovery: createDiscovery(client, cache),
    asked: () => [...new Set(transport.calls.map(({ path }) => path))],
  };
}

function memory(): DiscoveryCache & { readonly files: Map<string, string> } {
  const files = new Map<string, string>();
  return {
    files,
    read: async (name) => files.get(name),
    write: async (name, text) => void files.set(name, text),
  };
}

const ALL = [
  'apps/v1',
  'apps/v1/Deployment',
  'apps/v1/Scale',
  'v1',
  'v1/Binding',
  'v1/Eviction',
  'v1/Namespace',
  'v1/Pod',
];

/** A server of old whose aggregated API is gone. */
const ORPHANED = { ...LEGACY, '/apis/metrics.k8s.io/v1beta1': 503 } as const;

for (const [name, documents, more] of [
  ['aggregated', AGGREGATED, []],
  ['group by group', ORPHANED, ['metrics.k8s.io/v1beta1']],
] as const) {
  test(`what the API serves, ${name}`, async () => {
    const { discovery } = world(documents);
    assert.deepEqual([...(await discovery.apiVersions())].sort(), [...ALL, ...more].sort());
    assert.deepEqual(
      (await discovery.resources()).map((r) => `${r.group}/${r.version} ${r.resource} ${r.namespaced}`),
      ['/v1 pods true', '/v1 namespaces false', 'apps/v1 deployments true'],
    );
    assert.deepEqual([...((await discovery.failures?.()) ?? new Map()).keys()], more);
    assert.deepEqual(await discovery.mapping('apps/v1', 'Deployment'), {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      resource: 'deployments',
      namespaced: true,
    });
  });
}

test('aggregated discovery takes two requests, however many kinds are asked for', async () => {
  const { discovery, asked } = world(AGGREGATED);
  await Promise.all(['Pod', 'Namespace', 'Binding'].map((name) => discovery.mapping('v1', name)));
  await discovery.mapping('apps/v1', 'Deployment');
  assert.deepEqual(asked(), ['/api', '/apis']);
});

for (const [apiVersion, name, text] of [
  ['v1', 'Nope', 'no matches for kind "Nope" in version "v1"'],
  ['nope.example.com/v1', 'X"', 'no matches for kind "X\\"" in version "nope.example.com/v1"'],
  ['../../v1', 'Pod', 'no matches for kind "Pod" in version "../../v1"'],
  ['', 'Pod', 'no matches for kind "Pod" in version ""'],
  ['v1', 'eviction', 'no matches for kind "eviction" in version "v1"'],
  ['__proto__', 'constructor', 'no matches for kind "constructor" in version "__proto__"'],
] as const) {
  test(`no such kind: ${apiVersion} ${name}`, async () => {
    const { discovery } = world(AGGREGATED);
    await assert.rejects(
      discovery.mapping(apiVersion, name),
      (error) => isNoMatch(error) && (error as Error).message === text,
    );
  });
}

for (const [name, documents, hint] of [
  ['aggregated', AGGREGATED, /stale/],
  ['group by group', ORPHANED, /currently unable/],
  [
    'that broke in the meantime',
    { ...AGGREGATED, '/apis': { kind: 'APIGroupDiscoveryList', items: [] }, '/apis/metrics.k8s.io/v1beta1': 503 },
    /currently unable/,
  ],
] as const) {
  test(`a group that does not answer is a fault of those who use it alone: ${name}`, async () => {
    const { discovery } = world(documents);
    assert.equal((await discovery.mapping('v1', 'Pod')).resource, 'pods');
    await assert.rejects(discovery.mapping('metrics.k8s.io/v1beta1', 'PodMetrics'), (error) => {
      assert.ok(error instanceof PintleError && isNoMatch(error));
      assert.equal(error.message, 'no matches for kind "PodMetrics" in version "metrics.k8s.io/v1beta1"');
      assert.match(error.hint ?? '', hint);
      return true;
    });
  });
}

test('a kind that is newer than what is known is found, without reading all again', async () => {
  const documents: Record<string, unknown> = { ...AGGREGATED };
  const { discovery, asked } = world(documents);
  await discovery.mapping('v1', 'Pod');
  documents['/apis/example.com/v1'] = {
    resources: [{ name: 'shops', kind: 'Shop', namespaced: true, verbs: ['list'] }],
  };
  assert.equal((await discovery.mapping('example.com/v1', 'Shop')).resource, 'shops');
  await discovery.mapping('example.com/v1', 'Shop');
  assert.deepEqual(asked(), ['/api', '/apis', '/apis/example.com/v1']);
});

test('kinds in lower case and lists, as Go maps them', async () => {
  const { discovery } = world(AGGREGATED);
  assert.equal((await discovery.mapping('v1', 'pod')).resource, 'pods');
  assert.equal((await discovery.mapping('v1', 'PodList')).resource, 'podlists');
});

test('what is kept on disk is used, and past invalidate it is not', async () => {
  const cache = memory();
  const first = world(AGGREGATED, cache);
  await first.discovery.apiVersions();
  assert.deepEqual([...cache.files.keys()].sort(), [
    'apps/v1/serverresources.json',
    'servergroups.json',
    'v1/serverresources.json',
  ]);
  assert.deepEqual(JSON.parse(cache.files.get('v1/serverresources.json') as string).resources[0], {
    name: 'pods',
    singularName: 'pod',
    namespaced: true,
    version: 'v1',
    kind: 'Pod',
    verbs: ['get', 'list'],
    shortNames: ['po'],
    categories: ['all'],
  });
  const second = world({}, cache);
  assert.equal((await second.discovery.mapping('apps/v1', 'Deployment')).resource, 'deployments');
  assert.deepEqual([...(await second.discovery.apiVersions())].sort(), ALL);
  assert.deepEqual(second.asked(), []);
  const third = world(AGGREGATED, cache);
  third.discovery.invalidate();
  await third.discovery.mapping('apps/v1', 'Deployment');
  assert.deepEqual(third.asked(), ['/api', '/apis']);
});

test('a broken file on disk is no file, and no name leads out of the folder', async () => {
  const cache = memory();
  cache.files.set('v1/serverresources.json', '{"kind":"APIRes');
  cache.files.set('../v1/serverresources.json', JSON.stringify(LEGACY['/api/v1']));
  const { discovery } = world(AGGREGATED, cache);
  assert.equal((await discovery.mapping('v1', 'Pod')).resource, 'pods');
  await assert.rejects(discovery.mapping('../v1', 'Pod'));
});

for (const [name, documents, warned] of [
  ['on a server of old', ORPHANED, true],
  // Helm passes over those that the server itself could not read.
  ['on one of today', AGGREGATED, false],
] as const) {
  test(`an orphaned API service ${name}`, async () => {
    const { discovery } = world(documents);
    const lines: unknown[] = [];
    const capabilities = await clusterCapabilities({ discovery }, { log: (...line) => void lines.push(line) });
    assert.deepEqual(capabilities.kubeVersion, { version: 'v1.36.1', normalized: '', major: '1', minor: '36' });
    const reason = 'metrics.k8s.io/v1beta1: the server is currently unable to handle the request';
    const error = `unable to retrieve the complete list of server APIs: ${reason}`;
    const all = [
      ['WARN', 'the kubernetes server has an orphaned API service', { error }],
      ['WARN', 'to fix this, kubectl delete apiservice <service-name>'],
    ];
    assert.deepEqual(lines, warned ? all : []);
  });
}

test('discovery that fails as a whole', async () => {
  const { discovery } = world({ '/api': 503 });
  await assert.rejects(clusterCapabilities({ discovery }), {
    message:
      'could not get apiVersions from Kubernetes: could not get apiVersions from Kubernetes: ' +
      'the server is currently unable to handle the request',
  });
});
