import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Answer,
  answer,
  chunks,
  failure,
  type ScriptedTransport,
  scripted,
  testClock,
  testRandom,
} from '../../test/scripted-transport.ts';
import { PintleError } from '../errors.ts';
import { createClient } from './client.ts';
import type { ApiAnswer } from './types.ts';

const POD = { group: '', version: 'v1', kind: 'Pod', resource: 'pods', namespaced: true };

function list(version: string, ...names: readonly string[]): ApiAnswer {
  const items = names.map((name) => ({ metadata: { name, resourceVersion: version } }));
  return answer(200, { kind: 'PodList', metadata: { resourceVersion: version }, items });
}

function event(type: string, version: string, name: string): string {
  return `${JSON.stringify({ type, object: { kind: 'Pod', apiVersion: 'v1', metadata: { name, resourceVersion: version } } })}\n`;
}

function stream(...texts: readonly (string | Error)[]): ApiAnswer {
  return { ...answer(200, ''), body: chunks(texts) };
}

const GONE = `${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })}\n`;

/** Watches until so many events came, or the answers are used up. */
async function watch(
  answers: readonly Answer[],
  count: number = Number.POSITIVE_INFINITY,
): Promise<{
  readonly events: readonly string[];
  readonly transport: ScriptedTransport;
  readonly waits: readonly number[];
}> {
  const controller = new AbortController();
  const waits: number[] = [];
  const transport = scripted((_, n) => {
    const next = answers[n];
    if (next !== undefined) return next;
    controller.abort();
    return new PintleError('NETWORK_FAILED', 'no more');
  });
  const sleep = async (milliseconds: number): Promise<void> => void waits.push(Math.round(milliseconds));
  const client = createClient(transport, { clock: testClock(), random: testRandom, sleep });
  const events: string[] = [];
  for await (const e of client.watch(POD, { namespace: 'ns', signal: controller.signal })) {
    events.push(
      e.type === 'synced' ? `synced ${e.items.map((i) => i.metadata.name)}` : `${e.type} ${e.object.metadata.name}`,
    );
    if (events.length >= count) break;
  }
  return { events, transport, waits };
}

function versions({ asked }: ScriptedTransport): string[] {
  return asked.map((line) => /resourceVersion=(\w+)/.exec(line)?.[1] ?? 'list');
}

test('a list, then what changes; after the end from where it was', async () => {
  const { events, transport, waits } = await watch([
    list('1', 'a'),
    stream(
      event('ADDED', '2', 'b'),
      event('MODIFIED', '3', 'a'),
      event('DELETED', '4', 'a'),
      event('BOOKMARK', '9', ''),
    ),
    stream(event('ADDED', '10', 'c')),
  ]);
  assert.deepEqual(events, ['synced a', 'changed b', 'changed a', 'deleted a', 'changed c']);
  assert.deepEqual(versions(transport), ['list', '1', '9', '10']);
  assert.match(transport.asked[1] as string, /allowWatchBookmarks=true.*timeoutSeconds=10&watch=true/);
  assert.equal(transport.calls[1]?.idleTimeout, 12_000);
  assert.deepEqual(waits, []);
});

test('lines come in pieces, cut anywhere', async () => {
  const text = `${event('ADDED', '2', 'äöü')}\n${event('ADDED', '3', 'c')}`;
  const bytes = new TextEncoder().encode(text);
  const body = (async function* () {
    for (const byte of bytes) yield Uint8Array.of(byte);
  })();
  const { events } = await watch([list('1'), { ...answer(200, ''), body }]);
  assert.deepEqual(events, ['synced ', 'changed äöü', 'changed c']);
});

for (const [name, gone] of [
  ['in an event', stream(event('ADDED', '2', 'b'), GONE)],
  ['as the answer', failure(410, 'Expired', 'too old resource version')],
] as const) {
  test(`410 Gone ${name}: a new list tells what was missed`, async () => {
    const { events, transport } = await watch([list('1', 'a', 'b'), gone, list('5', 'b')], 9);
    assert.equal(events[0], 'synced a,b');
    assert.equal(events.at(-1), 'synced b');
    assert.deepEqual(versions(transport), ['list', '1', 'list', '5']);
  });
}

for (const [name, broken] of [
  ['cut in the middle of a line', stream(event('ADDED', '2', 'b'), '{"type":"ADDED","obj')],
  ['broken off', stream(event('ADDED', '2', 'b'), new PintleError('NETWORK_FAILED', 'unexpected EOF'))],
  ['silent for too long', stream(event('ADDED', '2', 'b'), new PintleError('NETWORK_FAILED', 'i/o timeout: no data'))],
  ['no JSON', stream(event('ADDED', '2', 'b'), '<html>\n')],
] as const) {
  test(`a connection that is ${name} is followed by another`, async () => {
    const { events, transport } = await watch([list('1'), broken, stream(event('ADDED', '3', 'c'))]);
    assert.deepEqual(events, ['synced ', 'changed b', 'changed c']);
    assert.deepEqual(versions(transport), ['list', '1', '2', '3']);
  });
}

test('faults that pass are waited for, the list included', async () => {
  const off = new PintleError('NETWORK_FAILED', 'read: connection reset by peer');
  const many = Array.from({ length: 8 }, () => off);
  const { events } = await watch([...many, list('1', 'a'), ...many, stream(event('ADDED', '2', 'b'))]);
  assert.deepEqual(events, ['synced a', 'changed b']);
});

test('an error event that stays leads to a new list', async () => {
  const error = (): ApiAnswer =>
    stream(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 500, message: 'storage' } })}\n`);
  const { events, transport } = await watch([list('1'), error(), error(), error(), list('4', 'z')], 2);
  assert.deepEqual(events, ['synced ', 'synced z']);
  assert.deepEqual(versions(transport), ['list', '1', '1', '1', 'list']);
});

test('a watch that ends at once each time is not asked for without pause', async () => {
  const { waits } = await watch([list('1'), stream(), stream(), stream()]);
  assert.ok(waits.length >= 2 && waits.every((wait) => wait >= 50), String(waits));
});

test('no right to watch: lists, again and again', async () => {
  const no = failure(403, 'Forbidden', 'pods is forbidden: cannot watch');
  const { events, waits } = await watch([list('1', 'a'), no, list('2', 'a', 'b'), no, list('3', 'b')], 3);
  assert.deepEqual(events, ['synced a', 'synced a,b', 'synced b']);
  assert.deepEqual(waits, [2000, 2000]);
});

test('no right to list, or no such kind: an error', async () => {
  await assert.rejects(watch([failure(403, 'Forbidden', 'pods is forbidden')]), { message: 'pods is forbidden' });
  await assert.rejects(watch([failure(404, 'NotFound', 'nothing here')]), { message: 'nothing here' });
});

test('who stops reading ends the connection', async () => {
  let closed = false;
  const body = (async function* () {
    try {
      yield new TextEncoder().encode(event('ADDED', '2', 'b') + event('ADDED', '3', 'c'));
    } finally {
      closed = true;
    }
  })();
  const { events } = await watch([list('1'), { ...answer(200, ''), body }], 2);
  assert.deepEqual(events, ['synced ', 'changed b']);
  assert.ok(closed);
});
