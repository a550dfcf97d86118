/** What goes wrong with registries, and whether both programs say so in the same words. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from './charts.ts';
import type { Freight } from './exchange.ts';
import { copyOf } from './exchange.ts';
import { type Bench, type Case, ok, same } from './frame.ts';
import { ask, manifestOf, putBlob, putManifest, type Registry, shareOf, visitor } from './registries.ts';
import { answer, type Certificates, serve } from './servers.ts';

/** The cases for one registry. `strangers` are certificates that have nothing to do with it. */
export function refusalCases(registry: Registry, freight: Freight, strangers: Certificates): Case[] {
  const add = (name: string, run: (bench: Bench) => Promise<void>): Case => ({
    name: `${registry.variant}: ${name}`,
    run,
  });
  return [
    add('unknown charts and tags: the same texts', (b) => unknown(b, registry, freight)),
    add('a repository without charts: the same texts', (b) => empty(b, registry, freight)),
    add('manifests that are no chart: the same texts', (b) => noChart(b, registry, freight)),
    add('what cannot be pushed: the same texts', (b) => unpushable(b, registry, freight)),
    add('the wrong scheme, authority or certificate: the same texts', (b) => wrongTls(b, registry, freight, strangers)),
  ];
}

const two = async (b: Bench, registry: Registry) => [
  await visitor(b, b.helm, registry),
  await visitor(b, b.pintle, registry),
];

async function unknown(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const remote = `oci://${registry.address}/${b.slug}`;
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = await two(b, registry);
  await ok(users[0]!, ['push', chart.path, remote, ...registry.flags]);
  const questions = [
    ['pull', `${remote}/beta`],
    ['pull', `${remote}/beta:1.2.3`],
    ['pull', `${remote}/alpha:1.2.4`],
    ['pull', `${remote}/alpha`, '--version', '1.2.4'],
    ['pull', `${remote}/alpha`, '--version', '>2'],
    ['pull', `${remote}/alpha`, '--prov'],
    ['pull', `${remote}/alpha`, '--verify', '--keyring', 'nowhere.gpg'],
    ['pull', `${remote}/alpha`, '-d', 'missing/folder'],
    ['pull', `${remote}/alpha`, '--repo', 'https://example.com'],
    ['pull', `${remote}/Alpha`],
    ['pull', `${remote}/al pha`],
    ['pull', `${remote}/alpha:`],
    ['pull', `${remote}/alpha:latest`],
    ['pull', `oci://${registry.address}`],
    ['pull', `oci://${registry.address}/`],
    ['pull', 'oci://'],
    ['show', 'chart', `${remote}/beta`],
    ['template', 'x', `${remote}/beta`],
    ['template', 'x', `${remote}/alpha`, '--version', '9.9.9'],
  ];
  for (const args of shareOf(registry, questions)) {
    await same(users, [...args, ...registry.flags]);
  }
}

async function empty(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const remote = `oci://${registry.address}/${b.slug}`;
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = await two(b, registry);
  await ok(users[0]!, ['push', chart.path, remote, ...registry.flags]);
  const { headers } = await manifestOf(registry, `${b.slug}/alpha`, '1.2.3');
  const digest = String(headers['docker-content-digest']);
  const path = `/v2/${b.slug}/alpha/manifests/${digest}`;
  const { status } = await ask(registry, path, { method: 'DELETE' });
  if (status !== 202) throw new Error(`the registry does not delete: ${status}`);
  for (const args of [
    ['pull', `${remote}/alpha`],
    ['pull', `${remote}/alpha:1.2.3`],
    ['pull', `${remote}/alpha`, '--version', '^1'],
    ['show', 'chart', `${remote}/alpha`],
  ]) {
    await same(users, [...args, ...registry.flags]);
  }
}

const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CHART = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const PROVENANCE = 'application/vnd.cncf.helm.chart.provenance.v1.prov';

async function noChart(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const repository = `${b.slug}/alpha`;
  const blob = (mediaType: string, bytes: Uint8Array | string) => {
    const data = Buffer.from(bytes);
    return putBlob(registry, repository, mediaType, data, `sha256:${sha256(data)}`);
  };
  const config = await blob(CONFIG, '{"name":"alpha","version":"1.2.3","apiVersion":"v2"}');
  const plain = await blob('application/vnd.oci.image.config.v1+json', '{"os":"linux"}');
  const archive = await blob(CHART, chart.bytes);
  const legacy = { ...archive, mediaType: 'application/tar+gzip' };
  const layer = { ...archive, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' };
  const junk = await blob(CHART, 'this is no archive');
  const prov = await blob(PROVENANCE, 'this is no provenance file');
  const manifests: Readonly<Record<string, object>> = {
    '1.0.0': { config, layers: [] },
    '1.0.1': { config: plain, layers: [layer] },
    '1.0.2': { config, layers: [layer] },
    '1.0.3': { config: plain, layers: [archive] },
    '1.0.4': { config, layers: [legacy] },
    '1.0.5': { config, layers: [prov, archive] },
    '1.0.6': { config, layers: [junk] },
    '1.0.7': { config, layers: [prov] },
    '1.0.8': { config, layers: [layer, archive, prov] },
    latest: { config, layers: [archive] },
  };
  for (const [tag, parts] of Object.entries(manifests)) {
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    await putManifest(registry, repository, tag, JSON.stringify({ schemaVersion: 2, mediaType, ...parts }));
  }
  const users = await two(b, registry);
  const place = `oci://${registry.address}/${repository}`;
  for (const tag of shareOf(registry, Object.keys(manifests))) {
    await same(users, ['pull', `${place}:${tag}`, ...registry.flags]);
    await same(users, ['show', 'chart', `${place}:${tag}`, ...registry.flags]);
  }
  await same(users, ['pull', `${place}:1.0.4`, '--prov', ...registry.flags]);
  await same(users, ['pull', place, '--version', '1.0.x', ...registry.flags]);
  await same(users, ['pull', `${place}:1.0.6`, '--untar', ...registry.flags]);
}

async function unpushable(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const remote = `oci://${registry.address}/${b.slug}`;
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = await two(b, registry);
  for (const { work } of users) {
    mkdirSync(join(work, 'folder'));
    writeFileSync(join(work, 'junk.tgz'), 'no archive');
    writeFileSync(join(work, 'empty.tgz'), '');
    copyOf(chart, work);
    writeFileSync(join(work, 'renamed.tgz'), chart.bytes);
    writeFileSync(join(work, 'cut.tgz'), chart.bytes.subarray(0, 300));
  }
  const questions = [
    ['push', 'nowhere.tgz', remote],
    ['push', 'folder', remote],
    ['push', 'junk.tgz', remote],
    ['push', 'empty.tgz', remote],
    ['push', 'cut.tgz', remote],
    ['push', 'alpha-1.2.3.tgz', registry.address],
    ['push', 'alpha-1.2.3.tgz', `https://${registry.address}/x`],
    ['push', 'alpha-1.2.3.tgz', `${remote}/UPPER`],
    ['push', 'alpha-1.2.3.tgz', `${remote}:1.2.3`],
    ['push', 'alpha-1.2.3.tgz', `${remote}/`],
    ['push', 'alpha-1.2.3.tgz', `oci://${registry.address}`],
    ['push', 'renamed.tgz', remote],
    ['push', 'alpha-1.2.3.tgz'],
  ];
  for (const args of shareOf(registry, questions)) {
    await same(users, [...args, ...registry.flags]);
  }
}

async function wrongTls(b: Bench, registry: Registry, { pack }: Freight, strangers: Certificates): Promise<void> {
  const remote = `oci://${registry.address}/${b.slug}`;
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const users = await two(b, registry);
  await ok(users[0]!, ['push', chart.path, remote, ...registry.flags]);
  for (const { work } of users) writeFileSync(join(work, 'no.crt'), 'no certificate\n');
  const { cert, key } = strangers.client;
  const odd: readonly (readonly string[])[] = [
    [],
    ['--ca-file', strangers.ca],
    ['--ca-file', 'nowhere.crt'],
    ['--ca-file', 'no.crt'],
    ['--cert-file', 'nowhere.crt', '--key-file', 'nowhere.key'],
    ['--cert-file', 'no.crt', '--key-file', 'no.crt'],
    ['--cert-file', cert],
    ['--cert-file', cert, '--key-file', key],
    ['--cert-file', cert, '--key-file', key, ...registry.flags],
    ['--insecure-skip-tls-verify'],
    ['--insecure-skip-tls-verify', ...registry.flags],
    ['--plain-http'],
    ['--plain-http', '--insecure-skip-tls-verify'],
  ];
  // With TLS and a password everything can go wrong.
  for (const flags of registry.variant === 'auth-tls' ? odd : shareOf(registry, odd)) {
    await same(users, ['pull', `${remote}/alpha`, ...flags]);
    await same(users, ['push', chart.path, remote, ...flags]);
  }
}

/** Where no registry is at all. */
export function unreachableCases({ pack }: Freight): Case[] {
  return [
    {
      name: 'no registry there: the same texts',
      run: async (b) => {
        const chart = await pack({ name: 'alpha', version: '1.2.3' });
        const users = [b.user(b.helm), b.user(b.pintle)];
        for (const host of ['127.0.0.1:1', 'localhost:1', 'no-such-host.invalid', '127.0.0.1:99999', '[::1]:1']) {
          // Who could not be found differs by the resolver of the machine.
          const settle = (text: string): string => text.replaceAll(/lookup no-such-host\.invalid.*/g, 'lookup');
          await same(users, ['pull', `oci://${host}/x/alpha`, '--plain-http'], { settle });
          await same(users, ['pull', `oci://${host}/x/alpha:1.2.3`], { settle });
          await same(users, ['push', chart.path, `oci://${host}/x`, '--plain-http'], { settle });
        }
      },
    },
    {
      name: 'servers that are no registries: the same texts',
      run: async (b) => {
        const chart = await pack({ name: 'alpha', version: '1.2.3' });
        const users = [b.user(b.helm), b.user(b.pintle)];
        const page = '<html>Hello</html>';
        for (const [status, body] of [
          [200, page],
          [404, page],
          [403, '{"errors":[{"code":"DENIED","message":"not for you","detail":{"a":1}}]}'],
          [400, '{"errors":[]}'],
          [401, ''],
        ] as const) {
          const server = await serve(b, (_, response) => answer(response, status, body));
          const flags = ['--plain-http'];
          await same(users, ['pull', `oci://${server.address}/x/alpha`, ...flags]);
          await same(users, ['pull', `oci://${server.address}/x/alpha:1.2.3`, ...flags]);
          await same(users, ['push', chart.path, `oci://${server.address}/x`, ...flags]);
        }
      },
    },
  ];
}
