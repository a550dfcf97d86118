/**
 * `npm run conformance`: renders every case of the conformance folder through the command line, in this process,
 * and compares standard output, standard error and exit code with Helm's. Prints the first difference of each
 * case that failed, and the plain line `N passed, N failed` at the end.
 *
 *     node test/conformance/run.ts [--program PATH] [PART-OF-A-CASE-ID]
 *
 * With a program, e.g. the standalone executable, each case is a process of its own.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { main } from '../../cli/main.ts';
import { nodeHost } from '../../src/node/host.ts';
import { capture } from '../capture.ts';
import { type Case, conformanceFolder, firstDifference, golden, readCases } from './cases.ts';

const { values: options, positionals } = parseArgs({
  options: { program: { type: 'string' } },
  allowPositionals: true,
});

interface Answer {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

function runProgram(program: string, argv: readonly string[]): Promise<Answer> {
  return new Promise((resolve) => {
    execFile(program, argv, { maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, exit: error === null ? 0 : Number(error.code ?? -1) });
    });
  });
}

async function render(folder: string, c: Case): Promise<Answer> {
  const argv = ['template', 'my-release', join(folder, 'charts', `${c.chart}.tgz`)];
  argv.push('--namespace', 'my-ns', '--include-crds', '--kube-version', '1.34.0', '--compat-errors');
  if (c.values) argv.push('-f', join(folder, c.values));
  if (options.program !== undefined) return runProgram(options.program, argv);
  const io = capture();
  const exit = await main(argv, io, nodeHost());
  return { ...io.taken(), exit };
}

/** What is wrong with a case, in one line; nothing when all of it is Helm's. */
async function check(folder: string, c: Case): Promise<string | undefined> {
  const { stdout, stderr, exit } = await render(folder, c);
  if (exit !== c.exit) return `exit code ${exit}, want ${c.exit}: ${stderr.trim().slice(0, 300)}`;
  const wantedStderr = c.error ?? (c as { stderr?: string }).stderr ?? '';
  if (stderr !== wantedStderr) return `standard error: ${firstDifference(wantedStderr, stderr)}`;
  if (exit !== 0) return undefined;
  if (createHash('sha256').update(stdout).digest('hex') === c.sha256) return undefined;
  return firstDifference(golden(folder, c.id), stdout, c.random_lines);
}

const folder = conformanceFolder();
if (!folder) {
  console.log('The conformance folder is not there: set PINTLE_CONFORMANCE to it.');
  console.log('0 passed, 1 failed');
  process.exit(1);
}
const wanted = positionals[0] ?? '';
const started = performance.now();
let passed = 0;
let failed = 0;
const cases = readCases(folder).filter(({ id }) => id.includes(wanted));
let next = 0;

/** Takes case after case. Several do so side by side: while one waits for a key, another renders. */
async function work(top: string): Promise<void> {
  for (let c = cases[next++]; c; c = cases[next++]) {
    if (c.skip) {
      console.log(`skipped  ${c.id}: ${c.skip}`);
      continue;
    }
    const difference = await check(top, c);
    if (difference === undefined) passed++;
    else {
      failed++;
      console.log(`FAILED   ${c.id}: ${difference.slice(0, 600)}`);
    }
  }
}

await Promise.all([work(folder), work(folder), work(folder)]);
console.log(`${((performance.now() - started) / 1000).toFixed(1)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
