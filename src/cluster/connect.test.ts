import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, scripted, testClock, testRandom } from '../../test/scripted-transport.ts';
import { clusterOf } from './connect.ts';

test('a signal ends what discovery and schemas ask, and nothing else', async () => {
  const controller = new AbortController();
  const transport = scripted(() => answer(200, { kind: 'Pod', metadata: {} }));
  const { client, discovery, schemas } = clusterOf(transport, {
    clock: testClock(),
    random: testRandom,
    signal: controller.signal,
  });
  controller.abort();
  await assert.rejects(discovery.mapping('v1', 'Pod'), { code: 'ABORTED' });
  await assert.rejects(discovery.version(), { code: 'ABORTED' });
  await assert.rejects(schemas.check('v1', 'Pod'), { code: 'ABORTED' });
  assert.equal(transport.calls.length, 0);
  const mapping = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true };
  await client.get({ mapping, namespace: 'ns', name: 'a' });
});
