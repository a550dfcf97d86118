import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleRelease } from '../../test/release-fixtures.ts';
import { abortFault } from '../cluster/fault.ts';
import type { KubeObject } from '../cluster/json.ts';
import { PintleError } from '../errors.ts';
import { printHookLogs } from './hooks/hook-logs.ts';
import type { ReleaseContext } from './options.ts';
import { readTestLogs } from './test-logs.ts';
import type { StoredHook } from './types.ts';

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'check', namespace: 'n' },
  spec: { containers: [{ name: 'a' }] },
} as unknown as KubeObject;
const hook: StoredHook = {
  name: 'check',
  kind: 'Pod',
  path: 'templates/check.yaml',
  manifest: '',
  events: ['test'],
  lastRun: { startedAt: '', completedAt: '', phase: 'Succeeded' },
  weight: 0,
  deletePolicies: [],
  outputLogPolicies: ['hook-succeeded'],
};

/** A cluster whose logs go on for ever, or have nothing to say for as long. */
function endless(silent: boolean, signal: AbortSignal, onLog?: (text: string) => void): ReleaseContext {
  async function* logs(_: unknown, options: { readonly signal: AbortSignal }): AsyncGenerator<Uint8Array> {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (options.signal.aborted) throw abortFault(options.signal);
      if (!silent) yield new TextEncoder().encode('and on\n');
    }
  }
  const client = { get: async () => pod, list: async () => ({ items: [pod], resourceVersion: '1' }), logs };
  return { cluster: { client }, namespace: 'n', signal, onLog } as unknown as ReleaseContext;
}

async function errorOf(work: Promise<unknown>): Promise<PintleError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof PintleError);
  return error;
}

test('logs without an end are left when the time is over, or at a signal', async () => {
  const release = { ...sampleRelease('web', 1, 'deployed'), hooks: [hook] };
  const options = { include: [], exclude: [], timeout: 1000 };
  // The tests have used up the time.
  const began = performance.now() - 10_000;
  for (const silent of [false, true]) {
    const never = new AbortController().signal;
    const start = performance.now();
    const late = await errorOf(readTestLogs(release, options, endless(silent, never), () => {}, began));
    assert.equal(late.code, 'NOT_READY');
    assert.equal(
      late.message,
      `unable to ${silent ? 'get' : 'write'} logs for pod check, container a: context deadline exceeded`,
    );
    assert.ok(performance.now() - start < 5000);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 20);
    const stopped = await errorOf(
      readTestLogs(release, { ...options, timeout: 60_000 }, endless(silent, stop.signal), () => {}),
    );
    assert.equal(stopped.code, 'ABORTED');
    const context = endless(silent, never, () => {});
    const hooked = await errorOf(printHookLogs(hook, 'hook-succeeded', 'n', context, { began, timeout: 1000 }));
    assert.equal(hooked.message, 'context deadline exceeded');
  }
});
