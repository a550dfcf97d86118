import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keptLog, sampleRelease } from '../../test/release-fixtures.ts';
import { deployed, deployedAll, history, last, prune } from './storage.ts';
import { memoryStore } from './stores/memory.ts';
import type { ReleaseStatus, ReleaseStore } from './types.ts';

async function storeWith(...statuses: readonly ReleaseStatus[]): Promise<ReleaseStore> {
  const store = memoryStore([], { namespace: 'shop' });
  for (const [i, status] of statuses.entries()) await store.create(sampleRelease('web', i + 1, status));
  return store;
}

const revisions = async (store: ReleaseStore): Promise<number[]> =>
  (await history(store, 'web')).map(({ release }) => release.version);

test('questions about a release', async () => {
  const store = await storeWith('superseded', 'deployed', 'failed');
  assert.deepEqual(await revisions(store), [1, 2, 3]);
  assert.equal((await last(store, 'web')).release.version, 3);
  assert.equal((await deployed(store, 'web')).release.version, 2);
  assert.equal((await deployedAll(store, 'web')).length, 1);
});

test('what is not there, in Helm words', async () => {
  const store = await storeWith('failed');
  const table = [
    [last(store, 'nope'), 'release: not found'],
    [history(store, 'nope'), 'release: not found'],
    [store.get('web', 7), 'release: not found'],
    [store.delete('web', 7), 'release: not found'],
    [deployed(store, 'web'), '"web" has no deployed releases'],
    [deployed(store, 'nope'), '"nope" has no deployed releases'],
  ] as const;
  for (const [question, message] of table) await assert.rejects(question, { code: 'RELEASE_NOT_FOUND', message });
  await assert.rejects(store.create(sampleRelease('web', 1, 'deployed')), {
    code: 'RELEASE_EXISTS',
    message: 'release: already exists',
  });
});

test('old revisions go, the newest deployed one stays', async () => {
  const table: readonly (readonly [statuses: readonly ReleaseStatus[], max: number, left: readonly number[]])[] = [
    [['superseded', 'superseded', 'deployed'], 2, [2, 3]],
    [['deployed', 'failed', 'failed', 'failed'], 2, [1, 4]],
    [['deployed', 'deployed', 'failed'], 1, [2]],
    [['failed', 'failed'], 0, []],
    [['superseded', 'deployed'], -1, [1, 2]],
    [['superseded', 'deployed'], 5, [1, 2]],
    [['deployed'], 0, [1]],
  ];
  for (const [statuses, max, left] of table) {
    const store = await storeWith(...statuses);
    await prune(store, 'web', max, keptLog());
    const found = await store.query({ name: 'web' });
    assert.deepEqual(found.map(({ release }) => release.version).sort(), left, JSON.stringify([statuses, max]));
  }
});

test('the own revision stays, and what is worked on', async () => {
  const store = await storeWith('superseded', 'pending-upgrade', 'failed', 'pending-install');
  await prune(store, 'web', 1, keptLog(), 3);
  assert.deepEqual(await revisions(store), [2, 3, 4]);
});

test('only the newest of many revisions is whole', async () => {
  const all = await history(await storeWith('superseded', 'superseded', 'deployed'), 'web');
  assert.deepEqual(
    all.map(({ release: { manifest, chart } }) => [manifest, chart.has('values')]),
    [
      ['# web', false],
      ['# web', false],
      ['# web', true],
    ],
  );
});

test('what cannot be deleted is told at the end', async () => {
  const store = await storeWith('failed', 'failed', 'failed');
  const broken = (fails: number): ReleaseStore => ({
    ...store,
    delete: async (name, version) =>
      version <= fails ? store.get(name, 99).then(() => {}) : store.delete(name, version),
  });
  await assert.rejects(prune(broken(2), 'web', 0, keptLog()), {
    message: 'encountered 2 deletion errors. First is: release: not found',
  });
  assert.deepEqual(await revisions(store), [1, 2]);
  await assert.rejects(prune(broken(1), 'web', 0, keptLog()), { message: 'release: not found' });
});
