import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  answer,
  chunks,
  failure,
  type ScriptedTransport,
  scripted,
  testClock,
  testRandom,
} from '../../test/scripted-transport.ts';
import { PintleError } from '../errors.ts';
import { isAlreadyExists, isConflict, isFateUnknown } from './api-error.ts';
import { type ClientOptions, createClient } from './client.ts';
import { checkReachable } from './reachable.ts';
import type { ApiCall, ApiClient, ResourceMapping } from './types.ts';

const CONFIG_MAP: ResourceMapping = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
};
const REF = { mapping: CONFIG_MAP, namespace: 'ns', name: 'a' };
const OBJECT = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', labels: { x: 'y' } }, data: { k: 'v' } };
const LIVE = { ...OBJECT, metadata: { ...OBJECT.metadata, uid: 'u', resourceVersion: '7' } };

interface World {
  readonly client: ApiClient;
  readonly transport: ScriptedTransport;
  readonly waits: number[];
}

function world(
  answers: readonly Answer[] | ((call: ApiCall, n: number) => Answer),
  options: Partial<ClientOptions> = {},
): World {
  const transport = scripted(answers);
  const waits: number[] = [];
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(Math.round(milliseconds));
  };
  return {
    transport,
    waits,
    client: createClient(transport, { clock: testClock(), random: testRandom, sleep, ...options }),
  };
}

function network(text: string): PintleError {
  return new PintleError('NETWORK_FAILED', `Get "https://cluster.test:6443/x": ${text}`);
}

const RESET = network('read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer');
const REFUSED = network('dial tcp 127.0.0.1:2: connect: connection refused');
const TEXT = { 'content-type': 'text/plain' };
const BUSY = failure(429, 'TooManyRequests', 'too many requests');

function busy(retryAfter?: string): Answer {
  return {
    ...BUSY,
    headers: new Map([...BUSY.headers, ...(retryAfter ? [['retry-after', retryAfter] as const] : [])]),
  };
}

test('verbs, their paths, queries and bodies', async () => {
  const { client, transport } = world(() => answer(200, LIVE));
  await client.get(REF);
  await client.create(CONFIG_MAP, 'ns', OBJECT, { fieldValidation: 'Strict', dryRun: true });
  await client.replace(REF, OBJECT, { fieldManager: 'me' });
  await client.patch(REF, 'application/apply-patch+yaml', OBJECT, { force: true });
  await client.patch(REF, 'application/merge-patch+json', { data: null });
  await client.delete(REF, { propagationPolicy: 'Background', uid: 'u' });
  await client.list(CONFIG_MAP, { labelSelector: 'a=b', fieldSelector: 'metadata.name=x' });
  assert.deepEqual(transport.asked, [
    'GET /api/v1/namespaces/ns/configmaps/a',
    'POST /api/v1/namespaces/ns/configmaps?dryRun=All&fieldManager=helm&fieldValidation=Strict',
    'PUT /api/v1/namespaces/ns/configmaps/a?fieldManager=me',
    'PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm&force=true',
    'PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=helm',
    'DELETE /api/v1/namespaces/ns/configmaps/a',
    'GET /api/v1/configmaps?fieldSelector=metadata.name=x&labelSelector=a=b&limit=500',
  ]);
  assert.equal(transport.calls[3]?.headers?.['content-type'], 'application/apply-patch+yaml');
  assert.equal(transport.calls[4]?.body, '{"data":null}');
  assert.equal(transport.calls[5]?.body, '{"propagationPolicy":"Background","preconditions":{"uid":"u"}}');
});

for (const [name, ref, text] of [
  ['no name', { ...REF, name: '' }, 'resource name may not be empty'],
  ['no namespace', { ...REF, namespace: '' }, 'an empty namespace may not be set when a resource name is provided'],
  [
    'a slash in the name',
    { ...REF, name: 'a/b%' },
    `invalid resource name "a/b%": [may not contain '/' may not contain '%']`,
  ],
  ['the folder above', { ...REF, name: '..' }, `invalid resource name "..": [may not be '..']`],
] as const) {
  test(`a place that is none is refused before anything is sent: ${name}`, async () => {
    const { client, transport } = world([answer(200, LIVE)]);
    await assert.rejects(client.get(ref), { code: 'API_FAILED', message: text });
    assert.deepEqual(transport.asked, []);
  });
}

test('names are escaped as Go escapes paths', async () => {
  const { client, transport } = world([answer(200, LIVE)]);
  const mapping = { ...CONFIG_MAP, namespaced: false, group: 'rbac.example.com', resource: 'roles' };
  await client.get({ mapping, namespace: '', name: 'system:a b?' });
  assert.deepEqual(transport.asked, ['GET /apis/rbac.example.com/v1/roles/system:a%20b%3F']);
});

test('a list goes on page by page, and its items know their kind', async () => {
  const { client, transport } = world([
    answer(200, {
      kind: 'ConfigMapList',
      metadata: { resourceVersion: '9', continue: 't' },
      items: [{ metadata: { name: 'a' } }],
    }),
    answer(200, { kind: 'ConfigMapList', metadata: { resourceVersion: '9' }, items: [{ metadata: { name: 'b' } }] }),
  ]);
  const { items, resourceVersion } = await client.list(CONFIG_MAP, { namespace: 'ns' });
  assert.deepEqual(items, [
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } },
  ]);
  assert.equal(resourceVersion, '9');
  assert.match(transport.asked[1] as string, /continue=t&limit=500$/);
});

test('a list that grew old between two pages is asked for whole', async () => {
  const { client, transport } = world([
    answer(200, { metadata: { resourceVersion: '9', continue: 't' }, items: [{ metadata: { name: 'a' } }] }),
    failure(410, 'Expired', 'The provided continue parameter is too old'),
    answer(200, {
      metadata: { resourceVersion: '12' },
      items: [{ metadata: { name: 'a' } }, { metadata: { name: 'b' } }],
    }),
  ]);
  const { items, resourceVersion } = await client.list(CONFIG_MAP);
  assert.equal(items.length, 2);
  assert.equal(resourceVersion, '12');
  assert.equal(transport.asked[2], 'GET /api/v1/configmaps');
});

const HTML = answer(200, '<html>sign in</html>', { 'content-type': 'text/html' });
const CUT = answer(200, '{"kind":"ConfigMap","met');
const LEADER = (): Answer => failure(500, 'InternalError', 'etcdserver: leader changed');

for (const [name, fault] of [
  ['connection reset', () => RESET],
  ['end of the connection', () => network('EOF')],
  ['429', () => busy()],
  ['503', () => failure(503, 'ServiceUnavailable', 'not now')],
  ['504', () => failure(504, 'Timeout', 'too late')],
  ['502 of a proxy', () => answer(502, '<html>', { 'content-type': 'text/html' })],
  ['500', () => failure(500, 'InternalError', 'oops')],
  ['leader changed', LEADER],
  ['a page in HTML', () => ({ ...HTML, body: chunks(['<html>']) })],
  ['truncated JSON', () => ({ ...CUT, body: chunks(['{"kind":"Conf']) })],
  ['a shorter body than promised', () => answer(200, '{"kind":"ConfigMap"}', { 'content-length': '100' })],
  ['a body that breaks off', () => ({ ...answer(200, ''), body: chunks(['{"kind"', network('unexpected EOF')]) })],
] as const) {
  test(`a read is repeated: ${name}`, async () => {
    const { client, transport, waits } = world((_, n) => (n === 0 ? fault() : answer(200, LIVE)));
    assert.deepEqual(await client.get(REF), LIVE);
    assert.equal(transport.asked.length, 2);
    assert.deepEqual(waits, [100]);
  });
}

for (const [name, fault, tries] of [
  ['404', () => failure(404, 'NotFound', 'no'), 1],
  ['403', () => failure(403, 'Forbidden', 'no'), 1],
  ['422', () => failure(422, 'Invalid', 'no'), 1],
  ['a wrong address', () => REFUSED, 1],
  ['a wrong certificate', () => network('tls: failed to verify certificate: x509: unknown'), 1],
  ['500 without end', () => failure(500, 'InternalError', 'no'), 4],
  ['an API whose server is not there', () => answer(503, 'service unavailable\n', TEXT), 4],
  ['503 without end', () => answer(503, 'no backend', TEXT), 7],
  ['resets without end', () => RESET, 7],
  ['429 without end', () => busy('1'), 11],
] as const) {
  test(`a read ends: ${name}`, async () => {
    const { client, transport } = world(() => fault());
    await assert.rejects(client.get(REF), PintleError);
    assert.equal(transport.asked.length, tries);
  });
}

test('the server says how long to wait; nobody waits for hours', async () => {
  const { client, waits } = world([busy('2'), busy('9999'), busy(), answer(200, LIVE)]);
  await client.get(REF);
  assert.deepEqual(waits, [2250, 33_750, 400]);
});

test('a server that was there and is started anew is waited for', async () => {
  const { client, transport } = world([answer(200, LIVE), REFUSED, REFUSED, answer(200, LIVE)]);
  await client.get(REF);
  await client.create(CONFIG_MAP, 'ns', OBJECT);
  assert.equal(transport.asked.length, 4);
});

test('a creation that was turned away is repeated', async () => {
  const { client, transport } = world([busy('1'), answer(201, LIVE)]);
  assert.deepEqual(await client.create(CONFIG_MAP, 'ns', OBJECT), LIVE);
  assert.deepEqual(transport.asked.length, 2);
});

for (const [name, fault] of [
  ['reset', () => RESET],
  ['leader changed', LEADER],
  ['truncated JSON', () => ({ ...CUT, body: chunks(['{"kind":"Conf']) })],
] as const) {
  test(`a creation whose answer was lost (${name}) and that was done is found out`, async () => {
    const { client, transport } = world((call, n) => {
      if (n === 0) return fault();
      return call.method === 'POST'
        ? failure(409, 'AlreadyExists', 'configmaps "a" already exists')
        : answer(200, LIVE);
    });
    assert.deepEqual(await client.create(CONFIG_MAP, 'ns', OBJECT), LIVE);
    assert.deepEqual(
      transport.asked.map((line) => line.split(' ')[0]),
      ['POST', 'POST', 'GET'],
    );
  });
}

test('a creation whose answer was lost is not taken for the one of somebody else', async () => {
  const { client } = world((call, n) => {
    if (n === 0) return RESET;
    if (call.method === 'POST') return failure(409, 'AlreadyExists', 'configmaps "a" already exists');
    return answer(200, { ...LIVE, data: { k: 'other' } });
  });
  await assert.rejects(
    client.create(CONFIG_MAP, 'ns', OBJECT),
    (error) => isAlreadyExists(error) && isFateUnknown(error),
  );
});

test('a creation that was done and used up the quota, so that the second one was refused', async () => {
  for (const [there, good] of [
    [true, true],
    [false, false],
  ]) {
    const { client } = world((call, n) => {
      if (n === 0) return RESET;
      if (call.method === 'POST') return failure(403, 'Forbidden', 'configmaps "a" is forbidden: exceeded quota');
      return there ? answer(200, LIVE) : failure(404, 'NotFound', 'configmaps "a" not found');
    });
    const made = client.create(CONFIG_MAP, 'ns', OBJECT);
    if (good) assert.deepEqual(await made, LIVE);
    else await assert.rejects(made, { message: 'configmaps "a" is forbidden: exceeded quota' });
  }
});

test('a doubt stays, whatever the last try came to', async () => {
  const { client } = world((_, n) => (n === 0 ? answer(200, LIVE) : n === 1 ? RESET : REFUSED));
  await client.get(REF);
  await assert.rejects(client.create(CONFIG_MAP, 'ns', OBJECT), (error) => isFateUnknown(error));
});

test('an object without a name is created once at most', async () => {
  const { client, transport } = world([RESET, answer(201, LIVE)]);
  const object = { ...OBJECT, metadata: { generateName: 'a-' } };
  await assert.rejects(client.create(CONFIG_MAP, 'ns', object), (error) => isFateUnknown(error));
  assert.equal(transport.asked.length, 1);
});

test('a refusal of a write is final', async () => {
  for (const fault of [
    failure(500, 'InternalError', 'failed calling webhook "x"'),
    failure(409, 'AlreadyExists', 'there'),
    failure(403, 'Forbidden', 'exceeded quota'),
  ]) {
    const { client, transport } = world([fault]);
    await assert.rejects(client.create(CONFIG_MAP, 'ns', OBJECT), (error) => !isFateUnknown(error));
    assert.equal(transport.asked.length, 1);
  }
});

test('a replacement whose answer was lost: done, or overtaken', async () => {
  for (const [live, good] of [
    [LIVE, true],
    [{ ...LIVE, data: { k: 'other' } }, false],
  ] as const) {
    const { client } = world((call, n) => {
      if (n === 0) return RESET;
      return call.method === 'PUT' ? failure(409, 'Conflict', 'modified') : answer(200, live);
    });
    const done = client.replace(REF, { ...OBJECT, metadata: { ...OBJECT.metadata, resourceVersion: '6' } });
    if (good) assert.deepEqual(await done, LIVE);
    else await assert.rejects(done, (error) => isConflict(error) && isFateUnknown(error));
  }
});

test('a deletion whose answer was lost: the second one finds nothing, and that is well', async () => {
  const { client } = world([RESET, failure(404, 'NotFound', 'configmaps "a" not found')]);
  await client.delete(REF);
  const other = world([failure(404, 'NotFound', 'configmaps "a" not found')]);
  await assert.rejects(other.client.delete(REF));
});

test('a page that stands in for the answer to a deletion is none', async () => {
  const page = answer(200, '<html>sign in</html>', { 'content-type': 'text/html' });
  const { client, transport } = world([page, answer(200, { kind: 'Status', status: 'Success' })]);
  await client.delete(REF);
  assert.equal(transport.asked.length, 2);
});

test('patches: what says how things are to be is repeated, steps are not', async () => {
  const apply = world([RESET, answer(200, LIVE)]);
  assert.deepEqual(await apply.client.patch(REF, 'application/apply-patch+yaml', OBJECT), LIVE);
  const steps = world([RESET, answer(200, LIVE)]);
  await assert.rejects(steps.client.patch(REF, 'application/json-patch+json', []), (error) => isFateUnknown(error));
  assert.equal(steps.transport.asked.length, 1);
});

test('a signal ends the work, also while it waits', async () => {
  const controller = new AbortController();
  const { client, transport } = world([busy('1')], {
    sleep: async () => {
      controller.abort();
    },
  });
  await assert.rejects(client.get(REF, { signal: controller.signal }), {
    code: 'ABORTED',
    message: 'context canceled',
  });
  assert.equal(transport.asked.length, 1);
  await assert.rejects(client.get(REF, { signal: controller.signal }), { code: 'ABORTED' });
  assert.equal(transport.asked.length, 1);
});

test('a signal ends with the error that it was given, and with what is known of a write', async () => {
  const controller = new AbortController();
  const why = new PintleError('NOT_READY', 'context deadline exceeded');
  const { client } = world(() => {
    controller.abort(why);
    return network('context canceled');
  });
  const made = client.create(CONFIG_MAP, 'ns', OBJECT, { signal: controller.signal });
  await assert.rejects(
    made,
    (error) => error instanceof PintleError && error.code === 'NOT_READY' && isFateUnknown(error),
  );
});

test('no more than so many requests are on their way', async () => {
  let now = 0;
  let most = 0;
  const { client } = world(
    async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setImmediate(resolve));
      now--;
      return answer(200, LIVE);
    },
    { concurrency: 3 },
  );
  await Promise.all(Array.from({ length: 20 }, () => client.get(REF)));
  assert.equal(most, 3);
});

test('a rate, where one is set', async () => {
  const { client, waits } = world(() => answer(200, LIVE), { qps: 10, burst: 2 });
  for (let i = 0; i < 5; i++) await client.get(REF);
  assert.deepEqual(waits, [100, 200, 300]);
});

test('the cluster has its own time', async () => {
  const clock = testClock(Date.UTC(2026, 0, 1, 12));
  const date = (text: string): Readonly<Record<string, string>> => ({ date: text });
  const ahead = world([answer(200, LIVE, date('Thu, 01 Jan 2026 13:00:00 GMT'))], { clock });
  assert.equal(ahead.client.now(), Date.UTC(2026, 0, 1, 12));
  await ahead.client.get(REF);
  assert.equal(ahead.client.now(), Date.UTC(2026, 0, 1, 13, 0, 0, 500));
  const same = world([answer(200, LIVE, date('Thu, 01 Jan 2026 12:00:00 GMT'))], { clock });
  await same.client.get(REF);
  assert.equal(same.client.now(), Date.UTC(2026, 0, 1, 12));
});

test('warnings of the server are passed on', async () => {
  const lines: string[] = [];
  const log = { log: (level: string, message: string) => void lines.push(`${level} ${message}`) };
  const warning = '299 - "v1 Foo is deprecated", 299 - "unknown field \\"a\\"", 199 - "other"';
  const { client } = world([answer(200, LIVE, { warning })], { log });
  await client.get(REF);
  assert.deepEqual(lines, ['WARN v1 Foo is deprecated', 'WARN unknown field "a"']);
});

test('logs are bytes as they come', async () => {
  const { client, transport } = world([{ ...answer(200, ''), body: chunks(['line 1\n', 'line 2\n']) }]);
  let text = '';
  for await (const chunk of client.logs(REF, { container: 'c', follow: true, tailLines: 5 })) {
    text += new TextDecoder().decode(chunk);
  }
  assert.equal(text, 'line 1\nline 2\n');
  assert.deepEqual(transport.asked, ['GET /api/v1/namespaces/ns/configmaps/a/log?container=c&follow=true&tailLines=5']);
  assert.equal(transport.calls[0]?.idleTimeout, 0);
});

test('a cluster that cannot be reached', async () => {
  const { client } = world([network('dial tcp 127.0.0.1:6443: connect: connection refused')]);
  await assert.rejects(checkReachable({ client }), {
    code: 'CLUSTER_UNREACHABLE',
    message:
      'kubernetes cluster unreachable: Get "https://cluster.test:6443/x": ' +
      'dial tcp 127.0.0.1:6443: connect: connection refused',
  });
  await checkReachable(world([answer(200, { gitVersion: 'v1.36.1' })]));
});
