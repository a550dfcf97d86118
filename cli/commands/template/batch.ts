/**
 * `pintle template --batch FILE`: many charts with one command, on all processors. Each worker is a process that goes on
 * to the next job with what it knows from those before: charts, templates, and code that is compiled by now.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { PintleError } from '../../../src/errors.ts';
import { decodeBytes, encodeBytes } from '../../../src/go/bytes.ts';
import { osErrorText } from '../../../src/node/files/os-error.ts';
import { ownCommand } from '../../../src/node/own-program.ts';
import type { Call } from '../../types.ts';
import { type Answer, type Job, readJobs } from './batch-lines.ts';

/** Flags that may stand beside --batch; all others stand in the lines. */
const BESIDE = new Set(['batch', 'workers', 'debug', 'compat-errors', 'color', 'colour']);

/**
 * Renders every line of the file, and prints a line of JSON for each, in the same order: its `id` (the number of the
 * line where it has none), `exit`, `stdout` and `stderr`. The exit code is 1 if that of any is not 0.
 */
export async function runBatch(call: Call): Promise<number> {
  const { flags, io } = call;
  const other = [...flags.local.keys(), ...call.tree.globals.local.keys()].find(
    (name) => flags.isSet(name) && !BESIDE.has(name),
  );
  if (other !== undefined) {
    throw new PintleError('USAGE', `--${other} has no place beside --batch`, {
      hint: `put it into the lines of ${flags.string('batch')}, among the args`,
    });
  }
  const jobs = readJobs(readInput(flags.string('batch'), call), flags.string('batch'));
  const count = Math.min(flags.number('workers') || availableParallelism(), jobs.length);
  const leading = call.flags.bool('compat-errors') ? ['--compat-errors'] : [];
  const answers = new Map<number, Answer>();
  let [printed, failed] = [0, 0];
  const print = (at: number, answer: Answer): void => {
    answers.set(at, answer);
    if (answer.exit !== 0) failed++;
    for (let next = answers.get(printed); next !== undefined; next = answers.get(printed)) {
      const { id } = jobs[printed] as Job;
      io.stdout.write(`${JSON.stringify({ id, ...next })}\n`);
      answers.delete(printed++);
    }
  };
  await Promise.all(workersFor(jobs, count, leading, print));
  return failed === 0 ? 0 : 1;
}

function readInput(path: string, { io }: Call): string {
  if (path === '-') return decodeBytes(io.stdin());
  try {
    return decodeBytes(readFileSync(path));
  } catch (error) {
    throw new PintleError('FILE_IO', `cannot read the jobs: ${osErrorText('open', path, error)}`, { cause: error });
  }
}

type Print = (at: number, answer: Answer) => void;

/** Each takes the next job when it is done with one. */
function workersFor(jobs: readonly Job[], count: number, leading: readonly string[], print: Print): Promise<void>[] {
  let next = 0;
  return Array.from({ length: count }, async () => {
    const { command, args } = ownCommand();
    const child = spawn(command, [...args, '__template-worker'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = new Promise<string>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, signal) => resolve(`a worker ended with ${signal ?? code}`));
    });
    // That a worker is gone is told by its end.
    child.stdin.on('error', () => undefined);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    try {
      while (next < jobs.length) {
        const at = next++;
        const { args: rest } = jobs[at] as Job;
        print(at, await ask(child, lines, [...leading, ...rest], ended));
      }
    } finally {
      child.stdin.end();
    }
    await ended;
  });
}

async function ask(
  child: ChildProcess,
  lines: AsyncIterator<string>,
  argv: readonly string[],
  ended: Promise<string>,
): Promise<Answer> {
  child.stdin?.write(encodeBytes(`${JSON.stringify(argv)}\n`));
  const line = await lines.next();
  if (line.done) throw new PintleError('FILE_IO', `rendering stopped: ${await ended}`);
  return JSON.parse(line.value) as Answer;
}
