/**
 * Runs every script of test/e2e/scripts on the clusters that are named.
 *
 *     node test/e2e/run.ts [--on real,sandbox] [--only PATTERN] [--jobs N] [--program helm] [--update]
 *
 * Reads what `test/rig/cluster.sh` and `test/rig/postgres.sh` set, HELM (the binary) and PINTLE_PROGRAM (what to run
 * as Pintle; `bin/pintle.js` if left out). `--program helm` puts Helm in Pintle's place: what fails then is a fault of
 * a script. With `--update` what Helm prints becomes what is wanted; with `--update --program pintle` only what Helm
 * cannot do is taken, from Pintle.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PINTLE } from '../program.ts';
import { type Block, printing, runScript, wantedBlocks, withWanted } from './script.ts';
import { type OpenWorld, realWorld, sandboxWorld } from './world.ts';

const { values: options } = parseArgs({
  options: {
    on: { type: 'string', default: 'real,sandbox' },
    only: { type: 'string', default: '' },
    jobs: { type: 'string', default: '4' },
    program: { type: 'string', default: '' },
    update: { type: 'boolean', default: false },
  },
});
const folder = fileURLToPath(new URL('scripts', import.meta.url));
const compiled = mkdtempSync(join(tmpdir(), 'pintle-compiled-'));
process.env['NODE_COMPILE_CACHE'] = compiled;
const programs = {
  helm: [process.env['HELM'] || 'helm'],
  pintle: PINTLE,
};
const byHelm = options.program === 'helm' || (options.update && options.program === '');
const worlds: Readonly<Record<string, () => OpenWorld>> = {
  real: () => realWorld(process.env),
  sandbox: sandboxWorld,
};

interface Task {
  readonly name: string;
  readonly path: string;
  readonly on: string;
  readonly open: OpenWorld;
}

let passed = 0;
let failed = 0;

async function runTask({ name, path, on, open }: Task): Promise<void> {
  const text = readFileSync(path, 'utf8');
  const began = Date.now();
  let problem: string | undefined;
  try {
    const blocks = await runScript({ text, open, programs, byHelm });
    if (options.update) writeFileSync(path, withWanted(text, keepWanted(blocks)));
    else problem = difference(wantedBlocks(text), blocks);
  } catch (error) {
    problem = `  ${String((error as Error).stack)}`;
  }
  const took = `${((Date.now() - began) / 1000).toFixed(1)}s`;
  if (problem === undefined) passed++;
  else failed++;
  console.log(`${problem === undefined ? 'ok' : 'not ok'} ${name} (${on}, ${took})`);
  if (problem !== undefined) console.log(problem);
}

/** Pintle changes only what Helm cannot tell. */
function keepWanted(blocks: readonly Block[]): readonly Block[] {
  if (byHelm) return blocks;
  return blocks.map(({ line, printed }) => ({ line, printed: line.startsWith('own ') ? printed : undefined }));
}

/** Every line whose output is not as it should be, from where it differs. */
function difference(wanted: readonly Block[], blocks: readonly Block[]): string | undefined {
  const problems: string[] = [];
  for (const [i, { line, printed }] of blocks.filter(({ line }) => printing(line)).entries()) {
    if (wanted[i]?.line !== line) return `  want says nothing about ${line}`;
    if (printed === undefined || printed === wanted[i].printed) continue;
    const [want, got] = [(wanted[i].printed ?? '').split('\n'), printed.split('\n')];
    const at = got.findIndex((text, row) => text !== want[row]);
    const row = at < 0 ? got.length : at;
    const show = (sign: string, rows: readonly string[]): string =>
      rows
        .slice(row, row + 6)
        .map((text) => `  ${sign} ${text}\n`)
        .join('');
    problems.push(`  $ ${line}   (line ${row + 1} of its output)\n${show('-', want)}${show('+', got)}`.trimEnd());
  }
  return problems.length === 0 ? undefined : problems.join('\n');
}

try {
  const pattern = new RegExp(options.only);
  const names = readdirSync(folder).filter((file) => file.endsWith('.txtar'));
  const clusters = byHelm ? ['real'] : options.on.split(',');
  const tasks = clusters.flatMap((on) => {
    const open = worlds[on]?.();
    if (open === undefined) throw new Error(`there is no cluster ${on}`);
    return names.map((name): Task => ({ name: basename(name, '.txtar'), path: join(folder, name), on, open }));
  });
  const queue = tasks.filter(({ name }) => pattern.test(name));
  const worker = async (): Promise<void> => {
    for (let task = queue.shift(); task !== undefined; task = queue.shift()) await runTask(task);
  };
  await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
} finally {
  rmSync(compiled, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
