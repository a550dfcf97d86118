import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { keptLog, random, sampleRelease, storeHost } from '../../../test/release-fixtures.ts';
import { clusterOf } from '../../cluster/connect.ts';
import type { ApiAnswer, ApiCall, Cluster, ClusterTransport } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { createSandbox } from '../../testing/sandbox/sandbox.ts';
import { encodeRelease } from '../codec.ts';
import { history, last } from '../storage.ts';
import type { Release, ReleaseStore } from '../types.ts';
import { configMapStore } from './configmap.ts';
import { memoryStore } from './memory.ts';
import { secretStore } from './secret.ts';

const clock = { now: () => ({ milliseconds: Date.UTC(2026, 0, 1), nanoseconds: 0 }), timeZone: 'UTC' };

const base64 = (text: string): string => btoa(text);
const text = (release: Release): string => encodeRelease(release, (bytes) => gzipSync(bytes, { level: 9 }));

interface Place {
  readonly cluster: Cluster;
  readonly calls: ApiCall[];
}

/** A cluster with the namespace `shop`, and what was asked of it. */
async function newPlace(around: (transport: ClusterTransport) => ClusterTransport = (same) => same): Promise<Place> {
  const calls: ApiCall[] = [];
  const { transport } = createSandbox({ clock, random });
  const counted: ClusterTransport = {
    server: transport.server,
    send: (call) => {
      calls.push(call);
      return transport.send(call);
    },
  };
  const cluster = clusterOf(around(counted), { clock, random, sleep: async () => {} });
  const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
  await cluster.client.json({ method: 'POST', path: '/api/v1/namespaces', body });
  return { cluster, calls };
}

const STORES: readonly (readonly [string, (place: Place, log?: ReturnType<typeof keptLog>) => ReleaseStore])[] = [
  ['secret', ({ cluster }, log) => secretStore(cluster.client, 'shop', storeHost(log))],
  ['configmap', ({ cluster }, log) => configMapStore(cluster.client, 'shop', storeHost(log))],
  ['memory', () => memoryStore([], { namespace: 'shop', now: () => Date.UTC(2026, 0, 1) })],
];

test('every store keeps, changes and gives up records alike', async () => {
  for (const [kind, open] of STORES) {
    const store = open(await newPlace());
    const labels = new Map([['team', 'a']]);
    const first = await store.create(sampleRelease('web', 1, 'pending-install', { labels }));
    await assert.rejects(store.create(sampleRelease('web', 1, 'failed')), { code: 'RELEASE_EXISTS' }, kind);
    const second = await store.update(sampleRelease('web', 1, 'deployed', { labels }), first.token);
    assert.notEqual(second.token, first.token, kind);
    await assert.rejects(store.update(sampleRelease('web', 1, 'failed'), first.token), { code: 'RELEASE_BUSY' }, kind);
    await store.create(sampleRelease('web', 2, 'failed'));
    await store.create(sampleRelease('db', 1, 'deployed'));
    const found = await last(store, 'web');
    assert.deepEqual([found.release.version, found.key], [2, 'sh.helm.release.v1.web.v2'], kind);
    const read = await store.get('web', 1);
    assert.deepEqual([read.release.info.status, [...read.release.labels]], ['deployed', [['team', 'a']]], kind);
    const [queried] = await store.query({ name: 'web', status: 'deployed' });
    const all = [...(queried?.labels ?? [])].map(([name, value]) => `${name}=${value}`).sort();
    const modified = `modifiedAt=${Date.UTC(2026, 0, 1) / 1000}`;
    assert.deepEqual(all, [modified, 'name=web', 'owner=helm', 'status=deployed', 'team=a', 'version=1'], kind);
    assert.equal((await store.query({ selector: 'team in (a)' })).length, 1, kind);
    const [outline] = await store.query({ name: 'db', outline: true });
    assert.deepEqual(
      [outline?.release.manifest, outline?.release.config, [...(outline?.release.chart.keys() ?? [])]],
      ['', null, ['metadata']],
      kind,
    );
    await store.delete('web', 1);
    await assert.rejects(store.delete('web', 1), { code: 'RELEASE_NOT_FOUND' }, kind);
    await assert.rejects(store.get('web', 1), { code: 'RELEASE_NOT_FOUND', message: 'release: not found' }, kind);
    await assert.rejects(store.update(sampleRelease('web', 9, 'failed')), { code: 'RELEASE_NOT_FOUND' }, kind);
    assert.deepEqual(await store.query({ name: 'nope' }), [], kind);
  }
});

test('what a Secret and a ConfigMap look like', async () => {
  const place = await newPlace();
  const release = sampleRelease('web', 1, 'deployed', { labels: new Map([['team', 'a']]) });
  for (const open of [STORES[0]![1], STORES[1]![1]]) await open(place).create(release);
  const bodies = place.calls.filter(({ method }) => method === 'POST').map(({ body = '{}' }) => JSON.parse(body));
  const labels = { createdAt: '1767225600', name: 'web', owner: 'helm', status: 'deployed', team: 'a', version: '1' };
  const metadata = { name: 'sh.helm.release.v1.web.v1', namespace: 'shop', labels };
  assert.deepEqual(bodies.slice(1), [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata,
      type: 'helm.sh/release.v1',
      data: { release: base64(text(release)) },
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { release: text(release) } },
  ]);
  assert.ok(place.calls.slice(1).every(({ query }) => query?.['fieldManager'] === 'Helm'));
});

/** Puts a Secret where a record should be. */
async function putSecret(
  { cluster }: Place,
  name: string,
  data: string,
  labels: Record<string, string> = {},
): Promise<void> {
  const body = JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { owner: 'helm', name: 'web', ...labels } },
    data: { release: base64(data) },
  });
  await cluster.client.json({ method: 'POST', path: '/api/v1/namespaces/shop/secrets', body });
}

test('damaged records are told in the log, and the others are there', async () => {
  const place = await newPlace();
  const log = keptLog();
  const store = STORES[0]![1](place, log);
  const key = (version: number): string => `sh.helm.release.v1.web.v${version}`;
  await store.create(sampleRelease('web', 1, 'superseded'));
  const good = text(sampleRelease('web', 8, 'deployed'));
  await putSecret(place, key(2), '***');
  await putSecret(place, key(3), good.slice(0, 100));
  await putSecret(place, key(4), base64('junk'));
  await putSecret(place, key(5), Buffer.from(gzipSync(Buffer.alloc(300_000_000))).toString('base64'));
  await putSecret(place, key(6), '');
  await putSecret(place, key(7), text(sampleRelease('db', 1, 'deployed')));
  // Labels that say something else than the record: the record counts, as in Helm.
  await putSecret(place, key(8), good, { status: 'failed', version: '3' });
  await putSecret(place, key(9), text(sampleRelease('web', 9, 'strange' as 'unknown')));
  const before = place.calls.length;
  const found = await history(store, 'web');
  assert.deepEqual(
    found.map(({ release }) => `${release.version} ${release.info.status}`),
    ['1 superseded', '8 deployed', '9 strange'],
  );
  const told = log.lines.map((line) => /"key":"[^"]*\.v(\d)","error":"([^"]*)/.exec(line)?.slice(1).join(' '));
  assert.deepEqual(told, [
    '2 illegal base64 data at input byte 0',
    '3 unexpected EOF',
    "4 invalid character 'j' looking for beginning of value",
    '5 the decompressed data is larger than its limit',
    '6 unexpected end of JSON input',
    '7 the record is that of sh.helm.release.v1.db.v1',
  ]);
  assert.ok(
    place.calls.slice(before).every(({ method }) => method === 'GET'),
    'reads write nothing',
  );
  await assert.rejects(store.get('web', 2), {
    code: 'RELEASE_INVALID',
    message: 'get: failed to decode data "sh.helm.release.v1.web.v2": illegal base64 data at input byte 0',
  });
});

test('a release of which nothing can be read is not taken for none', async () => {
  const place = await newPlace();
  await putSecret(place, 'sh.helm.release.v1.web.v1', '***');
  const store = STORES[0]![1](place);
  await assert.rejects(last(store, 'web'), { code: 'RELEASE_INVALID', message: 'no revision for release "web"' });
});

test('many records are read page by page', async () => {
  const place = await newPlace();
  const store = STORES[0]![1](place);
  for (let version = 1; version <= 150; version++) await store.create(sampleRelease('web', version, 'superseded'));
  const before = place.calls.length;
  const found = await history(store, 'web', { outline: true });
  assert.deepEqual([found.length, found[0]?.release.version, found.at(-1)?.release.version], [150, 1, 150]);
  const pages = place.calls.slice(before).map(({ query }) => query?.['limit']);
  assert.deepEqual(pages, ['64', '1000']);
});

test('a record that is too large is refused before anything is sent, with what is large in it', async () => {
  for (const [kind, open] of STORES.slice(0, 2)) {
    const place = await newPlace();
    const store = open(place);
    const release = sampleRelease('web', 1, 'pending-install', { manifest: uneven(900_000) });
    store.checkSize(release);
    const file = new Map([
      ['name', 'files/big.bin'],
      ['data', uneven(800_000)],
    ]);
    const large = { ...release, chart: new Map([...release.chart, ['files', [file]]]) };
    await assert.rejects(
      async () => store.checkSize(large),
      ({ code, message, hint, data }: PintleError) => {
        assert.equal(code, 'RELEASE_TOO_LARGE');
        assert.match(message, /is invalid: (data|\[\]): Too long: may not be more than 1048576 bytes/);
        assert.match(hint ?? '', /of 1,048,576 bytes; largest: manifest [\d,]+ bytes, files\/big\.bin [\d,]+ bytes/);
        assert.ok(Number(data['size']) > Number(data['limit']));
        return true;
      },
    );
    await assert.rejects(store.create(large), { code: 'RELEASE_TOO_LARGE' });
    assert.ok(!place.calls.some(({ path }) => /secrets|configmaps/.test(path)), kind);
  }
});

/** Text that does not compress much. */
function uneven(length: number): string {
  let state = 12345;
  let out = '';
  while (out.length < length) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    out += state.toString(36);
  }
  return out;
}

/** Loses the answers to the first writes, once they have been done. */
function forgetful(times: number): (transport: ClusterTransport) => ClusterTransport {
  let left = times;
  return (transport) => ({
    server: transport.server,
    async send(call): Promise<ApiAnswer> {
      const answer = await transport.send(call);
      if (call.method === 'GET' || !call.path.includes('secrets') || left-- <= 0) return answer;
      throw new PintleError('NETWORK_FAILED', 'read: connection reset by peer');
    },
  });
}

test('a write whose answer is lost is a write', async () => {
  const lease = { id: 'x', holder: 'h', operation: 'install', started: '', renewed: '', duration: 30 } as const;
  const release = sampleRelease('web', 1, 'pending-install', { lease });
  const created = STORES[0]![1](await newPlace(forgetful(1)));
  const { token } = await created.create(release);
  assert.equal((await created.get('web', 1)).token, token);
  const place = await newPlace(forgetful(0));
  const store = STORES[0]![1](place);
  const before = await store.create(release);
  const lossy = secretStore(
    clusterOf(forgetful(1)({ server: '', send: (call) => sendTo(place, call) }), {
      clock,
      random,
      sleep: async () => {},
    }).client,
    'shop',
    storeHost(),
  );
  const after = await lossy.update({ ...release, version: 1, manifest: 'new' }, before.token);
  assert.equal((await store.get('web', 1)).token, after.token);
});

async function sendTo({ cluster }: Place, call: ApiCall): Promise<ApiAnswer> {
  return cluster.client.stream(call);
}
