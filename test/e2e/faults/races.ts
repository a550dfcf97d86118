/**
 * Two to eight commands on one release at once, as processes of their own, each behind a proxy that is slow at every
 * k-th call. What all of them wrote is held against a model: one at a time changes what a release has, the others end
 * before they touch anything and say who was faster, and the records tell a story without gaps.
 *
 *     node test/e2e/faults/races.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Reads what `test/rig/cluster.sh` sets, PINTLE_PROGRAM, and HELM_DRIVER_SQL_CONNECTION_STRING, without which there are
 * no races on records in a database.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dig, type Json, type JsonObject, own } from '../../../src/cluster/json.ts';
import { install, uninstall, upgrade } from '../../../src/index.ts';
import { connectReleases, loadChartFrom, type ReleaseWorld } from '../../../src/node/index.ts';
import type { Release } from '../../../src/release/types.ts';
import { runProgram } from '../exchange/programs.ts';
import { openPlace } from './behind-proxy.ts';
import { changes, runObserved, type Seen } from './observed.ts';
import { chartFiles, type Driver, nameOf, objectsOfStep, type Race, type Racer, raceOf } from './race-cases.ts';
import { historyFault, ownDatabase, type Recorder, watchRecords } from './race-history.ts';
import { readOptions, runCases } from './report.ts';

const options = readOptions();
const place = await openPlace('races');
const { home, namespace, transport, ask } = place;
const chartFolder = join(home, 'chart');
for (const [path, text] of chartFiles(chartFolder)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const chart = await loadChartFrom(chartFolder);
const server = process.env['HELM_DRIVER_SQL_CONNECTION_STRING'];
const database = server ? await ownDatabase(server, `races_${randomBytes(3).toString('hex')}`) : undefined;
const drivers: readonly Driver[] = ['secret', 'configmap', ...(database ? (['sql'] as const) : [])];

function environment(driver: Driver): Record<string, string> {
  return {
    HELM_DRIVER: driver,
    ...(database && { HELM_DRIVER_SQL_CONNECTION_STRING: database.connection }),
  };
}

const worlds = new Map<Driver, ReleaseWorld>();
const recorders = new Map<Driver, Recorder>();

async function open(driver: Driver): Promise<void> {
  const world = await connectReleases({ namespace, driver, env: { ...process.env, ...environment(driver) } });
  worlds.set(driver, world);
  // The first question makes the tables.
  await world.store.query({ name: 'none' });
  if (driver === 'sql') recorders.set(driver, (await database?.record()) as Recorder);
  else recorders.set(driver, await watchRecords(transport, namespace, driver === 'secret' ? 'secrets' : 'configmaps'));
}

/** What is there before the race. */
async function prepare({ start, seed, driver }: Race): Promise<void> {
  if (start === 'nothing') return;
  const { context, store } = worlds.get(driver) as ReleaseWorld;
  const name = `r${seed}`;
  const first = await install({ chart, values: { step: 1 } }, { name }, context());
  if (start === 'deployed') await upgrade({ chart, values: { step: 2 } }, { name }, context());
  if (start === 'uninstalled') await uninstall({ name, keepHistory: true }, context());
  if (start === 'failed') await store.update({ ...first, info: { ...first.info, status: 'failed' } });
  if (start !== 'dead') return;
  const [then, info] = ['2020-01-01T00:00:00Z', { ...first.info, status: 'pending-upgrade' as const }];
  const lease = {
    id: 'dead',
    holder: 'ghost@nowhere (pid 1)',
    operation: 'upgrade',
    started: then,
    renewed: then,
  } as const;
  await store.create({ ...first, version: 2, info, lease: { ...lease, duration: 30 } });
}

interface Finished {
  readonly racer: Racer;
  readonly seen: Seen;
  /** When its first change began and its last was answered. */
  readonly begun: number;
  readonly ended: number;
}

async function runRacer(race: Race, racer: Racer, number: number): Promise<Finished> {
  await new Promise((resolve) => setTimeout(resolve, racer.offset));
  const args = racer.args.map((arg) => (arg === 'CHART' ? chartFolder : arg));
  const late = new Promise((resolve) => setTimeout(resolve, racer.late));
  const seen = await runObserved(transport, `${number}`, args, place, {
    env: environment(race.driver),
    async before(_, call) {
      if (racer.every > 0 && call % racer.every === 0) {
        await late;
        await new Promise((resolve) => setTimeout(resolve, racer.late));
      }
    },
  });
  const made = changes(seen.writes).filter(({ path, body }) => !path.endsWith('-hook-test') && !isTest(body));
  return {
    racer,
    seen,
    begun: Math.min(...made.map(({ begun }) => begun)),
    ended: Math.max(...made.map(({ ended }) => ended)),
  };
}

/** Tests change nothing that a release has. */
function isTest(body: string): boolean {
  return body.includes('-hook-test"');
}

const BUSY = /another operation \(install\/upgrade\/rollback\) is in progress|cannot reuse a name that is still in use/;
/** Who was faster, and when. */
const WHO =
  /hint: ((install|upgrade|rollback|uninstall) by .+ \(pid \d+\), begun .+ ago, was (last )?heard of|another operation was faster: revision \d+ is \w+ by now, begun .+ ago: .+;|revision \d+ of .+ is |r\d+ was uninstalled by another command since this one began)/;
/** What is so once another operation has come to its end. */
const OVER =
  /release: not found|has no deployed releases|release has no \d+ version|is already deleted|no revision for release/;

function messageFault({ seen: { exit, stderr }, racer, begun }: Finished): string | undefined {
  if (exit === 0) return undefined;
  const told = `${racer.args.join(' ')}: exit ${exit}, ${stderr.trim()}`;
  if (exit < 0 || exit > 1) return `was ended: ${told}`;
  if (begun !== Infinity) return `changed something and lost: ${told}`;
  if (OVER.test(stderr)) return undefined;
  if (!BUSY.test(stderr)) return `says nothing of another operation: ${told}`;
  return WHO.test(stderr) ? undefined : `does not say who was faster: ${told}`;
}

function overlap(all: readonly Finished[]): string | undefined {
  const working = all.filter(({ begun }) => begun !== Infinity).sort((a, b) => a.begun - b.begun);
  for (const [i, { racer, ended }] of working.entries()) {
    const next = working[i + 1];
    if (next !== undefined && next.begun < ended) {
      return `at once: ${racer.args.join(' ')} until ${ended}, ${next.racer.args.join(' ')} from ${next.begun}`;
    }
  }
  return undefined;
}

async function objects(release: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  for (const plural of ['configmaps', 'serviceaccounts']) {
    const { text } = await ask({ method: 'GET', path: `/api/v1/namespaces/${namespace}/${plural}` });
    for (const item of own(JSON.parse(text) as Json, 'items') as readonly JsonObject[]) {
      const name = String(dig(item, 'metadata', 'name'));
      if (name !== release && !name.startsWith(`${release}-`)) continue;
      if (!name.includes('-hook-')) found.set(`${plural}/${name}`, String(dig(item, 'data', 'step') ?? ''));
    }
  }
  return found;
}

/**
 * Whether there is what the newest revision says. An install in the place of a release that failed leaves what that
 * one had, as Helm's does.
 */
async function objectFault(race: Race, mayLeave = false): Promise<string | undefined> {
  const name = `r${race.seed}`;
  const all = await (worlds.get(race.driver) as ReleaseWorld).store.query({ name });
  const newest = all
    .map(({ release }) => release)
    .sort((a, b) => a.version - b.version)
    .at(-1);
  const want = wanted(newest);
  if (want === undefined) return undefined;
  const there = await objects(name);
  const got = mayLeave ? new Map([...there].filter(([key]) => want.has(key))) : there;
  const show = (map: ReadonlyMap<string, string>): string => JSON.stringify([...map].sort());
  if (show(want) === show(got)) return undefined;
  return `revision ${newest?.version} is ${newest?.info.status}, wants ${show(want)}, there are ${show(got)}`;
}

/** Undefined: nobody can tell. */
function wanted(newest: Release | undefined): ReadonlyMap<string, string> | undefined {
  const status = newest?.info.status ?? 'uninstalled';
  if (status === 'uninstalled') return new Map();
  if (newest === undefined || status !== 'deployed') return undefined;
  const { name, manifest } = newest;
  return objectsOfStep(name, /step: "(\d+)"/.exec(manifest)?.[1] ?? '1');
}

async function tryRace(race: Race): Promise<string | undefined> {
  const name = `r${race.seed}`;
  await prepare(race);
  const all = await Promise.all(race.racers.map((racer, i) => runRacer(race, racer, i)));
  const events = await (recorders.get(race.driver) as Recorder).events(name);
  const won = all.filter(({ seen }) => seen.exit === 0).map(({ racer }) => racer.args[0]);
  const mayLeave = won.includes('install') && /failed|dead/.test(race.start);
  const faults = [...all.map(messageFault), overlap(all), historyFault(events)];
  faults.push(await objectFault(race, mayLeave));
  if (won.length === 0 && mustWin(race)) faults.push('nobody won');
  if (!faults.some((fault) => fault !== undefined)) faults.push(await wayOut(race, mayLeave));
  const found = faults.filter((fault) => fault !== undefined);
  if (found.length === 0) return undefined;
  const story = events.map(({ version, status }) => `${version}:${status}`).join(' ');
  return `${found.join('\n    ')}\n    ${story}\n    ${all.map(({ racer, seen }) => `${seen.exit} ${racer.args.join(' ')}`).join('\n    ')}`;
}

/**
 * Whether somebody has to come out first: nobody installs what is there, and an uninstall and who makes a new revision
 * may give way to each other.
 */
function mustWin({ start, racers }: Race): boolean {
  const commands = racers.map(({ args }) => args[0]);
  return !commands.includes('uninstall') && (start !== 'deployed' || commands.some((name) => name !== 'install'));
}

/** However it came out, the next command finds its way. */
async function wayOut(race: Race, mayLeave: boolean): Promise<string | undefined> {
  const name = `r${race.seed}`;
  const all = await (worlds.get(race.driver) as ReleaseWorld).store.query({ name, outline: true });
  const newest = all.map(({ release }) => release).sort((a, b) => b.version - a.version)[0];
  const isGone = newest?.info.status === 'uninstalled';
  const args = isGone
    ? ['install', '--replace', name, chartFolder, '--set', 'step=99']
    : ['upgrade', '--install', name, chartFolder, '--set', 'step=99'];
  const { exit, stderr } = await runProgram('p', args, { home, namespace, env: environment(race.driver) });
  return exit === 0 ? objectFault(race, mayLeave) : `no way out: ${stderr}`;
}

const DEFAULT = 30;
const ALL = 240;

let isWell = false;
try {
  for (const driver of drivers) await open(driver);
  const races = Array.from({ length: options.all ? ALL : DEFAULT }, (_, i) => raceOf(i));
  const cases = races
    .filter(({ driver }) => drivers.includes(driver))
    .map((race) => ({ name: nameOf(race), run: () => tryRace(race) }));
  isWell = await runCases(cases, options, 'F3');
} finally {
  for (const recorder of recorders.values()) await recorder.close();
  for (const world of worlds.values()) await world.close();
  await database?.drop();
  await place.close();
}
process.exit(isWell ? 0 : 1);
