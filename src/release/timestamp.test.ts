import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  canonicalTimestamp,
  compareTimestamps,
  localZone,
  timeOf,
  timestampAt,
  timestampMilliseconds,
} from './timestamp.ts';

const clock = (timeZone: string) => ({ now: () => ({ milliseconds: 0, nanoseconds: 0 }), timeZone });

test('a moment on the clocks of a zone', () => {
  const table = [
    [0, 'UTC', 0, '1970-01-01T00:00:00Z'],
    [0, 'Europe/Berlin', 0, '1970-01-01T01:00:00+01:00'],
    [1_750_000_000_123, 'Europe/Berlin', 456_789, '2025-06-15T17:06:40.123456789+02:00'],
    [1_750_000_000_120, 'America/St_Johns', 0, '2025-06-15T12:36:40.12-02:30'],
    [1_750_000_000_000, 'Asia/Kathmandu', 1000, '2025-06-15T20:51:40.000001+05:45'],
    [1_750_000_000_000, 'Nowhere/Land', 0, '2025-06-15T15:06:40Z'],
  ] as const;
  for (const [milliseconds, zone, nanoseconds, text] of table) {
    assert.equal(timestampAt(milliseconds, zone, nanoseconds), text);
  }
});

test('a time is written as Go writes what it read', () => {
  const table = [
    ['2020-01-01T00:00:00.120Z', '2020-01-01T00:00:00.12Z'],
    ['2020-01-01T00:00:00+02:00', '2020-01-01T00:00:00+02:00'],
    ['2020-01-01T00:00:00+00:00', '2020-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00Z', ''],
  ] as const;
  for (const [read, written] of table) assert.equal(canonicalTimestamp(read), written);
  assert.throws(() => canonicalTimestamp('yesterday'), /parsing time "yesterday"/);
});

test('times are compared as moments; none comes first', () => {
  assert.equal(timestampMilliseconds('2020-01-01T02:00:00.5+02:00'), Date.UTC(2020, 0, 1, 0, 0, 0, 500));
  assert.ok(Number.isNaN(timestampMilliseconds('')));
  assert.ok(compareTimestamps('2020-01-01T00:00:00Z', '2020-01-01T02:00:00+02:00') === 0);
  assert.ok(compareTimestamps('', '2020-01-01T00:00:00Z') < 0);
  assert.ok(compareTimestamps('2020-01-01T00:00:00.000000002Z', '2020-01-01T00:00:00.000000001Z') > 0);
});

test('a time is shown in the place that it comes from, which has a name only here', async () => {
  const berlin = await localZone(clock('Europe/Berlin'));
  const table = [
    ['2020-01-01T00:00:00Z', '2020-01-01 00:00:00 +0000 UTC'],
    ['2020-01-01T00:00:00+01:00', '2020-01-01 00:00:00 +0100 CET'],
    ['2020-07-01T00:00:00+02:00', '2020-07-01 00:00:00 +0200 CEST'],
    ['2020-01-01T00:00:00+05:00', '2020-01-01 00:00:00 +0500 +0500'],
  ] as const;
  for (const [timestamp, text] of table) assert.equal(timeOf(timestamp, berlin).string(), text);
});
