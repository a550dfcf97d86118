/** Processes that are killed at any moment, and many that do the same at once. */
import assert from 'node:assert/strict';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { yamlToValue } from '../../src/yaml/decode.ts';
import { type Packed, sha256, writeChart } from './charts.ts';
import { plainLock } from './dependencies.ts';
import type { Freight } from './exchange.ts';
import { type Bench, type Case, namesBelow, newUser, ok, run, sameTrees, show, type User } from './frame.ts';
import type { Registry } from './registries.ts';
import { folderHandler, lines, type Pace, registryHandler, type Server, serve } from './servers.ts';

/** How often processes are killed, over all commands. */
const KILLS = 200;

/** So slow that a download takes a good part of a run. */
const SLOW: Pace = { bytes: 8192, pause: 4 };

/** The cases; `registry` is one without password or TLS. */
export function resilienceCases(registry: Registry, freight: Freight): Case[] {
  const commands = [pullHttp, pullOci, updateHttp, updateOci, repoUpdate];
  const each = KILLS / commands.length;
  return [
    ...commands.map((command, index): Case => {
      const name = `killed ${each} times at any moment: ${TITLES[index]}`;
      return { name, run: async (b) => kill(b, await command(b, registry, freight), each, index) };
    }),
    { name: 'eight processes at once pull one chart over HTTP', alone: true, run: (b) => eightPulls(b, freight) },
    {
      name: 'eight processes at once render one chart from a registry',
      alone: true,
      run: (b) => eightRenders(b, registry, freight),
    },
    {
      name: 'eight processes at once build one chart each on one cache',
      alone: true,
      run: (b) => eightBuilds(b, registry, freight),
    },
    { name: 'eight processes at once add a repository each', alone: true, run: (b) => eightAdds(b, freight) },
  ];
}

const TITLES = [
  'pull from a repository',
  'pull --untar from a registry',
  'dependency update from a repository',
  'dependency update from a registry',
  'repo update',
];

/** A command to kill. */
interface Victim {
  readonly user: User;
  readonly args: readonly string[];
  /** Brings back what makes the command work hard, and leaves everything else as it is. */
  readonly prepare: (round: number) => void;
  /** Throws when what a killed command has left is broken. */
  readonly intact: () => void;
  /** Throws when a command that ended well has not done its work. */
  readonly done: () => void;
}

/** A chart that takes a while to come. */
async function big(freight: Freight, name: string, version: string): Promise<Packed> {
  let noise = '';
  for (let n = 0; noise.length < 150_000; n++) noise += sha256(`${name} ${version} ${n}`);
  return freight.pack({ name, version, files: { 'data.txt': noise } });
}

/** The random numbers of a seed, from 0 to 1. Mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function kill(b: Bench, victim: Victim, times: number, seed: number): Promise<void> {
  const { user, args } = victim;
  const random = randomNumbers(seed + 1);
  victim.prepare(0);
  let took = await timed(user, args);
  victim.done();
  let killed = 0;
  for (let round = 1; killed < times && round < times * 3; round++) {
    victim.prepare(round);
    const delay = took * (0.15 + random() * 0.9);
    const outcome = await run(user, args, {
      started: (child) => void sleep(delay).then(() => child.kill('SIGKILL')),
    });
    if (outcome.signal === 'SIGKILL') killed++;
    else assert.equal(outcome.status, 0, show(outcome));
    victim.intact();
    took = await timed(user, args);
    victim.done();
  }
  assert.equal(killed, times, 'the processes ended too early to be killed');
  if (b.tested) await checkLeftovers(victim);
}

async function timed(user: User, args: readonly string[]): Promise<number> {
  const start = performance.now();
  await ok(user, args);
  return performance.now() - start;
}

/** What a killed process was writing may stay for a while, but the next that works there an hour later sweeps. */
async function checkLeftovers({ user, args, prepare, done }: Victim): Promise<void> {
  const left = leftovers(user);
  const hours = new Date(Date.now() - 7_200_000);
  for (const path of left) utimesSync(join(user.home, path), hours, hours);
  prepare(1);
  await ok(user, args);
  done();
  const still = leftovers(user);
  console.log(`        ${left.length} left behind by killed processes, ${still.length} when they are hours old`);
  assert.deepEqual(still, []);
}

/** Temporary files and folders, locks, and everything in the folder for temporary files. */
function leftovers(user: User): string[] {
  const names = readdirSync(user.home, { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => {
      const base = basename(name);
      return (
        name.startsWith('tmp/') ||
        /\.tmp$|\.lock$|\.breaking$|^tmpcharts|^\.pintle/.test(base) ||
        /\.lock\.\w+$/.test(base)
      );
    })
    .filter((name) => !name.endsWith('repositories.lock') && !name.endsWith('Chart.lock'));
}

/** Every archive in the content cache is what its name says. */
function checkCache(user: User): void {
  const cache = join(user.home, 'cache/content');
  for (const name of namesBelow(cache)) {
    const match = /^[0-9a-f]{2}\/([0-9a-f]{64})\.chart$/.exec(name);
    if (match) assert.equal(sha256(readFileSync(join(cache, name))), match[1], `${name} in the cache`);
    else assert.match(name, /\/\.[^/]*$/, `${name} in the cache`);
  }
}

/** Every file that users see in `folder` is one of the archives. */
function checkArchives(folder: string, charts: readonly Packed[]): void {
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (name.startsWith('.')) continue;
    const chart = charts.find(({ fileName }) => fileName === name);
    assert.ok(chart, `${name} in ${folder}`);
    assert.ok(readFileSync(join(folder, name)).equals(chart.bytes), `${name} in ${folder} is broken`);
  }
}

async function repository(b: Bench, charts: readonly Packed[], pace?: Pace): Promise<Server & { folder: string }> {
  const folder = join(b.folder, 'repository');
  mkdirSync(folder);
  for (const chart of charts) cpSync(chart.path, join(folder, chart.fileName));
  await ok(b.user(b.helm), ['repo', 'index', folder]);
  const server = await serve(b, folderHandler(folder, pace ? { pace } : {}));
  return { ...server, folder };
}

function dropCache(user: User): void {
  const cache = join(user.home, 'cache/content');
  for (const name of namesBelow(cache)) if (name.endsWith('.chart')) rmSync(join(cache, name));
}

async function pullHttp(b: Bench, _: Registry, freight: Freight): Promise<Victim> {
  const chart = await big(freight, 'alpha', '1.0.0');
  const { url } = await repository(b, [chart], SLOW);
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'one', url]);
  const config = readFileSync(join(user.home, 'config/repositories.yaml'));
  const check = (): void => {
    checkCache(user);
    checkArchives(user.work, [chart]);
    assert.ok(readFileSync(join(user.home, 'config/repositories.yaml')).equals(config));
  };
  return {
    user,
    args: ['pull', 'one/alpha'],
    prepare: () => {
      dropCache(user);
      rmSync(join(user.work, chart.fileName), { force: true });
    },
    intact: check,
    done: () => {
      check();
      assert.ok(existsSync(join(user.work, chart.fileName)));
    },
  };
}

async function pullOci(b: Bench, registry: Registry, freight: Freight): Promise<Victim> {
  const chart = await big(freight, 'alpha', '1.0.0');
  await ok(b.user(b.helm), ['push', chart.path, `oci://${registry.address}/${b.slug}`, '--plain-http']);
  const window = await serve(b, registryHandler(registry, SLOW));
  const place = `oci://${window.address}/${b.slug}/alpha`;
  const model = b.user(b.helm);
  await ok(model, ['pull', place, '--untar', '--plain-http']);
  const user = b.user(b.pintle);
  const folder = join(user.work, 'alpha');
  const whole = (): void => sameTrees(join(model.work, 'alpha'), folder);
  return {
    user,
    args: ['pull', place, '--untar', '--plain-http'],
    prepare: () => {
      dropCache(user);
      rmSync(folder, { recursive: true, force: true });
    },
    intact: () => {
      checkCache(user);
      // There or not: half a folder would make the next run say that it exists.
      if (!existsSync(folder)) return;
      whole();
      rmSync(folder, { recursive: true });
    },
    done: whole,
  };
}

/** A chart with three dependencies that have changed since its lock was made: `charts/` holds the old ones. */
async function updateVictim(
  user: User,
  place: string,
  charts: readonly Packed[],
  flags: readonly string[],
): Promise<Victim> {
  const metadata = `dependencies:\n${['one', 'two', 'three']
    .map((name) => `  - {name: ${name}, version: ">=1.0.0", repository: "${place}"}\n`)
    .join('')}`;
  const folder = writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  const before = join(user.home, 'before');
  const args = ['dependency', 'update', 'parent', ...flags];
  const old = metadata.replaceAll('>=1.0.0', '1.0.0');
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata: old });
  await ok(user, args);
  cpSync(folder, before, { recursive: true });
  const [oldLock] = [plainLock(folder)];
  writeChart(user.work, { name: 'parent', version: '0.1.0', metadata });
  await ok(user, args);
  const newLock = plainLock(folder);
  assert.notEqual(newLock, oldLock);
  const check = (): void => {
    checkCache(user);
    checkArchives(join(folder, 'charts'), charts);
    const lock = plainLock(folder);
    assert.ok(lock === oldLock || lock === newLock, `a lock that nobody made:\n${lock}`);
    yamlToValue(readFileSync(join(folder, 'Chart.lock'), 'utf8'));
  };
  return {
    user,
    args,
    prepare: () => {
      dropCache(user);
      rmSync(join(folder, 'charts'), { recursive: true, force: true });
      cpSync(join(before, 'charts'), join(folder, 'charts'), { recursive: true });
      cpSync(join(before, 'Chart.lock'), join(folder, 'Chart.lock'));
    },
    intact: check,
    done: () => {
      check();
      assert.equal(plainLock(folder), newLock);
      const names = readdirSync(join(folder, 'charts')).filter((name) => !name.startsWith('.'));
      assert.deepEqual(names.sort(), ['one-2.0.0.tgz', 'three-2.0.0.tgz', 'two-2.0.0.tgz']);
    },
  };
}

async function sixCharts(freight: Freight): Promise<Packed[]> {
  const charts: Packed[] = [];
  for (const name of ['one', 'two', 'three']) {
    for (const version of ['1.0.0', '2.0.0']) charts.push(await big(freight, name, version));
  }
  return charts;
}

async function updateHttp(b: Bench, _: Registry, freight: Freight): Promise<Victim> {
  const charts = await sixCharts(freight);
  const { url } = await repository(b, charts, SLOW);
  const user = b.user(b.pintle);
  await ok(user, ['repo', 'add', 'here', url]);
  return updateVictim(user, url, charts, []);
}

async function updateOci(b: Bench, registry: Registry, freight: Freight): Promise<Victim> {
  const charts = await sixCharts(freight);
  const writer = b.user(b.helm);
  for (const chart of charts) {
    await ok(writer, ['push', chart.path, `oci://${registry.address}/${b.slug}`, '--plain-http']);
  }
  const window = await serve(b, registryHandler(registry, SLOW));
  return updateVictim(b.user(b.pintle), `oci://${window.address}/${b.slug}`, charts, ['--plain-http']);
}

/** Two repositories whose indexes change between rounds. */
async function repoUpdate(b: Bench): Promise<Victim> {
  const user = b.user(b.pintle);
  const index = (round: number): string => {
    const versions = Array.from({ length: 400 }, (_, n) => {
      const version = `1.${n}.${round}`;
      return `  - {apiVersion: v2, name: alpha, version: ${version}, urls: [alpha-${version}.tgz], created: "2024-01-01T00:00:00Z"}\n`;
    });
    return `apiVersion: v1\nentries:\n  alpha:\n${versions.join('')}generated: "2024-01-01T00:00:00Z"\n`;
  };
  const folders = ['first', 'second'].map((name) => join(b.folder, name));
  for (const [n, folder] of folders.entries()) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'index.yaml'), index(0));
    const { url } = await serve(b, folderHandler(folder, { pace: SLOW }));
    await ok(user, ['repo', 'add', `r${n}`, url]);
  }
  const config = readFileSync(join(user.home, 'config/repositories.yaml'));
  let now = 0;
  const cached = (n: number): string => readFileSync(join(user.home, `cache/repository/r${n}-index.yaml`), 'utf8');
  const current = (): void => {
    for (const n of [0, 1]) assert.equal(cached(n), index(now));
  };
  return {
    user,
    args: ['repo', 'update'],
    prepare: (round) => {
      now = round;
      for (const folder of folders) writeFileSync(join(folder, 'index.yaml'), index(round));
    },
    intact: () => {
      assert.ok(readFileSync(join(user.home, 'config/repositories.yaml')).equals(config));
      for (const n of [0, 1]) {
        const round = Number(/version: 1\.0\.(\d+)/.exec(cached(n))?.[1]);
        assert.ok(cached(n) === index(round), `the index of r${n} is broken`);
      }
    },
    done: current,
  };
}

/** Eight users of one home, each in a folder of its own. */
function eight(b: Bench): { users: User[]; home: string } {
  const owner = b.user(b.pintle);
  const users = Array.from({ length: 8 }, (_, n) => {
    const user = newUser(b.pintle, join(owner.home, `user-${n}`));
    const { HELM_CACHE_HOME, HELM_CONFIG_HOME, HELM_DATA_HOME } = owner.env;
    return {
      ...user,
      env: { ...user.env, HELM_CACHE_HOME, HELM_CONFIG_HOME, HELM_DATA_HOME } as Record<string, string>,
    };
  });
  return { users: [owner, ...users], home: owner.home };
}

async function eightPulls(b: Bench, freight: Freight): Promise<void> {
  const chart = await big(freight, 'alpha', '1.0.0');
  const { url, seen } = await repository(b, [chart], SLOW);
  const { users, home } = eight(b);
  const [owner, ...crowd] = users as [User, ...User[]];
  await ok(owner, ['repo', 'add', 'one', url]);
  seen.length = 0;
  await Promise.all(crowd.map((user) => ok(user, ['pull', 'one/alpha'])));
  for (const { work } of crowd) assert.ok(readFileSync(join(work, chart.fileName)).equals(chart.bytes));
  if (!b.tested) return;
  assert.deepEqual(
    lines(seen).filter((line) => line.includes('.tgz')),
    [`GET /${chart.fileName}`],
    'downloads',
  );
  checkCache({ ...owner, home });
}

async function eightRenders(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const chart = await big(freight, 'alpha', '1.0.0');
  await ok(b.user(b.helm), ['push', chart.path, `oci://${registry.address}/${b.slug}`, '--plain-http']);
  const { url, address, seen } = await serve(b, registryHandler(registry, SLOW));
  assert.ok(url);
  const { users, home } = eight(b);
  const [owner, ...crowd] = users as [User, ...User[]];
  const args = ['template', 'x', `oci://${address}/${b.slug}/alpha`, '--plain-http'];
  const outcomes = await Promise.all(crowd.map((user) => ok(user, args)));
  for (const { stdout } of outcomes) assert.equal(stdout, outcomes[0]?.stdout);
  if (!b.tested) return;
  const blobs = lines(seen).filter((line) => line.startsWith('GET') && line.includes(`/blobs/sha256:${chart.digest}`));
  assert.equal(blobs.length, 1, `downloads:\n${blobs.join('\n')}`);
  checkCache({ ...owner, home });
}

async function eightBuilds(b: Bench, registry: Registry, freight: Freight): Promise<void> {
  const charts = await sixCharts(freight);
  const writer = b.user(b.helm);
  for (const chart of charts) {
    await ok(writer, ['push', chart.path, `oci://${registry.address}/${b.slug}`, '--plain-http']);
  }
  const { address, seen } = await serve(b, registryHandler(registry, SLOW));
  const metadata = `dependencies:\n${['one', 'two', 'three']
    .map((name) => `  - {name: ${name}, version: ^2.0.0, repository: "oci://${address}/${b.slug}"}\n`)
    .join('')}`;
  const { users, home } = eight(b);
  const [owner, ...crowd] = users as [User, ...User[]];
  const folder = writeChart(owner.work, { name: 'parent', version: '0.1.0', metadata });
  await ok(owner, ['dependency', 'update', 'parent', '--plain-http']);
  dropCache(owner);
  for (const { work } of crowd) {
    cpSync(folder, join(work, 'parent'), { recursive: true });
    rmSync(join(work, 'parent/charts'), { recursive: true });
  }
  seen.length = 0;
  await Promise.all(crowd.map((user) => ok(user, ['dependency', 'build', 'parent', '--plain-http'])));
  for (const { work } of crowd) {
    checkArchives(join(work, 'parent/charts'), charts);
    assert.equal(namesBelow(join(work, 'parent/charts')).length, 3);
  }
  if (!b.tested) return;
  const blobs = lines(seen).filter((line) =>
    charts.some(({ digest }) => line === `GET /v2/${b.slug}/${nameOf(charts, digest)}/blobs/sha256:${digest}`),
  );
  assert.equal(blobs.length, 3, `downloads:\n${blobs.join('\n')}`);
  checkCache({ ...owner, home });
}

const nameOf = (charts: readonly Packed[], digest: string): string =>
  charts.find((chart) => chart.digest === digest)?.name ?? '';

async function eightAdds(b: Bench, freight: Freight): Promise<void> {
  const chart = await freight.pack({ name: 'alpha', version: '1.2.3' });
  const { url } = await repository(b, [chart]);
  for (let round = 0; round < 3; round++) {
    const { users } = eight(b);
    const [owner, ...crowd] = users as [User, ...User[]];
    await Promise.all(crowd.map((user, n) => ok(user, ['repo', 'add', `name-${n}`, url])));
    const names = JSON.parse((await ok(owner, ['repo', 'list', '-o', 'json'])).stdout) as { name: string }[];
    assert.deepEqual(
      names.map(({ name }) => name).sort(),
      crowd.map((_, n) => `name-${n}`),
    );
    await ok({ ...owner, program: b.helm }, ['search', 'repo', 'alpha']);
    const lock = join(owner.home, 'config/repositories.lock');
    assert.ok(!existsSync(lock) || statSync(lock).isFile());
    // Helm itself loses some of these.
    if (!b.tested) continue;
    await Promise.all(crowd.map((user, n) => ok(user, ['repo', 'remove', `name-${n}`])));
    assert.deepEqual(JSON.parse((await ok(owner, ['repo', 'list', '-o', 'json'])).stdout), []);
  }
}
