/**
 * Operations on releases behind a proxy, with something happening at each of their calls: signals, the end of the
 * program, conflicts, everything that connections and servers do (F1, F2, F4 and F5 of the list of hostile inputs).
 * Whatever happens, the record has to say what is so, and one command has to lead out of it.
 *
 *     node test/e2e/faults/run.ts [--only PATTERN] [--jobs N] [--stride K] [--all]
 *
 * At every K-th call of each operation, 6 if left out, one fault is tried, in turn; with `--all` every fault at every
 * call. Reads what `test/rig/cluster.sh` sets, and PINTLE_PROGRAM.
 */
import { parseArgs } from 'node:util';
import { inTurns, openPlace, run, runBehind, Tally } from './behind-proxy.ts';
import { FAULTS, type Fault, isFatal } from './faults.ts';
import { checkOutcome, checkWay, type Outcome, WAYS, type Way } from './model.ts';
import { chartAt, OPERATIONS, type Operation } from './operations.ts';
import { openWatcher, type State, shown } from './state.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    stride: { type: 'string', default: '6' },
    all: { type: 'boolean', default: false },
  },
});

/** Calls from one that is tried to the next. */
const stride = options.all ? 1 : Number(options.stride);
/** Milliseconds after a signal in which the program may still write. */
const GRACE = 1000;
/** Milliseconds after which nobody works on a release that was left. */
const LEASE = 32_000;

interface Case {
  readonly name: string;
  readonly operation: Operation;
  readonly fault: Fault;
  /** The call that it happens at, from 1. */
  readonly call: number;
  readonly release: string;
  readonly way: Way;
}

const place = await openPlace('faults');
const watcher = await openWatcher(place);
const tally = new Tally('F5');
let count = 0;

type Ended = Omit<Outcome, 'operation' | 'fault' | 'before' | 'after'>;

/** Runs an operation with a fault at a call; without one, the calls are counted. */
async function runCase(
  operation: Operation,
  release: string,
  fault?: Fault,
  at = 0,
): Promise<Ended & { calls: number }> {
  let [calls, first, second, happened] = [0, 0, 0, false];
  const late: string[] = [];
  let kill: (signal: NodeJS.Signals) => void = () => {};
  const args = [...operation.args(release, chartAt(operation, operation.step)), '--timeout', '15s'];
  const ran = await runBehind(
    place,
    args,
    (call) => {
      calls++;
      if (first > 0 && call.method !== 'GET' && Date.now() > first + GRACE) late.push(`${call.method} ${call.path}`);
      if (fault === undefined || calls < at) return undefined;
      if (happened && fault.twice) return { kind: 'hang' };
      if (happened && !fault.lasting) return undefined;
      if (call.isWatch && fault.break !== undefined && fault.break.kind !== 'answer') return undefined;
      if (!happened && fault.isFor?.(call) === false) return undefined;
      happened = true;
      if (fault.touch) return { kind: 'late', after: watcher.touch(release) };
      if (fault.signal === undefined) return fault.break;
      first = Date.now();
      const { signal } = fault;
      kill(signal);
      if (!fault.twice) return undefined;
      setTimeout(() => {
        second = Date.now();
        kill(signal);
      }, 150);
      return { kind: 'hang' };
    },
    {
      begun: (how) => {
        kill = how;
      },
    },
  );
  return { ...ran, calls, late, happened, ended: second === 0 ? 0 : Date.now() - second };
}

/** Who comes by while the record says that somebody is at work hears who that is, and what to do. */
async function checkTold({ operation, release }: Case, { records }: State): Promise<string | undefined> {
  const newest = records.at(-1);
  if (newest?.lease === undefined) return undefined;
  const env = { PINTLE_COMPAT_ERRORS: '' };
  const { exit, stderr } = await runBehind(place, ['upgrade', release, ...chartAt(operation, 1)], () => undefined, {
    env,
  });
  const { lease, info } = newest;
  const names = info.status === 'uninstalling' ? /uninstall/ : new RegExp(`${lease.operation} by .*heard of`);
  return exit !== 0 && names.test(stderr) ? undefined : `${shown(records)}, but: ${stderr.trim()} (exit ${exit})`;
}

const unfinished: (readonly [Case, State, number])[] = [];

async function tryCase(one: Case): Promise<void> {
  const { operation, fault, release, name } = one;
  await watcher.prepare(operation, release);
  const before = await watcher.stateOf(release);
  const ran = await runCase(operation, release, fault, one.call);
  const after = await watcher.stateOf(release);
  const pods = operation.values?.pods ?? 0;
  const problem = await checkOutcome({ ...ran, operation, fault, before, after }, (step) =>
    watcher.reference(step, pods),
  );
  if (problem !== undefined) return tally.report(name, problem, fault.row);
  if (!isFatal(fault) || after.records.at(-1)?.lease === undefined) return repair(one, after);
  const told = await checkTold(one, after);
  if (told !== undefined) return tally.report(name, told, fault.row);
  unfinished.push([one, after, Date.now()]);
}

async function repair({ name, operation, fault, release, way }: Case, before: State): Promise<void> {
  const wanted = operation.step || 3;
  const hasFirst = before.records[0]?.version === 1;
  const used = way.name === 'again' || (before.records.length > 0 && hasFirst) ? way : (WAYS[0] as Way);
  const ran = await run(place, ...used.args(release, (step) => chartAt(operation, step), wanted));
  const after = await watcher.stateOf(release);
  const reference = (step: number) => watcher.reference(step, operation.values?.pods ?? 0);
  tally.report(
    name,
    await checkWay(
      { ...ran, way: used, wanted, first: operation.before[0] ?? wanted, fault },
      before,
      after,
      reference,
    ),
    fault.row,
  );
}

/** The cases, those first whose leases have to end before one can go on. */
async function cases(): Promise<readonly Case[]> {
  const all: Case[] = [];
  const pattern = new RegExp(options.only);
  let turn = 0;
  for (const [i, operation] of OPERATIONS.entries()) {
    const release = `count${i}`;
    await watcher.prepare(operation, release);
    const { calls, exit, stderr } = await runCase(operation, release);
    if (exit !== 0) throw new Error(`${operation.name}: ${stderr}`);
    for (let call = 1 + (i % stride); call <= calls; call += stride) {
      const faults = options.all ? FAULTS : [FAULTS[turn++ % FAULTS.length] as Fault];
      for (const fault of faults) {
        const name = `${operation.name}, ${fault.name} at call ${call}`;
        const way = WAYS[(call + turn) % WAYS.length] as Way;
        all.push({ name, operation, fault, call, release: `r${++count}`, way });
      }
    }
  }
  return all.filter(({ name }) => pattern.test(name)).sort((a, b) => rank(a) - rank(b));
}

const rank = ({ fault }: Case): number => (isFatal(fault) ? 0 : 1);

try {
  const jobs = Number(options.jobs);
  const tried = (one: Case) => () =>
    tryCase(one).catch((err) => tally.report(one.name, String((err as Error).stack), one.fault.row));
  await inTurns(jobs, (await cases()).map(tried));
  const goOn = unfinished.map(([one, state, since]) => async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, since + LEASE - Date.now())));
    await repair(one, state);
  });
  await inTurns(jobs, goOn);
} finally {
  await watcher.close();
  await place.close();
}
process.exit(tally.end(options.only === '' ? 'operations' : undefined));
