import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  mappingOf,
  type ReleaseTestWorld,
  releaseWorld,
  revisions,
  rollbackOptions,
  uninstallOptions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import type { ApiAnswer, ApiCall } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { install } from './install.ts';
import { rollback } from './rollback.ts';
import { uninstall } from './uninstall.ts';
import { unlock } from './unlock.ts';
import { upgrade } from './upgrade.ts';

const chart = (...names: string[]) =>
  inputOf(Object.fromEntries(names.map((name) => [`templates/${name}.yaml`, configMap(name)])));

/** The objects that are there, of those with names of one letter. */
async function there(world: ReleaseTestWorld): Promise<string> {
  const names = ['a', 'b', 'c', 'd', 'z'];
  const found = await Promise.all(names.map((name) => find(world, 'ConfigMap', name)));
  return names.filter((_, i) => found[i]).join('');
}

function answer(code: number, reason: string): ApiAnswer {
  const text = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', message: 'no', reason, code });
  async function* body(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(text);
  }
  return { status: code, headers: new Map([['content-type', 'application/json']]), body: body() };
}

const isDeletion = ({ method, path }: ApiCall): boolean => method === 'DELETE' && path.includes('/configmaps/');
const isOf = (name: string) => (call: ApiCall) => call.method === 'PATCH' && call.path.endsWith(`/configmaps/${name}`);

/** Until {@link ReleaseTestWorld.another}, calls of a kind are refused. */
function refuse(world: ReleaseTestWorld, which: (call: ApiCall) => boolean, code = 403, reason = 'Forbidden'): void {
  world.intercept = async (call, send) => (which(call) ? answer(code, reason) : send());
}

async function twoRevisions(): Promise<ReleaseTestWorld> {
  const world = releaseWorld();
  await install(chart('a', 'b'), installOptions(), world.context());
  await upgrade(chart('a', 'c'), upgradeOptions(), world.context());
  return world;
}

/** A rollback to a and b that cannot delete c. */
async function halfRolledBack(): Promise<ReleaseTestWorld> {
  const world = await twoRevisions();
  refuse(world, isDeletion);
  for (let i = 0; i < 2; i++) await errorOf(rollback(rollbackOptions({ revision: 1 }), world.context()));
  world.another();
  assert.equal(await revisions(world), '1 superseded, 2 superseded, 3 superseded, 4 failed');
  assert.equal(await there(world), 'abc');
  return world;
}

const WAYS: readonly (readonly [name: string, go: (world: ReleaseTestWorld) => Promise<unknown>, objects: string])[] = [
  ['upgrade', (world) => upgrade(chart('a', 'd'), upgradeOptions(), world.context()), 'ad'],
  ['upgrade that wants it', (world) => upgrade(chart('c'), upgradeOptions(), world.context()), 'c'],
  ['client-side upgrade', (w) => upgrade(chart('a', 'd'), upgradeOptions({ serverSide: false }), w.context()), 'ad'],
  ['rollback', (world) => rollback(rollbackOptions({ revision: 1 }), world.context()), 'ab'],
  ['uninstall', (world) => uninstall(uninstallOptions(), world.context()), ''],
];

for (const [name, go, objects] of WAYS) {
  test(`what rollbacks could not delete goes with the next ${name}`, async () => {
    const world = await halfRolledBack();
    await go(world);
    assert.equal(await there(world), objects);
  });

  test(`what an interrupted upgrade made goes with the next ${name}`, async () => {
    const world = releaseWorld();
    await install(chart('a', 'b'), installOptions(), world.context());
    const control = new AbortController();
    world.intercept = async (call, send) => {
      const done = await send();
      if (isOf('c')(call)) control.abort();
      return done;
    };
    const error = await errorOf(upgrade(chart('a', 'c'), upgradeOptions(), world.context({ signal: control.signal })));
    assert.equal(error.code, 'ABORTED');
    world.another();
    assert.equal(await there(world), 'abc');
    await go(world);
    assert.equal(await there(world), objects);
  });

  test(`what a killed upgrade made goes with the next ${name}`, async () => {
    const world = releaseWorld();
    await install(chart('a', 'b'), installOptions(), world.context());
    await new Promise<void>((resolve) => {
      world.intercept = async (call, send) => {
        if (!isDeletion(call)) return send();
        resolve();
        return new Promise(() => {});
      };
      void upgrade(chart('a', 'c'), upgradeOptions(), world.context()).catch(() => {});
    });
    world.another();
    world.ahead.skew += 60_000;
    await unlock('web', world.context());
    assert.equal(await revisions(world), '1 deployed, 2 failed');
    await go(world);
    assert.equal(await there(world), objects);
  });
}

test('what was left is not carried on once it is gone', async () => {
  const world = await halfRolledBack();
  await upgrade(chart('a'), upgradeOptions(), world.context());
  const { release } = await world.context().store.get('web', 5);
  assert.equal(release.left, undefined);
});

test('what is left but is to be kept, or is somebody else’s by now, stays', async () => {
  for (const [annotation, objects] of [
    ['helm.sh/resource-policy: keep', 'ac'],
    ['meta.helm.sh/release-name: other', 'ac'],
    ['any: thing', 'a'],
  ] as const) {
    const world = await halfRolledBack();
    const metadata = { annotations: Object.fromEntries([annotation.split(': ')]) };
    await world.cluster.client.patch(
      { mapping: mappingOf('ConfigMap'), namespace: 'default', name: 'c' },
      'application/merge-patch+json',
      { metadata },
    );
    await upgrade(chart('a'), upgradeOptions(), world.context());
    assert.equal(await there(world), objects, annotation);
  }
});

test('what a cluster refused stays with the next upgrade, as with Helm, and goes with an uninstall', async () => {
  const world = releaseWorld();
  await install(chart('a', 'b'), installOptions(), world.context());
  refuse(world, isOf('z'));
  await errorOf(upgrade(chart('a', 'c', 'z'), upgradeOptions(), world.context()));
  world.another();
  await upgrade(chart('d'), upgradeOptions(), world.context());
  assert.equal(await there(world), 'cd');
  refuse(world, isOf('z'));
  await errorOf(upgrade(chart('a', 'z'), upgradeOptions(), world.context()));
  world.another();
  await uninstall(uninstallOptions(), world.context());
  // The records of both go, so that nobody would know of it any more; with Helm it stays.
  assert.equal(await there(world), '');
});

test('what an interrupted install made goes with the next that replaces it', async () => {
  const world = releaseWorld();
  const control = new AbortController();
  world.intercept = async (call, send) => {
    const done = await send();
    if (isOf('c')(call)) control.abort();
    return done;
  };
  const hook = configMap('hook', 'a: b', '  annotations:\n    helm.sh/hook: post-install\n');
  const made = inputOf({ 'templates/c.yaml': configMap('c'), 'templates/hook.yaml': hook });
  await errorOf(install(made, installOptions(), world.context({ signal: control.signal })));
  world.another();
  assert.equal(await there(world), 'c');
  await install(chart('d'), installOptions({ replace: true }), world.context());
  assert.equal(await there(world), 'd');
});

test('records that cannot be purged say that the release is gone, and the next uninstall forgets them', async () => {
  const world = await twoRevisions();
  refuse(world, ({ method, path }) => method === 'DELETE' && path.includes('/secrets/'), 401, 'Unauthorized');
  const error = await errorOf(uninstall(uninstallOptions(), world.context()));
  assert.match(error.message, /^uninstallation completed with 1 error\(s\): uninstall: Failed to purge the release/);
  assert.match(error.hint ?? '', /run pintle uninstall web again/);
  world.another();
  assert.equal(await revisions(world), '1 superseded, 2 uninstalled');
  await uninstall(uninstallOptions(), world.context());
  assert.equal(await revisions(world), '');
});

test('a failure that is no refusal is one of the connection', async () => {
  const { isCutOff } = await import('../left.ts');
  assert.equal(isCutOff(new PintleError('ABORTED', 'context canceled')), true);
  assert.equal(isCutOff(new PintleError('NOT_READY', 'context deadline exceeded')), false);
});

test('what cannot be looked at is not taken for gone', async () => {
  for (const hook of [
    {},
    { 'templates/h.yaml': configMap('h', 'a: b', '  annotations:\n    helm.sh/hook: pre-upgrade\n') },
  ]) {
    const world = releaseWorld();
    await install(chart('a', 'b'), installOptions(), world.context());
    refuse(world, ({ method, path }) => method === 'GET' && path.endsWith('/configmaps/b'));
    const next = inputOf({ 'templates/a.yaml': configMap('a'), ...hook });
    const error = await errorOf(upgrade(next, upgradeOptions(), world.context()));
    assert.match(error.message, /^could not get information about the resource: /);
    world.another();
    assert.equal(await there(world), 'ab');
    await upgrade(next, upgradeOptions(), world.context());
    assert.equal(await there(world), 'a');
  }
});
