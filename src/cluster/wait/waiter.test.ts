import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeCluster, fakeCluster, refused } from '../../../test/fake-cluster.ts';
import { PintleError } from '../../errors.ts';
import type { KubeObject } from '../json.ts';
import type { Progress, WaiterOptions } from './setup.ts';
import { createWaiter, type Strategy, type Waiter } from './waiter.ts';

const timing = {
  goneGrace: 20,
  hookGrace: 10,
  silence: 1000,
  lastLook: 50,
  poll: 5,
  retry: 5,
  evidenceDelay: 5,
  throttle: 5,
};

function waiterOf(fake: FakeCluster, strategy: Strategy = 'watcher', options: Partial<WaiterOptions> = {}): Waiter {
  return createWaiter(strategy, fake.cluster, {
    log: { log: () => undefined },
    ...options,
    timing: { ...timing, ...options.timing },
  });
}

type Fields = Readonly<Record<string, unknown>>;

function object(apiVersion: string, kind: string, name: string, rest: Fields = {}, metadata: Fields = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'n', ...metadata }, ...rest } as KubeObject;
}

const configMap = object('v1', 'ConfigMap', 'settings');

function deployment(ready: number, name = 'web', spec: Fields = {}): KubeObject {
  return object('apps/v1', 'Deployment', name, {
    spec: { replicas: 2, selector: { matchLabels: { app: name } }, ...spec },
    status: {
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions: [{ type: 'Available', status: ready === 2 ? 'True' : 'False' }],
    },
  });
}

function job(conditions: readonly Fields[], spec: Fields = {}, metadata: Fields = {}): KubeObject {
  return object('batch/v1', 'Job', 'migrate', { spec, status: { conditions } }, metadata);
}

const complete = { type: 'Complete', status: 'True' };
const gaveUp = { type: 'Failed', status: 'True', reason: 'BackoffLimitExceeded' };

/** How a wait ended: `ready`, or the code and message of its error; and after how long at most. */
async function outcome(wait: Promise<void>): Promise<string> {
  try {
    await wait;
    return 'ready';
  } catch (error) {
    assert.ok(error instanceof PintleError, String(error));
    return `${error.code} ${error.message}`;
  }
}

test('what is ready is not waited for, and what can only be there is not watched', async () => {
  const fake = fakeCluster([configMap, deployment(2)]);
  const targets = [fake.target(configMap), fake.target(deployment(2))];
  assert.equal(await outcome(waiterOf(fake).untilReady(targets, 1000, false)), 'ready');
  assert.equal(await outcome(waiterOf(fake).untilReady([], 1000, false)), 'ready');
});

test('a wait ends with the last object that gets ready', async () => {
  const fake = fakeCluster([configMap, deployment(0)]);
  const targets = [fake.target(configMap), fake.target(deployment(2))];
  const wait = outcome(waiterOf(fake).untilReady(targets, 5000, false));
  await sleep(5);
  fake.set(deployment(1));
  await sleep(5);
  fake.set(deployment(2));
  assert.equal(await wait, 'ready');
});

test('the time is over: a line for each object that is not ready', async () => {
  const fake = fakeCluster([configMap, deployment(1), deployment(0, 'api')]);
  const targets = [deployment(2, 'gone'), deployment(2), configMap, deployment(2, 'api')].map(fake.target);
  assert.equal(
    await outcome(waiterOf(fake, 'watcher', { timing: { goneGrace: 1000 } }).untilReady(targets, 30, false)),
    'NOT_READY ' +
      'resource Deployment/n/gone not ready. status: Unknown, message: \n' +
      'resource Deployment/n/web not ready. status: InProgress, message: Available: 1/2\n' +
      'resource Deployment/n/api not ready. status: InProgress, message: Available: 0/2\n' +
      'context deadline exceeded',
  );
});

test('what has failed does not keep the others waiting, and a stopped Deployment nobody', async () => {
  const failed = deployment(0, 'api');
  const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
  const fake = fakeCluster([object('apps/v1', 'Deployment', 'api', { status: { conditions } }), deployment(1)]);
  const targets = [failed, deployment(2), deployment(2, 'paused', { paused: true })].map(fake.target);
  const wait = outcome(waiterOf(fake).untilReady(targets, 5000, false));
  await sleep(5);
  fake.set(deployment(2));
  assert.equal(
    await wait,
    'NOT_READY resource Deployment/n/api not ready. status: Failed, message: Progress deadline exceeded',
  );
});

test('the pods of a StatefulSet can fail it', async () => {
  const set = object('apps/v1', 'StatefulSet', 'db', {
    spec: { replicas: 1, selector: { matchLabels: { app: 'db' } } },
  });
  const status = {
    phase: 'Running',
    containerStatuses: [{ name: 'c', state: { waiting: { reason: 'CrashLoopBackOff' } } }],
  };
  const pod = object('v1', 'Pod', 'db-0', { status }, { labels: { app: 'db' } });
  const fake = fakeCluster([set, pod]);
  assert.equal(
    await outcome(waiterOf(fake).untilReady([fake.target(set)], 5000, false)),
    'NOT_READY resource StatefulSet/n/db not ready. status: Failed, message: 1 pods have failed',
  );
});

test('Jobs are waited for where they are hooks or one asks for it', async () => {
  const running = object('batch/v1', 'Job', 'migrate', { status: { startTime: '2026-01-01T00:00:00Z', active: 1 } });
  for (const [end, text] of [
    [complete, 'ready'],
    [gaveUp, 'NOT_READY resource Job/n/migrate not ready. status: Failed, message: Job Failed. failed: 0/1'],
  ] as const) {
    for (const begin of [
      (fake: FakeCluster) => waiterOf(fake).hook(fake.target(running), 5000),
      (fake: FakeCluster) => waiterOf(fake, 'hookOnly').hook(fake.target(running), 5000),
      (fake: FakeCluster) => waiterOf(fake).untilReady([fake.target(running)], 5000, true),
    ]) {
      const fake = fakeCluster([running]);
      assert.equal(await outcome(waiterOf(fake).untilReady([fake.target(running)], 1000, false)), 'ready');
      const wait = outcome(begin(fake));
      await sleep(5);
      fake.set(job([end]));
      assert.equal(await wait, text);
    }
  }
});

test('hooks: a Pod has to succeed, anything else to be there', async () => {
  const pod = (phase: string): KubeObject => object('v1', 'Pod', 'check', { status: { phase } });
  const fake = fakeCluster([pod('Running'), configMap]);
  assert.equal(await outcome(waiterOf(fake).hook(fake.target(configMap), 1000)), 'ready');
  assert.match(await outcome(waiterOf(fake).hook(fake.target(pod('')), 20)), /InProgress, message: Pod in progress\n/);
  fake.set(pod('Failed'));
  assert.equal(
    await outcome(waiterOf(fake).hook(fake.target(pod('')), 1000)),
    'NOT_READY resource Pod/n/check not ready. status: Failed, message: pod check failed',
  );
});

test('a hook that was removed has done its work, unless the cluster says that it failed', async () => {
  const event = (reason: string): KubeObject =>
    object('v1', 'Event', `e-${reason}`, {
      reason,
      message: 'Job has reached the specified backoff limit',
      involvedObject: { kind: 'Job', name: 'migrate', uid: 'u' },
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
  const failure =
    'NOT_READY resource Job/n/migrate not ready. status: Failed, message: ' +
    'Job was removed after it failed. Job has reached the specified backoff limit';
  for (const [reason, text] of [
    ['Completed', 'ready'],
    ['BackoffLimitExceeded', failure],
    ['SuccessfulCreate', 'ready'],
  ] as const) {
    const running = job([], {}, { uid: 'u' });
    const fake = fakeCluster([running, event(reason)]);
    const wait = outcome(waiterOf(fake).hook(fake.target(running), 5000));
    await sleep(5);
    fake.remove(running);
    assert.equal(await wait, text, 'removed while it is watched');
    assert.equal(await outcome(waiterOf(fake).hook(fake.target(running), 5000)), text, 'removed before');
    const missed = fakeCluster([running, event(reason)]);
    const later = outcome(waiterOf(missed).hook(missed.target(running), 5000));
    await sleep(5);
    missed.deaf.add('Job');
    missed.remove(running);
    missed.deaf.clear();
    missed.relist();
    assert.equal(await later, text, 'the event of its end was missed');
  }
});

test('an object that is removed ends the wait for it, unless it comes back', async () => {
  const fake = fakeCluster([deployment(1)]);
  const target = fake.target(deployment(2));
  const gone = outcome(waiterOf(fake).untilReady([target], 5000, false));
  await sleep(5);
  fake.remove(deployment(1));
  assert.equal(
    await gone,
    'NOT_READY resource Deployment/n/web not ready. status: NotFound, message: Resource not found',
  );
  fake.set(deployment(1));
  const replaced = outcome(waiterOf(fake).untilReady([target], 5000, false));
  await sleep(5);
  fake.remove(deployment(1));
  await sleep(5);
  fake.set(deployment(2));
  assert.equal(await replaced, 'ready');
  const ttl = job([], { ttlSecondsAfterFinished: 1 });
  fake.set(ttl);
  const removed = outcome(waiterOf(fake).untilReady([fake.target(ttl)], 5000, true));
  await sleep(5);
  fake.remove(ttl);
  assert.equal(await removed, 'ready');
});

test('a watch that has gone deaf is found out, at the latest when the time is over', async () => {
  const fake = fakeCluster([deployment(1)]);
  fake.deaf.add('Deployment');
  const doubted = outcome(
    waiterOf(fake, 'watcher', { timing: { silence: 20 } }).untilReady([fake.target(deployment(2))], 5000, false),
  );
  await sleep(5);
  fake.set(deployment(2));
  assert.equal(await doubted, 'ready');
  fake.set(deployment(1));
  const late = outcome(waiterOf(fake).untilReady([fake.target(deployment(2))], 40, false));
  await sleep(5);
  fake.set(deployment(2));
  assert.equal(await late, 'ready');
  fake.set(job([]));
  fake.deaf.add('Job');
  const hook = outcome(waiterOf(fake).hook(fake.target(job([])), 40));
  await sleep(5);
  fake.remove(job([]));
  assert.equal(await hook, 'ready');
});

test('an event that was missed is made up for while others come, and old ones that come late count for nothing', async () => {
  const fake = fakeCluster([deployment(1), deployment(0, 'api')]);
  const targets = [deployment(2), deployment(2, 'api')].map(fake.target);
  const wait = outcome(waiterOf(fake, 'watcher', { timing: { silence: 30 } }).untilReady(targets, 5000, false));
  await sleep(5);
  fake.deaf.add('Deployment');
  fake.set(deployment(2));
  fake.deaf.clear();
  for (let i = 0; i < 20; i++) {
    fake.set(deployment(0, 'api'));
    await sleep(5);
  }
  const before = performance.now();
  fake.set(deployment(2, 'api'));
  assert.equal(await wait, 'ready');
  assert.ok(performance.now() - before < 500);
  const at = (ready: number, resourceVersion: string): KubeObject => {
    const object = deployment(ready);
    return { ...object, metadata: { ...object.metadata, resourceVersion } };
  };
  const ordered = outcome(waiterOf(fake).untilReady(targets, 5000, false));
  fake.set(deployment(0, 'api'));
  await sleep(5);
  fake.set(at(2, '10'));
  fake.set(at(1, '9'));
  fake.set(deployment(2, 'api'));
  assert.equal(await ordered, 'ready');
});

test('the last state of a hook that was removed counts for more than what was noted of it', async () => {
  for (const [last, text] of [
    [job([complete]), 'ready'],
    [job([gaveUp]), 'NOT_READY resource Job/n/migrate not ready. status: Failed, message: Job Failed. failed: 0/1'],
  ] as const) {
    const fake = fakeCluster([job([])]);
    fake.faults.set('list Event', refused(403, 'Forbidden', 'no'));
    const wait = outcome(waiterOf(fake).hook(fake.target(last), 5000));
    const legacy = outcome(waiterOf(fake, 'legacy').hook(fake.target(last), 5000));
    await sleep(5);
    fake.remove(last);
    assert.equal(await wait, text);
    const failed = 'NOT_READY job migrate failed: BackoffLimitExceeded';
    assert.equal(await legacy, text === 'ready' ? text : failed);
  }
});

test('deletion', async () => {
  const fake = fakeCluster([configMap, deployment(1)]);
  const refs = [configMap, deployment(1), deployment(1, 'never')].map(fake.target);
  const wait = outcome(waiterOf(fake).untilDeleted(refs, 5000));
  await sleep(5);
  fake.remove(configMap);
  fake.remove(deployment(1));
  assert.equal(await wait, 'ready');
  const stuck = object('v1', 'ConfigMap', 'settings', {}, { deletionTimestamp: '2026-01-01T00:00:00Z' });
  fake.set(stuck);
  assert.equal(
    await outcome(waiterOf(fake).untilDeleted(refs, 20)),
    'NOT_READY resource ConfigMap/n/settings still exists. status: Terminating, ' +
      'message: Resource scheduled for deletion\ncontext deadline exceeded',
  );
  assert.equal(await outcome(waiterOf(fake, 'hookOnly').untilDeleted(refs, 20)), 'ready');
  assert.equal(await outcome(waiterOf(fake, 'legacy').untilDeleted(refs, 20)), 'NOT_READY context deadline exceeded');
});

test('the signal ends a wait at once', async () => {
  for (const strategy of ['watcher', 'legacy'] as const) {
    const fake = fakeCluster([deployment(1)]);
    const stop = new AbortController();
    const waiter = waiterOf(fake, strategy, { signal: stop.signal, timing: { poll: 100_000 } });
    const wait = outcome(waiter.untilReady([fake.target(deployment(2))], 100_000, false));
    setTimeout(() => stop.abort(), 10);
    assert.match(await wait, /^ABORTED (resource .*\n)?context canceled$/);
    assert.match(
      await outcome(waiter.hook(fake.target(job([])), 100_000)),
      /^ABORTED (resource .*\n)?context canceled$/,
    );
  }
});

test('what the cluster refuses ends a wait, what passes does not', async () => {
  const fake = fakeCluster([deployment(2)]);
  const target = fake.target(deployment(2));
  fake.faults.set('watch Deployment', refused(403, 'Forbidden', 'deployments.apps is forbidden: no'));
  assert.equal(
    await outcome(waiterOf(fake).untilReady([target], 5000, false)),
    'API_FAILED failed to list apps/v1, Kind=Deployment: deployments.apps is forbidden: no',
  );
  for (const fault of [
    refused(500, 'InternalError', 'oh'),
    refused(429, 'TooManyRequests', 'slow'),
    new PintleError('NETWORK_FAILED', 'connection refused'),
  ]) {
    fake.faults.set('watch Deployment', fault);
    const wait = outcome(waiterOf(fake).untilReady([target], 5000, false));
    await sleep(15);
    fake.faults.clear();
    assert.equal(await wait, 'ready');
  }
});

test('the legacy strategy asks again and again', async () => {
  const replicas = object('v1', 'Service', 'web', { spec: { type: 'ClusterIP' } });
  const fake = fakeCluster([replicas]);
  const seen: string[] = [];
  const onProgress = (objects: readonly Progress[]): void => void seen.push(objects[0]?.status ?? '');
  const wait = outcome(waiterOf(fake, 'legacy', { onProgress }).untilReady([fake.target(replicas)], 5000, false));
  await sleep(20);
  fake.set(object('v1', 'Service', 'web', { spec: { type: 'ClusterIP', clusterIP: '10.0.0.1' } }));
  assert.equal(await wait, 'ready');
  assert.ok(fake.asked.length > 2);
  assert.deepEqual([...new Set(seen)], ['InProgress', 'Current']);
  assert.equal(
    await outcome(waiterOf(fake, 'legacy').untilReady([fake.target(object('v1', 'Service', 'gone'))], 5000, false)),
    'API_FAILED services "gone" not found',
  );
});

test('hooks of the legacy strategy', async () => {
  const fake = fakeCluster([job([])]);
  const waiter = waiterOf(fake, 'legacy');
  const target = fake.target(job([]));
  assert.equal(await outcome(waiter.hook(target, 20)), 'NOT_READY timed out waiting for the condition');
  const removed = outcome(waiter.hook(target, 5000));
  await sleep(5);
  fake.remove(job([]));
  assert.equal(await removed, 'ready');
  assert.equal(await outcome(waiter.hook(target, 5000)), 'ready', 'removed before');
  fake.set(job([gaveUp]));
  assert.equal(await outcome(waiter.hook(target, 5000)), 'NOT_READY job migrate failed: BackoffLimitExceeded');
  fake.set(job([complete]));
  assert.equal(await outcome(waiter.hook(target, 5000)), 'ready');
  fake.set(job([]));
  fake.deaf.add('Job');
  const late = outcome(waiter.hook(target, 30));
  await sleep(5);
  fake.set(job([complete]));
  assert.equal(await late, 'ready');
  fake.set(job([]));
  const doubted = outcome(waiterOf(fake, 'legacy', { timing: { silence: 20 } }).hook(target, 5000));
  await sleep(5);
  fake.set(job([complete]));
  assert.equal(await doubted, 'ready');
  fake.deaf.clear();
  const event = {
    reason: 'BackoffLimitExceeded',
    message: 'too often',
    involvedObject: { kind: 'Job', name: 'migrate' },
  };
  fake.set(object('v1', 'Event', 'e', event));
  fake.remove(job([]));
  const failure = 'NOT_READY job migrate failed: Job was removed after it failed. too often';
  assert.equal(await outcome(waiter.hook(target, 5000)), failure);
});
