/** What the package brings with it: each dependency has its reason in docs/dependencies.md, and none runs a script when installed. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Locked {
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly hasInstallScript?: boolean;
  readonly resolved?: string;
}

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');
const lock = JSON.parse(read('package-lock.json')) as { readonly packages: Record<string, Locked> };
const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev);
const listed = read('docs/dependencies.md');

test('every package that a user gets is listed', () => {
  const names = shipped
    .filter(([, { peer }]) => !peer)
    .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 13));
  assert.ok(names.length > 8);
  for (const name of names) assert.ok(listed.includes(`\`${name}\``), name);
});

test('no package that is listed is gone', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { readonly dependencies: Record<string, string> };
  const rows = [...listed.matchAll(/^\| (`[^|]*`) \|/gm)].flatMap(([, cell = '']) => cell.split(', '));
  assert.deepEqual(rows.map((name) => name.replaceAll('`', '')).sort(), Object.keys(dependencies).sort());
});

test('nothing that a user gets runs when it is installed', () => {
  for (const [path, { hasInstallScript }] of shipped) assert.ok(!hasInstallScript, path);
  const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Record<string, string> };
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) assert.ok(!(name in scripts), name);
});

test('the lock file names no registry', () => {
  for (const [path, { resolved }] of Object.entries(lock.packages)) assert.equal(resolved, undefined, path);
});
