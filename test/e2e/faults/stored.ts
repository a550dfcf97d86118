/**
 * Records that are broken, contradict themselves, are very many, or were written by Helm 3 and 4: they are told, the
 * others work, nothing that reads them changes them, and memory and time stay bounded.
 *
 *     node test/e2e/faults/stored.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Reads what `test/rig/cluster.sh` sets, PINTLE_PROGRAM, HELM, HELM3, and HELM_DRIVER_SQL_CONNECTION_STRING, without
 * which there are no records in a database. Each record is tried in one kind of store; with `--all` in each.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { install } from '../../../src/index.ts';
import { connectReleases, loadChartFrom, type ReleaseWorld } from '../../../src/node/index.ts';
import { connectSql } from '../../../src/node/releases/sql-client.ts';
import { releaseJson } from '../../../src/release/codec.ts';
import { type By, runProgram } from '../exchange/programs.ts';
import { BAD, type BadRecord, packed } from './bad-records.ts';
import { openPlace, type Place } from './behind-proxy.ts';
import { runObserved, type Seen } from './observed.ts';
import { chartFiles, type Driver } from './race-cases.ts';
import { ownDatabase } from './race-history.ts';
import { kubePlace, type RecordPlace, sqlPlace } from './record-places.ts';
import { asCase, type Case, Fault, readOptions, runCases } from './report.ts';

/** Kilobytes of memory, and milliseconds, that no command needs on records as these. */
const MEMORY = 800_000;
const TIME = 30_000;

const options = readOptions();
const place = await openPlace('stored');
/** What is large is not to be read again by every list of the others. */
const apart = await openPlace('stored');
const { home, transport, ask } = place;
const chartFolder = join(home, 'chart');
for (const [path, text] of chartFiles(chartFolder)) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
const chart = await loadChartFrom(chartFolder);
const server = process.env['HELM_DRIVER_SQL_CONNECTION_STRING'];
const database = server ? await ownDatabase(server, `stored_${randomBytes(3).toString('hex')}`) : undefined;
const sql = database && (await connectSql(database.connection, process.env));
const drivers: readonly Driver[] = ['secret', 'configmap', ...(database ? (['sql'] as const) : [])];

interface Store {
  readonly driver: Driver;
  readonly namespace: string;
  readonly env: Readonly<Record<string, string>>;
  readonly world: ReleaseWorld;
  readonly raw: RecordPlace;
}

async function openStore(driver: Driver, { namespace }: Pick<Place, 'namespace'>): Promise<Store> {
  const env = {
    HELM_DRIVER: driver,
    ...(database && { HELM_DRIVER_SQL_CONNECTION_STRING: database.connection }),
  };
  const world = await connectReleases({ namespace, driver, env: { ...process.env, ...env } });
  // The first question makes the tables.
  await world.store.query({ name: 'none' });
  if (driver === 'sql' && sql) return { driver, namespace, env, world, raw: sqlPlace(sql, namespace) };
  return {
    driver,
    namespace,
    env,
    world,
    raw: kubePlace(ask, namespace, driver === 'secret' ? 'Secret' : 'ConfigMap'),
  };
}

/** Runs Pintle; what it needs must be bounded, whatever it says. */
async function pintle({ env, namespace }: Store, ...args: readonly string[]): Promise<Seen> {
  const seen = await runObserved(transport, '', args, { home, namespace }, { env });
  const told = `${args.join(' ')}: exit ${seen.exit}`;
  if (seen.exit < 0 || seen.exit > 1) throw new Fault(`${told}, ${seen.stderr}`);
  if (seen.memory > MEMORY) throw new Fault(`${told} needed ${seen.memory} kB`);
  if (seen.milliseconds > TIME) throw new Fault(`${told} needed ${seen.milliseconds} ms`);
  most.memory = Math.max(most.memory, seen.memory);
  most.milliseconds = Math.max(most.milliseconds, seen.milliseconds);
  return seen;
}

const most = { memory: 0, milliseconds: 0 };

function check(isSo: boolean, what: string, { exit, stdout, stderr }: Seen): void {
  if (!isSo) throw new Fault(`${what}: exit ${exit}\n${stdout}${stderr}`);
}

/** Reads that must neither write nor fail where the release has a good revision. */
async function read(store: Store, ...args: readonly string[]): Promise<Seen> {
  const seen = await pintle(store, ...args);
  check(seen.writes.length === 0, `${args.join(' ')} wrote ${seen.writes[0]?.path}`, seen);
  return seen;
}

function row(stdout: string): readonly (readonly string[])[] {
  const lines = stdout.trimEnd().split('\n').slice(1);
  return lines.map((line) => line.split('\t').map((cell) => cell.trim()));
}

/** A release whose first revision is good, and whose second is not. */
async function tryBad(store: Store, bad: BadRecord, name: string): Promise<void> {
  const { world, raw } = store;
  const first = await install({ chart }, { name }, world.context());
  const good = { ...first, version: 2, info: { ...first.info, status: 'failed' as const } };
  const text = bad.text(JSON.parse(releaseJson(good)) as Record<string, unknown>);
  await raw.put({ name, version: 2, status: 'failed', text, ...(bad.labels && { labels: bad.labels }) });
  const before = await raw.tokens();
  await readAll(store, bad, name);
  for (const [key, token] of before) {
    if (key.startsWith(`sh.helm.release.v1.${name}.`) && (await raw.tokens()).get(key) !== token) {
      throw new Fault(`${key} was written`);
    }
  }
  await changeAll(store, name);
}

async function readAll(store: Store, bad: BadRecord, name: string): Promise<void> {
  const isReadable = bad.status !== undefined;
  const history = await read(store, 'history', name, '--debug');
  const revisions = row(history.stdout).map(([revision, , status]) => `${revision} ${status}`);
  const want = isReadable ? `1 deployed,2 ${bad.status}` : '1 deployed';
  check(history.exit === 0 && revisions.join() === want, `history, wanted ${want}`, history);
  if (!isReadable) {
    check(history.stderr.includes(`sh.helm.release.v1.${name}.v2`), 'history --debug does not tell', history);
  }
  const status = await read(store, 'status', name);
  check(status.exit === 0 && status.stdout.includes(`REVISION: ${isReadable ? 2 : 1}\n`), 'status', status);
  const one = await read(store, 'get', 'all', name, '--revision', '2');
  check(one.exit === (isReadable ? 0 : 1), 'get all --revision 2', one);
  if (!isReadable) check(/hint: .*v2|not found/.test(one.stderr), 'get all --revision 2 does not tell', one);
  const list = await read(store, 'list', '--filter', `^${name}$`);
  const shown = row(list.stdout).map(([, , revision]) => revision);
  const isKnown = !isReadable || bad.status === 'failed';
  check(list.exit === 0 && shown.join() === (isKnown ? (isReadable ? '2' : '1') : ''), 'list', list);
}

async function changeAll(store: Store, name: string): Promise<void> {
  const upgraded = await pintle(store, 'upgrade', name, chartFolder, '--set', 'step=3');
  check(upgraded.exit === 0 && upgraded.stdout.includes('REVISION: 3\n'), 'upgrade', upgraded);
  const back = await pintle(store, 'rollback', name, '1');
  check(back.exit === 0, 'rollback', back);
  const status = await read(store, 'status', name);
  check(
    status.stdout.includes('REVISION: 4\n') && status.stdout.includes('STATUS: deployed'),
    'status after it',
    status,
  );
  const gone = await pintle(store, 'uninstall', name);
  check(gone.exit === 0, 'uninstall', gone);
  const keys = [...(await store.raw.tokens()).keys()].filter((key) => key.startsWith(`sh.helm.release.v1.${name}.`));
  check(keys.length === 0, `uninstall left ${keys.join()}`, gone);
  const again = await pintle(store, 'install', name, chartFolder);
  check(again.exit === 0, 'install again', again);
}

/** What Helm wrote, beside a record that nobody can read. */
async function tryHelm(store: Store, by: By, name: string): Promise<void> {
  const at = { home, namespace: store.namespace, env: store.env };
  for (const args of [
    ['install', name, chartFolder],
    ['upgrade', name, chartFolder, '--set', 'step=2'],
    ['rollback', name, '1'],
  ]) {
    const { exit, stderr } = await runProgram(by, args, at);
    if (exit !== 0) throw new Fault(`Helm ${by} ${args[0]}: ${stderr}`);
  }
  await store.raw.put({ name, version: 4, status: 'failed', text: '!!!' });
  const before = await store.raw.tokens();
  const history = await read(store, 'history', name);
  const want = '1 superseded,2 superseded,3 deployed';
  check(
    row(history.stdout)
      .map(([a, , b]) => `${a} ${b}`)
      .join() === want,
    'history',
    history,
  );
  for (const what of ['all', 'values', 'manifest', 'metadata']) {
    const got = await read(store, 'get', what, name);
    check(got.exit === 0, `get ${what}`, got);
  }
  for (const [key, token] of await store.raw.tokens()) {
    if (key.includes(`.${name}.`) && before.get(key) !== token) throw new Fault(`${key} was written`);
  }
  const upgraded = await pintle(store, 'upgrade', name, chartFolder, '--set', 'step=5');
  check(upgraded.exit === 0 && upgraded.stdout.includes('REVISION: 5\n'), 'upgrade', upgraded);
  const there = await runProgram(by, ['status', name], at);
  if (!there.stdout.includes('REVISION: 5\n')) throw new Fault(`Helm ${by} status: ${there.stdout}${there.stderr}`);
  const back = await pintle(store, 'rollback', name, '2');
  check(back.exit === 0, 'rollback', back);
  const gone = await pintle(store, 'uninstall', name);
  check(gone.exit === 0, 'uninstall', gone);
}

/** A release with very many revisions. */
async function tryMany(store: Store, count: number, name: string): Promise<void> {
  const { world, raw, driver } = store;
  const first = await install({ chart }, { name }, world.context());
  const info = { ...first.info, status: 'superseded' as const };
  const texts = Array.from({ length: count - 1 }, (_, i) => i + 2).values();
  const worker = async (): Promise<void> => {
    for (const version of texts) {
      const status = version === count ? 'deployed' : 'superseded';
      const text = packed(releaseJson({ ...first, version, info: { ...info, status } }));
      await raw.put({ name, version, status, text });
    }
  };
  await world.store.update({ ...first, info });
  await Promise.all(Array.from({ length: driver === 'sql' ? 4 : 16 }, worker));
  const history = await read(store, 'history', name, '--max', '3');
  check(row(history.stdout).length === 3 && history.stdout.includes(`\n${count} `.trimEnd()), 'history', history);
  for (const args of [['list'], ['status', name], ['get', 'values', name], ['history', name, '-o', 'json']]) {
    const seen = await read(store, ...args);
    check(seen.exit === 0, args.join(' '), seen);
  }
  const upgraded = await pintle(store, 'upgrade', name, chartFolder, '--set', 'step=2', '--history-max', '0');
  check(upgraded.exit === 0 && upgraded.stdout.includes(`REVISION: ${count + 1}\n`), 'upgrade', upgraded);
  const back = await pintle(store, 'rollback', name, '1', '--history-max', '10');
  check(back.exit === 0, 'rollback', back);
  const left = [...(await raw.tokens()).keys()].filter((key) => key.startsWith(`sh.helm.release.v1.${name}.`));
  check(left.length === 10, `${left.length} revisions are left`, back);
  const gone = await pintle(store, 'uninstall', name);
  check(gone.exit === 0, 'uninstall', gone);
}

function casesOf(stores: readonly Store[], others: readonly Store[]): Case[] {
  const inTurn = (list: readonly BadRecord[]): readonly (readonly [BadRecord, Store, number])[] =>
    list.flatMap((one, i) =>
      (/^bomb/.test(one.name) ? others : stores)
        .filter((_, j) => options.all || i % stores.length === j)
        .map((store) => [one, store, i] as const),
    );
  const helms = (['3', '4'] as const).filter((by) => process.env[by === '3' ? 'HELM3' : 'HELM']);
  return [
    ...inTurn(BAD).map(([bad, store, i]) =>
      asCase(`${bad.name} (${store.driver})`, () => tryBad(store, bad, `b${i}-${store.driver}`)),
    ),
    ...helms.flatMap((by) =>
      stores.map((store) =>
        asCase(`beside Helm ${by} (${store.driver})`, () => tryHelm(store, by, `h${by}-${store.driver}`)),
      ),
    ),
    ...stores.map((store) => {
      const count = options.all ? 10_000 : 500;
      return asCase(`${count} revisions (${store.driver})`, () => tryMany(store, count, `m-${store.driver}`));
    }),
  ];
}

let isWell = false;
const stores: Store[] = [];
const others: Store[] = [];
try {
  for (const driver of drivers) stores.push(await openStore(driver, place));
  for (const driver of drivers) others.push(await openStore(driver, apart));
  isWell = await runCases(casesOf(stores, others), options, 'F9');
  console.log(`# at most ${most.memory} kB and ${most.milliseconds} ms`);
} finally {
  for (const { world } of [...stores, ...others]) await world.close();
  await sql?.end();
  await database?.drop();
  await place.close();
  await apart.close();
}
process.exit(isWell ? 0 : 1);
