import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dig, type Json, own, parseJson } from '../../cluster/json.ts';
import type { ApiCall } from '../../cluster/types.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts';

/** A sandbox whose time goes on only when a test says so. */
function sandboxAt(options: Partial<SandboxOptions> = {}): Sandbox & { pass(milliseconds: number): void; ask: Ask } {
  let milliseconds = Date.parse('2026-01-01T00:00:00Z');
  let state = 7;
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from({ length: count }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 8);
  const clock = { now: () => ({ milliseconds, nanoseconds: 0 }), timeZone: 'UTC' };
  const sandbox = createSandbox({ clock, random: { bytes }, ...options });
  return {
    transport: sandbox.transport,
    snapshot: () => sandbox.snapshot(),
    reset: () => sandbox.reset(),
    pass: (time) => {
      milliseconds += time;
    },
    ask: async (method, path, body, more = {}) => {
      const text = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await sandbox.transport.send({ method, path, ...text, ...more });
      const chunks: string[] = [];
      const decoder = new TextDecoder();
      for await (const chunk of answer.body) chunks.push(decoder.decode(chunk, { stream: true }));
      const all = chunks.join('');
      return { status: answer.status, body: /^\s*[{[]/.test(all) ? parseJson(all) : all };
    },
  };
}

type Ask = (
  method: ApiCall['method'],
  path: string,
  body?: Json,
  more?: Partial<ApiCall>,
) => Promise<{ readonly status: number; readonly body: Json }>;

const MAPS = '/api/v1/namespaces/default/configmaps';
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments';
const POD = { containers: [{ name: 'main', image: 'nginx:1.29' }] };
const APPLY = { headers: { 'content-type': 'application/apply-patch+yaml' } };
const MERGE = { headers: { 'content-type': 'application/merge-patch+json' } };

function deployment(replicas: number, image = 'nginx:1.29'): Json {
  const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image }] } };
  const spec = { replicas, selector: { matchLabels: { app: 'web' } }, template };
  return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec };
}

function names(list: Json): string[] {
  return (own(list, 'items') as Json[]).map((item) => String(dig(item, 'metadata', 'name')));
}

test('what is not there, already there, or wrong is refused in the server’s words', async () => {
  const { ask } = sandboxAt();
  await ask('POST', MAPS, { metadata: { name: 'a' } });
  const rows: readonly [string, Parameters<Ask>, number, string][] = [
    ['get', ['GET', `${MAPS}/b`], 404, 'configmaps "b" not found'],
    ['again', ['POST', MAPS, { metadata: { name: 'a' } }], 409, 'configmaps "a" already exists'],
    [
      'namespace',
      ['POST', '/api/v1/namespaces/nope/configmaps', { metadata: { name: 'a' } }],
      404,
      'namespaces "nope" not found',
    ],
    [
      'type',
      ['POST', MAPS, { metadata: { name: 'c' }, data: { k: 1 } }],
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: json: cannot unmarshal number into Go struct field ConfigMap.data of type string',
    ],
    [
      'unknown field',
      ['POST', MAPS, { metadata: { name: 'c' }, extra: 1 }, { query: { fieldValidation: 'Strict' } }],
      400,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "extra"',
    ],
    [
      'selector',
      [
        'POST',
        DEPLOYMENTS,
        { metadata: { name: 'w' }, spec: { selector: { matchLabels: { a: 'b' } }, template: { spec: POD } } },
      ],
      422,
      'Deployment.apps "w" is invalid: spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`',
    ],
    [
      'namespace stays',
      ['DELETE', '/api/v1/namespaces/default'],
      403,
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ],
  ];
  for (const [name, question, status, message] of rows) {
    const answer = await ask(...question);
    assert.equal(answer.status, status, name);
    assert.equal(own(answer.body, 'message'), message, name);
  }
});

test('a Deployment becomes available, rolls over and leaves nothing behind', async () => {
  const { ask } = sandboxAt();
  await ask('POST', DEPLOYMENTS, deployment(2));
  const first = await ask('GET', `${DEPLOYMENTS}/web`);
  assert.equal(dig(first.body, 'status', 'availableReplicas'), 2);
  const before = names((await ask('GET', '/api/v1/namespaces/default/pods')).body);
  await ask('PATCH', `${DEPLOYMENTS}/web`, deployment(2, 'nginx:1.30'), MERGE);
  const second = await ask('GET', `${DEPLOYMENTS}/web`);
  assert.equal(dig(second.body, 'status', 'updatedReplicas'), 2);
  assert.equal(dig(second.body, 'metadata', 'annotations', 'deployment.kubernetes.io/revision'), '2');
  const after = names((await ask('GET', '/api/v1/namespaces/default/pods')).body);
  assert.equal(after.length, 2);
  assert.ok(after.every((name) => !before.includes(name)));
  await ask('DELETE', `${DEPLOYMENTS}/web`);
  for (const kind of ['/apis/apps/v1/namespaces/default/replicasets', '/api/v1/namespaces/default/pods']) {
    assert.deepEqual(names((await ask('GET', kind)).body), []);
  }
});

test('a Job ends when its time has come, well or badly', async () => {
  const { ask, pass } = sandboxAt();
  const jobs = '/apis/batch/v1/namespaces/default/jobs';
  const job = (name: string, outcome: string): Json => ({
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: {
        metadata: { annotations: { 'rig.test/outcome': outcome } },
        spec: { restartPolicy: 'Never', ...POD },
      },
    },
  });
  await ask('POST', jobs, job('good', ''));
  await ask('POST', jobs, job('bad', 'fail'));
  assert.equal(dig((await ask('GET', `${jobs}/good`)).body, 'status', 'active'), 1);
  pass(1000);
  assert.equal(dig((await ask('GET', `${jobs}/good`)).body, 'status', 'succeeded'), 1);
  assert.equal(dig((await ask('GET', `${jobs}/bad`)).body, 'status', 'failed'), 1);
});

test('an apply that touches another’s field names the field and its manager', async () => {
  const { ask } = sandboxAt();
  const apply = (data: Json, query: Record<string, string>): ReturnType<Ask> =>
    ask(
      'PATCH',
      `${MAPS}/a`,
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data },
      { ...APPLY, query },
    );
  assert.equal((await apply({ k: '1' }, { fieldManager: 'helm' })).status, 201);
  await ask('PATCH', `${MAPS}/a`, { data: { k: '2' } }, { ...MERGE, query: { fieldManager: 'kubectl' } });
  const refused = await apply({ k: '1' }, { fieldManager: 'helm' });
  assert.equal(refused.status, 409);
  assert.equal(own(refused.body, 'message'), 'Apply failed with 1 conflict: conflict with "kubectl" using v1: .data.k');
  assert.equal((await apply({ k: '1' }, { fieldManager: 'helm', force: 'true' })).status, 200);
});

test('custom objects are there as soon as their definition is, and are checked by it', async () => {
  const { ask } = sandboxAt();
  const schema = {
    type: 'object',
    properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
  };
  const definition = {
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      names: { kind: 'Widget', plural: 'widgets' },
      scope: 'Namespaced',
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
    },
  };
  const widgets = '/apis/example.com/v1/namespaces/default/widgets';
  assert.equal((await ask('GET', widgets)).status, 404);
  await ask('POST', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions', definition);
  const made = await ask('POST', widgets, { metadata: { name: 'w' }, spec: { size: 1, other: 2 } });
  assert.deepEqual(dig(made.body, 'spec'), JSON.parse('{"size":1}'));
  const refused = await ask('POST', widgets, { metadata: { name: 'x' }, spec: { size: 'large' } });
  assert.equal(refused.status, 422);
  await ask('DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com');
  assert.equal((await ask('GET', widgets)).status, 404);
});

test('a watch tells what changes, and ends where its reader gives it up', async () => {
  const { ask, transport } = sandboxAt();
  const answer = await transport.send({ method: 'GET', path: MAPS, query: { watch: 'true', resourceVersion: '0' } });
  const reader = answer.body[Symbol.asyncIterator]();
  const next = async (): Promise<string[]> => {
    const text = new TextDecoder().decode((await reader.next()).value);
    const events = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; object: Json });
    return events.map(({ type, object }) => `${type} ${dig(object, 'metadata', 'name')}`);
  };
  assert.deepEqual(await next(), ['ADDED kube-root-ca.crt']);
  await ask('POST', MAPS, { metadata: { name: 'a' } });
  assert.deepEqual(await next(), ['ADDED a']);
  await ask('PATCH', `${MAPS}/a`, { data: { k: 'v' } }, MERGE);
  await ask('DELETE', `${MAPS}/a`);
  assert.deepEqual(await next(), ['MODIFIED a', 'DELETED a']);
  await reader.return?.();
});

test('a snapshot goes on in another sandbox', async () => {
  const first = sandboxAt();
  await first.ask('POST', MAPS, { metadata: { name: 'a' }, data: { k: 'v' } });
  const second = sandboxAt({ state: JSON.parse(JSON.stringify(first.snapshot())) });
  assert.equal(dig((await second.ask('GET', `${MAPS}/a`)).body, 'data', 'k'), 'v');
  await second.reset();
  assert.equal((await second.ask('GET', `${MAPS}/a`)).status, 404);
  assert.equal((await second.ask('GET', '/api/v1/namespaces/default')).status, 200);
});

test('`__proto__` is a key like any other', async () => {
  const { ask } = sandboxAt();
  const body = '{"metadata":{"name":"p"},"data":{"__proto__":"x"}}';
  const answer = await ask('POST', MAPS, undefined, { body });
  assert.equal(answer.status, 201);
  assert.deepEqual(Object.keys(own(answer.body, 'data') as object), ['__proto__']);
});
