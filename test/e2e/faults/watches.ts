/**
 * F6: everything that waits, behind a proxy that breaks a watch, one of its events, or the list before it. The wait has
 * to go on and end as it would have, soon: neither with a timeout, nor only at the timeout, nor before all is ready.
 *
 *     node test/e2e/faults/watches.ts [--only PATTERN] [--jobs N] [--all]
 *
 * Every second watch, sixth event and eighth list of every operation meets the next fault; with `--all` all meet all.
 * Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { parseArgs } from 'node:util';
import { dig } from '../../../src/cluster/json.ts';
import type { Break, ProxiedCall } from '../client/breaking-proxy.ts';
import {
  WAITS_CHART as CHART,
  historyOf,
  inTurns,
  listOf,
  openPlace,
  run,
  runBehind,
  Tally,
  type Timed,
} from './behind-proxy.ts';
import { FAULTS_AT, type Site, type WatchFault, type WatchState } from './watch-faults.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    all: { type: 'boolean', default: false },
  },
});
const place = await openPlace('time-w');
const tally = new Tally('F6');

/** Milliseconds for what has to be noticed first: silence lasts ten seconds before it is doubted. */
const SILENCE = 14_000;
/** Milliseconds for starting over, and for a machine that has other things to do. */
const SLACK = 8_000;

interface Operation {
  readonly name: string;
  readonly before: (release: string) => readonly (readonly string[])[];
  readonly args: (release: string) => readonly string[];
  /** The step that the chart is at afterwards; 0 for gone. */
  readonly step: 0 | 1 | 2;
  /** Whether it fails, as its chart has it. */
  readonly fails?: boolean;
  /** Whether it ends only when all that is no hook is as it should be. */
  readonly waits?: boolean;
}

const install = (release: string, ...more: readonly string[]): readonly string[] => [
  'install',
  release,
  CHART,
  ...more,
];
const upgrade = (release: string, ...more: readonly string[]): readonly string[] => [
  'upgrade',
  release,
  CHART,
  '--set',
  'step=2',
  ...more,
];
const bare = (release: string): readonly (readonly string[])[] => [install(release, '--no-hooks', '--wait')];

const OPERATIONS: readonly Operation[] = [
  { name: 'install', before: () => [], args: (r) => install(r, '--wait', '--wait-for-jobs'), step: 1, waits: true },
  { name: 'install legacy', before: () => [], args: (r) => install(r, '--wait=legacy'), step: 1, waits: true },
  { name: 'install hooks', before: () => [], args: (r) => install(r), step: 1 },
  { name: 'upgrade', before: bare, args: (r) => upgrade(r, '--wait', '--wait-for-jobs'), step: 2, waits: true },
  { name: 'upgrade legacy', before: bare, args: (r) => upgrade(r, '--wait=legacy'), step: 2, waits: true },
  {
    name: 'rollback',
    before: (r) => [...bare(r), upgrade(r, '--no-hooks', '--wait')],
    args: (r) => ['rollback', r, '1', '--wait', '--wait-for-jobs'],
    step: 1,
    waits: true,
  },
  { name: 'uninstall', before: bare, args: (r) => ['uninstall', r, '--wait'], step: 0, waits: true },
  { name: 'uninstall legacy', before: bare, args: (r) => ['uninstall', r, '--wait=legacy'], step: 0, waits: true },
  { name: 'test', before: bare, args: (r) => ['test', r], step: 1 },
  {
    name: 'failing job',
    before: () => [],
    args: (r) => install(r, '--wait', '--wait-for-jobs', '--set', 'fail=job'),
    step: 1,
    fails: true,
  },
  { name: 'failing hook', before: () => [], args: (r) => install(r, '--set', 'fail=pre'), step: 1, fails: true },
  {
    name: 'failing hook that goes',
    before: () => [],
    args: (r) => install(r, '--set', 'fail=ttl'),
    step: 1,
    fails: true,
  },
  {
    name: 'failing hook that goes, legacy',
    before: () => [],
    args: (r) => install(r, '--wait=legacy', '--set', 'fail=ttl'),
    step: 1,
    fails: true,
  },
  {
    name: 'failing pod, legacy',
    before: () => [],
    args: (r) => install(r, '--wait=legacy', '--set', 'fail=pod'),
    step: 1,
    fails: true,
  },
  {
    name: 'failing test',
    before: (r) => [install(r, '--no-hooks', '--wait', '--set', 'fail=test-job')],
    args: (r) => ['test', r],
    step: 1,
    fails: true,
  },
];

/** How many there are of what faults strike at. */
type Counts = Record<Site, number>;

/** Runs an operation with a fault at the nth site of its kind, from 1. */
async function runWith(
  operation: Operation,
  release: string,
  fault: WatchFault | undefined,
  nth: number,
): Promise<Timed & { readonly counts: Counts }> {
  const counts: Counts = { watch: 0, event: 0, list: 0 };
  const breaks = (call: ProxiedCall): Break | undefined => {
    if (call.isWatch) {
      counts.watch++;
      if (fault?.site === 'watch' && (counts.watch === nth || (fault.always && counts.watch > nth)))
        return fault.breaks;
      return { kind: 'lines', lines: () => ({ each: eachOf(counts, fault, nth) }) };
    }
    if (!isListOfWatch(call)) return undefined;
    counts.list++;
    return fault?.site === 'list' && counts.list === nth ? fault.breaks : undefined;
  };
  const timed = await runBehind(place, [...operation.args(release), '--timeout', '60s'], breaks);
  return { ...timed, counts };
}

function eachOf(counts: Counts, fault: WatchFault | undefined, nth: number) {
  const before: string[] = [];
  const watch: WatchState = {};
  return (line: string) => {
    counts.event++;
    const strikes = fault?.site === 'event' && counts.event === nth;
    const passed = strikes ? fault.at(line, [...before], watch) : { lines: [line] };
    before.push(line);
    if (watch.held === undefined || strikes) return passed;
    const { held } = watch;
    watch.held = undefined;
    return { ...passed, lines: [...passed.lines, held] };
  };
}

/** Lists of pods by their labels are looked at beside the watches. */
function isListOfWatch({ method, path, query }: ProxiedCall): boolean {
  const plural = path.split('/').at(-1) ?? '';
  const isList = ['configmaps', 'deployments', 'jobs', 'pods'].includes(plural);
  return method === 'GET' && isList && query?.['labelSelector'] === undefined;
}

/** What is not as it has to be after an operation. */
async function check(operation: Operation, release: string, { exit, stderr }: Timed): Promise<string | undefined> {
  const unready = await whatIsUnready(operation, release);
  const isTest = operation.name.includes('test');
  const history = await historyOf(place, release);
  const said = `exit ${exit}, ${stderr.trim().split('\n').slice(-6).join('\n      ')}`;
  if ((exit !== 0) !== (operation.fails ?? false)) return said;
  const newest = history.at(-1)?.status;
  const wanted = operation.step === 0 ? undefined : operation.fails && !isTest ? 'failed' : 'deployed';
  if (newest !== wanted) return `recorded as ${newest}; ${said}`;
  if (/deadline|timed out/.test(stderr)) return `a timeout: ${said}`;
  const phases = await hookPhases(release);
  const bad = phases.filter((phase) => phase === 'Failed').length;
  if (operation.fails && !operation.name.includes('job') && bad === 0) return `no hook is said to have failed: ${said}`;
  if (!operation.fails && bad > 0) return `a hook is said to have failed: ${said}`;
  return operation.fails || unready === undefined ? undefined : `too early: ${unready}`;
}

/** Looked at as soon as the operation has ended. */
async function whatIsUnready({ step, waits = false }: Operation, release: string): Promise<string | undefined> {
  if (!waits) return undefined;
  const named = (name: string) => (item: object) => dig(item as never, 'metadata', 'name') === name;
  const [deployments, jobs] = await Promise.all([
    listOf(place, 'apis/apps/v1', 'deployments'),
    listOf(place, 'apis/batch/v1', 'jobs'),
  ]);
  const deployment = deployments.find(named(release));
  if (step === 0) return deployment === undefined ? undefined : 'the Deployment is there';
  if (deployment === undefined) return 'no Deployment';
  const { spec, status, metadata } = deployment as never as Deployment;
  const [container] = spec.template.spec.containers;
  if (container?.image !== `a:${step}`) return `the Deployment runs ${container?.image}`;
  if (status.observedGeneration !== metadata.generation || status.availableReplicas !== 2)
    return JSON.stringify(status);
  return jobs.some(named(`${release}-job-${step}`)) ? undefined : 'no Job';
}

interface Deployment {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly template: { readonly spec: { readonly containers: readonly { readonly image: string }[] } };
  };
  readonly status: { readonly observedGeneration?: number; readonly availableReplicas?: number };
}

async function hookPhases(release: string): Promise<readonly string[]> {
  const { exit, stdout } = await run(place, 'status', release, '-o', 'json');
  if (exit !== 0) return [];
  const { hooks = [] } = JSON.parse(stdout) as { hooks?: readonly { last_run: { phase?: string } }[] };
  return hooks.map(({ last_run }) => last_run.phase ?? '');
}

function nameOf(operation: Operation, fault: WatchFault, nth: number): string {
  return `${operation.name}: ${fault.name} at ${fault.site} ${nth}`;
}

let count = 0;

/** One case; `usual` is how long the operation takes without a fault. */
async function tryCase(operation: Operation, fault: WatchFault, nth: number, usual: number): Promise<void> {
  const release = `r${++count}`;
  const name = nameOf(operation, fault, nth);
  for (const args of operation.before(release)) {
    const { exit, stderr } = await run(place, ...args);
    if (exit !== 0) return tally.report(name, `not prepared: ${stderr}`);
  }
  const ran = await runWith(operation, release, fault, nth);
  const limit = 2 * usual + SLACK + (fault.silent ? SILENCE : 0);
  const late = ran.took > limit ? `took ${Math.round(ran.took)} ms, not ${Math.round(limit)}` : undefined;
  tally.report(name, (await check(operation, release, ran)) ?? late);
  if (options.all) await run(place, 'uninstall', release, '--no-hooks');
}

/** Without `--all`, faults strike at every so manieth of these, one after the other. */
const STRIDES: Counts = { watch: 2, event: 6, list: 8 };
const turns: Counts = { watch: 0, event: 0, list: 0 };

/** How an operation goes without a fault. */
async function usually(operation: Operation, i: number): Promise<{ readonly took: number; readonly counts: Counts }> {
  const release = `count${i}`;
  for (const args of operation.before(release)) await run(place, ...args);
  const usual = await runWith(operation, release, undefined, 0);
  tally.report(operation.name, await check(operation, release, usual));
  return usual;
}

/** What an operation is to be tried with. */
function casesOf(operation: Operation, i: number, usual: Awaited<ReturnType<typeof usually>>) {
  const cases: (() => Promise<void>)[] = [];
  for (const site of ['watch', 'event', 'list'] as const) {
    const faults = FAULTS_AT[site];
    const stride = options.all ? 1 : STRIDES[site];
    for (let nth = 1 + (i % stride); nth <= usual.counts[site]; nth += stride) {
      const chosen = options.all ? faults : [faults[turns[site]++ % faults.length] as WatchFault];
      for (const fault of chosen) {
        if (!pattern.test(nameOf(operation, fault, nth))) continue;
        cases.push(() => tryCase(operation, fault, nth, usual.took));
      }
    }
  }
  return cases;
}

const pattern = new RegExp(options.only);
const jobs = Number(options.jobs);
try {
  const usual: Awaited<ReturnType<typeof usually>>[] = [];
  await inTurns(
    jobs,
    OPERATIONS.map((operation, i) => async () => {
      usual[i] = await usually(operation, i);
    }),
  );
  await inTurns(
    jobs,
    usual.flatMap((one, i) => casesOf(OPERATIONS[i] as Operation, i, one)),
  );
} finally {
  await place.close();
}
process.exit(tally.end(options.only === '' ? 'watches' : undefined));
