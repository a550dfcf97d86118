import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  type ReleaseTestWorld,
  releaseWorld,
  revisions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import type { ApiAnswer } from '../../cluster/types.ts';
import { install } from '../actions/install.ts';
import { upgrade } from '../actions/upgrade.ts';

function hook(name: string): string {
  const annotations = 'helm.sh/hook: "pre-install,pre-upgrade", helm.sh/hook-delete-policy: hook-succeeded';
  return configMap(name, 'a: b', `  annotations: {${annotations}}\n`);
}

const files = { 'templates/a.yaml': hook('one'), 'templates/b.yaml': hook('two') };

function refuseToDelete(world: ReleaseTestWorld, name: string): void {
  const status = { kind: 'Status', status: 'Failure', message: 'it stays', reason: 'Forbidden', code: 403 };
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(JSON.stringify(status));
  }
  const headers = new Map([['content-type', 'application/json']]);
  world.intercept = async ({ method, path }, send): Promise<ApiAnswer> =>
    method === 'DELETE' && path.endsWith(`/${name}`) ? { status: 403, headers, body: body() } : send();
}

suite('hooks that cannot be deleted', () => {
  test('do not keep others from being deleted', async () => {
    const world = releaseWorld();
    refuseToDelete(world, 'two');
    const error = await errorOf(install(inputOf(files), installOptions(), world.context()));
    assert.equal(error.message, 'failed pre-install: it stays');
    assert.equal(await find(world, 'ConfigMap', 'one'), undefined);
    assert.equal(await revisions(world), '1 failed');
    world.intercept = undefined;
    await upgrade(inputOf(files), upgradeOptions(), world.context());
    assert.equal(await find(world, 'ConfigMap', 'two'), undefined);
  });

  test('are named where they are in the way', async () => {
    const world = releaseWorld();
    refuseToDelete(world, 'one');
    const csa = { serverSide: false };
    await errorOf(install(inputOf(files), installOptions(csa), world.context()));
    world.intercept = undefined;
    const error = await errorOf(upgrade(inputOf(files), upgradeOptions(csa), world.context()));
    assert.match(error.message, /configmaps "one" already exists$/);
    assert.match(error.hint ?? '', /kubectl delete configmap\/one -n default/);
  });
});
