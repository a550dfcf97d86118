/** Gives a case to a program, and says what is wrong with what came of it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeChart } from './charts.ts';
import { type Case, type Command, checkAlways, type Place, type Result } from './frame.ts';
import type { Repeated } from './repeat.ts';
import { createPlaces, PATIENCE, snapshot, start } from './running.ts';
import { readTrace, TRACED } from './watch.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** A form of Pintle. */
export interface Program {
  readonly name: string;
  /** How to start it. */
  readonly command: readonly string[];
  /** How to run a script with its engine. */
  readonly script: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What came of a case. */
export interface Verdict {
  /** What is wrong, if anything is. */
  readonly fault?: string;
  /** Of the run as a process of its own, with the place that it was in. */
  readonly result?: Result;
  readonly place?: Place;
}

/** Judges cases on one program. */
export interface Judge {
  readonly program: Program;
  judge(one: Case): Verdict;
  /** Removes what it worked with. */
  end(): void;
}

const SECONDS = 2;
const MEMORY = 256;

interface Report {
  readonly cpu: number;
  readonly wall: number;
  readonly memory: number;
  readonly late: boolean;
}

/** @param times how often a command line is repeated in one process */
export function createJudge(program: Program, times: number): Judge {
  const places = createPlaces();
  const idle: Case = { name: 'nothing', make: ({ root }) => tinyChart(root), expect: () => undefined };
  const free = { once: Number.POSITIVE_INFINITY, repeated: Number.POSITIVE_INFINITY };
  const base = {
    once: alone(program, idle, places.next(), free.once).memory,
    repeated: repeated(program, idle, places.next(), 1, free.repeated),
  };
  return {
    program,
    judge: (one) => {
      const place = places.next();
      let result: Result | undefined;
      try {
        result = alone(program, one, place, base.once).result;
        watched(program, one, places.next());
        if (!one.once && times > 1) repeated(program, one, places.next(), times, base.repeated);
        return { result, place };
      } catch (error) {
        return { fault: (error as Error).message, ...(result && { result, place }) };
      } finally {
        places.clear();
      }
    },
    end: places.end,
  };
}

function tinyChart(root: string): Command {
  writeChart(root, {});
  return { args: ['template', 'r', 'c'] };
}

/** As a process: within time and memory, and as expected. Answers with KiB, too. */
function alone(program: Program, one: Case, place: Place, base: number): { memory: number; result: Result } {
  const command = one.make(place);
  const before = snapshot(place.outside);
  const { result, report } = measured(lineOf(program, command), given(program, command), place, PATIENCE);
  assert.equal(snapshot(place.outside), before, 'files outside have changed');
  check(one, result, place);
  if (base !== Number.POSITIVE_INFINITY) {
    checkTime(one, report.cpu);
    checkMemory(one.memory ?? MEMORY, report.memory - base);
    const { wall } = one;
    if (wall !== undefined) assert.ok(report.wall <= wall, `${report.wall.toFixed(2)} s, ${wall} are allowed`);
  }
  return { memory: report.memory, result };
}

function lineOf(program: Program, { args, script, through = [] }: Command): string[] {
  const started = script === undefined ? program.command : [...program.script, script];
  return [...through, ...started, ...args];
}

/** A script needs to know how the program is started as others are. */
function given(program: Program, command: Command): Command {
  if (command.script === undefined) return command;
  return { ...command, env: { ...command.env, ...program.env, PINTLE_COMMAND: JSON.stringify(program.command) } };
}

/** What a run took: by a process in between, since what is started inherits how much memory its parent has had. */
function measured(
  args: readonly string[],
  command: Command,
  place: Place,
  patience: number,
): { readonly result: Result; readonly report: Report } {
  const file = join(place.root, '..', 'report.json');
  const result = start(args, command, place, ['python3', `${here}measured.py`, file, String(patience)]);
  const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  assert.ok(!report.late, `it had not ended after ${patience} s`);
  return { result, report };
}

/** Under strace: what was opened and changed, and who was spoken to. */
function watched(program: Program, one: Case, place: Place): void {
  const command = one.make(place);
  const before = snapshot(place.outside);
  const file = join(place.root, '..', 'trace');
  start(lineOf(program, command), given(program, command), place, [
    ...['strace', '-f', '-y', '-qq', '--seccomp-bpf', '-s', '4096', '-e', `trace=${TRACED}`, '-o', file],
  ]);
  assert.equal(snapshot(place.outside), before, 'files outside have changed');
  const seen = readTrace(readFileSync(file, 'latin1'), place.root);
  assert.deepEqual(
    seen.peers.filter((peer) => !(command.serves !== undefined && peer.startsWith('127.0.0.1:'))),
    [],
    'it spoke to strangers',
  );
  assert.deepEqual(seen.listens, [], 'it waits for others to call');
  const inside = (path: string): boolean => path === place.root || path.startsWith(`${place.root}/`);
  const allowed = /^\/(?:dev\/(?:null|tty|ptmx|pts\/)|proc\/self\/)/;
  assert.deepEqual(
    seen.changed.filter((path) => !inside(path) && !allowed.test(path)),
    [],
    'it changed what is outside',
  );
  const isStrange = (path: string): boolean => one.readsOutside === undefined && path.startsWith(place.outside);
  assert.deepEqual(
    seen.opened.filter((path) => isStrange(path) || one.unopened?.includes(path)),
    [],
    'it opened what is not its own',
  );
}

/** Many times in one process: each time the same, the language's own objects untouched. Answers with KiB. */
function repeated(program: Program, one: Case, place: Place, times: number, base: number): number {
  const command = one.make(place);
  const before = snapshot(place.outside);
  const json = JSON.stringify({ args: command.args, input: command.input });
  const line = [...program.script, `${here}repeat.ts`, String(times), json];
  const engine = { ...command, env: { ...command.env, ...program.env } };
  const { result, report } = measured(line, engine, place, 4 * PATIENCE);
  assert.equal(result.exit, 0, `in one process: ${result.stderr.slice(-1000)}`);
  const { runs, isSame } = JSON.parse(result.stdout) as Repeated;
  assert.equal(runs.length, times);
  for (const run of runs) check(one, run, place);
  assert.ok(isSame, "the language's own objects have changed");
  assert.equal(snapshot(place.outside), before, 'files outside have changed');
  if (base !== Number.POSITIVE_INFINITY) {
    checkTime(one, report.cpu / times);
    // What one run leaves may still be there when the next needs as much: engines collect when they see fit.
    checkMemory(2 * Math.max(MEMORY, one.memory ?? 0), report.memory - base);
  }
  return report.memory;
}

function check(one: Case, result: Result, place: Place): void {
  checkAlways(result);
  one.expect(result, place);
}

function checkTime(one: Case, seconds: number): void {
  const most = one.seconds ?? SECONDS;
  assert.ok(seconds <= most, `${seconds.toFixed(1)} s of the processor, ${most} are allowed`);
}

function checkMemory(most: number, kib: number): void {
  assert.ok(kib / 1024 <= most, `${Math.round(kib / 1024)} MiB more than a small chart, ${most} are allowed`);
}
