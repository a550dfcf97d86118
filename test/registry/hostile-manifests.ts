/** Manifests and blobs that are not what they say: rows D6 and D7 of the list of hostile inputs, at the command line. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ear } from './canary.ts';
import { type Packed, sha256 } from './charts.ts';
import type { Freight } from './exchange.ts';
import {
  askInEveryWay,
  CHART,
  type Descriptor,
  descriptorOf,
  fakeRegistry,
  type Manifest,
  place,
  type Script,
  typed,
} from './fake-registry.ts';
import { type Bench, type Case, namesBelow, ok, sameFiles } from './frame.ts';
import { answer, lines } from './servers.ts';

/** The cases. Most have no counterpart in Helm. */
export function manifestCases(freight: Freight): Case[] {
  const cases: Case[] = [];
  const add = (name: string, work: (b: Bench, chart: Packed) => Promise<void>): void => {
    const run = async (b: Bench): Promise<void> => work(b, await freight.pack({ name: 'alpha', version: '1.2.3' }));
    cases.push({ name, run, ours: true });
  };
  for (const [what, script] of BROKEN) {
    add(`D6 ${what}: refused, and nothing is kept`, (b, chart) => broken(b, chart, script(chart)));
  }
  for (const [what, script] of ODD) add(`D7 ${what}`, (b, chart) => broken(b, chart, script(chart)));
  add('D7 urls of a layer are never followed', layerUrls);
  return cases;
}

/** Answers for blobs in place of the honest ones: the archive's, unless another is named. */
function blob(chart: Packed, respond: (response: Parameters<NonNullable<Script['first']>>[1]) => void): Script {
  return {
    first: (seen, response) => {
      if (!seen.url.endsWith(`/blobs/sha256:${chart.digest}`)) return false;
      respond(response);
      return true;
    },
  };
}

const layer =
  (change: (layer: Descriptor) => object) =>
  (chart: Packed): Script => ({
    manifest: (honest: Manifest) => ({ ...honest, layers: [change(descriptorOf(CHART, chart.bytes))] }),
  });

const BROKEN: readonly (readonly [string, (chart: Packed) => Script])[] = [
  [
    'an archive with other bytes of the same length',
    (chart) => blob(chart, (r) => answer(r, 200, Buffer.alloc(chart.bytes.length, 1))),
  ],
  ['an archive that ends early', (chart) => blob(chart, (r) => answer(r, 200, chart.bytes.subarray(0, 100)))],
  [
    'an archive with bytes behind it',
    (chart) => blob(chart, (r) => answer(r, 200, Buffer.concat([chart.bytes, Buffer.alloc(10)]))),
  ],
  ['an empty archive', (chart) => blob(chart, (r) => answer(r, 200, ''))],
  [
    'a Content-Length that is too large',
    (chart) =>
      blob(chart, (r) => {
        r.writeHead(200, { 'content-length': String(chart.bytes.length * 2) });
        r.write(chart.bytes, () => r.destroy());
      }),
  ],
  [
    'a Content-Length that is too small',
    (chart) =>
      blob(chart, (r) =>
        r.socket?.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'), chart.bytes])),
      ),
  ],
  ['a layer of 2^62 bytes', layer((l) => ({ ...l, size: 2 ** 62 }))],
  ['a layer of -1 bytes', layer((l) => ({ ...l, size: -1 }))],
  ['a layer of half a byte more', layer((l) => ({ ...l, size: l.size + 0.5 }))],
  ['a layer with a size that is no number', layer((l) => ({ ...l, size: 'many' }))],
  ['a layer that is one byte longer than said', layer((l) => ({ ...l, size: l.size - 1 }))],
  ['a digest sha256:../../x', layer((l) => ({ ...l, digest: 'sha256:../../x' }))],
  ['a digest md5:…', layer((l) => ({ ...l, digest: 'md5:d41d8cd98f00b204e9800998ecf8427e' }))],
  ['a digest in capitals', layer((l) => ({ ...l, digest: l.digest.toUpperCase() }))],
  ['no digest', layer(({ mediaType, size }) => ({ mediaType, size }))],
  ['a manifest with another digest than its header', () => ({ digestHeader: `sha256:${'0'.repeat(64)}` })],
  [
    'a tag that moves between manifest and archive',
    (chart) => blob(chart, (r) => answer(r, 404, '{"errors":[{"code":"BLOB_UNKNOWN","message":"gone"}]}')),
  ],
  ['a manifest of 5 MB', () => ({ manifest: (honest) => ({ ...honest, annotations: { a: 'x'.repeat(5_000_000) } }) })],
  ['a manifest that is no JSON', () => ({ manifest: () => '{"schemaVersion": 2, ' })],
  ['a manifest that is a list', () => ({ manifest: () => '[]' })],
  ['a manifest of null', () => ({ manifest: () => 'null' })],
];

const ODD: readonly (readonly [string, (chart: Packed) => Script])[] = [
  [
    'indexes in indexes without end',
    () => ({
      manifest: () => '',
      first: (seen, response) => {
        if (!seen.url.includes('/manifests/')) return false;
        const type = 'application/vnd.oci.image.index.v1+json';
        // Every one names the next.
        const body = JSON.stringify({
          schemaVersion: 2,
          mediaType: type,
          manifests: [{ mediaType: type, digest: `sha256:${sha256(seen.url)}`, size: 200 }],
        });
        answer(response, 200, body, { 'content-type': type, 'docker-content-digest': `sha256:${sha256(body)}` });
        return true;
      },
    }),
  ],
  ['a config of 1 GB', () => ({ manifest: (honest) => ({ ...honest, config: { ...honest.config, size: 2 ** 30 } }) })],
  [
    'ten thousand layers',
    () => ({
      manifest: (honest) => ({
        ...honest,
        layers: Array.from({ length: 10_000 }, (_, n) => ({
          ...honest.layers[0],
          mediaType: 'x/y',
          digest: `sha256:${sha256(String(n))}`,
        })),
      }),
    }),
  ],
  [
    'two chart layers',
    (chart) => ({
      manifest: (honest) => ({
        ...honest,
        layers: [descriptorOf(CHART, chart.bytes), { ...descriptorOf(CHART, 'another'), size: chart.bytes.length }],
      }),
    }),
  ],
  ['wrong media types', layer((l) => ({ ...l, mediaType: 'text/plain' }))],
  ['layers: null', () => ({ manifest: (honest) => ({ ...honest, layers: null }) })],
  ['config: null', () => ({ manifest: (honest) => ({ ...honest, config: null }) })],
  ['layers that are no objects', () => ({ manifest: (honest) => ({ ...honest, layers: [1, 'x', null] }) })],
];

async function broken(b: Bench, chart: Packed, script: Script): Promise<void> {
  const registry = await fakeRegistry(b, chart, script);
  const user = b.user(b.pintle);
  for (const outcome of await askInEveryWay(user, place(registry))) typed(outcome);
  // The honest archive, fetched before it shows that the rest is wrong, may stay: it is what its name says.
  const kept = namesBelow(join(user.home, 'cache/content'));
  for (const name of kept) sameFiles(join(user.home, 'cache/content', name), chart.path);
  assert.ok(
    kept.every((name) => name === `${chart.digest.slice(0, 2)}/${chart.digest}.chart`),
    String(kept),
  );
  assert.deepEqual(namesBelow(join(user.home, 'tmp')), []);
  assert.deepEqual(
    namesBelow(user.work).filter((name) => !name.startsWith('parent/')),
    [],
  );
  assert.ok(!existsSync(join(user.work, 'parent/Chart.lock')));
  assert.deepEqual(namesBelow(join(user.work, 'parent/charts')), []);
}

async function layerUrls(b: Bench, chart: Packed): Promise<void> {
  const stranger = await ear(b, (_, response) => answer(response, 200, chart.bytes));
  const registry = await fakeRegistry(b, chart, {
    manifest: (honest) => ({ ...honest, layers: [{ ...honest.layers[0], urls: [`${stranger.url}/layer`] }] }),
  });
  const user = b.user(b.pintle);
  await ok(user, ['pull', place(registry), '--plain-http']);
  assert.deepEqual(lines(stranger.seen), []);
}
