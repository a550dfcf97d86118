/** What has to be so after an operation that something happened to, and after the way out of it. */
import { mapDifference } from '../exchange/difference.ts';
import type { Timed } from './behind-proxy.ts';
import { type Fault, isFatal } from './faults.ts';
import type { Operation } from './operations.ts';
import { type Objects, type State, shown } from './state.ts';

export interface Outcome extends Timed {
  readonly operation: Operation;
  readonly fault: Fault;
  readonly before: State;
  readonly after: State;
  /** Writes that came later after a signal than they may. */
  readonly late: readonly string[];
  /** Whether the fault happened: what it is for may not come up any more. */
  readonly happened: boolean;
  /** Milliseconds from the second signal to the end. */
  readonly ended: number;
}

type Reference = (step: number) => Promise<Objects>;

/** The longest that an operation with `--timeout 15s` may take, with what a busy machine adds. */
const LONGEST = 30_000;

/** Milliseconds that a program takes to go. */
const ENDING = 100;
/** Without a handler any more, a signal ends a program just as well; shells call it 130, too. */
const BY_SIGNAL = 128;

/** What is wrong right after an operation. */
export async function checkOutcome(outcome: Outcome, reference: Reference): Promise<string | undefined> {
  const { fault, after, late, took, exit, stderr, stdout } = outcome;
  const told = `exit ${exit}, ${shown(after.records)}: ${stderr.trim()}`;
  if (late.length > 0) return `wrote after the signal: ${late.join(', ')}`;
  if (took > LONGEST) return `took ${Math.round(took)} ms (${told})`;
  if (after.records.filter(({ info }) => info.status === 'deployed').length > 1) return `deployed twice: ${told}`;
  const doubled = checkUids(outcome.before, after);
  if (doubled !== undefined) return `${doubled} (${told})`;
  if (!outcome.happened) return exit === 0 ? checkSuccess(outcome, reference) : `failed without a fault: ${told}`;
  // The program may be at its end when the second signal comes.
  const isEnded = exit === 130 || exit === BY_SIGNAL;
  if (outcome.ended > 0 && (outcome.ended > 1000 || (!isEnded && outcome.ended > ENDING)))
    return `${told}, ${outcome.ended} ms`;
  if (isFatal(fault) && (!fault.twice || isEnded)) return undefined;
  if (fault.signal && exit !== 0 && !stdout.includes('has been cancelled')) return `no word of it: ${told}`;
  if (exit !== 0 && !/Error: \S/.test(stderr)) return `no word of an error: ${told}`;
  if (exit !== 0 && fault.passes) return `not borne: ${told}`;
  if (exit !== 0 && fault.says && !fault.says.test(stderr)) return `does not say ${fault.says}: ${told}`;
  return checkRecords(after) ?? (exit === 0 ? checkSuccess(outcome, reference) : checkFailure(outcome, reference));
}

/** No record may speak of work that nobody does. */
function checkRecords({ records }: State): string | undefined {
  for (const { version, info, lease, hooks } of records) {
    if (/^pending|^uninstalling/.test(info.status) || lease) return `left revision ${version} ${info.status}`;
    const running = hooks.find(({ lastRun }) => lastRun.phase === 'Running');
    if (running) return `left hook ${running.name} of revision ${version} running`;
  }
  return undefined;
}

/** An object that all revisions have is the same one. */
function checkUids(before: State, after: State): string | undefined {
  for (const [where, uid] of before.uids) {
    const now = after.uids.get(where);
    if (now !== undefined && now !== uid && !where.includes('-only-')) return `${where} was made anew`;
  }
  return undefined;
}

async function checkSuccess({ operation, after, stdout }: Outcome, reference: Reference): Promise<string | undefined> {
  if (shown(after.records) !== operation.records) return `records: ${shown(after.records)}, told: ${stdout}`;
  const problem = mapDifference(await reference(operation.step), after.objects);
  return problem === undefined ? undefined : `exit 0\n${problem}`;
}

/** A failed operation has changed nothing, is undone, or is recorded as failed; or all was done before it failed. */
async function checkFailure(outcome: Outcome, reference: Reference): Promise<string | undefined> {
  const { operation, before, after, stderr } = outcome;
  const newest = after.records.at(-1);
  const told = `${shown(after.records)}: ${stderr.trim()}`;
  if (newest === undefined) return after.objects.size === 0 ? undefined : `lost ${[...after.objects.keys()]}: ${told}`;
  const { status } = newest.info;
  if (status === 'failed') return undefined;
  if (status === 'uninstalled') {
    const problem = mapDifference(new Map(), after.objects);
    return problem === undefined ? undefined : `${told}\n${problem}`;
  }
  if (status !== 'deployed') return `the newest is ${told}`;
  const isOld = newest.version === before.records.length;
  const isUndone = operation.undoes && newest.version === before.records.length + 2;
  const step = isOld || isUndone ? (operation.before.at(-1) ?? 0) : operation.step;
  const problem = mapDifference(await reference(step), after.objects);
  return problem === undefined ? undefined : `${told}\n${problem}`;
}

/** Ways on from wherever a release is, each one command. */
export interface Way {
  readonly name: string;
  readonly args: (release: string, chart: (step: number) => readonly string[], wanted: number) => readonly string[];
  /** The step whose objects are there then; `first` is that of the first revision. */
  readonly step: (wanted: number, first: number) => number;
}

const ON = ['--take-over', '--timeout', '60s'];
/** A step that no operation is about. */
const OTHER = 4;

export const WAYS: readonly Way[] = [
  {
    name: 'again',
    args: (release, chart, wanted) => ['upgrade', '--install', release, ...chart(wanted), ...ON],
    step: (wanted) => wanted,
  },
  {
    name: 'another upgrade',
    args: (release, chart) => ['upgrade', '--install', release, ...chart(OTHER), ...ON],
    step: () => OTHER,
  },
  { name: 'uninstall', args: (release) => ['uninstall', release, '--timeout', '60s'], step: () => 0 },
  { name: 'rollback', args: (release) => ['rollback', release, '1', ...ON], step: (_, first) => first },
];

interface Walked extends Pick<Timed, 'exit' | 'stderr'> {
  readonly way: Way;
  readonly wanted: number;
  readonly first: number;
  readonly fault: Fault;
}

/** What is wrong after the way out. */
export async function checkWay(
  { way, wanted, first, fault, exit, stderr }: Walked,
  before: State,
  after: State,
  reference: Reference,
): Promise<string | undefined> {
  const told = `after ${way.name}: exit ${exit}, from ${shown(before.records)} to ${shown(after.records)}: ${stderr.trim()}`;
  if (exit !== 0) return `no way out ${told}`;
  const step = way.step(wanted, first);
  const newest = after.records.at(-1);
  if (step === 0 ? newest !== undefined : newest?.info.status !== 'deployed') return told;
  if (after.records.filter(({ info }) => info.status === 'deployed').length > 1) return `deployed twice ${told}`;
  const doubled = step === 0 ? undefined : checkUids(before, after);
  if (doubled !== undefined) return `${doubled} ${told}`;
  const got = new Map(after.objects);
  // As with Helm, what was made before the cluster refused the rest stays where the next upgrade has something else.
  if (fault.refuses && way.name === 'another upgrade') got.delete(`configmaps/web-only-${wanted}`);
  const problem = mapDifference(await reference(step), got);
  return problem === undefined ? undefined : `${told}\n${problem}`;
}
