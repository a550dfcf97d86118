/** Records what Helm does with each command line of cases.txt: `node test/compat/record.ts PATH-OF-HELM [FOLDER]`. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { GOLDEN, goldenOf, type Outcome, outcomeOf, type Runner, readCases } from './workspace.ts';

const [helm, folder] = process.argv.slice(2);
if (helm === undefined) throw new Error('usage: record.ts PATH-OF-HELM [FOLDER]');

const outcomes: Record<string, Outcome> = {};
const runHelm: Runner = ({ argv, env, stdin, cwd }) => {
  const { status, stdout, stderr } = spawnSync(helm, argv, { cwd, env, input: stdin, encoding: 'utf8' });
  return { exit: status ?? 1, stdout, stderr };
};
for (const line of readCases(folder)) outcomes[line] = await outcomeOf(line, runHelm, folder);
writeFileSync(folder === undefined ? GOLDEN : goldenOf(folder), `${JSON.stringify(outcomes, null, 1)}\n`);
console.log(`${Object.keys(outcomes).length} command lines recorded`);
