import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitPlaces, rateLimit, sleep } from './rate-limit.ts';

test('places are given in order, and those who leave the queue take none', async () => {
  const places = limitPlaces(1);
  const order: string[] = [];
  const first = await places.take();
  const leaving = new AbortController();
  const second = places.take(leaving.signal).then((back) => {
    order.push('second');
    back();
  });
  const third = places.take().then((back) => {
    order.push('third');
    return back;
  });
  leaving.abort();
  await second;
  assert.deepEqual(order, ['second']);
  first();
  first();
  const back = await third;
  assert.deepEqual(order, ['second', 'third']);
  let fourth = false;
  const waiting = places.take().then(() => {
    fourth = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(fourth, false);
  back();
  await waiting;
});

test('who comes with a signal that has ended does not wait', async () => {
  const places = limitPlaces(1);
  await places.take();
  await places.take(AbortSignal.abort());
});

for (const [name, qps, burst, times, expected] of [
  ['a stock, then the rate', 2, 3, [0, 0, 0, 0, 0], [500, 1000]],
  ['the stock fills up again', 2, 2, [0, 0, 1000, 1000, 1000], [500]],
  ['the default stock', 10, 0, Array.from({ length: 12 }, () => 0), [100, 200]],
  ['no rate', 0, 5, [0, 0, 0, 0, 0, 0, 0], []],
  ['a negative rate is none', -1, 0, [0, 0, 0], []],
] as const) {
  test(`rate: ${name}`, async () => {
    let now = 0;
    const waits: number[] = [];
    const limit = rateLimit(
      qps,
      burst,
      () => now,
      async (milliseconds) => void waits.push(Math.round(milliseconds)),
    );
    for (const time of times) {
      now = time;
      await limit.pass();
    }
    assert.deepEqual(waits, expected);
  });
}

test('a sleep ends with its signal', async () => {
  const controller = new AbortController();
  const asleep = sleep(60_000, controller.signal);
  controller.abort();
  await asleep;
  await sleep(60_000, controller.signal);
});
