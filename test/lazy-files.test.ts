/** Which files of the command line a run loads: what it has no use for costs it nothing (scripts/build-cli.ts). */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'pintle-lazy-'));
after(() => rmSync(work, { recursive: true, force: true }));

const hook = join(work, 'hook.cjs');
writeFileSync(
  hook,
  `process.on('exit', () => {
  const files = Object.keys(require.cache).filter((file) => file.includes('/dist/cli/'));
  console.log('LOADED ' + files.map((file) => file.split('/').pop().replace(/(-.{8})?\\.cjs$/, '')).join(' '));
});\n`,
);

const chart = join(work, 'chart');
mkdirSync(join(chart, 'templates'), { recursive: true });
writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: small\nversion: 1.0.0\nkubeVersion: ">=1.20-0"\n');
writeFileSync(join(chart, 'values.yaml'), 'replicas: 2\n');
writeFileSync(
  join(chart, 'templates', 'a.yaml'),
  'kind: A\nspec: {{ toYaml .Values | nindent 2 }}\nname: {{ printf "%s-%d" .Release.Name 1 | trunc 63 | quote }}\n',
);

function loadedBy(...args: readonly string[]): string[] {
  const output = execFileSync(process.execPath, ['-r', hook, `${root}bin/pintle.js`, ...args], {
    env: { ...process.env, HELM_CACHE_HOME: join(work, 'cache') },
    encoding: 'utf8',
  });
  return (/^LOADED (.*)$/m.exec(output)?.[1] ?? '').split(' ').sort();
}

test('the version needs one file', () => {
  assert.deepEqual(loadedBy('version'), ['main', 'rolldown-runtime']);
});

test('a chart that is known needs what renders', () => {
  loadedBy('package', chart, '--destination', work);
  const packed = join(work, 'small-1.0.0.tgz');
  assert.ok(loadedBy('template', 'r', packed).includes('archives'));
  assert.deepEqual(loadedBy('template', 'r', packed), ['main', 'render', 'rolldown-runtime']);
  assert.ok(loadedBy('template', 'r', chart).includes('folders'));
  assert.deepEqual(loadedBy('template', 'r', chart), ['folders', 'main', 'render', 'rolldown-runtime']);
});

test('what a run has a use for is loaded', () => {
  assert.ok(loadedBy('template', 'r', chart, '--set', 'a.b=1').includes('rare'));
});
