import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random, sampleRelease } from '../../test/release-fixtures.ts';
import { beginOperation, busyError, leaseState, type OperationOptions } from './lease.ts';
import { last } from './storage.ts';
import { memoryStore } from './stores/memory.ts';
import type { Release, ReleaseStore } from './types.ts';

const T0 = Date.UTC(2026, 0, 1);

function options(more: Partial<OperationOptions> = {}): OperationOptions {
  return { holder: 'ana@host (pid 7)', operation: 'upgrade', now: () => T0, random, ...more };
}

const newStore = (): ReleaseStore => memoryStore([], { namespace: 'shop', now: () => T0 });

async function newest(store: ReleaseStore): Promise<Release> {
  return (await last(store, 'web')).release;
}

const deployed = (release: Release): Release => ({ ...release, info: { ...release.info, status: 'deployed' } });

test('of many that begin at once one wins; the others learn who it is', async () => {
  const store = newStore();
  const release = sampleRelease('web', 1, 'pending-upgrade');
  const results = await Promise.allSettled(Array.from({ length: 8 }, () => beginOperation(store, release, options())));
  const won = results.filter((result) => result.status === 'fulfilled');
  assert.equal(won.length, 1);
  for (const result of results) {
    if (result.status === 'fulfilled') await result.value.end();
    else {
      assert.equal(result.reason.code, 'RELEASE_BUSY');
      assert.equal(result.reason.message, 'another operation (install/upgrade/rollback) is in progress');
      assert.match(result.reason.hint, /upgrade by ana@host \(pid 7\)/);
    }
  }
});

test('a record that is changed must be what was read', async () => {
  const store = newStore();
  const { token } = await store.create(sampleRelease('web', 1, 'deployed'));
  const going = sampleRelease('web', 1, 'uninstalling');
  const results = await Promise.allSettled([1, 2].map(() => beginOperation(store, going, options({ token }))));
  assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  for (const result of results) if (result.status === 'fulfilled') await result.value.end();
});

test('the lease is in the record as long as work goes on, and gone with its end', async () => {
  const store = newStore();
  let now = T0;
  const operation = await beginOperation(
    store,
    sampleRelease('web', 1, 'pending-upgrade'),
    options({ now: () => now, renewal: 5 }),
  );
  const first = (await newest(store)).lease;
  assert.equal(first?.renewed, '2026-01-01T00:00:00Z');
  now += 10_000;
  while ((await newest(store)).lease?.renewed === first?.renewed) await new Promise((go) => setTimeout(go, 5));
  const renewed = (await newest(store)).lease;
  assert.deepEqual([renewed?.id, renewed?.started], [first?.id, first?.started]);
  await operation.save(deployed(operation.release));
  await operation.end();
  assert.equal((await newest(store)).lease, undefined);
  const { token } = await last(store, 'web');
  await new Promise((go) => setTimeout(go, 30));
  assert.equal((await last(store, 'web')).token, token, 'nothing is written after the end');
});

test('labels that somebody set by hand do not stop work, another operation does', async () => {
  const store = newStore();
  const lost: unknown[] = [];
  const operation = await beginOperation(
    store,
    sampleRelease('web', 1, 'pending-upgrade'),
    options({ onLost: (error) => lost.push(error.code) }),
  );
  await store.update(operation.release);
  await operation.save(operation.release);
  assert.deepEqual(lost, []);
  await store.update(sampleRelease('web', 1, 'failed'));
  await assert.rejects(operation.save(deployed(operation.release)), { code: 'RELEASE_BUSY' });
  await assert.rejects(operation.save(deployed(operation.release)), { code: 'RELEASE_BUSY' });
  assert.deepEqual(lost, ['RELEASE_BUSY']);
  assert.equal((await newest(store)).info.status, 'failed');
  await operation.end();
});

test('writes go one after the other', async () => {
  const store = newStore();
  const operation = await beginOperation(store, sampleRelease('web', 1, 'pending-upgrade'), options());
  const texts = Array.from({ length: 20 }, (_, i) => `step ${i}`);
  await Promise.all(
    texts.map((description) =>
      operation.save({ ...operation.release, info: { ...operation.release.info, description } }),
    ),
  );
  assert.equal((await newest(store)).info.description, 'step 19');
  await operation.end();
});

const lease = (renewed: string): Release['lease'] => ({
  id: 'x',
  holder: 'ana@host (pid 7)',
  operation: 'upgrade',
  started: '2025-12-31T23:58:00Z',
  renewed,
  duration: 30,
});

test('whether the holder lives, and what to do', () => {
  const pending = sampleRelease('web', 3, 'pending-upgrade');
  const table = [
    [
      pending,
      'none',
      'revision 3 is pending-upgrade since 0s and does not say who works on it; if nobody does: pintle unlock web -n shop',
    ],
    [
      { ...pending, lease: lease('2025-12-31T23:59:40Z') },
      'alive',
      'upgrade by ana@host (pid 7), begun 2m0s ago, was heard of 20s ago; wait for it to end',
    ],
    [
      { ...pending, lease: lease('2025-12-31T23:59:00Z') },
      'expired',
      'upgrade by ana@host (pid 7), begun 2m0s ago, was last heard of 1m0s ago and seems to be dead; end it with pintle unlock web -n shop, or go on with --take-over',
    ],
    [{ ...pending, lease: lease('nonsense') }, 'expired', /last heard of an unknown time ago/],
    [{ ...pending, lease: lease('2026-01-01T00:00:20Z') }, 'alive', /was heard of 0s ago/],
    [{ ...pending, lease: lease('2026-01-01T01:00:00Z') }, 'expired', /last heard of an unknown time ago/],
  ] as const;
  for (const [release, state, hint] of table) {
    assert.equal(leaseState(release as Release, T0), state);
    const error = busyError(release as Release, T0);
    assert.equal(error.data['state'], state);
    if (typeof hint === 'string') assert.equal(error.hint, hint);
    else assert.match(error.hint ?? '', hint);
  }
});

test('after a signal a record that cannot be written is given up soon', async () => {
  const store = newStore();
  let isDead = false;
  const dying: ReleaseStore = {
    ...store,
    update: (release, token) => (isDead ? new Promise<never>(() => {}) : store.update(release, token)),
  };
  const stop = new AbortController();
  const release = sampleRelease('web', 1, 'pending-upgrade');
  const operation = await beginOperation(dying, release, options({ signal: stop.signal, patience: 10 }));
  isDead = true;
  const saved = operation.save(deployed(release));
  setTimeout(() => stop.abort(), 10);
  await assert.rejects(saved, { code: 'NETWORK_FAILED', message: 'the record could not be written within 0.01s' });
  await operation.end();
});
