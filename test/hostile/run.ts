/**
 * `npm run hostile`: the inputs of docs/security.md at the command line, each once as a process of its own and twenty
 * times in one process, on Node and on the standalone executable.
 *
 *     node test/hostile/run.ts [--programs node,exe] [--only PATTERN] [--times 20] [--write] [--helm]
 *
 * Helm (HELM, or `helm` on the PATH) is given what is safe to give to it, once; where both succeed, both print the same.
 * Rows of parts D and F are taken from what their own suites have kept in build/hostile. `--write` puts the table into docs/security.md. Without strace, nobody sees what is opened and whom is spoken to: then it does not run.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { archiveRows } from './archives.ts';
import type { Case, Row } from './frame.ts';
import { createHelm, type HelmVerdict } from './helm.ts';
import { createJudge, type Judge, type Program, type Verdict } from './judge.ts';
import { mutationRows } from './mutations.ts';
import { pageRows } from './pages.ts';
import { pluginRows } from './plugins.ts';
import { raceRows } from './races.ts';
import { readCounts } from './results.ts';
import { shownRows } from './shown.ts';
import { showTable, writeTable } from './table.ts';
import { templateRows } from './templates.ts';
import { valueRows } from './values.ts';
import { wasmRows } from './wasm-plugins.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    programs: { type: 'string', default: 'node,exe' },
    only: { type: 'string', default: '' },
    times: { type: 'string', default: '20' },
    write: { type: 'boolean', default: false },
    // Prints each input of which Helm makes something else.
    helm: { type: 'boolean', default: false },
  },
});

const PROGRAMS: Readonly<Record<string, () => Program>> = {
  node: () => ({
    name: 'node',
    command: [process.execPath, `${root}bin/pintle.js`],
    script: [process.execPath],
    env: {},
  }),
  exe: () => {
    const path = spawnSync('bash', [`${root}scripts/exe.sh`], { encoding: 'utf8' }).stdout.trim();
    // The executable runs scripts with the engine that is in it.
    return { name: 'exe', command: [path], script: [path, 'run'], env: { BUN_BE_BUN: '1' } };
  },
};

const rows: Row[] = [
  ...archiveRows,
  ...raceRows,
  ...valueRows,
  ...templateRows,
  ...mutationRows,
  ...pluginRows,
  ...wasmRows,
  ...shownRows,
  ...pageRows,
];
const wanted = new RegExp(options.only);
const programs = options.programs.split(',').map((name) => (PROGRAMS[name] as () => Program)());
const judges: Judge[] = programs.map((program) => createJudge(program, Number(options.times)));

let passed = 0;
let failed = 0;
const verdicts = new Map<string, string[]>();

const helm = createHelm();
const answers = new Map<string, Map<HelmVerdict, number>>();

/** Other bytes than Helm's are a fault, where both succeed. */
function askHelm(row: Row, one: Case, { result, place }: Verdict): string | undefined {
  const answer = helm?.answer(one, result && place && { result, place });
  if (answer === undefined) return undefined;
  const counts = answers.get(row.id) ?? new Map<HelmVerdict, number>();
  answers.set(row.id, counts.set(answer.verdict, (counts.get(answer.verdict) ?? 0) + 1));
  if (options.helm && answer.verdict !== 'as ours') console.log(`# ${row.id} ${one.name}: Helm ${answer.verdict}`);
  return answer.otherBytes;
}

function judge(row: Row, one: Case): void {
  for (const [i, each] of judges.entries()) {
    const verdict = each.judge(one);
    const fault = verdict.fault ?? (i === 0 ? askHelm(row, one, verdict) : undefined);
    if (fault === undefined) passed++;
    else failed++;
    if (fault !== undefined) console.log(`not ok ${row.id} ${one.name} (${each.program.name}): ${fault}`);
    const key = `${row.id} ${each.program.name}`;
    verdicts.set(key, [...(verdicts.get(key) ?? []), fault ?? '']);
  }
}

for (const row of rows) {
  const cases = row.cases.filter(({ name }) => wanted.test(`${row.id} ${name}`));
  for (const one of cases) judge(row, one);
  if (cases.length > 0) console.log(`${row.id} ${row.title}: ${cases.length} inputs`);
}
const table = { rows, programs: programs.map(({ name }) => name), verdicts, answers, counts: readCounts() };
if (options.write) writeTable(`${root}docs/security.md`, table);
else showTable(table);
for (const each of [...judges, helm]) each?.end();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
