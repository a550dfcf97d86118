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
  rollbackOptions,
  uninstallOptions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import { own } from '../../cluster/json.ts';
import type { ApiAnswer } from '../../cluster/types.ts';
import { install } from '../actions/install.ts';
import { rollback } from '../actions/rollback.ts';
import { uninstall } from '../actions/uninstall.ts';
import { upgrade } from '../actions/upgrade.ts';

const BROKEN = configMap('Z_Z');

/** A chart of one object with one key; where it is broken, another object fails after that. */
function chart(key: string, more: Readonly<Record<string, string>> = {}): ReturnType<typeof inputOf> {
  return inputOf({ 'templates/a.yaml': configMap('a', `${key}: x`), ...more });
}

async function keys(world: ReleaseTestWorld): Promise<string> {
  return Object.keys((own(await find(world, 'ConfigMap', 'a'), 'data') ?? {}) as object)
    .sort()
    .join();
}

function refused(code = 403, reason = 'Forbidden'): ApiAnswer {
  const status = { kind: 'Status', status: 'Failure', message: 'no', reason, code };
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(JSON.stringify(status));
  }
  return { status: code, headers: new Map([['content-type', 'application/json']]), body: body() };
}

const csa = { serverSide: false };

suite('objects of which failed revisions are not known to have come to', () => {
  test('a rollback that was refused at once can be repeated', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(chart('one'), installOptions(csa), context);
    await upgrade(chart('two'), upgradeOptions(), context);
    world.intercept = async ({ path, method }, send) =>
      path.endsWith('/configmaps/a') && method === 'PATCH' ? refused() : send();
    await errorOf(rollback(rollbackOptions({ revision: 1 }), context));
    world.intercept = undefined;
    await rollback(rollbackOptions({ revision: 1 }), context);
    assert.equal(await keys(world), 'one');
    assert.equal(await revisions(world), '1 superseded, 2 superseded, 3 failed, 4 deployed');
  });

  test('an upgrade takes away what a failed one added only where its patch is refused otherwise', async () => {
    for (const isRefused of [false, true]) {
      const world = releaseWorld();
      const context = world.context();
      await install(chart('one'), installOptions(csa), context);
      await errorOf(upgrade(chart('two', { 'templates/z.yaml': BROKEN }), upgradeOptions(), context));
      const patches: string[] = [];
      world.intercept = async ({ path, method, body }, send) => {
        if (!path.endsWith('/configmaps/a') || method !== 'PATCH') return send();
        patches.push(String(body));
        return isRefused && !String(body).includes('"two":null') ? refused(422, 'Invalid') : send();
      };
      await upgrade(chart('three'), upgradeOptions(), context);
      assert.equal(patches.length, isRefused ? 2 : 1);
      // Without need, what Helm leaves stays.
      assert.equal(await keys(world), isRefused ? 'three' : 'three,two');
    }
  });

  test('what a failed upgrade made goes with the release', async () => {
    const world = releaseWorld();
    const context = world.context();
    await install(chart('one'), installOptions(), context);
    const made = { 'templates/b.yaml': configMap('b'), 'templates/z.yaml': BROKEN };
    await errorOf(upgrade(chart('two', made), upgradeOptions(), context));
    await upgrade(chart('three'), upgradeOptions(), context);
    await uninstall(uninstallOptions(), context);
    assert.deepEqual(
      [await find(world, 'ConfigMap', 'a'), await find(world, 'ConfigMap', 'b')],
      [undefined, undefined],
    );
  });
});
