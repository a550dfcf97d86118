import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, failure, scripted, testClock, testRandom } from '../../test/scripted-transport.ts';
import { GoError } from '../go/error.ts';
import { Int, toPlain } from '../go/value.ts';
import { createClient } from './client.ts';
import { clusterLookup } from './lookup.ts';

const CORE = {
  kind: 'APIResourceList',
  resources: [
    { name: 'configmaps', kind: 'ConfigMap', namespaced: true, verbs: ['get'] },
    { name: 'configmaps/status', kind: 'ConfigMap', namespaced: true, verbs: ['get'] },
    { name: 'namespaces', kind: 'Namespace', namespaced: false, verbs: ['get'] },
  ],
};

const DOCUMENTS: Readonly<Record<string, unknown>> = {
  '/api/v1': CORE,
  '/api/': { kind: 'APIVersions', versions: ['v1'] },
  '/api/v1/namespaces/ns/configmaps/a': { kind: 'ConfigMap', metadata: { name: 'a', generation: 3 } },
  '/api/v1/namespaces/ns/configmaps': { apiVersion: 'v1', kind: 'ConfigMapList', items: [{ metadata: { name: 'a' } }] },
  '/api/v1/configmaps': { apiVersion: 'v1', kind: 'ConfigMapList', items: null },
  '/api/v1/namespaces/ns': { kind: 'Namespace', metadata: { name: 'ns' } },
};

const asked: string[] = [];
const lines: string[] = [];

type Question = readonly [apiVersion: string, kind: string, namespace: string, name: string];

function lookup(...args: Question): Promise<unknown> {
  asked.length = 0;
  lines.length = 0;
  const transport = scripted(({ path }) => {
    asked.push(path);
    if (path.endsWith('/forbidden')) return failure(403, 'Forbidden', 'configmaps "forbidden" is forbidden');
    const document = DOCUMENTS[path];
    return document === undefined
      ? answer(404, '404 page not found', { 'content-type': 'text/plain' })
      : answer(200, document);
  });
  const client = createClient(transport, { clock: testClock(), random: testRandom, sleep: async () => {} });
  const log = { log: (level: string, message: string) => void lines.push(`${level} ${message}`) };
  return clusterLookup({ client }, log)(...args).then(toPlain);
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

const FOUND: readonly (readonly [name: string, args: Question, expected: unknown])[] = [
  ['an object', ['v1', 'ConfigMap', 'ns', 'a'], DOCUMENTS['/api/v1/namespaces/ns/configmaps/a']],
  ['none', ['v1', 'ConfigMap', 'ns', 'b'], {}],
  [
    'a list, whose items get their kind',
    ['v1', 'ConfigMap', 'ns', ''],
    {
      apiVersion: 'v1',
      kind: 'ConfigMapList',
      items: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }],
    },
  ],
  ['a list of all namespaces', ['v1', 'ConfigMap', '', ''], { apiVersion: 'v1', kind: 'ConfigMapList', items: [] }],
  ['no namespace where one is needed', ['v1', 'ConfigMap', '', 'a'], {}],
  ['a namespace where there is none', ['v1', 'Namespace', 'ns', 'ns'], DOCUMENTS['/api/v1/namespaces/ns']],
  ['the wrong case', ['v1', 'configmap', 'ns', 'a'], {}],
  ['no such kind', ['v1', 'Nope', 'ns', 'a'], {}],
  ['no such kind, all of it', ['v1', 'Nope', 'ns', ''], { kind: 'APIVersions', versions: ['v1'], items: [] }],
];

for (const [name, args, expected] of FOUND) {
  test(`lookup: ${name}`, async () => {
    assert.deepEqual(plain(await lookup(...args)), expected);
    assert.deepEqual(lines, []);
  });
}

const FAULTS: readonly (readonly [args: Question, text: string, logged: number])[] = [
  [
    ['nope/v1', 'X', '', ''],
    'unable to get apiresource from unstructured: nope/v1, Kind=X: the server could not find the requested resource',
    2,
  ],
  [['', 'X', '', ''], `unable to get apiresource from unstructured: /, Kind=X: groupVersion shouldn't be empty`, 2],
  [
    ['a/b/c', 'X', '', ''],
    `unable to get apiresource from unstructured: /, Kind=X: groupVersion shouldn't be empty`,
    2,
  ],
  [
    ['../../v1', 'X', '', ''],
    `unable to get apiresource from unstructured: /, Kind=X: groupVersion shouldn't be empty`,
    2,
  ],
  [['v1', 'ConfigMap', 'ns', 'a/b'], `invalid resource name "a/b": [may not contain '/']`, 0],
  [['v1', 'ConfigMap', 'ns', 'forbidden'], 'configmaps "forbidden" is forbidden', 0],
];

for (const [args, text, logged] of FAULTS) {
  test(`lookup fails: ${args.join(' ')}`, async () => {
    await assert.rejects(lookup(...args), (error) => {
      assert.ok(error instanceof GoError);
      assert.equal(error.message, text);
      return true;
    });
    assert.equal(lines.length, logged);
  });
}

test('integers are integers to templates', async () => {
  const transport = scripted(({ path }) => answer(200, DOCUMENTS[path]));
  const client = createClient(transport, { clock: testClock(), random: testRandom });
  const object = await clusterLookup({ client })('v1', 'ConfigMap', 'ns', 'a');
  const meta = object.get('metadata');
  assert.ok(meta instanceof Map);
  assert.deepEqual(meta.get('generation'), new Int('int64', 3));
});
