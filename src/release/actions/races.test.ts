import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  configMap,
  errorOf,
  find,
  inputOf,
  installOptions,
  NAMESPACE,
  releaseWorld,
  revisions,
  rollbackOptions,
  uninstallOptions,
  upgradeOptions,
} from '../../../test/release/world.ts';
import type { ReleaseContext } from '../options.ts';
import type { Release, ReleaseStore } from '../types.ts';
import { install } from './install.ts';
import { rollback } from './rollback.ts';
import { uninstall } from './uninstall.ts';
import { upgrade } from './upgrade.ts';

const chart = (step: number) =>
  inputOf({ 'templates/a.yaml': configMap('a', `step: "${step}"`), 'templates/b.yaml': configMap(`b${step}`) });

/** A context in whose store something happens before the first record is made. */
function beforeCreate(context: ReleaseContext, happens: () => Promise<unknown>): ReleaseContext {
  let done = false;
  const { store } = context;
  const create: ReleaseStore['create'] = async (release) => {
    if (!done) {
      done = true;
      await happens();
    }
    return store.create(release);
  };
  return { ...context, store: { ...store, create } };
}

async function setStatus({ store }: ReleaseContext, version: number, change: Partial<Release['info']>): Promise<void> {
  const { release } = await store.get('web', version);
  await store.update({ ...release, info: { ...release.info, ...change } });
}

const BUSY = 'another operation (install/upgrade/rollback) is in progress';

test('who comes after another one that forgets old revisions has lost, and takes nothing from it', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  await setStatus(world.context(), 1, { status: 'failed' });
  const few = upgradeOptions({ historyMax: 1 });
  const late = beforeCreate(world.context(), async () => {
    await upgrade(chart(2), few, world.context());
    await upgrade(chart(3), few, world.context());
    await upgrade(chart(4), few, world.context());
  });
  // The revision that it wants to make was made and forgotten by then.
  const error = await errorOf(upgrade(chart(9), few, late));
  assert.equal(error.message, BUSY);
  assert.match(error.hint ?? '', /another operation was faster: revision 4 is deployed by now, begun .* ago: Upgrade/);
  assert.equal(await revisions(world), '3 superseded, 4 deployed');
  assert.ok(await find(world, 'ConfigMap', 'b4'));
});

test('an upgrade that finds the release uninstalled in the meantime takes its record back', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  const late = beforeCreate(world.context(), () => uninstall(uninstallOptions(), world.context()));
  const error = await errorOf(upgrade(chart(2), upgradeOptions(), late));
  assert.match(error.hint ?? '', /web was uninstalled by another command/);
  assert.equal(await revisions(world), '');
});

test('nor does it go on beside a release of the same name that was installed since', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  await upgrade(chart(2), upgradeOptions(), world.context());
  const late = beforeCreate(world.context(), async () => {
    await uninstall(uninstallOptions(), world.context());
    await install(chart(5), installOptions(), world.context());
    await setStatus(world.context(), 1, { status: 'pending-upgrade' });
  });
  assert.equal((await errorOf(upgrade(chart(3), upgradeOptions(), late))).message, BUSY);
  assert.equal(await revisions(world), '1 pending-upgrade');
});

test('even where that one has the same number', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  await uninstall(uninstallOptions({ keepHistory: true }), world.context());
  const late = beforeCreate(world.context(), async () => {
    await uninstall(uninstallOptions(), world.context());
    world.ahead.skew += 5000;
    await install(chart(5), installOptions(), world.context());
  });
  assert.equal((await errorOf(install(chart(3), installOptions({ replace: true }), late))).message, BUSY);
  assert.equal(await revisions(world), '1 deployed');
});

test('a record that is worked on is never one of the oldest', async () => {
  const world = releaseWorld();
  for (const step of [1, 2]) await upgradeOrInstall(step, world.context());
  const late = beforeCreate(world.context(), async () => {
    const { store } = world.context();
    const { release } = await store.get('web', 2);
    await store.create({ ...release, version: 3, info: { ...release.info, status: 'pending-rollback' } });
  });
  const error = await errorOf(upgrade(chart(3), upgradeOptions({ historyMax: 1 }), late));
  assert.equal(error.message, BUSY);
  assert.equal(await revisions(world), '1 superseded, 2 deployed, 3 pending-rollback');
});

async function upgradeOrInstall(step: number, context: ReleaseContext): Promise<void> {
  if (step === 1) await install(chart(step), installOptions(), context);
  else await upgrade(chart(step), upgradeOptions(), context);
}

test('an uninstall whose record another operation forgot says who was faster', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  await setStatus(world.context(), 1, { status: 'failed' });
  const context = world.context();
  let done = false;
  const update: ReleaseStore['update'] = async (release, token) => {
    if (!done) {
      done = true;
      await upgrade(chart(2), upgradeOptions({ historyMax: 1 }), world.context());
    }
    return context.store.update(release, token);
  };
  const error = await errorOf(uninstall(uninstallOptions(), { ...context, store: { ...context.store, update } }));
  assert.equal(error.message, BUSY);
  assert.equal(await revisions(world), '2 deployed');
});

test('an install in the place of a dead upgrade leaves one revision deployed', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  const { store } = world.context();
  const { release } = await store.get('web', 1);
  await store.create({ ...release, version: 2, info: { ...release.info, status: 'pending-upgrade' } });
  await install(chart(3), installOptions({ takeOver: true }), world.context());
  assert.equal(await revisions(world), '1 superseded, 2 failed, 3 deployed');
});

/** Puts a record that nobody can read. */
async function putBroken({ cluster }: ReleaseContext, version: number): Promise<void> {
  const name = `sh.helm.release.v1.web.v${version}`;
  await cluster.client.json({
    method: 'POST',
    path: `/api/v1/namespaces/${NAMESPACE}/secrets`,
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, labels: { name: 'web', owner: 'helm', status: 'failed', version: String(version) } },
      data: { release: 'ISEh' },
    }),
  });
}

test('a record that cannot be read keeps its number, and goes with its release', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions(), world.context());
  await putBroken(world.context(), 2);
  await upgrade(chart(3), upgradeOptions(), world.context());
  assert.equal(await revisions(world), '1 superseded, 3 deployed');
  await putBroken(world.context(), 4);
  await rollback(rollbackOptions({ revision: 1 }), world.context());
  assert.equal(await revisions(world), '1 superseded, 3 superseded, 5 deployed');
  assert.ok(await find(world, 'ConfigMap', 'b1'));
  await uninstall(uninstallOptions(), world.context());
  await install(chart(1), installOptions(), world.context());
  assert.equal(await revisions(world), '1 deployed');
});

test('records labelled as those of another release are not taken for its own', async () => {
  const world = releaseWorld();
  await install(chart(1), installOptions({ name: 'other' }), world.context());
  const { store, cluster } = world.context();
  const path = `/api/v1/namespaces/${NAMESPACE}/secrets/sh.helm.release.v1.other.v1`;
  await cluster.client.json({
    method: 'PATCH',
    path,
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify({ metadata: { labels: { name: 'web' } } }),
  });
  const unreadable: string[] = [];
  assert.deepEqual(await store.query({ name: 'web', onUnreadable: (key) => unreadable.push(key) }), []);
  assert.deepEqual(unreadable, ['sh.helm.release.v1.other.v1']);
});
