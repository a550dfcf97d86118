/**
 * `npm run hostile`: the inputs of docs/security.md at the command line, each once as a process of its own and twenty
 * times in one process, on Node and on the standalone executable.
 *
 *     node test/hostile/run.ts [--programs node,exe] [--only PATTERN] [--times 20] [--write]
 *
 * `--write` puts the table into docs/security.md. Without strace, nobody sees what is opened and whom is spoken to: then it does not run.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { archiveRows } from './archives.ts';
import type { Case, Row } from './frame.ts';
import { createJudge, type Judge, type Program } from './judge.ts';
import { mutationRows } from './mutations.ts';
import { pluginRows } from './plugins.ts';
import { raceRows } from './races.ts';
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
];
const wanted = new RegExp(options.only);
const programs = options.programs.split(',').map((name) => (PROGRAMS[name] as () => Program)());
const judges: Judge[] = programs.map((program) => createJudge(program, Number(options.times)));

let passed = 0;
let failed = 0;
const verdicts = new Map<string, string[]>();

function judge(row: Row, one: Case): void {
  for (const each of judges) {
    const { fault } = each.judge(one);
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
const table = { rows, programs: programs.map(({ name }) => name), verdicts };
if (options.write) writeTable(`${root}docs/security.md`, table);
else showTable(table);
for (const each of judges) each.end();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
