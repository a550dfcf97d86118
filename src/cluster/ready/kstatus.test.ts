import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fakeCluster } from '../../../test/fake-cluster.ts';
import type { Json, KubeObject } from '../json.ts';
import { isReady } from '../wait/legacy-wait.ts';
import { judgeByPods } from '../wait/pods-of.ts';
import { awaitedJob } from './kinds.ts';
import { guarded, statusOfObject } from './kstatus.ts';
import { awaitedPod } from './pod.ts';

/**
 * What Go says of generated objects: `k` kstatus, `j` and `h` Helm's rules of Jobs and Pods that are waited for, `r`
 * kstatus with the pods `p` in view where that differs, `l` Helm 3's readiness or its error. A `k` of `Unknown` is an
 * object that the rules cannot read.
 */
interface Case {
  readonly o: KubeObject;
  readonly p?: readonly KubeObject[];
  readonly k: readonly [string, string];
  readonly j?: readonly [string, string];
  readonly h?: readonly [string, string];
  readonly r?: readonly [string, string];
  readonly l?: boolean | string;
}

const SELECTOR: Json = { matchLabels: { app: 'a' } };
const TEMPLATE: Json = { metadata: { labels: { app: 'a' } }, spec: { containers: [{ name: 'c', image: 'i' }] } };

const cases = readFileSync(new URL('../../../test/testdata/ready/statuses.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line, (_, v) => (v === '$sel' ? SELECTOR : v === '$tpl' ? TEMPLATE : v)) as Case);

test('objects have the status that kstatus gives them', () => {
  for (const { o, k, j, h } of cases) {
    const shown = JSON.stringify(o);
    const { status, message } = statusOfObject(o);
    assert.deepEqual([status, message], k, shown);
    if (j) assert.deepEqual(Object.values(guarded(() => awaitedJob(o))), j, shown);
    if (h) assert.deepEqual(Object.values(awaitedPod(o)), h, shown);
  }
});

test('pods that have failed make what makes them fail', async () => {
  let differing = 0;
  for (const { o, p = [], k, r } of cases) {
    if (o.kind !== 'StatefulSet' && o.kind !== 'ReplicaSet') continue;
    const before = statusOfObject(o);
    const { cluster } = fakeCluster([o, ...p]);
    // An error of the selector shows in any state; here it does where the pods are looked at.
    if (before.status !== 'InProgress') continue;
    const { status } = await judgeByPods(cluster, o, before, new AbortController().signal);
    assert.deepEqual([status.status, status.message], r ?? k, JSON.stringify(o));
    if (r) differing++;
  }
  assert.ok(differing > 5);
});

test('readiness of Helm 3', async () => {
  const counts = new Map<string, number>();
  for (const { o, p = [], l } of cases) {
    if (l === undefined) continue;
    const { cluster, target } = fakeCluster([o, ...p]);
    const answer = await isReady(target(o), true, cluster, new AbortController().signal).catch(
      (error: Error) => error.message,
    );
    assert.deepEqual(answer, l, JSON.stringify(o));
    counts.set(String(l), (counts.get(String(l)) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), ['false', 'job is failed: n/a', 'true']);
});
