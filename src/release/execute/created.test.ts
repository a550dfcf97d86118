import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  mappingOf,
  NAMESPACE,
  releaseWorld,
  upgradeOptions,
} from '../../../test/release/world.ts';
import { install } from '../actions/install.ts';
import { upgrade } from '../actions/upgrade.ts';

for (const serverSide of [true, false]) {
  test(`what somebody else makes in between is not cleaned up, server-side ${serverSide}`, async () => {
    const world = releaseWorld();
    const before = { 'templates/a.yaml': configMap('a') };
    await install(inputOf(before), installOptions({ serverSide }), world.context());
    const theirs = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' }, data: { a: 'theirs' } };
    let isMade = false;
    world.intercept = async ({ method, path }, send) => {
      const isCreate = method === 'POST' ? path.endsWith('/configmaps') : path.endsWith('/b') && method === 'PATCH';
      if (!isCreate || isMade) return send();
      isMade = true;
      await world.cluster.client.create(mappingOf('ConfigMap'), NAMESPACE, theirs, { fieldManager: 'somebody' });
      return send();
    };
    const after = { ...before, 'templates/b.yaml': configMap('b') };
    const options = upgradeOptions({ cleanupOnFail: true });
    const error = await errorOf(upgrade(inputOf(after), options, world.context()));
    assert.match(error.message, serverSide ? /conflict/ : /already exists/);
    assert.ok(await find(world, 'ConfigMap', 'b'));
  });
}
