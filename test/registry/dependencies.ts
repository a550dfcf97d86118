/** Charts that other charts depend on, from a registry: resolved, locked and fetched by one program and the other. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ChartSource, type Packed, writeChart } from './charts.ts';
import type { Freight } from './exchange.ts';
import {
  type Bench,
  type Case,
  filesBelow,
  namesBelow,
  ok,
  type Program,
  refused,
  run,
  same,
  sameTrees,
  show,
} from './frame.ts';
import { pairsFor, type Registry, visitor } from './registries.ts';

/** The cases for one registry. */
export function dependencyCases(registry: Registry, freight: Freight): Case[] {
  const cases: Case[] = [];
  const add = (name: string, run: (bench: Bench) => Promise<void>): void => {
    cases.push({ name: `${registry.variant}: ${name}`, run });
  };
  add('dependency update: the same lock and the same archives', (b) => sameUpdate(b, registry, freight));
  for (const [one, two] of pairsFor(registry)) {
    add(`dependency update by ${one}, build by ${two}`, (b) => updateAndBuild(b, registry, freight, b[one], b[two]));
  }
  add('dependencies that are not there: the same texts', (b) => missing(b, registry, freight));
  add('a tag overwritten after the lock was made is refused, by Pintle', (b) => overwritten(b, registry, freight));
  add('a tag overwritten with --locked is refused by every command', (b) => lockedEverywhere(b, registry, freight));
  add('a lock of Helm is built with a notice, and upgraded by update', (b) => upgrade(b, registry, freight));
  return cases;
}

/** A lock without what differs: the time, and the digests of archives, which only Pintle writes. */
export function plainLock(chart: string): string {
  return readFileSync(join(chart, 'Chart.lock'), 'utf8')
    .replace(/^generated: .*$/m, 'generated: *')
    .replaceAll(/^ {2}digest: sha256:[0-9a-f]{64}\n/gm, '');
}

/** The digests of archives in a lock. */
export function lockedDigests(chart: string): string[] {
  const found = readFileSync(join(chart, 'Chart.lock'), 'utf8').matchAll(/^ {2}digest: sha256:([0-9a-f]{64})$/gm);
  return [...found].map(([, digest]) => digest as string);
}

async function pushAll(b: Bench, registry: Registry, { pack }: Freight, sources: ChartSource[]): Promise<Packed[]> {
  const writer = await visitor(b, b.helm, registry);
  const charts = [];
  for (const source of sources) {
    const chart = await pack(source);
    await ok(writer, ['push', chart.path, `oci://${registry.address}/${b.slug}`, ...registry.flags]);
    charts.push(chart);
  }
  return charts;
}

const SOURCES: ChartSource[] = [
  { name: 'db', version: '1.0.0' },
  { name: 'db', version: '1.0.5' },
  { name: 'db', version: '1.1.0' },
  { name: 'db', version: '2.0.0-rc.1' },
  { name: 'extra', version: '1.0.0' },
  { name: 'extra', version: '1.2.0' },
  { name: 'cache', version: '0.4.0+b.1' },
];

function parent(place: string, folder: string, dependencies = ''): string {
  const more = `dependencies:
  - name: db
    version: ~1.0.0
    repository: ${place}
  - name: extra
    alias: second
    version: ">=1.0.0"
    repository: ${place}
    condition: second.enabled
  - name: cache
    version: 0.4.x
    repository: ${place}
  - name: nearby
    version: ">0.0.0-0"
    repository: file://../nearby
${dependencies}`;
  writeChart(folder, { name: 'nearby', version: '0.1.0' });
  return writeChart(folder, { name: 'parent', version: '0.1.0', metadata: more });
}

async function sameUpdate(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const charts = await pushAll(b, registry, freight, SOURCES);
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)] as const;
  const folders = users.map(({ work }) => parent(`oci://${registry.address}/${b.slug}`, work));
  await same(users, ['dependency', 'list', 'parent']);
  // Helm's words come in the order in which things happen; which of them downloads are not compared.
  await same(users, ['dependency', 'update', 'parent', ...registry.flags], { texts: [] });
  const [theirs = '', ours = ''] = folders;
  assert.equal(plainLock(ours), plainLock(theirs));
  assert.deepEqual(namesBelow(join(ours, 'charts')), namesBelow(join(theirs, 'charts')));
  for (const chart of charts) {
    const path = join(ours, 'charts', chart.fileName);
    if (existsSync(path)) assert.ok(readFileSync(path).equals(chart.bytes), chart.fileName);
  }
  if (b.tested) {
    const named = ['db-1.0.5', 'extra-1.2.0', 'cache-0.4.0+b.1'].map((name) =>
      charts.find((c) => c.fileName === `${name}.tgz`),
    );
    assert.deepEqual(
      lockedDigests(ours).slice(0, 3),
      named.map((chart) => chart?.digest),
    );
  }
  await same(users, ['dependency', 'list', 'parent']);
  await same(users, ['template', 'x', 'parent']);
  // Nothing to do is done.
  const lock = readFileSync(join(ours, 'Chart.lock'), 'utf8');
  await ok(users[1], ['dependency', 'update', 'parent', ...registry.flags]);
  assert.equal(readFileSync(join(ours, 'Chart.lock'), 'utf8'), lock);
  for (const user of users) rmSync(join(user.work, 'parent/charts'), { recursive: true });
  await same(users, ['dependency', 'build', 'parent', ...registry.flags], { texts: [] });
  assert.deepEqual(namesBelow(join(ours, 'charts')), namesBelow(join(theirs, 'charts')));
  assert.equal(readFileSync(join(ours, 'Chart.lock'), 'utf8'), lock);
}

async function updateAndBuild(
  b: Bench,
  registry: Registry,
  freight: Freight,
  one: Program,
  two: Program,
): Promise<void> {
  const charts = await pushAll(b, registry, freight, SOURCES);
  const [a, z] = [await visitor(b, one, registry), await visitor(b, two, registry)];
  const folder = parent(`oci://${registry.address}/${b.slug}`, a.work);
  await ok(a, ['dependency', 'update', 'parent', ...registry.flags]);
  cpSync(a.work, z.work, { recursive: true });
  const copy = join(z.work, 'parent');
  rmSync(join(copy, 'charts'), { recursive: true });
  await ok(z, ['dependency', 'build', 'parent', ...registry.flags]);
  assert.equal(readFileSync(join(copy, 'Chart.lock'), 'utf8'), readFileSync(join(folder, 'Chart.lock'), 'utf8'));
  assert.deepEqual(namesBelow(join(copy, 'charts')), namesBelow(join(folder, 'charts')));
  for (const name of ['db-1.0.5', 'cache-0.4.0+b.1']) {
    const chart = charts.find(({ fileName }) => fileName === `${name}.tgz`) as Packed;
    assert.ok(readFileSync(join(copy, 'charts', chart.fileName)).equals(chart.bytes));
  }
  await same([a, z], ['template', 'x', 'parent']);
}

async function missing(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  await pushAll(b, registry, freight, SOURCES.slice(0, 2));
  const users = [await visitor(b, b.helm, registry), await visitor(b, b.pintle, registry)];
  const place = `oci://${registry.address}/${b.slug}`;
  for (const [name, version, repository] of [
    ['db', '^9', place],
    ['db', '1.0.9', place],
    ['nothing', '^1', place],
    ['nothing', '1.0.0', place],
    ['db', 'not a version', place],
    ['db', '^1', `${place}/db`],
    ['db', '^1', `${place}/UPPER`],
  ]) {
    const dependency = `dependencies: [{name: ${name}, version: "${version}", repository: "${repository}"}]\n`;
    for (const { work } of users) {
      rmSync(work, { recursive: true });
      mkdirSync(work);
      writeChart(work, { name: 'parent', version: '0.1.0', metadata: dependency });
    }
    await same(users, ['dependency', 'update', 'parent', ...registry.flags]);
    sameTrees(users[0]!.work, users[1]!.work);
  }
}

/** A chart with a lock on db 1.0.5, whose tag then gets other bytes. */
async function lockThenOverwrite(b: Bench, registry: Registry, freight: Freight) {
  const place = `oci://${registry.address}/${b.slug}`;
  const writer = await visitor(b, b.helm, registry);
  const user = await visitor(b, b.pintle, registry);
  const first = await freight.pack({ name: 'db', version: '1.0.5' });
  const second = await freight.pack({ name: 'db', version: '1.0.5', files: { 'values.yaml': 'greeting: evil\n' } });
  assert.notEqual(first.digest, second.digest);
  await ok(writer, ['push', first.path, place, ...registry.flags]);
  const dependency = `dependencies:\n  - {name: db, version: ^1.0.0, repository: "${place}"}\n`;
  const folder = writeChart(user.work, { name: 'parent', version: '0.1.0', metadata: dependency });
  await ok(user, ['dependency', 'update', 'parent', ...registry.flags]);
  if (b.tested) assert.deepEqual(lockedDigests(folder), [first.digest]);
  await ok(writer, ['push', second.path, place, ...registry.flags]);
  return { writer, user, folder, first, second, place };
}

async function overwritten(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const { user, folder, first, second, place } = await lockThenOverwrite(b, registry, freight);
  const stranger = await visitor(b, b.pintle, registry);
  const helm = await visitor(b, b.helm, registry);
  for (const other of [stranger, helm]) {
    cpSync(folder, join(other.work, 'parent'), { recursive: true });
    rmSync(join(other.work, 'parent/charts'), { recursive: true });
    mkdirSync(join(other.work, 'parent/charts'));
    writeFileSync(join(other.work, 'parent/charts/.keep'), 'kept');
  }
  const build = ['dependency', 'build', 'parent', ...registry.flags];
  // Helm takes the new bytes without a word.
  await ok(helm, build);
  assert.ok(readFileSync(join(helm.work, 'parent/charts/db-1.0.5.tgz')).equals(second.bytes));
  if (!b.tested) return;
  const before = filesBelow(stranger.work);
  const outcome = await refused(stranger, build, /db/);
  for (const part of [first.digest, second.digest, place]) {
    assert.ok(outcome.stderr.includes(part), `should name ${part}: ${show(outcome)}`);
  }
  assert.deepEqual(filesBelow(stranger.work), before, 'something changed');
  // Who still has the first archive goes on with it, from the cache or from charts/.
  const kept = filesBelow(folder);
  const again = await run(user, build);
  assert.ok(again.status === 0 || again.status === 1, show(again));
  assert.deepEqual(filesBelow(folder), kept, 'what was right is changed');
}

async function lockedEverywhere(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const { folder, second } = await lockThenOverwrite(b, registry, freight);
  if (!b.tested) return;
  const stranger = await visitor(b, b.pintle, registry);
  cpSync(folder, join(stranger.work, 'parent'), { recursive: true });
  writeFileSync(join(stranger.work, 'parent/charts/db-1.0.5.tgz'), second.bytes);
  const before = filesBelow(stranger.work);
  await refused(stranger, ['dependency', 'verify', 'parent'], /db/);
  await refused(stranger, ['template', 'x', 'parent', '--locked'], /db/);
  await refused(stranger, ['package', 'parent', '--locked'], /db/);
  await refused(stranger, ['dependency', 'build', 'parent', ...registry.flags], /db/);
  assert.deepEqual(filesBelow(stranger.work), before, 'something changed');
}

async function upgrade(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const [chart] = await pushAll(b, registry, freight, SOURCES.slice(1, 2));
  const helm = await visitor(b, b.helm, registry);
  const user = await visitor(b, b.pintle, registry);
  const dependency = `dependencies:\n  - {name: db, version: ^1.0.0, repository: "oci://${registry.address}/${b.slug}"}\n`;
  writeChart(helm.work, { name: 'parent', version: '0.1.0', metadata: dependency });
  await ok(helm, ['dependency', 'update', 'parent', ...registry.flags]);
  cpSync(helm.work, user.work, { recursive: true });
  if (!b.tested) return;
  const folder = join(user.work, 'parent');
  rmSync(join(folder, 'charts'), { recursive: true });
  const lock = readFileSync(join(folder, 'Chart.lock'), 'utf8');
  const { stderr } = await ok(user, ['dependency', 'build', 'parent', ...registry.flags]);
  assert.match(stderr, /digest/, 'no notice');
  assert.equal(readFileSync(join(folder, 'Chart.lock'), 'utf8'), lock);
  await ok(user, ['dependency', 'update', 'parent', ...registry.flags]);
  assert.deepEqual(lockedDigests(folder), [chart?.digest]);
  // And Helm takes that lock as its own.
  rmSync(join(helm.work, 'parent'), { recursive: true });
  cpSync(folder, join(helm.work, 'parent'), { recursive: true });
  rmSync(join(helm.work, 'parent/charts'), { recursive: true });
  await ok(helm, ['dependency', 'build', 'parent', ...registry.flags]);
}
