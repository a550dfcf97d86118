import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PintleError } from '../../../src/errors.ts';
import { readJobs } from './batch-lines.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'bin/pintle.js');
const BUILT = { skip: existsSync(join(root, 'dist/cli/main.cjs')) ? false : 'needs npm run build' };
const SHOP = join(root, 'examples/shop');
const work = mkdtempSync(join(tmpdir(), 'pintle-batch-'));
after(() => rmSync(work, { recursive: true, force: true }));

function pintle(args: readonly string[], input = ''): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'] ?? '', HOME: work };
  return spawnSync(process.execPath, [program, ...args], { input, encoding: 'utf8', env, cwd: work });
}

test('jobs are lines of JSON: args, or an object that has them', () => {
  assert.deepEqual(readJobs('["a", "b"]\n\n{"id": "x", "args": ["c"]}\n', 'f'), [
    { id: 1, args: ['a', 'b'] },
    { id: 'x', args: ['c'] },
  ]);
  for (const line of ['{', '1', 'null', '{}', '{"args": [1]}', '{"id": true, "args": []}', '"a"']) {
    assert.throws(
      () => readJobs(`["a"]\n${line}`, 'jobs'),
      (error) => error instanceof PintleError && error.message.startsWith('jobs:2: '),
      line,
    );
  }
});

test('each line answers as the command would, in the order of the lines', BUILT, () => {
  const lines = [
    ['a', SHOP],
    ['b', join(work, 'missing')],
    ['c', SHOP, '--set', 'web.replicas=7', '--namespace', 'x'],
    ['d', SHOP, '--no-such-flag'],
    ['e', SHOP],
  ];
  const { status, stdout, stderr } = pintle(
    ['template', '--batch', '-', '--workers', '2', '--compat-errors'],
    lines.map((args, i) => JSON.stringify({ id: `job-${i}`, args })).join('\n'),
  );
  assert.equal(stderr, '');
  assert.equal(status, 1);
  const answers = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const [i, args] of lines.entries()) {
    const alone = pintle(['template', ...args, '--compat-errors']);
    const expected = { id: `job-${i}`, exit: alone.status, stdout: alone.stdout, stderr: alone.stderr };
    assert.deepEqual(answers[i], expected);
  }
});

test('what belongs into the lines is refused beside the file', BUILT, () => {
  writeFileSync(join(work, 'jobs'), `${JSON.stringify(['a', SHOP])}\n`);
  const { status, stderr } = pintle(['template', '--batch', 'jobs', '--set', 'a=b']);
  assert.equal(status, 1);
  assert.match(stderr, /--set has no place beside --batch/);
  assert.equal(pintle(['template', '--batch', 'jobs', 'web']).status, 1);
  assert.match(pintle(['template', '--batch', 'none']).stderr, /cannot read the jobs: open none: no such file/);
  assert.equal(pintle(['template', '--batch', 'jobs']).status, 0);
});
