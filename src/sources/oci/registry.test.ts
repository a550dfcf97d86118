import assert from 'node:assert/strict';
import { test } from 'node:test';
import { archiveOf, registryFor, runClientScript } from '../../../test/registry/client-script.ts';
import { encodeBytes } from '../../go/bytes.ts';
import type { Progress } from '../../host.ts';
import { nodeDigests } from '../../node/http/digests.ts';
import {
  type MemoryRegistryOptions,
  type MemoryRepository,
  memoryAnswer,
  memoryRegistry,
} from '../../testing/memory-registry.ts';
import { createHttpClient } from '../http/client.ts';
import { digestOf } from './digest.ts';
import { MANIFEST, PLUGIN_TYPE } from './manifest.ts';
import { createRegistry, type Registry } from './registry.ts';

const LOGIN = { username: 'me', password: 'canary-secret' };

test('the registry in memory takes what real ones take', async (t) => {
  const kinds: Record<string, MemoryRegistryOptions> = {
    open: {},
    paged: { pageSize: 1 },
    basic: { login: LOGIN },
    bearer: { login: { ...LOGIN, scheme: 'bearer' } },
    secure: { url: 'https://registry.test' },
  };
  for (const [name, options] of Object.entries(kinds)) {
    await t.test(name, async () => {
      const { transport } = memoryRegistry(options);
      await runClientScript({
        http: createHttpClient(transport, { userAgent: 'test' }),
        host: 'registry.test',
        plainHttp: name !== 'secure',
        slug: 's',
        ...(options.login === undefined ? {} : { credential: LOGIN }),
      });
    });
  }
});

function open(options: MemoryRegistryOptions = {}): { registry: Registry; memory: ReturnType<typeof memoryRegistry> } {
  const memory = memoryRegistry(options);
  const http = createHttpClient(memory.transport, { userAgent: 'test' });
  return { registry: registryFor({ http, host: 'registry.test', plainHttp: true, slug: '' }), memory };
}

const artifactOf = (archive: Uint8Array) => ({
  archive,
  config: encodeBytes('{}'),
  annotations: new Map<string, string>(),
});

test('large blobs go up in pieces, and whole where pieces are not taken', async () => {
  const archive = new Uint8Array(100).map((_, i) => i);
  const ref = 'registry.test/c/web:1.0.0';
  const pieces = open();
  await pieces.registry.push(ref, artifactOf(archive), { chunkSize: 40 });
  const ranges = pieces.memory.requests.flatMap(({ headers }) => headers['content-range'] ?? []);
  assert.deepEqual(ranges, ['0-39', '40-79', '80-99']);
  const whole = open({ intercept: ({ method }) => (method === 'PATCH' ? memoryAnswer(405) : undefined) });
  await whole.registry.push(ref, artifactOf(archive), { chunkSize: 40 });
  assert.deepEqual((await whole.registry.pullChart(ref)).chart, archive);
  let sent = 0;
  const broken = open({
    intercept: ({ method }) => (method === 'PATCH' && ++sent === 2 ? memoryAnswer(405) : undefined),
  });
  await assert.rejects(broken.registry.push(ref, artifactOf(archive), { chunkSize: 40 }), { code: 'REGISTRY_FAILED' });
});

test('what is there is not sent again, and what is next door is linked', async () => {
  const archive = await archiveOf('web', '1.0.0');
  const { registry, memory } = open();
  await registry.push('registry.test/a/web:1', artifactOf(archive));
  const before = memory.requests.length;
  await registry.push('registry.test/b/web:1', artifactOf(archive), { mountFrom: ['none/web', 'a/web'] });
  const bodies = memory.requests
    .slice(before)
    .filter(({ body, url }) => body !== undefined && !url.includes('/manifests/'));
  assert.deepEqual(bodies, []);
  // An upload that was opened in vain is ended.
  assert.ok(memory.requests.slice(before).some(({ method }) => method === 'DELETE'));
});

test('progress is told of what takes time', async () => {
  const memory = memoryRegistry();
  const lines: { label: string; total: number | undefined; done: number; ended: boolean }[] = [];
  const progress: Progress = {
    start(label, total) {
      const line = { label, total, done: 0, ended: false };
      lines.push(line);
      return {
        advance: (bytes) => {
          line.done += bytes;
        },
        end: () => {
          line.ended = true;
        },
      };
    },
  };
  const registry = createRegistry({
    http: createHttpClient(memory.transport, { userAgent: 'test' }),
    digests: nodeDigests,
    credentials: async () => undefined,
    plainHttp: true,
    progress,
  });
  const archive = await archiveOf('web', '1.0.0');
  const ref = 'registry.test/c/web:1.0.0';
  await registry.push(ref, artifactOf(archive));
  await registry.pullChart(ref);
  const size = archive.length;
  const whole = { label: ref, total: size, done: size, ended: true };
  assert.deepEqual(lines, [whole, whole]);
  await assert.rejects(registry.push('registry.test/c/web@sha256:x', artifactOf(archive)), { code: 'NAME_INVALID' });
});

test('a cache is asked for the archive, and fills itself from the registry', async () => {
  const { registry } = open();
  const archive = await archiveOf('web', '1.0.0');
  const ref = 'registry.test/c/web:1.0.0';
  const { chart } = await registry.push(ref, artifactOf(archive));
  const asked: string[] = [];
  const pulled = await registry.pullChart(ref, {
    blob: async ({ digest }, fetch) => {
      asked.push(digest);
      return (await fetch()).slice();
    },
  });
  assert.deepEqual([pulled.chart, pulled.chartDescriptor?.digest, asked], [archive, chart.digest, [chart.digest]]);
});

// --- Plugins ---

const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const TITLE = 'org.opencontainers.image.title';

function withPlugin(repository: MemoryRepository, manifest: object): void {
  const bytes = encodeBytes(JSON.stringify(manifest));
  const digest = digestOf(bytes, nodeDigests);
  repository.manifests.set(digest, { mediaType: MANIFEST, bytes });
  repository.tags.set('1.0.0', digest);
}

test('plugins', async () => {
  const archive = encodeBytes('archive');
  const prov = encodeBytes('prov');
  const blob = (bytes: Uint8Array, mediaType: string, title?: string): object => ({
    mediaType,
    digest: digestOf(bytes, nodeDigests),
    size: bytes.length,
    ...(title === undefined ? {} : { annotations: { [TITLE]: title } }),
  });
  const empty = {
    mediaType: 'application/vnd.oci.empty.v1+json',
    digest: digestOf(encodeBytes('{}'), nodeDigests),
    size: 2,
  };
  const layers = [blob(archive, LAYER, 'p-1.0.0.tgz'), blob(prov, LAYER, 'p-1.0.0.tgz.prov')];
  const plugin = { schemaVersion: 2, artifactType: PLUGIN_TYPE, config: empty, layers };
  const other = 'application/vnd.example+json';
  const cases: readonly (readonly [string, object, string | undefined])[] = [
    ['as Helm makes it', plugin, undefined],
    ['older', { ...plugin, artifactType: undefined, config: { ...empty, mediaType: PLUGIN_TYPE } }, undefined],
    ['another type', { ...plugin, artifactType: other }, `expected artifact type ${PLUGIN_TYPE}, got ${other}`],
    [
      'no type',
      { ...plugin, artifactType: '' },
      `expected config media type ${PLUGIN_TYPE} for legacy compatibility, got ${empty.mediaType}`,
    ],
    [
      'no title',
      { ...plugin, layers: [blob(archive, LAYER)] },
      'required layer matching pattern p-VERSION.tgz not found in manifest',
    ],
    [
      'another title',
      { ...plugin, layers: [blob(archive, LAYER, 'q-1.0.0.tgz')] },
      'required layer matching pattern p-VERSION.tgz not found in manifest',
    ],
    [
      'another kind of layer',
      { ...plugin, layers: [blob(archive, other, 'p-1.0.0.tgz')] },
      `unable to retrieve plugin data with digest ${digestOf(archive, nodeDigests)}: ${digestOf(archive, nodeDigests)}: ${other}: not found`,
    ],
  ];
  for (const [name, manifest, message] of cases) {
    const { registry, memory } = open();
    await registry.push('registry.test/x/p:0.0.1', artifactOf(archive));
    const repository = memory.repositories.get('x/p') as MemoryRepository;
    repository.blobs.set(digestOf(archive, nodeDigests), archive);
    repository.blobs.set(digestOf(prov, nodeDigests), prov);
    withPlugin(repository, manifest);
    const pull = registry.pullPlugin('oci://registry.test/x/p:1.0.0', 'p');
    if (message !== undefined) {
      await assert.rejects(pull, { code: 'PLUGIN_INVALID', message }, name);
      continue;
    }
    const { plugin: bytes, prov: provBytes, provName, ref } = await pull;
    assert.deepEqual([bytes, provBytes, provName, ref], [archive, prov, 'p-1.0.0.tgz.prov', 'registry.test/x/p:1.0.0']);
  }
});
