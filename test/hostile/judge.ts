/** Gives a case to a program, and says what is wrong with what came of it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Case, type Command, checkAlways, type Place, type Result, SECRET } from './frame.ts';
import type { Repeated } from './repeat.ts';
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

/** Judges cases on one program. */
export interface Judge {
  readonly program: Program;
  /** What is wrong, or undefined. */
  fault(one: Case): string | undefined;
  /** Removes what it worked with. */
  end(): void;
}

const SECONDS = 2;
const MEMORY = 256;
/** Seconds after which a process that does not end is ended. */
const PATIENCE = 60;

interface Report {
  readonly cpu: number;
  readonly memory: number;
  readonly late: boolean;
}

/** @param times how often a command line is repeated in one process */
export function createJudge(program: Program, times: number): Judge {
  const work = mkdtempSync(join(tmpdir(), 'pintle-hostile-'));
  let count = 0;
  const place = (): Place => {
    const folder = join(work, String(++count));
    const made = { root: join(folder, 'root'), outside: join(folder, 'outside') };
    for (const path of [made.root, made.outside, join(made.root, '.home'), join(made.root, '.tmp')]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
    }
    writeFileSync(join(made.outside, 'secret.txt'), SECRET);
    return made;
  };
  const idle: Case = { name: 'nothing', make: ({ root }) => tinyChart(root), expect: () => undefined };
  const base = { once: 0, repeated: 0 };
  const judge = (one: Case): void => {
    alone(program, one, place(), base.once);
    watched(program, one, place());
    if (!one.once && times > 1) repeated(program, one, place(), times, base.repeated);
  };
  base.once = alone(program, idle, place(), Number.POSITIVE_INFINITY);
  base.repeated = repeated(program, idle, place(), 1, Number.POSITIVE_INFINITY);
  return {
    program,
    fault: (one) => {
      try {
        judge(one);
        return undefined;
      } catch (error) {
        return (error as Error).message;
      } finally {
        rmSync(join(work, String(count)), { recursive: true, force: true });
      }
    },
    end: () => rmSync(work, { recursive: true, force: true }),
  };
}

function tinyChart(root: string): Command {
  mkdirSync(join(root, 'tiny'));
  writeFileSync(join(root, 'tiny', 'Chart.yaml'), 'apiVersion: v2\nname: tiny\nversion: 1.0.0\n');
  return { args: ['template', 'r', 'tiny'] };
}

/** As a process: within time and memory, and as expected. Answers with KiB. */
function alone(program: Program, one: Case, place: Place, base: number): number {
  const command = one.make(place);
  const before = snapshot(place.outside);
  const { result, report } = measured([...program.command, ...command.args], command, place, PATIENCE);
  check(one, result, place);
  assert.equal(snapshot(place.outside), before, 'files outside have changed');
  if (base !== Number.POSITIVE_INFINITY) {
    checkTime(one, report.cpu);
    checkMemory(one.memory ?? MEMORY, report.memory - base);
  }
  return report.memory;
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
  const file = join(place.root, '..', 'trace');
  start([...program.command, ...command.args], command, place, [
    ...['strace', '-f', '-qq', '--seccomp-bpf', '-s', '4096', '-e', `trace=${TRACED}`, '-o', file],
  ]);
  const seen = readTrace(readFileSync(file, 'latin1'), place.root);
  assert.deepEqual(
    seen.peers.filter((peer) => !(command.serves !== undefined && peer.startsWith('127.0.0.1:'))),
    [],
    'it spoke to strangers',
  );
  const inside = (path: string): boolean => path === place.root || path.startsWith(`${place.root}/`);
  const allowed = /^\/(?:dev\/(?:null|tty|pts\/)|proc\/self\/)/;
  assert.deepEqual(
    seen.changed.filter((path) => !inside(path) && !allowed.test(path)),
    [],
    'it changed what is outside',
  );
  assert.deepEqual(
    seen.opened.filter((path) => path.startsWith(place.outside) || one.unopened?.includes(path)),
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
  const given = { ...command, env: { ...command.env, ...program.env } };
  const { result, report } = measured(line, given, place, 4 * PATIENCE);
  assert.equal(result.exit, 0, `in one process: ${result.stderr.slice(-1000)}`);
  const { runs, isSame } = JSON.parse(result.stdout) as Repeated;
  assert.equal(runs.length, times);
  for (const run of runs) check(one, run, place);
  assert.ok(isSame, "the language's own objects have changed");
  assert.equal(snapshot(place.outside), before, 'files outside have changed');
  if (base !== Number.POSITIVE_INFINITY) {
    checkTime(one, report.cpu / times);
    // What one run leaves may still be there when the next needs as much.
    checkMemory(Math.max(MEMORY, one.memory ?? 0), report.memory - base);
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

/** Runs what a case wants; where it wants a folder served, that is for as long as the command runs. */
function start(args: readonly string[], command: Command, place: Place, before: readonly string[]): Result {
  if (command.serves === undefined) return run([...before, ...args], command, place);
  const file = join(place.root, '..', 'port');
  rmSync(file, { force: true });
  const server = spawn('python3', [`${here}serve.py`, join(place.root, command.serves), file], { stdio: 'ignore' });
  try {
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 0; i < 500 && !existsSync(file); i++) Atomics.wait(pause, 0, 0, 20);
    const url = `http://127.0.0.1:${readFileSync(file, 'utf8')}`;
    const named = args.map((arg) => arg.replaceAll('@URL@', url));
    return run([...before, ...named], command, place);
  } finally {
    server.kill();
  }
}

function run(line: readonly string[], command: Command, { root }: Place): Result {
  const [program = '', ...rest] = line;
  const home = join(root, '.home');
  const { status, stdout, stderr } = spawnSync(program, rest, {
    cwd: root,
    input: command.input ?? '',
    env: {
      ...{ PATH: process.env['PATH'], HOME: home, TMPDIR: join(root, '.tmp'), LANG: 'C.UTF-8' },
      ...{ CANARY: SECRET, NO_PROXY: '*', ...command.env },
    },
    encoding: 'latin1',
    timeout: 5 * PATIENCE * 1000,
    maxBuffer: 1 << 30,
  });
  return { exit: status, stdout, stderr };
}

/** All that lies in a folder, as a digest. */
function snapshot(folder: string): string {
  const hash = createHash('sha256');
  const walk = (path: string): void => {
    for (const name of readdirSync(path).sort()) {
      const full = join(path, name);
      const stats = lstatSync(full);
      hash.update(`${full} ${stats.mode}\n`);
      if (stats.isDirectory()) walk(full);
      else if (stats.isSymbolicLink()) hash.update(readlinkSync(full));
      else if (stats.isFile()) hash.update(readFileSync(full));
    }
  };
  walk(folder);
  return hash.digest('hex');
}
