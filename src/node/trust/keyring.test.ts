import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { encodeBytes } from '../../go/bytes.ts';
import { loadDirectory } from '../charts/load.ts';
import { saveChart } from '../charts/write-chart.ts';
import { openSigningKey, readKeyring, signChartFile, verifyChartFile } from './keyring.ts';

const { rings, archive, cases } = JSON.parse(
  readFileSync(new URL('../../../test/testdata/provenance/signed.json', import.meta.url), 'utf8'),
) as { rings: Record<string, string>; archive: string; cases: { name: string; prov: string }[] };

const cwd = mkdtempSync(join(tmpdir(), 'pintle-keyring-'));
after(() => rmSync(cwd, { recursive: true }));

function put(name: string, data: Uint8Array | string): void {
  writeFileSync(join(cwd, name), data);
}

put('pub.gpg', Buffer.from(rings['main'] as string, 'base64'));
put('sec.gpg', Buffer.from(rings['secret'] as string, 'base64'));
put('web-0.1.0.tgz', Buffer.from(archive, 'base64'));
put('web-0.1.0.tgz.prov', cases.find(({ name }) => name === 'helm ed')?.prov ?? '');
put('alone.tgz', 'x');
put('web.zip', 'x');
mkdirSync(join(cwd, 'folder.tgz'));

test('an archive is verified with the file beside it', async () => {
  const { signedBy } = await verifyChartFile('web-0.1.0.tgz', 'pub.gpg', { cwd });
  assert.deepEqual(signedBy, ['Ed Tester <ed@example.com>']);
});

const failures: [path: string, keyring: string, error: string][] = [
  ['nothing.tgz', 'pub.gpg', 'stat nothing.tgz: no such file or directory'],
  ['folder.tgz', 'pub.gpg', 'unpacked charts cannot be verified'],
  ['web.zip', 'pub.gpg', 'chart must be a tgz file'],
  [
    'alone.tgz',
    'pub.gpg',
    'could not load provenance file alone.tgz.prov: stat alone.tgz.prov: no such file or directory',
  ],
  ['web-0.1.0.tgz', 'none.gpg', 'failed to load keyring: open none.gpg: no such file or directory'],
  ['web-0.1.0.tgz', '', 'failed to load keyring: open : no such file or directory'],
  ['web-0.1.0.tgz', 'folder.tgz', 'failed to load keyring: read folder.tgz: is a directory'],
];

test('what cannot be verified says why', async () => {
  for (const [path, keyring, message] of failures) {
    await assert.rejects(verifyChartFile(path, keyring, { cwd }), { name: 'PintleError', message }, path);
  }
  assert.throws(() => readKeyring('none.gpg', { cwd }), { message: 'open none.gpg: no such file or directory' });
});

test('a chart is packed, signed and verified', async () => {
  const chart = join(cwd, 'demo');
  mkdirSync(chart);
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: demo\nversion: 0.2.0\ndescription: d\n');
  const clock = { now: () => ({ milliseconds: 0, nanoseconds: 0 }), timeZone: 'UTC' };
  const path = saveChart(loadDirectory(chart), cwd, { clock });
  const asked: string[] = [];
  const source = () => (name: string) => {
    asked.push(name);
    return encodeBytes('secret');
  };
  const key = await openSigningKey('sec.gpg', 'locked@', source, { cwd });
  await signChartFile(path, key, new Date());
  assert.deepEqual(asked, ['Locked Tester <locked@example.com>']);
  assert.match(
    readFileSync(`${path}.prov`, 'utf8'),
    /\n\napiVersion: v2\ndescription: d\nname: demo\nversion: 0\.2\.0\n\n/,
  );
  assert.equal(statSync(`${path}.prov`).mode & 0o777, 0o644);
  assert.equal((await verifyChartFile(path, join(cwd, 'pub.gpg'))).fileName, 'demo-0.2.0.tgz');
});
