import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random, sampleRelease, storeHost } from '../../../test/release-fixtures.ts';
import { clusterOf } from '../../cluster/connect.ts';
import type { ApiAnswer, ApiCall, ClusterTransport } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { createSandbox } from '../../testing/sandbox/sandbox.ts';
import { beginOperation } from '../lease.ts';
import { history } from '../storage.ts';
import type { Release, ReleaseStatus } from '../types.ts';
import { secretStore } from './secret.ts';

const clock = { now: () => ({ milliseconds: Date.UTC(2026, 0, 1), nanoseconds: 0 }), timeZone: 'UTC' };

const reset = (): never => {
  throw new PintleError('NETWORK_FAILED', 'read: connection reset by peer');
};

function answer(status: number, reason: string, message: string): ApiAnswer {
  const body = JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, reason, message });
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(body);
  }
  return { status, headers: new Map([['content-type', 'application/json']]), body: bytes() };
}

async function done(transport: ClusterTransport, call: ApiCall): Promise<void> {
  const { body } = await transport.send(call);
  for await (const _ of body);
}

type Fault = (transport: ClusterTransport, call: ApiCall) => Promise<ApiAnswer>;

const FAULTS: Readonly<Record<string, Fault>> = {
  'reset before': async () => reset(),
  async 'reset after'(transport, call) {
    await done(transport, call);
    return reset();
  },
  async 'timeout after'(transport, call) {
    await done(transport, call);
    return answer(504, 'Timeout', 'request did not complete within the allotted timeout');
  },
  unavailable: async () => answer(503, 'ServiceUnavailable', 'the server is down'),
  busy: async () => answer(429, 'TooManyRequests', 'too many requests'),
};

/** Spoils the k-th call, and two more after that. */
function spoiled(transport: ClusterTransport, fault: Fault, k: number): ClusterTransport {
  let calls = 0;
  return {
    server: transport.server,
    send: (call) => (++calls >= k && calls < k + 3 ? fault(transport, call) : transport.send(call)),
  };
}

const withStatus = (release: Release, status: ReleaseStatus): Release => ({
  ...release,
  info: { ...release.info, status, description: `now ${status}` },
});

test('an operation keeps its record right whatever call goes wrong', async () => {
  for (const [what, fault] of Object.entries(FAULTS)) {
    for (let k = 1; k <= 6; k++) {
      const sandbox = createSandbox({ clock, random });
      const body = JSON.stringify({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } });
      await done(sandbox.transport, { method: 'POST', path: '/api/v1/namespaces', body });
      const options = { clock, random, sleep: async () => {} };
      const sound = secretStore(clusterOf(sandbox.transport, options).client, 'shop', storeHost());
      const store = secretStore(clusterOf(spoiled(sandbox.transport, fault, k), options).client, 'shop', storeHost());
      const operation = await beginOperation(store, sampleRelease('web', 1, 'pending-install'), {
        holder: 'ana@host (pid 7)',
        operation: 'install',
        now: () => Date.UTC(2026, 0, 1),
        random,
      });
      await operation.save({ ...operation.release, manifest: 'on the way' });
      await operation.save(withStatus(operation.release, 'deployed'));
      await operation.end();
      const found = await history(sound, 'web');
      assert.deepEqual(
        found.map(({ release: { version, info, manifest, lease } }) => [version, info.description, manifest, lease]),
        [[1, 'now deployed', 'on the way', undefined]],
        `${what}, call ${k}`,
      );
      assert.equal(operation.lost, undefined);
    }
  }
});
