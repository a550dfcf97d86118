import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Budget, BudgetError } from '../go/budget.ts';
import { GoError, GoPanic } from '../go/error.ts';
import { formatValue } from '../go/print.ts';
import type { Time } from '../go/time.ts';
import { type GoMap, Int, int, int64, makeInt, type Value } from '../go/value.ts';
import type { RenderHost } from '../host.ts';
import { webHost } from '../host-web.ts';
import { dates } from './dates.ts';
import type { FunctionEnv } from './func.ts';
import { random } from './random.ts';
import { toml } from './toml.ts';

const functions = { ...dates, ...random, ...toml };
const { ZONE_DATA } = await import('../go/zone-data.ts');
assert.ok(ZONE_DATA.length > 0);

/** Half a second past 2024-06-01T00:00:00Z. */
const NOW = 1_717_200_000_500;

function host(timeZone: string): RenderHost {
  return { ...webHost(), clock: { now: () => ({ milliseconds: NOW, nanoseconds: 250 }), timeZone } };
}

/** Calls a function; what it has to wait for is loaded and the call made again. */
async function run(timeZone: string, name: string, ...args: Value[]): Promise<Value> {
  const answers: unknown[] = [];
  const clock = host(timeZone);
  for (;;) {
    let next = 0;
    let pending: Promise<unknown> | undefined;
    const env = {
      host: clock,
      budget: new Budget(),
      await: (start: () => unknown) => {
        const answer = next < answers.length ? answers[next] : start();
        if (answer instanceof Promise) throw (pending = answer);
        answers[next++] = answer;
        return answer;
      },
    } as FunctionEnv;
    try {
      return functions[name]?.call(env, ...(args as never[])) as Value;
    } catch (error) {
      if (pending === undefined) throw error;
      answers.push(await pending);
    }
  }
}

const text = async (timeZone: string, name: string, ...args: Value[]): Promise<string> =>
  formatValue(await run(timeZone, name, ...args));

test('dates in zones', async () => {
  const cases: [string, string, Value[], string][] = [
    ['UTC', 'date', ['2006-01-02 15:04 MST', int64(0)], '1970-01-01 00:00 UTC'],
    ['Europe/Berlin', 'date', ['2006-01-02 15:04 MST', int(0)], '1970-01-01 01:00 CET'],
    ['Europe/Berlin', 'date', ['15:04', makeInt('int32', 60)], '01:01'],
    ['Europe/Berlin', 'date', ['15:04:05.000', 5.5], '02:00:00.500'],
    ['Nope/Zone', 'date', ['15:04 MST', 'x'], '00:00 UTC'],
    ['UTC', 'dateInZone', ['15:04 MST', int64(0), 'America/New_York'], '19:00 EST'],
    ['UTC', 'dateInZone', ['15:04 MST', int64(0), 'america/new_york'], '00:00 UTC'],
    ['Asia/Tokyo', 'date_in_zone', ['15:04 MST', int64(0), 'Local'], '09:00 JST'],
    ['Asia/Tokyo', 'dateInZone', ['15:04 MST', int64(0), ''], '00:00 UTC'],
    ['UTC', 'dateInZone', ['15:04', int64(0), '../../etc/passwd'], '00:00'],
    ['Asia/Kolkata', 'htmlDate', [int64(80_000)], '1970-01-02'],
    ['UTC', 'htmlDateInZone', [int64(80_000), 'Asia/Kolkata'], '1970-01-02'],
    ['UTC', 'htmlDate', [null], '2024-06-01'],
    ['UTC', 'now', [], '2024-06-01 00:00:00.50000025 +0000 UTC m=+0.000000001'],
    ['UTC', 'ago', [int64(1_717_199_990)], '11s'],
    ['UTC', 'ago', ['anything'], '0s'],
  ];
  for (const [zone, name, args, wanted] of cases)
    assert.equal(await text(zone, name, ...args), wanted, `${name} ${zone}`);
});

test('durations', async () => {
  const cases: [string, Value, string][] = [
    ['duration', '95', '1m35s'],
    ['duration', int64(95), '1m35s'],
    ['duration', int(95), '0s'],
    ['duration', 95, '0s'],
    ['duration', '9.5', '0s'],
    ['duration', '-5', '-5s'],
    ['duration', '99999999999999999999', '-1s'],
    ['duration', '99999999999999999999\r', '-1s'],
    ['duration', '9223372036854775808x', '0s'],
    ['durationRound', '2h10m5s', '2h'],
    ['durationRound', '25h', '1d'],
    ['durationRound', '1000h', '1mo'],
    ['durationRound', '-9000h', '1y'],
    ['durationRound', '1s', '0s'],
    ['durationRound', 'x', '0s'],
    ['durationRound', int64(-61e9), '1m'],
    ['durationRound', int(61), '0s'],
    ['durationRound', null, '0s'],
  ];
  for (const [name, value, wanted] of cases) assert.equal(await text('UTC', name, value), wanted, `${name} ${value}`);
});

test('reading and moving dates', async () => {
  const at = (await run('UTC', 'toDate', '2006-01-02', '2024-02-29')) as Time;
  assert.equal(formatValue(at), '2024-02-29 00:00:00 +0000 UTC');
  assert.equal(await text('Europe/Berlin', 'toDate', '2006-01-02', '2024-07-01'), '2024-07-01 00:00:00 +0200 CEST');
  assert.equal(await text('UTC', 'toDate', '2006-01-02', '2024-02-30'), '0001-01-01 00:00:00 +0000 UTC');
  await assert.rejects(run('UTC', 'mustToDate', '2006-01-02', '2024-02-30'), {
    message: 'parsing time "2024-02-30": day out of range',
  });
  assert.equal(await text('UTC', 'dateModify', '-1.5h', at), '2024-02-28 22:30:00 +0000 UTC');
  assert.equal(await run('UTC', 'date_modify', 'x', at), at);
  await assert.rejects(run('UTC', 'mustDateModify', 'x', at), new GoError('time: invalid duration "x"'));
  assert.equal(await text('UTC', 'must_date_modify', '1h', at), '2024-02-29 01:00:00 +0000 UTC');
  assert.equal(await run('UTC', 'unixEpoch', at), '1709164800');
});

test('chance keeps to its alphabets', async () => {
  const cases: [string, RegExp][] = [
    ['randAlpha', /^[A-Za-z]{3000}$/],
    ['randAlphaNum', /^[A-Za-z0-9]{3000}$/],
    ['randAscii', /^[ -~]{3000}$/],
    ['randNumeric', /^[0-9]{3000}$/],
  ];
  for (const [name, pattern] of cases) {
    const drawn = (await run('UTC', name, int(3000))) as string;
    assert.match(drawn, pattern);
    const kinds = new Set(drawn).size;
    assert.equal(kinds, { randAlpha: 52, randAlphaNum: 62, randAscii: 95, randNumeric: 10 }[name], name);
    assert.equal(await run('UTC', name, int(0)), '');
    assert.equal(await run('UTC', name, int(-1)), '');
    await assert.rejects(run('UTC', name, int(2 ** 40)), BudgetError);
  }
});

test('chance leans nowhere', async () => {
  const counts = new Map<string, number>();
  for (const digit of (await run('UTC', 'randNumeric', int(100_000))) as string) {
    counts.set(digit, (counts.get(digit) ?? 0) + 1);
  }
  // Ten times ten thousand, give or take six standard deviations.
  for (const [digit, count] of counts) assert.ok(Math.abs(count - 10_000) < 570, `${digit}: ${count}`);
  const drawn = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const n = (await run('UTC', 'randInt', int(-3), int(4))) as Int;
    assert.ok(n instanceof Int);
    drawn.add(Number(n.n));
  }
  assert.deepEqual(
    [...drawn].sort((a, b) => a - b),
    [-3, -2, -1, 0, 1, 2, 3],
  );
});

test('the rest of chance', async () => {
  await assert.rejects(run('UTC', 'randInt', int(5), int(5)), new GoPanic('invalid argument to Intn'));
  assert.equal((await text('UTC', 'randInt', int(5), int(6))) as string, '5');
  assert.equal(((await run('UTC', 'randBytes', int(2000))) as string).length, 2668);
  const bad = new GoPanic('runtime error: makeslice: len out of range');
  await assert.rejects(run('UTC', 'randBytes', int(-1)), bad);
  assert.match(await text('UTC', 'uuidv4'), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal([...(await text('UTC', 'shuffle', 'hé☃😀'))].sort().join(''), 'hé☃😀');
  assert.equal(await text('UTC', 'shuffle', '\udcff'), '\ufffd');
});

test("Helm's TOML functions", async () => {
  assert.equal(await run('UTC', 'toToml', new Map([['a', [null]]])), 'toml: cannot encode array with nil element');
  await assert.rejects(run('UTC', 'mustToToml', new Map([['a', [null]]])), GoError);
  await assert.rejects(run('UTC', 'toToml', null), GoPanic);
  assert.equal(await run('UTC', 'toToml', 'x'), '"x"');
  const failed = (await run('UTC', 'fromToml', 'a = ')) as GoMap;
  assert.equal(failed.get('Error'), 'toml: line 1 (last key "a"): unexpected EOF; expected value');
  const local = (await run('Europe/Berlin', 'fromToml', 'a = 2024-05-06T07:08:09')) as GoMap;
  assert.equal(formatValue(local.get('a')), '2024-05-06 07:08:09 +0200 datetime-local');
  assert.equal(await run('Europe/Berlin', 'toToml', local), 'a = 2024-05-06T05:08:09\n');
});
