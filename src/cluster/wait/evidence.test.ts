import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FakeCluster, fakeCluster, refused } from '../../../test/fake-cluster.ts';
import { PintleError } from '../../errors.ts';
import type { KubeObject } from '../json.ts';
import type { FailFastLimits, Progress, WaiterOptions } from './setup.ts';
import { createWaiter, type Waiter } from './waiter.ts';

type Fields = Readonly<Record<string, unknown>>;

const limits: FailFastLimits = { imagePullGrace: 30, crashLoops: 3 };
const timing = { evidenceDelay: 5, throttle: 1, lastLook: 50, conclusion: 50 };

function waiterOf(fake: FakeCluster, options: Partial<WaiterOptions>): Waiter {
  return createWaiter('watcher', fake.cluster, { log: { log: () => undefined }, ...options, timing });
}

function object(apiVersion: string, kind: string, name: string, rest: Fields = {}, metadata: Fields = {}): KubeObject {
  return { apiVersion, kind, metadata: { name, namespace: 'n', ...metadata }, ...rest } as KubeObject;
}

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'new' }] } };
const selector = { matchLabels: { app: 'web' } };

function deployment(ready: number): KubeObject {
  const conditions = [{ type: 'Available', status: ready === 1 ? 'True' : 'False' }];
  const status = { replicas: 1, updatedReplicas: 1, readyReplicas: ready, availableReplicas: ready, conditions };
  return object('apps/v1', 'Deployment', 'web', { spec: { replicas: 1, selector, template }, status }, { uid: 'web' });
}

function replicaSet(uid: string, image: string): KubeObject {
  const spec = { template: { ...template, spec: { containers: [{ name: 'app', image }] } } };
  const owner = { kind: 'Deployment', name: 'web', uid: 'web', controller: true };
  return object(
    'apps/v1',
    'ReplicaSet',
    `web-${uid}`,
    { spec },
    { uid, labels: { app: 'web' }, ownerReferences: [owner] },
  );
}

function pod(set: string, status: Fields): KubeObject {
  const owner = { kind: 'ReplicaSet', name: `web-${set}`, uid: set, controller: true };
  const metadata = { uid: `pod-${set}`, labels: { app: 'web' }, ownerReferences: [owner] };
  return object('v1', 'Pod', `web-${set}-1`, { status: { phase: 'Pending', ...status } }, metadata);
}

function waiting(reason: string, message = '', restartCount = 0): Fields {
  return { containerStatuses: [{ name: 'app', restartCount, state: { waiting: { reason, message } } }] };
}

async function fault(wait: Promise<void>): Promise<PintleError> {
  try {
    await wait;
  } catch (error) {
    assert.ok(error instanceof PintleError, String(error));
    return error;
  }
  throw new Error('it was ready');
}

const pull = waiting('ImagePullBackOff', 'Back-off pulling image "nowhere/app"');
const PULL_TEXT = 'container app of pod web-b-1: ImagePullBackOff: Back-off pulling image "nowhere/app"';

test('states that cannot recover end a wait, each unless it is switched off', async () => {
  const unschedulable = {
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1' }],
  };
  const table: readonly (readonly [string, Fields, FailFastLimits | undefined, string])[] = [
    ['an image', pull, limits, PULL_TEXT],
    ['a wrong image', waiting('InvalidImageName', 'no'), limits, 'container app of pod web-b-1: InvalidImageName: no'],
    ['an image, off', pull, { ...limits, imagePullGrace: 0 }, ''],
    ['Helm', pull, undefined, ''],
    ['crashes', waiting('CrashLoopBackOff', 'back-off', 3), limits, 'container app of pod web-b-1: CrashLoopBackOff'],
    ['few crashes', waiting('CrashLoopBackOff', 'back-off', 2), limits, ''],
    ['crashes, off', waiting('CrashLoopBackOff', 'back-off', 9), { ...limits, crashLoops: 0 }, ''],
    [
      'configuration',
      waiting('CreateContainerConfigError', 'secret "s" not found'),
      limits,
      'container app of pod web-b-1: CreateContainerConfigError: secret "s" not found',
    ],
    ['configuration, off', waiting('CreateContainerConfigError'), { ...limits, configGrace: 0 }, ''],
    ['no node', unschedulable, limits, ''],
    ['all is well', { containerStatuses: [{ name: 'app', state: { running: {} } }] }, limits, ''],
  ];
  await Promise.all(
    table.map(async ([name, status, failFast, text]) => {
      const fake = fakeCluster([deployment(0), replicaSet('a', 'old'), replicaSet('b', 'new'), pod('b', status)]);
      const options = failFast === undefined ? {} : { failFast };
      const error = await fault(waiterOf(fake, options).untilReady([fake.target(deployment(1))], 150, false));
      const state = text === '' ? 'status: InProgress, message: Available: 0/1' : `status: Failed, message: ${text}`;
      const end = text === '' ? '\ncontext deadline exceeded' : '';
      assert.equal(error.message, `resource Deployment/n/web not ready. ${state}${end}`, name);
      assert.equal(error.data['timedOut'], text === '', name);
      assert.equal(error.hint === undefined, failFast === undefined || name === 'all is well', name);
    }),
  );
});

test('pods that a rollout is about to replace do not fail it', async () => {
  const fake = fakeCluster([deployment(0), replicaSet('a', 'old'), replicaSet('b', 'new'), pod('a', pull)]);
  const target = fake.target(deployment(1));
  const wait = waiterOf(fake, { failFast: limits }).untilReady([target], 5000, false);
  await sleep(80);
  fake.set(deployment(1));
  await wait;
  fake.set(deployment(0));
  fake.faults.set('list ReplicaSet', refused(403, 'Forbidden', 'no'));
  assert.match(
    (await fault(waiterOf(fake, { failFast: limits }).untilReady([target], 100, false))).message,
    /exceeded$/,
  );
});

test('nor are they what is told about it', async () => {
  const old = pod('a', pull);
  const metadata = { ...old.metadata, creationTimestamp: '2026-01-01T00:00:00Z' };
  const crash = pod('b', waiting('CrashLoopBackOff', '', 1));
  const young = { ...crash.metadata, creationTimestamp: '2026-01-01T00:00:09Z' };
  const fake = fakeCluster([deployment(0), { ...old, metadata }, { ...crash, metadata: young }]);
  const error = await fault(waiterOf(fake, { failFast: limits }).untilReady([fake.target(deployment(1))], 40, false));
  assert.match(error.hint ?? '', /^Deployment web: container app of pod web-b-1: CrashLoopBackOff;/);
});

test('trouble that passes does not count', async () => {
  const fake = fakeCluster([deployment(0), replicaSet('b', 'new'), pod('b', pull)]);
  const failFast = { ...limits, imagePullGrace: 60 };
  const wait = waiterOf(fake, { failFast }).untilReady([fake.target(deployment(1))], 5000, false);
  for (let i = 0; i < 4; i++) {
    await sleep(25);
    fake.set(pod('b', waiting('ContainerCreating')));
    await sleep(25);
    fake.set(pod('b', pull));
  }
  fake.set(deployment(1));
  await wait;
});

test('progress has warnings and the last lines of what crashed, and so has the error', async () => {
  const warning = object('v1', 'Event', 'e1', {
    type: 'Warning',
    reason: 'FailedCreate',
    message: 'exceeded quota',
    involvedObject: { kind: 'ReplicaSet', name: 'web-b', namespace: 'n' },
    lastTimestamp: new Date().toISOString(),
  });
  const crashed = pod('b', waiting('CrashLoopBackOff', 'back-off', 1));
  const fake = fakeCluster([deployment(0), replicaSet('b', 'new'), crashed, warning]);
  fake.logs.set('web-b-1', 'starting\nno database\n');
  const seen: (readonly Progress[])[] = [];
  const onProgress = (objects: readonly Progress[]): void => void seen.push(objects);
  const error = await fault(waiterOf(fake, { onProgress }).untilReady([fake.target(deployment(1))], 60, false));
  const text = 'container app of pod web-b-1: CrashLoopBackOff';
  assert.deepEqual(seen.at(-1), [
    {
      object: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'n', name: 'web' },
      status: 'InProgress',
      message: 'Available: 0/1',
      events: [text, 'FailedCreate: exceeded quota'],
      logLines: ['starting', 'no database'],
    },
  ]);
  assert.equal(
    error.hint,
    `Deployment web: ${text}; the log of the container says why it ends\n  starting\n  no database`,
  );
  assert.deepEqual((error.data['resources'] as readonly Fields[])[0]?.['logLines'], ['starting', 'no database']);
});

test('what fails at once is explained, too', async () => {
  const conditions = [{ type: 'Failed', status: 'True' }];
  const labels = { 'job-name': 'migrate' };
  const job = object('batch/v1', 'Job', 'migrate', {
    spec: { selector: { matchLabels: labels } },
    status: { conditions },
  });
  const ended = { name: 'main', state: { terminated: { exitCode: 3, reason: 'Error' } } };
  const pods = object(
    'v1',
    'Pod',
    'migrate-x',
    { status: { phase: 'Failed', containerStatuses: [ended] } },
    { labels },
  );
  const fake = fakeCluster([job, pods]);
  fake.logs.set('migrate-x', 'no such table');
  const error = await fault(waiterOf(fake, { failFast: limits }).hook(fake.target(job), 5000));
  assert.equal(error.message, 'resource Job/n/migrate not ready. status: Failed, message: Job Failed. failed: 0/1');
  assert.equal(
    error.hint,
    'Job migrate: container main of pod migrate-x: Error (exit code 3); ' +
      'the log of the container says why it failed\n  no such table',
  );
});

test('nothing of it fails a wait, and nobody pays for it who did not ask', async () => {
  const fake = fakeCluster([deployment(0), pod('b', waiting('CrashLoopBackOff', '', 1))]);
  for (const what of ['watch Pod', 'watch Event', 'list Pod', 'list Event', 'logs']) {
    fake.faults.set(what, refused(403, 'Forbidden', 'no'));
  }
  const onProgress = (): void => {
    throw new Error('who listens');
  };
  const wait = waiterOf(fake, { onProgress, failFast: limits }).untilReady([fake.target(deployment(1))], 5000, false);
  await sleep(30);
  fake.set(deployment(1));
  await wait;
  const plain = fakeCluster([deployment(0), pod('b', pull)]);
  await fault(waiterOf(plain, {}).untilReady([plain.target(deployment(1))], 40, false));
  assert.deepEqual(plain.asked, ['watch Deployment n metadata.name=web', 'get Deployment n web']);
});

test('pods of many objects are watched by namespace', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const make = (name: string): KubeObject =>
    object('apps/v1', 'Deployment', name, { spec: { selector: { matchLabels: { app: name } } } });
  const broken = object(
    'v1',
    'Pod',
    'e-1',
    { status: { phase: 'Pending', ...pull } },
    { labels: { app: 'e' }, uid: 'e' },
  );
  const fake = fakeCluster([...names.map(make), broken]);
  const seen: (readonly Progress[])[] = [];
  const onProgress = (objects: readonly Progress[]): void => void seen.push(objects);
  await fault(
    waiterOf(fake, { onProgress }).untilReady(
      names.map((name) => fake.target(make(name))),
      60,
      false,
    ),
  );
  assert.deepEqual(
    seen.at(-1)?.map(({ events = [] }) => events.length),
    [0, 0, 0, 0, 1, 0],
  );
  assert.deepEqual(
    fake.asked.filter((what) => what.startsWith('watch Pod')),
    ['watch Pod n'],
  );
});

test('when a wait is over, so is everything that it began', async () => {
  const before = new Set<AbortSignal>();
  for (let late = 0; late < 40; late++) {
    const fake = fakeCluster([deployment(0), replicaSet('b', 'new'), pod('b', pull)]);
    const { client } = fake.cluster;
    const watched: AbortSignal[] = [];
    const spy = {
      ...client,
      watch: (...[mapping, options]: Parameters<typeof client.watch>) => {
        if (options.signal !== undefined) watched.push(options.signal);
        return client.watch(mapping, options);
      },
      list: async (...asked: Parameters<typeof client.list>) => {
        await sleep(late % 4);
        return client.list(...asked);
      },
    };
    const waiter = createWaiter(
      'watcher',
      { ...fake.cluster, client: spy },
      {
        log: { log: () => undefined },
        onProgress: () => undefined,
        failFast: limits,
        timing: { ...timing, evidenceDelay: 10, lastLook: 5 },
      },
    );
    await fault(waiter.untilReady([fake.target(deployment(1))], 2 + (late % 10), false));
    await sleep(5);
    for (const signal of watched) before.add(signal);
    assert.ok(
      [...before].every((signal) => signal.aborted),
      `after ${late}`,
    );
  }
});
