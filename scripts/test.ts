/**
 * `npm test`: types, style, and every test under the Node that runs this. Needs nothing but Node and the npm
 * registry. Ends with the plain line `N passed, N failed`.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = (command: string, args: readonly string[]): { ok: boolean; output: string } => {
  const { status, stdout } = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 1 << 28,
  });
  return { ok: status === 0, output: stdout };
};

let failed = 0;
for (const [name, ...args] of [
  ['types of the core', 'tsc', '-p', 'tsconfig.json'],
  ['types of the rest', 'tsc', '-p', 'tsconfig.node.json'],
  ['style', 'biome', 'check', '--error-on-warnings'],
  ['build', 'node', 'scripts/build.ts'],
] as const) {
  const [command, ...rest] = args;
  const { ok, output } = run(command as string, rest);
  console.log(`${ok ? 'ok' : 'FAILED'}  ${name}`);
  if (!ok) {
    failed++;
    console.log(output);
  }
}

const globs = ['src/**/*.test.ts', 'cli/**/*.test.ts', 'test/*.test.ts'];
const { output } = run('node', ['--test', '--test-reporter=spec', ...globs]);
const count = (word: string): number => Number(new RegExp(`^ℹ ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
const testsFailed = count('fail') + count('cancelled');
if (testsFailed > 0 || count('tests') === 0) console.log(output);
failed += testsFailed;
if (count('tests') === 0) failed++;
console.log(`\n${count('pass')} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
