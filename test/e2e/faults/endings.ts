/**
 * F11: what never gets done by itself. Operations end with their time, say what was not done and keep a true record,
 * out of which the next command leads; a signal ends them at once.
 *
 *     node test/e2e/faults/endings.ts [--only PATTERN] [--jobs N] [--all] [--room SECONDS]
 *
 * The time may be missed by one second, and by `--room` (2) more where the machine is busy: `--jobs 1 --room 0` is the
 * strict check. Without `--all` every other case is also ended by a signal; with it all are, and in every state that the
 * proxy can bring about. Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { parseArgs } from 'node:util';
import { dig, type JsonObject } from '../../../src/cluster/json.ts';
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
import { CASES, type Ending, LIMIT } from './ending-cases.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    all: { type: 'boolean', default: false },
    room: { type: 'string', default: '2' },
  },
});
const place = await openPlace('time-e');
const tally = new Tally('F11');
/** Milliseconds by which the time may be missed. */
const TOLERANCE = 1000 + Number(options.room) * 1000;

/** When the time of a wait began, and when it was over. */
interface Seen extends Timed {
  readonly waited: number;
  /** Milliseconds from the first signal to the end. */
  readonly stopped: number;
}

interface Signals {
  /** Milliseconds after the wait began. */
  readonly after: number;
  readonly count: 1 | 2;
  /** From the first signal on no request is answered. */
  readonly deaf?: boolean;
}

/** Runs a case, and ends it with signals where there are any. */
async function runCase(one: Ending, release: string, signals: Signals | undefined): Promise<Seen> {
  let began = 0;
  let signalled = 0;
  let kill = (_: NodeJS.Signals): void => {};
  const signal = (count: number): void => {
    signalled ||= performance.now();
    kill('SIGINT');
    if (count > 1) setTimeout(() => kill('SIGINT'), 200);
  };
  const breaks = (call: ProxiedCall): Break | undefined => {
    if (signals?.deaf && signalled > 0) return { kind: 'hang' };
    if (isBegin(one, call)) {
      if (began === 0 && signals !== undefined) setTimeout(() => signal(signals.count), signals.after);
      began = performance.now();
    }
    return one.breaks?.(call);
  };
  const args = [...one.args(release, CHART), ...(one.timeout === false ? [] : ['--timeout', `${LIMIT / 1000}s`])];
  const ran = await runBehind(place, args, breaks, { begun: (way) => void (kill = way) });
  const end = performance.now();
  return { ...ran, waited: end - began, stopped: end - signalled };
}

/** The time begins anew with each write to what is no record, or with the first request of all. */
function isBegin({ from }: Ending, { method, path }: ProxiedCall): boolean {
  if (from === 'log') return path.endsWith('/log');
  return method !== 'GET' && !path.includes('/secrets') && !path.endsWith('/namespaces');
}

/** What a case does to the cluster while it runs. */
async function meddle({ pods }: Ending, release: string, signal: AbortSignal): Promise<void> {
  while (pods !== undefined && !signal.aborted) {
    for (const pod of await listOf(place, 'api/v1', 'pods')) {
      const name = String(dig(pod, 'metadata', 'name'));
      if (!name.startsWith(`${release}-`) || dig(pod, 'status', 'containerStatuses') !== undefined) continue;
      const path = `/api/v1/namespaces/${place.namespace}/pods/${name}/status`;
      const body = JSON.stringify({ status: pods });
      await place.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function tryCase(one: Ending, signals: Signals | undefined): Promise<void> {
  const release = `e${++count}`;
  for (const args of one.before(release, CHART)) {
    const { exit, stderr } = await run(place, ...args);
    if (exit !== 0) return tally.report(nameOf(one, signals), `not prepared: ${stderr}`);
  }
  const stop = new AbortController();
  const meddling = meddle(one, release, stop.signal);
  const seen = await runCase(one, release, signals);
  stop.abort();
  await meddling;
  const problem =
    signals === undefined ? await checkTime(one, release, seen) : await checkStop(one, release, seen, signals);
  tally.report(nameOf(one, signals), problem ?? (await leadOut(one, release, signals)));
}

let count = 0;

function nameOf({ name }: Ending, signals: Signals | undefined): string {
  if (signals === undefined) return name;
  return `${name}: ${signals.count === 2 ? 'two signals' : 'a signal'}${signals.deaf ? ', no answers' : ''}`;
}

function said({ exit, stderr, stdout }: Timed): string {
  return `exit ${exit}\n      ${(stdout.slice(-200) + stderr).trim().split('\n').slice(-8).join('\n      ')}`;
}

/** What is wrong with how a case ended by itself. */
async function checkTime(one: Ending, release: string, seen: Seen): Promise<string | undefined> {
  const { waited, exit, stderr } = seen;
  const ms = Math.round(waited);
  if (one.ends === 'in time' && Math.abs(waited - LIMIT) > TOLERANCE) return `took ${ms} ms; ${said(seen)}`;
  if (one.ends === 'early' && waited > LIMIT - 1000) return `took ${ms} ms; ${said(seen)}`;
  if (exit !== (one.exit ?? 1)) return said(seen);
  if (!one.says.test(stderr)) return `says something else: ${said(seen)}`;
  return checkRecord(one.status, release, seen);
}

async function checkRecord(status: string, release: string, seen: Timed): Promise<string | undefined> {
  const newest = (await historyOf(place, release)).at(-1)?.status ?? 'gone';
  return newest === status ? undefined : `recorded as ${newest}, not ${status}; ${said(seen)}`;
}

/** What is wrong with how a case was ended. */
async function checkStop(one: Ending, release: string, seen: Seen, signals: Signals): Promise<string | undefined> {
  const { stopped, exit } = seen;
  // For five seconds it is tried to record the end of which a cluster that does not answer cannot hear.
  const limit = TOLERANCE + (signals.count === 2 ? 200 : signals.deaf ? 5000 : 0);
  if (stopped > limit) return `went on for ${Math.round(stopped)} ms; ${said(seen)}`;
  // What had nothing left to do may be gone before the second one.
  const isKilled = signals.count === 2 && stopped > 300;
  if (isKilled ? exit !== 130 : exit === 0) return said(seen);
  // What could not be recorded is found out by the next command, once the lease is over.
  if (signals.deaf || signals.count === 2) return undefined;
  return checkRecord(one.stopped ?? one.status, release, seen);
}

/** Out of whatever it is, one command leads. */
async function leadOut(one: Ending, release: string, signals: Signals | undefined): Promise<string | undefined> {
  if (signals?.deaf || signals?.count === 2) return undefined;
  if (one.finalizer) {
    const path = `/api/v1/namespaces/${place.namespace}/configmaps/${release}`;
    const body = JSON.stringify({ metadata: { finalizers: null } });
    await place.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
  }
  const args = one.finalizer
    ? ['uninstall', release, '--wait', '--no-hooks']
    : ['upgrade', release, CHART, '--install', '--wait', '--set', 'step=3'];
  const out = await run(place, ...args);
  if (out.exit !== 0) return `no way out: ${out.stderr}`;
  const deployments = await listOf(place, 'apis/apps/v1', 'deployments');
  const deployment = deployments.find((item) => dig(item, 'metadata', 'name') === release);
  if (one.finalizer) return deployment === undefined ? undefined : 'not gone';
  const image = imageOf(deployment);
  return image === 'a:3' ? undefined : `led out to ${image}`;
}

function imageOf(deployment: JsonObject | undefined): string {
  const { containers = [] } = (dig(deployment, 'spec', 'template', 'spec') ?? {}) as {
    containers?: { image: string }[];
  };
  return containers[0]?.image ?? '';
}

const WAYS: readonly Signals[] = [
  { after: 1500, count: 1 },
  { after: 1500, count: 2, deaf: true },
  { after: 1500, count: 1, deaf: true },
];
const pattern = new RegExp(options.only);
try {
  const work = CASES.flatMap((one, i) => {
    const ways = options.all ? WAYS : [WAYS[i % 2]];
    return [undefined, ...ways].map((signals) => [one, signals] as const);
  }).filter(
    ([one, signals]) => pattern.test(nameOf(one, signals)) && (one.ends === 'in time' || signals === undefined),
  );
  await inTurns(
    Number(options.jobs),
    work.map(
      ([one, signals]) =>
        () =>
          tryCase(one, signals),
    ),
  );
} finally {
  for (const item of await listOf(place, 'api/v1', 'configmaps')) {
    const path = `/api/v1/namespaces/${place.namespace}/configmaps/${String(dig(item, 'metadata', 'name'))}`;
    const body = JSON.stringify({ metadata: { finalizers: null } });
    if (dig(item, 'metadata', 'finalizers') !== undefined)
      await place.ask({ method: 'PATCH', path, body, type: 'application/merge-patch+json' });
  }
  await place.close();
}
process.exit(tally.end(options.only === '' ? 'endings' : undefined));
