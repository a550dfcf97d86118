/** V8's code kept on disk (bin/compile-cache.js). */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'pintle-code-'));
after(() => rmSync(work, { recursive: true, force: true }));

const PROGRAM = `
require(${JSON.stringify(`${root}bin/compile-cache.js`)}).keepCompiled(${JSON.stringify(join(root, 'dist', 'cli'))});
require(${JSON.stringify(`${root}dist/cli/main.cjs`)}).runProcess();
`;

const program = join(work, 'program.cjs');
writeFileSync(program, PROGRAM);

function version(cache: string): string {
  const { stdout, stderr } = spawnSync(process.execPath, [program, 'version'], {
    cwd: work,
    env: { ...process.env, NODE_COMPILE_CACHE: '', HELM_CACHE_HOME: cache },
    encoding: 'utf8',
  });
  assert.equal(stderr, '');
  return stdout;
}

function keptIn(cache: string): string[] {
  const [platform] = readdirSync(join(cache, 'code')) as [string];
  const folder = join(cache, 'code', platform);
  return readdirSync(folder).map((name) => join(folder, name));
}

test('code is kept, used, and made again where it is broken', () => {
  const cache = join(work, 'cache');
  const first = version(cache);
  assert.match(first, /^version/);
  const kept = keptIn(cache);
  assert.ok(kept.some((file) => file.endsWith('main.cjs')));
  const whole = new Map(kept.map((file) => [file, readFileSync(file).length]));
  const before = statSync(kept[0] as string).mtimeMs;
  assert.equal(version(cache), first);
  assert.equal(statSync(kept[0] as string).mtimeMs, before, 'not written again');
  for (const file of kept) writeFileSync(file, readFileSync(file).subarray(0, 100));
  assert.equal(version(cache), first);
  for (const [file, size] of whole) assert.ok(readFileSync(file).length > size / 2, file);
});

test('code of another text of the same length is not used, and goes', () => {
  const cache = join(work, 'other');
  const first = version(cache);
  const kept = keptIn(cache);
  const main = kept.find((file) => file.endsWith('main.cjs')) as string;
  const bytes = readFileSync(main);
  bytes[200] = (bytes[200] as number) ^ 1;
  writeFileSync(main, bytes);
  const old = join(main, '../render-old.cjs');
  writeFileSync(old, '');
  assert.equal(version(cache), first);
  assert.notDeepEqual(readFileSync(main), bytes);
  assert.equal(existsSync(old), false);
});

test('a cache that is not there, or cannot be, is done without', () => {
  assert.match(version('here'), /^version/);
  assert.equal(existsSync(join(work, 'here')), false);
  writeFileSync(join(work, 'file'), '');
  assert.match(version(join(work, 'file')), /^version/);
});
