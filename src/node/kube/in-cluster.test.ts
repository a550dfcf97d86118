import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeCertificate } from '../../../test/certificates.ts';
import { readSettings } from '../environment.ts';
import { inClusterConfig } from './in-cluster.ts';
import { isInCluster, podNamespace } from './service-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'pod-'));
after(() => rmSync(folder, { recursive: true }));

const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
const settings = readSettings({}, 'linux');

test('what a pod finds of its service account', async () => {
  const lines: string[] = [];
  const log = { log: (_level: string, line: string) => lines.push(line) };
  assert.equal(isInCluster(env, folder), false);
  assert.throws(() => inClusterConfig(settings, env, log, folder), {
    message: `open ${folder}/token: no such file or directory`,
  });
  writeFileSync(join(folder, 'token'), 'tok\n');
  assert.equal(isInCluster(env, folder), true);
  assert.equal(isInCluster({ ...env, KUBERNETES_SERVICE_PORT: '' }, folder), false);

  const plain = inClusterConfig(settings, env, log, folder);
  assert.equal(plain.host, 'https://10.0.0.1:443');
  assert.equal(plain.user.tokenFile, `${folder}/token`);
  assert.equal(plain.cluster.certificateAuthority, '');
  assert.match(lines.join(), /^Expected to load root CA config from .*\/ca\.crt, but got err: open /);

  writeFileSync(join(folder, 'ca.crt'), (await makeCertificate({ authority: true })).cert);
  assert.equal(inClusterConfig(settings, env, log, folder).cluster.certificateAuthority, `${folder}/ca.crt`);
  const ipv6 = { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' };
  assert.equal(inClusterConfig(settings, ipv6, log, folder).host, 'https://[fd00::1]:443');
  const flags = { ...settings, kubeToken: 't', kubeApiServer: 'api:6443', kubeCaFile: '/ca', kubeAsUser: 'nobody' };
  const { server, cluster, user } = inClusterConfig(flags, env, log, folder);
  assert.deepEqual([server.scheme, server.host, cluster.certificateAuthority], ['https', 'api:6443', '/ca']);
  assert.deepEqual([user.token, user.tokenFile, user.impersonate], ['t', '', '']);
  assert.equal(lines.length, 1);
});

test("the pod's namespace", () => {
  assert.equal(podNamespace({ POD_NAMESPACE: 'said' }, folder), 'said');
  assert.equal(podNamespace({}, folder), 'default');
  writeFileSync(join(folder, 'namespace'), 'mine\n');
  assert.equal(podNamespace({}, folder), 'mine');
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  writeFileSync(join(empty, 'namespace'), ' ');
  assert.equal(podNamespace({}, empty), 'default');
});
