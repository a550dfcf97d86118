import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deepEqual } from './compare.ts';
import { DURATION, duration, durationString, parseDuration, roundDuration, truncateDuration } from './duration.ts';
import { sprintf } from './print.ts';
import { intMethod, isTime, Time, zeroTime } from './time.ts';
import { parseTime } from './time-parse.ts';
import { type Int, type Method, makeInt, typeOf } from './value.ts';
import { fixedZone, type Location, UTC, zoneIndex } from './zone.ts';
import { ZONE_DATA } from './zone-data.ts';

/** Questions with Go's answers. */
function facts<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../test/testdata/time/${name}.json`, import.meta.url), 'utf8')) as T[];
}

const find = zoneIndex(ZONE_DATA);

function zone(name: string): Location {
  const found = name === 'UTC' ? UTC : find(name);
  assert.ok(found, name);
  return found;
}

function textOf<T>(work: () => T): T | string {
  try {
    return work();
  } catch (error) {
    return (error as Error).message;
  }
}

/** FNV-1a. */
function hash(text: string): string {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193) >>> 0;
  return h.toString(16).padStart(8, '0');
}

test('every zone tells the time that Go tells, from 1890 to 2112', () => {
  const hashes = facts<never>('zones') as unknown as Record<string, string>;
  assert.ok(Object.keys(hashes).length > 590);
  for (const [name, wanted] of Object.entries(hashes)) {
    const location = zone(name);
    let log = '';
    for (let s = -2_500_000_000; s < 4_500_000_000; s += 40 * 86_400 + 3607) {
      const span = location.lookup(BigInt(s));
      log += `${span.name} ${span.offset} ${span.isDst};`;
    }
    assert.equal(hash(log), wanted, name);
  }
});

test('what is no zone is none', () => {
  for (const name of ['europe/berlin', 'Europe', '', 'Nope', '__proto__', 'constructor', '../UTC']) {
    assert.equal(find(name), undefined, name);
  }
});

test('layouts', () => {
  for (const row of facts<FormatRow>('format')) {
    const [name, unix, nanosecond, layout, formatted, string, goString, json, ...fields] = row;
    const time = new Time(BigInt(unix), nanosecond, zone(name), UTC);
    assert.equal(time.format(layout), formatted, layout);
    assert.equal(time.string(), string);
    assert.equal(time.goString(), goString);
    assert.equal(
      textOf(() => time.json()),
      json,
    );
    const { yearDay, weekday, year, month, day } = time.moment.date;
    assert.deepEqual([yearDay, weekday, year, month, day], fields);
  }
});

type FormatRow = [string, string, number, string, string, string, string, string, ...number[]];

test('reading by layout, with the texts of errors', () => {
  for (const [name, layout, value, wanted, error] of facts<string[]>('parse') as Strings5[]) {
    const location = zone(name);
    const got = textOf(() => {
      const time = parseTime(layout, value, location, location);
      return `${time.unix} ${time.nanosecond} ${time.location.name} ${time.string()}`;
    });
    assert.equal(got, error || wanted, `${value} as ${layout}`);
  }
});

type Strings5 = [string, string, string, string, string];

test('bytes that are no UTF-8 stand as such in errors', () => {
  assert.throws(() => parseTime('2006', 'é\udcff"', UTC, UTC), {
    message: 'parsing time "\\xc3\\xa9\\xff\\"" as "2006": cannot parse "\\xc3\\xa9\\xff\\"" as "2006"',
  });
});

test('durations', () => {
  for (const [text, wanted, error, string, step, round, truncate, hours, minutes, seconds, abs] of facts<DurationRow>(
    'duration',
  )) {
    const got = textOf(() => parseDuration(text));
    assert.equal(String(got), error || wanted, text);
    if (error) continue;
    const d = BigInt(wanted);
    const value = duration(d);
    const call = (name: string): unknown => intMethod(value, name)?.call([]);
    assert.equal(typeOf(value), DURATION);
    assert.equal(durationString(d), string);
    assert.equal(durationString(roundDuration(d, BigInt(step))), round, text);
    assert.equal(durationString(truncateDuration(d, BigInt(step))), truncate, text);
    assert.deepEqual([call('Hours'), call('Minutes'), call('Seconds')], [hours, minutes, seconds]);
    assert.equal(durationString((call('Abs') as Int).n), abs);
  }
});

type DurationRow = [string, string, string, string, string, string, string, number, number, number, string];

test('a long row of digits takes no long time', () => {
  const digits = '0'.repeat(200_000);
  assert.equal(parseDuration(`${digits}5s`), 5_000_000_000n);
  assert.throws(() => parseDuration(`${digits}${'9'.repeat(200_000)}s`));
  assert.throws(() => parseTime('__2', `${'9'.repeat(200_000)}`, UTC, UTC));
});

test('arithmetic, to the ends of the range', () => {
  for (const row of facts<ArithmeticRow>('arithmetic')) {
    const [name, s, ns, s2, ns2, d, years, months, days, add, sub, addDate, truncate, round, compare, ...unix] = row;
    const t = new Time(BigInt(s), ns, zone(name), UTC);
    const u = new Time(BigInt(s2), ns2, zone(name), UTC);
    assert.equal(t.add(BigInt(d)).string(), add);
    assert.equal(durationString(t.sub(u)), sub);
    assert.equal(t.addDate(BigInt(years), BigInt(months), BigInt(days)).string(), addDate);
    assert.equal(t.truncate(BigInt(d), false).string(), truncate);
    assert.equal(t.truncate(BigInt(d), true).string(), round);
    assert.equal(t.compare(u), compare);
    const since = ['UnixNano', 'UnixMicro', 'UnixMilli'].map((m) => String((method(t, m).call([]) as Int).n));
    assert.deepEqual(since, unix);
  }
});

type ArithmeticRow = [
  ...[string, string, number, string, number, string, number, number, number],
  ...[string, string, string, string, string, number, ...string[]],
];

function method(t: Time, name: string): Method {
  const found = t.method(name);
  assert.ok(found, name);
  return found;
}

test('methods', () => {
  const berlin = zone('Europe/Berlin').named('Local');
  const t = new Time(1_717_200_000n, 5, UTC, berlin);
  const call = (name: string, ...args: never[]): unknown => method(t, name).call(args);
  assert.equal((call('Local') as Time).string(), '2024-06-01 02:00:00.000000005 +0200 CEST');
  assert.equal((call('Local') as Time).goString(), 'time.Date(2024, time.June, 1, 2, 0, 0, 5, time.Local)');
  assert.equal((call('In', berlin as never) as Time).location, berlin);
  assert.throws(() => call('In', null as never), { message: 'time: missing Location in call to Time.In' });
  assert.deepEqual(call('Month'), makeInt('int', 6, 'time.Month'));
  assert.equal(
    sprintf('%v %d %s %q', [call('Month'), call('Month'), call('Weekday'), duration(1500)] as never),
    ['June 6 Saturday "1.5µs"'].join(),
  );
  assert.equal(sprintf('%v', [makeInt('int', 13, 'time.Month')]), '%!Month(13)');
  assert.equal(sprintf('%#v', [t]), t.goString());
  assert.equal(call('IsZero'), false);
  assert.equal(method(zeroTime(UTC), 'IsZero').call([]), true);
  assert.deepEqual(t.method('Date')?.results, ['int', 'time.Month', 'int']);
  assert.equal(t.method('constructor'), undefined);
  assert.equal(t.field('unix'), undefined);
  assert.equal(intMethod(makeInt('int', 1), 'String'), undefined);
  assert.equal(intMethod(makeInt('int', 1, 'time.Month'), 'Hours'), undefined);
});

test('the monotonic reading is printed, counts in differences, and goes with the zone', () => {
  const t = new Time(1_717_200_000n, 0, UTC, UTC, 1_500_000_000n);
  const later = new Time(1_717_200_000n, 0, UTC, UTC, 61_500_000_001n);
  assert.equal(t.string(), '2024-06-01 00:00:00 +0000 UTC m=+1.500000000');
  assert.equal(t.add(-3_000_000_000n).string(), '2024-05-31 23:59:57 +0000 UTC m=-1.500000000');
  assert.equal(later.sub(t), 60_000_000_001n);
  assert.equal(later.in(UTC).sub(t), 0n);
  assert.equal(later.truncate(0n, true).string(), '2024-06-01 00:00:00 +0000 UTC');
});

test('times compare as Go compares their fields', () => {
  const at = (location: Location) => new Time(5n, 0, location, UTC);
  assert.ok(deepEqual(at(UTC), at(UTC)));
  assert.ok(!deepEqual(at(UTC), at(fixedZone('X', 60))));
  assert.ok(isTime(at(UTC)) && !isTime('x'));
});
