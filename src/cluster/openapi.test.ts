import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  answer,
  failure,
  type ScriptedTransport,
  scripted,
  testClock,
  testRandom,
} from '../../test/scripted-transport.ts';
import { createClient } from './client.ts';
import type { JsonObject } from './json.ts';
import { createSchemas } from './openapi.ts';
import { typeSchema } from './schema.ts';
import type { Schemas } from './types.ts';

const ref = (name: string): JsonObject => ({ allOf: [{ $ref: `#/components/schemas/${name}` }] });

const SCHEMAS = {
  'api.Pod': {
    type: 'object',
    properties: { metadata: ref('Meta'), spec: { default: {}, ...ref('api.PodSpec') } },
    'x-kubernetes-group-version-kind': [{ group: '', kind: 'Pod', version: 'v1' }],
  },
  Meta: {
    type: 'object',
    properties: { labels: { type: 'object', additionalProperties: { type: 'string' } } },
  },
  'api.PodSpec': {
    type: 'object',
    properties: {
      volumes: {
        type: 'array',
        items: { default: {}, ...ref('api.Volume') },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
        'x-kubernetes-patch-merge-key': 'name',
        'x-kubernetes-patch-strategy': 'merge,retainKeys',
      },
      selector: ref('Selector'),
      port: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
      raw: ref('io.RawExtension'),
      open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      args: { type: 'array', items: { type: 'string', default: '' }, 'x-kubernetes-list-type': 'atomic' },
    },
  },
  'api.Volume': { type: 'object', properties: { name: { type: 'string' }, parent: ref('api.Volume') } },
  Selector: { type: 'object', properties: { x: { type: 'string' } }, 'x-kubernetes-map-type': 'atomic' },
  'io.RawExtension': { type: 'object' },
  Circle: ref('Circle'),
};

test('a type is followed through references', () => {
  const spec = typeSchema(SCHEMAS, 'api.Pod')?.property('spec');
  const volumes = spec?.property('volumes');
  assert.deepEqual(
    [
      spec?.type,
      volumes?.type,
      volumes?.listType,
      volumes?.listMapKeys,
      volumes?.patchMergeKey,
      volumes?.patchStrategy,
    ],
    ['object', 'array', 'map', ['name'], 'name', ['merge', 'retainKeys']],
  );
  assert.deepEqual(volumes?.items?.properties, ['name', 'parent']);
  assert.deepEqual(volumes?.items?.defaultValue, {});
  assert.equal(spec?.property('selector')?.mapType, 'atomic');
  assert.equal(spec?.property('port')?.type, 'any');
  assert.deepEqual([spec?.property('raw')?.type, spec?.property('raw')?.mapType], ['any', 'atomic']);
  assert.deepEqual([spec?.property('open')?.type, spec?.property('open')?.mapType], ['any', undefined]);
  assert.equal(spec?.property('args')?.listType, 'atomic');
  assert.equal(typeSchema(SCHEMAS, 'Meta')?.property('labels')?.additional?.type, 'string');
});

test('what is not there is undefined, keys of every object too', () => {
  const pod = typeSchema(SCHEMAS, 'api.Pod');
  assert.equal(pod?.property('constructor'), undefined);
  assert.equal(pod?.property('__proto__'), undefined);
  assert.equal(typeSchema(SCHEMAS, 'toString'), undefined);
  assert.equal(typeSchema(undefined, 'x'), undefined);
});

test('types that contain themselves, and references in a circle', () => {
  const volume = typeSchema(SCHEMAS, 'api.Volume');
  assert.equal(volume?.property('parent')?.property('parent')?.property('name')?.type, 'string');
  assert.equal(volume?.property('parent')?.property('parent'), volume?.property('parent')?.property('parent'));
  assert.equal(typeSchema(SCHEMAS, 'Circle')?.type, 'any');
});

function world(answers: (path: string, n: number) => Answer): { schemas: Schemas; transport: ScriptedTransport } {
  const transport = scripted(({ path }, n) => answers(path, n));
  return {
    transport,
    schemas: createSchemas(createClient(transport, { clock: testClock(), random: testRandom, sleep: async () => {} })),
  };
}

const INDEX = { paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=A1' } } };
const MISSING = (): Answer => failure(404, 'NotFound', 'the server could not find the requested resource');

test('the document of the group version is read once', async () => {
  const { schemas, transport } = world((path) =>
    path === '/openapi/v3'
      ? answer(200, INDEX, { 'content-type': 'text/plain' })
      : answer(200, { components: { schemas: SCHEMAS } }),
  );
  const types = await Promise.all([schemas.typeOf('v1', 'Pod'), schemas.typeOf('v1', 'Pod')]);
  assert.deepEqual(types[0]?.properties, ['metadata', 'spec']);
  assert.deepEqual(transport.asked, ['GET /openapi/v3?timeout=32s', 'GET /openapi/v3/api/v1?hash=A1&timeout=32s']);
});

test('a type that came with a CRD in the meantime', async () => {
  let there = false;
  const { schemas } = world((path) => {
    if (path === '/openapi/v3/apis/x.io/v1') {
      const shop = {
        type: 'object',
        'x-kubernetes-group-version-kind': [{ group: 'x.io', kind: 'Shop', version: 'v1' }],
      };
      return answer(200, { components: { schemas: { shop } } });
    }
    const crd = { 'apis/x.io/v1': { serverRelativeURL: '/openapi/v3/apis/x.io/v1?hash=B' } };
    return answer(200, there ? { paths: { ...INDEX.paths, ...crd } } : INDEX);
  });
  assert.equal(await schemas.typeOf('x.io/v1', 'Shop'), undefined);
  there = true;
  assert.equal((await schemas.typeOf('x.io/v1', 'Shop'))?.type, 'any');
});

test('servers that have OpenAPI v2 only', async () => {
  const definitions = JSON.parse(JSON.stringify(SCHEMAS).replaceAll('#/components/schemas/', '#/definitions/'));
  const { schemas } = world((path) => (path === '/openapi/v2' ? answer(200, { definitions }) : MISSING()));
  const pod = await schemas.typeOf('v1', 'Pod');
  assert.equal(pod?.property('spec')?.property('volumes')?.patchMergeKey, 'name');
  await schemas.check('v1', 'Pod');
});

for (const [name, apiVersion, kind, v3, v2, text] of [
  [
    'both fail',
    'v1',
    'Pod',
    MISSING,
    MISSING,
    'failed to download openapi: the server could not find the requested resource',
  ],
  ['the older one is there', 'v1', 'Pod', MISSING, () => answer(200, {}), undefined],
  ['the newer one is there', 'v1', 'Pod', () => answer(200, INDEX), MISSING, undefined],
  ['neither version nor kind', '', '', MISSING, MISSING, '[apiVersion not set, kind not set]'],
  ['no kind', 'v1', '', MISSING, MISSING, 'kind not set'],
  ['a strange version', 'a/b/c', 'Pod', MISSING, MISSING, 'unexpected GroupVersion string: a/b/c'],
] as const) {
  test(`check: ${name}`, async () => {
    const { schemas } = world((path) => (path === '/openapi/v2' ? v2() : v3()));
    const checked = schemas.check(apiVersion, kind);
    if (text === undefined) await checked;
    else await assert.rejects(checked, { message: `error validating "": error validating data: ${text}` });
  });
}
