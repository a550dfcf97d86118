/** Command lines with plugins do what Helm did: exit code, output, error output, files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../cli/main.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { nodeHost } from '../src/node/host.ts';
import { capture } from './capture.ts';
import { goldenOf, type Outcome, outcomeOf, PLUGIN_DATA, type Run, readCases } from './compat/workspace.ts';

const golden = JSON.parse(readFileSync(goldenOf(PLUGIN_DATA), 'utf8')) as Readonly<Record<string, Outcome>>;

/** Where we differ, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  "HELM_PLUGINS=$WORK/P leg '' swallowed": 'Helm takes an empty argument and the one behind it for its own',
  'HELM_PLUGINS=$WORK/P template x chart -f bad://x': 'Helm names the plugin by the fields of its Go struct',
  "HELM_PLUGINS=$WORK/P __complete subs ''": 'Helm offers commands without a name',
};

async function runHere({ argv, env, stdin, cwd }: Run): Promise<Outcome> {
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const input = encodeBytes(stdin);
    const io = capture({ env: { ...env, PINTLE_COMPAT_ERRORS: '1' }, cwd: () => cwd, stdin: () => input });
    const exit = await main(argv, io, nodeHost());
    return { exit, ...io.taken() };
  } finally {
    process.chdir(before);
  }
}

for (const line of readCases(PLUGIN_DATA)) {
  test(line, { skip: DIFFERENT[line] ?? false }, async () => {
    const wanted = golden[line];
    assert.ok(wanted, 'not recorded yet: node test/compat/record.ts HELM test/testdata/plugin');
    assert.deepEqual(await outcomeOf(line, runHere, PLUGIN_DATA), wanted);
  });
}
