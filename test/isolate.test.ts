import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

/** The command line as it is installed, with and without `--isolate`. */

const root = fileURLToPath(new URL('..', import.meta.url));
const skip = !existsSync(`${root}dist/cli/main.cjs`) && 'there is no build';
const work = mkdtempSync(join(tmpdir(), 'pintle-isolate-'));
const program = join(work, 'pintle');
symlinkSync(`${root}bin/pintle.js`, program);
after(() => rmSync(work, { recursive: true }));

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: work };
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: work,
    env,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

function chart(name: string, template: string): string {
  mkdirSync(join(work, name, 'templates'), { recursive: true });
  writeFileSync(join(work, name, 'Chart.yaml'), `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`);
  writeFileSync(join(work, name, 'templates', 'a.yaml'), template);
  return name;
}

const CHARTS: Readonly<Record<string, string>> = {
  plain: 'kind: A\nmetadata: {name: {{ .Release.Name }}}\nvalue: {{ .Values.n | quote }}\n',
  failing: 'a: 1\nb: {{ required "n is needed" .Values.missing }}\n',
  broken: 'a: {{ .Values.n\n',
  untidy: 'kind: A\n b: 1\n',
  'with-dns': 'a: {{ getHostByName "localhost" }}\n',
};

for (const [name, template] of Object.entries(CHARTS)) {
  test(`--isolate prints the same: ${name}`, { skip }, () => {
    const args = ['template', 'r', chart(name, template), '--set', 'n=12345678', '--enable-dns'];
    for (const more of [[], ['--debug'], ['--compat-errors']]) {
      // Of the times of a log, and of the stack that --debug shows, nothing is said.
      const plain = (text: string): string => text.replace(/^\s+at .*\n|time=\S+|^.*\bDEBUG\b.*\n/gm, '');
      const [here, there] = [run(...args, ...more), run(...args, ...more, '--isolate')];
      assert.equal(there.stdout, here.stdout);
      assert.equal(plain(there.stderr), plain(here.stderr));
      assert.equal(there.status, here.status);
    }
  });
}

test('install renders elsewhere, too', { skip }, () => {
  const args = ['install', 'r', chart('plain', CHARTS['plain'] as string), '--dry-run=client', '--set', 'n=1'];
  const [here, there] = [run(...args), run(...args, '--isolate')];
  const undated = (text: string): string => text.replace(/^LAST DEPLOYED: .*$/m, '');
  assert.equal(undated(there.stdout), undated(here.stdout));
  assert.match(there.stdout, /value: "1"/);
  assert.equal(there.status, 0);
});
