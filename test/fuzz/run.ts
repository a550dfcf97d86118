/**
 * `npm run fuzz`: gives made-up inputs to all that reads what comes from outside, and puts those that showed something
 * new to Helm as well.
 *
 *     node test/fuzz/run.ts [--only PATTERN] [--seconds 15] [--seed 1] [--helm PROGRAM] [--keep] [--record]
 *
 * `--seconds` are of the processor, for each target. `--keep` puts the fewest inputs that run the same parts of our code
 * into `corpus/`; `--record` adds what was spent to `spent.json`. Findings are printed, and kept in `build/fuzz/`.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compareWithHelm } from './compare.ts';
import { addSpent } from './spent.ts';
import { readInputs } from './stored.ts';
import type { Target } from './target.ts';
import { targets } from './targets.ts';
import type { Job, Said } from './worker.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const build = fileURLToPath(new URL('../../build/fuzz/', import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '15' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    helm: { type: 'string' },
    keep: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
  },
});
/** Milliseconds after which an input that is still tried is a finding. */
const HANGS = 20_000;

interface Outcome {
  readonly findings: readonly string[];
  readonly inputs: number;
  readonly seconds: number;
}

/** Runs a target in a process of its own, which it may hang or end. */
async function fuzz(target: Target): Promise<Outcome> {
  const folder = `${build}${target.name}/`;
  mkdirSync(folder, { recursive: true });
  const grown = `${folder}corpus.json`;
  const kept = `${here}corpus/${target.name}.json`;
  const job: Job = {
    ...{ target: target.name, seconds: Number(options.seconds), seed: Number(options.seed) },
    ...{ from: [kept, grown], to: grown, others: `${folder}others.json`, current: `${folder}current` },
    ...(options.keep && { least: kept }),
  };
  writeFileSync(job.current, ''); // The process may take longer to start than it is left alone.
  const findings: string[] = [];
  let done = { inputs: 0, seconds: 0, parts: 0, corpus: 0 };
  const report = (what: string, input: Uint8Array): void => {
    const name = `${folder}${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
    writeFileSync(name, input);
    findings.push(
      `not ok ${target.name}: ${what}\n  input ${name}: ${JSON.stringify(Buffer.from(input).toString('latin1')).slice(0, 300)}`,
    );
  };
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--max-old-space-size=1024', `${here}worker.ts`, JSON.stringify(job)],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-4_000)));
  let last = '';
  let since = Date.now();
  const watch = setInterval(() => {
    const now = readFileSync(job.current, 'latin1');
    if (now !== last || now === '') since = Date.now(); // Until it has begun, time does not count.
    last = now;
    if (Date.now() - since > HANGS) child.kill('SIGKILL');
  }, 1_000);
  const ended = new Promise<string>((resolve) => child.on('close', (code, signal) => resolve(String(signal ?? code))));
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as Said;
    if ('done' in said) done = said.done;
    else report(said.finding, Buffer.from(said.input, 'base64'));
  }
  const how = await ended;
  clearInterval(watch);
  if (how !== '0')
    report(
      `the process ended with ${how}: ${errors.trim().split('\n').slice(0, 12).join('\n')}`,
      currentOf(job.current),
    );
  console.log(
    `${target.name}: ${done.inputs} inputs in ${Math.round(done.seconds)} s, ${done.parts} parts of the code, ${done.corpus} kept, ${findings.length} findings`,
  );
  if (options.record) addSpent(target.name, done);
  const helm = options.helm;
  if (helm !== undefined && target.question)
    findings.push(...(await compareWithHelm(helm, target, [grown, job.others].flatMap(readInputs))));
  return { findings, inputs: done.inputs, seconds: done.seconds };
}

/** The input that was tried last. */
function currentOf(path: string): Uint8Array {
  const bytes = readFileSync(path);
  const length = Number(bytes.subarray(0, 9).toString());
  return bytes.subarray(10, 10 + length);
}

const wanted = targets.filter(({ name }) => new RegExp(options.only).test(name));
let failed = 0;
let passed = 0;
const queue = [...wanted];
async function work(): Promise<void> {
  for (let target = queue.shift(); target; target = queue.shift()) {
    const { findings } = await fuzz(target);
    for (const what of findings) console.log(what);
    if (findings.length === 0) passed++;
    failed += findings.length;
  }
}
await Promise.all(Array.from({ length: Math.min(availableParallelism(), wanted.length) }, work));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
