/** Each command line of cases.txt does what Helm did: exit code, output, error output, files. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../cli/main.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { nodeHost } from '../src/node/host.ts';
import { capture } from './capture.ts';
import { GOLDEN, type Outcome, outcomeOf, type Run, readCases } from './compat/workspace.ts';

const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Readonly<Record<string, Outcome>>;

/** Where we differ, and why. */
const DIFFERENT: Readonly<Record<string, string>> = {
  lin: 'Helm has a command list as well, which is as near',
  'template web --post-renderer a --post-renderer b': 'Helm looks for the first program before it sees the second flag',
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

for (const line of readCases()) {
  test(line, { skip: DIFFERENT[line] ?? false }, async () => {
    const wanted = golden[line];
    assert.ok(wanted, 'not recorded yet: node test/compat/record.ts HELM');
    assert.deepEqual(await outcomeOf(line, runHere), wanted);
  });
}
