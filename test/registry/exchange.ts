/** Charts between Helm and Pintle through a real registry: pushed by one, pulled by the other. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Packed, Packer } from './charts.ts';
import {
  type Bench,
  type Case,
  namesBelow,
  ok,
  type Program,
  run,
  same,
  sameFiles,
  sameTrees,
  show,
  type User,
} from './frame.ts';
import type { Keys } from './keys.ts';
import { ask, manifestOf, pairsFor, type Registry, shareOf, visitor } from './registries.ts';
import { lines, registryHandler, serve } from './servers.ts';

/** What the cases send. */
export interface Freight {
  readonly pack: Packer;
  readonly keys: Keys;
}

const VERSIONS = ['1.0.0', '1.0.5', '1.1.0', '1.1.1-rc.1', '2.0.0', '3.0.0-alpha.1'];

/** The cases for one registry. */
export function exchangeCases(registry: Registry, freight: Freight): Case[] {
  const cases: Case[] = [];
  const add = (name: string, run: (bench: Bench) => Promise<void>): void => {
    cases.push({ name: `${registry.variant}: ${name}`, run });
  };
  for (const [from, to] of pairsFor(registry)) {
    const ways = `pushed by ${from}, pulled by ${to}`;
    add(`${ways}: same bytes, same digest`, (b) => pushAndPull(b, registry, freight, b[from], b[to]));
    add(`${ways}: + in a version`, (b) => plusInVersion(b, registry, freight, b[from], b[to]));
    add(`${ways}: provenance file`, (b) => provenance(b, registry, freight, b[from], b[to]));
    add(`${ways}: --untar and --destination`, (b) => untar(b, registry, freight, b[from], b[to]));
  }
  add('one archive pushed by both has one manifest', (b) => sameManifest(b, registry, freight));
  add('several charts pulled by one command', (b) => severalAtOnce(b, registry, freight));
  add('a version that is there already is pushed again', (b) => pushAgain(b, registry, freight));
  add('versions by range, tag, digest and --devel', (b) => versions(b, registry, freight));
  add('show and template straight from oci://', (b) => straight(b, registry, freight));
  add('install and upgrade straight from oci://', (b) => installStraight(b, registry, freight));
  add('what one keeps in the cache serves the other', (b) => shareCache(b, registry, freight));
  return cases;
}

const url = (registry: Registry, slug: string): string => `oci://${registry.address}/${slug}`;

async function push(user: User, registry: Registry, chart: Packed, slug: string): Promise<string> {
  const { stdout } = await ok(user, ['push', chart.path, url(registry, slug), ...registry.flags]);
  return digestIn(stdout);
}

/** The digest that push and pull print. */
export function digestIn(stdout: string): string {
  const found = /^Digest: (sha256:[0-9a-f]{64})$/m.exec(stdout)?.[1];
  assert.ok(found, `no digest in:\n${stdout}`);
  return found;
}

async function pushAndPull(b: Bench, registry: Registry, { pack }: Freight, from: Program, to: Program): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const pushed = await push(await visitor(b, from, registry), registry, chart, b.slug);
  const reader = await visitor(b, to, registry);
  const { stdout } = await ok(reader, ['pull', `${url(registry, b.slug)}/alpha`, ...registry.flags]);
  assert.equal(stdout, `Pulled: ${registry.address}/${b.slug}/alpha:1.2.3\nDigest: ${pushed}\n`);
  assert.deepEqual(namesBelow(reader.work), ['alpha-1.2.3.tgz']);
  sameFiles(join(reader.work, 'alpha-1.2.3.tgz'), chart.path);
}

async function plusInVersion(
  b: Bench,
  registry: Registry,
  freight: Freight,
  from: Program,
  to: Program,
): Promise<void> {
  const chart = await freight.pack({ name: 'plus', version: '0.3.0+build.5-x' });
  const pushed = await push(await visitor(b, from, registry), registry, chart, b.slug);
  assert.equal((await manifestOf(registry, `${b.slug}/plus`, '0.3.0_build.5-x')).status, 200);
  const reader = await visitor(b, to, registry);
  const place = `${url(registry, b.slug)}/plus`;
  const reference = ['pull', place, '--version', '0.3.0+build.5-x', ...registry.flags];
  assert.equal(digestIn((await ok(reader, reference)).stdout), pushed);
  const names = namesBelow(reader.work);
  assert.equal(names.length, 1);
  sameFiles(join(reader.work, names[0] as string), chart.path);
  // The same by everybody, down to the name of the file.
  const users = [await visitor(b, b.helm, registry), reader];
  await same(users, reference);
  await same(users, ['pull', `${place}:0.3.0+build.5-x`, ...registry.flags]);
  await same(users, ['pull', place, '--version', '~0.3', ...registry.flags]);
  sameTrees(users[0]!.work, users[1]!.work);
}

async function provenance(b: Bench, registry: Registry, freight: Freight, from: Program, to: Program): Promise<void> {
  const chart = await freight.pack({ name: 'signed', version: '0.1.0', signed: true });
  await push(await visitor(b, from, registry), registry, chart, b.slug);
  const reader = await visitor(b, to, registry);
  const place = `${url(registry, b.slug)}/signed`;
  await ok(reader, ['pull', place, '--prov', ...registry.flags]);
  assert.deepEqual(namesBelow(reader.work), ['signed-0.1.0.tgz', 'signed-0.1.0.tgz.prov']);
  sameFiles(join(reader.work, 'signed-0.1.0.tgz'), chart.path);
  sameFiles(join(reader.work, 'signed-0.1.0.tgz.prov'), `${chart.path}.prov`);
  const keyring = ['--keyring', freight.keys.publicRing];
  mkdirSync(join(reader.work, 'v'));
  const checked = await ok(reader, ['pull', place, '--verify', '-d', 'v', ...keyring, ...registry.flags]);
  assert.match(checked.stdout + checked.stderr, new RegExp(`Chart Hash Verified: sha256:${chart.digest}`));
  // Who did not sign is not believed.
  const stranger = ['--keyring', freight.keys.strangersRing];
  const refusal = await run(reader, ['pull', place, '--verify', '-d', 'v', ...stranger, ...registry.flags]);
  assert.equal(refusal.status, 1, show(refusal));
}

async function untar(b: Bench, registry: Registry, freight: Freight, from: Program, to: Program): Promise<void> {
  const chart = await freight.pack({ name: 'alpha', version: '1.2.3' });
  await push(await visitor(b, from, registry), registry, chart, b.slug);
  const reader = await visitor(b, to, registry);
  const other = await visitor(b, b.helm, registry);
  const place = `${url(registry, b.slug)}/alpha`;
  for (const user of [reader, other]) {
    await ok(user, ['pull', place, '--untar', ...registry.flags]);
    mkdirSync(join(user.work, 'deep/down'), { recursive: true });
    await ok(user, ['pull', place, '--destination', 'deep/down', ...registry.flags]);
    await ok(user, ['pull', place, '--untar', '--untardir', 'deep/untarred', ...registry.flags]);
  }
  sameTrees(other.work, reader.work);
  const again = await same([other, reader], ['pull', place, '--untar', ...registry.flags]);
  assert.equal(again.status, 1);
  sameTrees(other.work, reader.work);
}

const BARE = { 'Chart.yaml': 'apiVersion: v2\nname: bare\nversion: 1.0.0+x\n' };

async function sameManifest(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const signed = await pack({ name: 'signed', version: '0.1.0', signed: true });
  const plain = await pack({ name: 'bare', version: '1.0.0+x', files: BARE });
  const full = await pack({ name: 'alpha', version: '1.2.3' });
  for (const chart of [full, plain, signed]) {
    const answers: Buffer[] = [];
    for (const program of [b.helm, b.pintle]) {
      const slug = `${b.slug}/${answers.length}`;
      await push(await visitor(b, program, registry), registry, chart, slug);
      answers.push((await manifestOf(registry, `${slug}/${chart.name}`, chart.version.replace('+', '_'))).body);
    }
    assert.equal(String(answers[1]), String(answers[0]));
    for (const { digest } of layersOf(answers[0] as Buffer)) {
      const blobs = [];
      for (const at of [0, 1]) {
        blobs.push((await ask(registry, `/v2/${b.slug}/${at}/${chart.name}/blobs/${digest}`)).body);
      }
      assert.ok(blobs[0]?.equals(blobs[1] as Buffer));
    }
  }
}

function layersOf(manifest: Buffer): { mediaType: string; digest: string }[] {
  const { config, layers } = JSON.parse(manifest.toString()) as Record<string, { mediaType: string; digest: string }[]>;
  return [config as unknown as { mediaType: string; digest: string }, ...(layers ?? [])];
}

async function severalAtOnce(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const charts = [await pack({ name: 'alpha', version: '1.2.3' }), await pack({ name: 'omega', version: '0.9.0' })];
  const writer = await visitor(b, b.helm, registry);
  for (const chart of charts) await push(writer, registry, chart, b.slug);
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  const places = charts.map(({ name }) => `${url(registry, b.slug)}/${name}`);
  await same(users, ['pull', ...places, ...registry.flags]);
  sameTrees(users[0]!.work, users[1]!.work);
  assert.equal(namesBelow(users[1]!.work).length, 2);
}

async function pushAgain(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const args = ['push', chart.path, url(registry, b.slug), ...registry.flags];
  await same(users, args);
  await same(users, args);
  await same([...users].reverse(), args);
}

async function pushAll(b: Bench, registry: Registry, { pack }: Freight): Promise<Packed[]> {
  const writer = await visitor(b, b.helm, registry);
  const charts = [];
  for (const version of VERSIONS) {
    charts.push(await pack({ name: 'range', version }));
    await push(writer, registry, charts.at(-1) as Packed, b.slug);
  }
  return charts;
}

function emptyFolder(folder: string): void {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
}

async function versions(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const charts = await pushAll(b, registry, freight);
  const place = `${url(registry, b.slug)}/range`;
  const digest = String((await manifestOf(registry, `${b.slug}/range`, '1.0.5')).headers['docker-content-digest']);
  const other = String((await manifestOf(registry, `${b.slug}/range`, '2.0.0')).headers['docker-content-digest']);
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  const questions: readonly (readonly [args: readonly string[], version: string | undefined])[] = [
    [[place], '2.0.0'],
    [[place, '--devel'], '3.0.0-alpha.1'],
    [[place, '--version', '1.0.0'], '1.0.0'],
    [[place, '--version', '~1.0.0'], '1.0.5'],
    [[place, '--version', '^1.0'], '1.1.0'],
    [[place, '--version', '>=1.0.1 <1.1.0'], '1.0.5'],
    [[place, '--version', '<2.0.0 || >4'], '1.1.0'],
    [[place, '--version', '^1.1.1-0'], '1.1.1-rc.1'],
    [[place, '--version', '1.x'], '1.1.0'],
    [[place, '--version', '>0.0.0-0'], '3.0.0-alpha.1'],
    [[place, '--version', 'v1.0.0'], undefined],
    [[place, '--version', '1.0'], undefined],
    [[`${place}:1.0.5`], '1.0.5'],
    [[`${place}:1.0.5`, '--version', '1.0.5'], '1.0.5'],
    [[`${place}:1.0.5`, '--version', '1.0.0'], undefined],
    [[`${place}:1.0.5`, '--version', '^1.0'], undefined],
    [[`${place}@${digest}`], undefined],
    [[`${place}:1.0.5@${digest}`], undefined],
    [[`${place}:1.0.5@${other}`], undefined],
    [[`${place}@${digest}`, '--version', '1.0.5'], undefined],
    [[`${place}@sha256:${'0'.repeat(64)}`], undefined],
    [[`${place}@sha256:abc`], undefined],
    [[`${place}@md5:d41d8cd98f00b204e9800998ecf8427e`], undefined],
    [[place, '--version', '9.9.9'], undefined],
    [[place, '--version', '^9'], undefined],
    [[place, '--version', 'not a version'], undefined],
  ];
  for (const [args, version] of shareOf(registry, questions)) {
    for (const { work } of users) emptyFolder(work);
    const outcome = await same(users, ['pull', ...args, ...registry.flags]);
    sameTrees(users[0]!.work, users[1]!.work);
    if (version === undefined) continue;
    assert.equal(outcome.status, 0, show(outcome));
    const chart = charts.find((c) => c.version === version) as Packed;
    for (const { work } of users) sameFiles(join(work, chart.fileName), chart.path);
  }
}

async function straight(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  await pushAll(b, registry, freight);
  const place = `${url(registry, b.slug)}/range`;
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  for (const { work } of users) writeFileSync(join(work, 'more.yaml'), 'greeting: bonjour\n');
  const questions = [
    ['show', 'all', place],
    ['show', 'chart', place, '--version', '~1.0.0'],
    ['show', 'values', `${place}:1.0.0`],
    ['show', 'values', place, '--jsonpath', '{.greeting}'],
    ['show', 'readme', place, '--devel'],
    ['show', 'crds', place],
    ['show', 'chart', place, '--version', '^9'],
    ['template', 'one', place, '--set', 'greeting=ahoj'],
    ['template', place, '--version', '^1.0', '-f', 'more.yaml', '--include-crds'],
    ['template', 'one', `${place}:1.0.5`, '--version', '1.0.0'],
    ['template', 'one', `${place}x`],
  ];
  for (const args of shareOf(registry, questions)) {
    await same(users, [...args, ...registry.flags]);
  }
  assert.deepEqual(namesBelow(users[1]!.work), ['more.yaml']);
}

/** Into the embedded cluster: what the chart comes from is what counts here. */
async function installStraight(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  await pushAll(b, registry, freight);
  const place = `${url(registry, b.slug)}/range`;
  const user = await visitor(b, b.pintle, registry);
  const sandbox = `--sandbox=${join(user.home, 'sandbox')}`;
  await ok(user, ['install', 'one', `${place}:1.0.0`, '--skip-crds', sandbox, ...registry.flags]);
  await ok(user, ['upgrade', 'one', place, '--version', '^1.0', sandbox, ...registry.flags]);
  const { stdout } = await ok(user, ['history', 'one', '-o', 'json', sandbox]);
  const charts = (JSON.parse(stdout) as { readonly chart: string }[]).map(({ chart }) => chart);
  assert.deepEqual(charts, ['range-1.0.0', 'range-1.1.0']);
}

/** What one program has put into the cache serves the other. */
async function shareCache(b: Bench, registry: Registry, { pack }: Freight): Promise<void> {
  const chart = await pack({ name: 'alpha', version: '1.2.3' });
  const window = await serve(b, registryHandler(registry));
  await push(await visitor(b, b.helm, registry), registry, chart, b.slug);
  const through = { ...registry, address: window.address, scheme: 'http', flags: ['--plain-http'] } as const;
  const args = ['template', 'one', `${url(through, b.slug)}/alpha`, ...through.flags];
  const kept = `cache/content/${chart.digest.slice(0, 2)}/${chart.digest}.chart`;
  const [first, second] = [await visitor(b, b.helm, through), await visitor(b, b.pintle, through)];
  const { stdout } = await ok(first, args);
  const cache = { env: { HELM_CACHE_HOME: join(first.home, 'cache') } };
  sameFiles(join(first.home, kept), chart.path);
  window.seen.length = 0;
  assert.equal((await ok(second, args, cache)).stdout, stdout);
  if (second.program.command !== first.program.command) {
    const blobs = lines(window.seen).filter((line) => line.endsWith(`/blobs/sha256:${chart.digest}`));
    assert.deepEqual(blobs, [], 'the archive was asked for once more');
  }
  // The other way round Helm asks for everything again, and must not stumble over what is there.
  const third = await visitor(b, b.pintle, through);
  assert.equal((await ok(third, args)).stdout, stdout);
  sameFiles(join(third.home, kept), chart.path);
  await ok(first, args, { env: { HELM_CACHE_HOME: join(third.home, 'cache') } });
}

/** A copy of an archive that may be spoilt. */
export function copyOf(chart: Packed, folder: string): string {
  const path = join(folder, chart.fileName);
  copyFileSync(chart.path, path);
  if (statSync(`${chart.path}.prov`, { throwIfNoEntry: false })) {
    writeFileSync(`${path}.prov`, readFileSync(`${chart.path}.prov`));
  }
  return path;
}
