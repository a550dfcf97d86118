import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { diskDiscoveryCache } from './discovery-cache.ts';

const folder = mkdtempSync(join(tmpdir(), 'cache-'));
after(() => rmSync(folder, { recursive: true }));

/** A server as the kubeconfig has it, and kubectl's folder for it. */
const FOLDERS: readonly (readonly [host: string, folder: string])[] = [
  ['https://10.0.0.1:6443', '10.0.0.1_6443'],
  ['http://localhost:8080', 'localhost_8080'],
  ['https://a-b.example/k8s/c-1', 'a_b.example/k8s/c_1'],
  ['api:6443', 'api_6443'],
  ['https://x/../../y', 'x/_/_/y'],
];

test("kubectl's folders and files", async () => {
  for (const [host, name] of FOLDERS) {
    await diskDiscoveryCache(host, { KUBECACHEDIR: folder }).write('apps/v1/serverresources.json', host);
    const path = join(folder, 'discovery', name, 'apps/v1');
    assert.equal(readFileSync(join(path, 'serverresources.json'), 'utf8'), host);
    assert.deepEqual(readdirSync(path), ['serverresources.json']);
  }
  await diskDiscoveryCache('api', { HOME: folder }).write('servergroups.json', '{}');
  assert.equal(readFileSync(join(folder, '.kube/cache/discovery/api/servergroups.json'), 'utf8'), '{}');
});

test('what is read back, and for how long', async () => {
  const cache = diskDiscoveryCache('https://h', { KUBECACHEDIR: folder });
  assert.equal(await cache.read('servergroups.json'), undefined);
  await cache.write('servergroups.json', 'one');
  await cache.write('servergroups.json', 'two');
  assert.equal(await cache.read('servergroups.json'), 'two');
  const file = join(folder, 'discovery/h/servergroups.json');
  assert.equal(statSync(file).mode & 0o007, 0);
  const seconds = Date.now() / 1000;
  utimesSync(file, seconds, seconds - 6 * 3600 + 60);
  assert.equal(await cache.read('servergroups.json'), 'two');
  utimesSync(file, seconds, seconds - 6 * 3600 - 60);
  assert.equal(await cache.read('servergroups.json'), undefined);
});

test('a place that cannot be written is no fault', async () => {
  writeFileSync(join(folder, 'file'), '');
  const cache = diskDiscoveryCache('h', { KUBECACHEDIR: join(folder, 'file') });
  await cache.write('a', 'b');
  assert.equal(await cache.read('a'), undefined);
});
