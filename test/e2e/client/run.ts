/**
 * The client against a cluster behind a proxy that breaks requests: each verb under each fault has to end well, with
 * the object done once; a watch has to end with what is there.
 *
 *     node test/e2e/client/run.ts [--on real,sandbox] [--seconds N]
 *
 * Reads what `test/rig/cluster.sh` sets (KUBECONFIG).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clusterOf } from '../../../src/cluster/connect.ts';
import type { Cluster, ClusterTransport } from '../../../src/cluster/types.ts';
import { readSettings } from '../../../src/node/environment.ts';
import { nodeHost } from '../../../src/node/host.ts';
import { connectCluster } from '../../../src/node/kube/connect.ts';
import { openSandbox } from '../../../src/node/sandbox.ts';
import { breakingProxy } from './breaking-proxy.ts';
import { checkVerbs } from './verbs.ts';
import { checkWatch } from './watch.ts';

const { values: options } = parseArgs({
  options: { on: { type: 'string', default: 'real,sandbox' }, seconds: { type: 'string', default: '30' } },
});
const silent = { log: () => {} };
const host = nodeHost();
let passed = 0;
let failed = 0;

function report(name: string, problem: string | undefined): void {
  if (problem === undefined) passed++;
  else failed++;
  if (problem !== undefined) console.log(`not ok ${name}: ${problem}`);
}

async function check(on: string, transport: ClusterTransport): Promise<void> {
  const namespace = `client-${Date.now().toString(36)}`;
  const direct = clusterOf(transport, host);
  const namespaces = await direct.discovery.mapping('v1', 'Namespace');
  await direct.client.create(namespaces, '', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const proxy = await breakingProxy(transport);
  try {
    const settings = { ...readSettings({}, process.platform), kubeApiServer: proxy.url };
    const { transport: broken } = await connectCluster(settings, {}, silent);
    const cluster: Cluster = clusterOf(broken, host);
    const world = { direct, cluster, proxy, namespace };
    await checkVerbs(world, (name, problem) => report(`${on} ${name}`, problem));
    report(`${on} watch`, await checkWatch(world, Number(options.seconds) * 1000));
    broken.close?.();
  } finally {
    proxy.close();
    await direct.client.delete({ mapping: namespaces, namespace: '', name: namespace });
  }
}

for (const on of options.on.split(',')) {
  if (on === 'real') {
    const { transport } = await connectCluster(readSettings(process.env, process.platform), process.env, silent);
    await check(on, transport);
  } else {
    const folder = mkdtempSync(join(tmpdir(), 'pintle-client-'));
    await check(on, openSandbox(folder, host).transport);
    rmSync(folder, { recursive: true, force: true });
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
