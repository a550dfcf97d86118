/** Records what Helm does with each command line of cases.txt: `node test/compat/record.ts PATH-OF-HELM`. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { GOLDEN, type Outcome, outcomeOf, readCases } from './workspace.ts';

const [helm] = process.argv.slice(2);
if (helm === undefined) throw new Error('usage: record.ts PATH-OF-HELM');

const outcomes: Record<string, Outcome> = {};
for (const line of readCases()) {
  outcomes[line] = await outcomeOf(line, ({ argv, env, stdin, cwd }) => {
    const { status, stdout, stderr } = spawnSync(helm, argv, { cwd, env, input: stdin, encoding: 'utf8' });
    return { exit: status ?? 1, stdout, stderr };
  });
}
writeFileSync(GOLDEN, `${JSON.stringify(outcomes, null, 1)}\n`);
console.log(`${Object.keys(outcomes).length} command lines recorded`);
