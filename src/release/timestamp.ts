/** Times in records: RFC 3339 with nanoseconds, as Go's time.Time marshals. */
import { RFC3339, RFC3339_NANO, type Time } from '../go/time.ts';
import { parseTime } from '../go/time-parse.ts';
import { type Location, UTC, zoneIndex } from '../go/zone.ts';
import type { Clock } from '../host.ts';
import type { Timestamp } from './types.ts';

/** Names of UTC that need no zone data. */
const UTC_NAMES: ReadonlySet<string> = new Set(['', 'UTC', 'Etc/UTC', 'Etc/UCT', 'Etc/Universal', 'Etc/Zulu', 'Zulu']);

/** The time now, on the clocks of the host's zone as Go's time.Now has it. */
export function timestampNow(clock: Clock): Timestamp {
  const { milliseconds, nanoseconds } = clock.now();
  return timestampAt(milliseconds, clock.timeZone, nanoseconds);
}

/**
 * A moment, in milliseconds since 1970 and nanoseconds within the millisecond.
 *
 * @example timestampAt(0, 'Europe/Berlin') === '1970-01-01T01:00:00+01:00'
 */
export function timestampAt(milliseconds: number, timeZone = 'UTC', nanoseconds = 0): Timestamp {
  const whole = Math.floor(milliseconds);
  const offset = UTC_NAMES.has(timeZone) ? 0 : offsetAt(whole, timeZone);
  const text = new Date(whole + offset * 1000).toISOString();
  const fraction = `${text.slice(20, 23)}${String(Math.trunc(nanoseconds)).padStart(6, '0')}`.replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction && `.${fraction}`}${zoneText(offset)}`;
}

function zoneText(offset: number): string {
  if (offset === 0) return 'Z';
  const minutes = Math.floor(Math.abs(offset) / 60);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat | undefined>();

/** Seconds east of UTC; 0 where the zone is not known. */
function offsetAt(milliseconds: number, timeZone: string): number {
  const format = formatOf(timeZone);
  const name = format?.formatToParts(milliseconds).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const found = /^GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name);
  if (found === null) return 0;
  const [, sign, hours, minutes, seconds = '0'] = found;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  if (formats.has(timeZone)) return formats.get(timeZone);
  let format: Intl.DateTimeFormat | undefined;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  } catch {
    // A zone that nobody knows is UTC to Go, too.
  }
  formats.set(timeZone, format);
  return format;
}

/**
 * A time as Go writes what it read: without zeros at the end of the fraction; empty for the zero time.
 *
 * @throws GoError with Go's text
 */
export function canonicalTimestamp(text: string): Timestamp {
  const time = parseTime(RFC3339, text, UTC, UTC);
  return time.seconds === 0n && time.nanosecond === 0 ? '' : time.format(RFC3339_NANO);
}

/** Milliseconds since 1970; NaN for no time. */
export function timestampMilliseconds(timestamp: Timestamp): number {
  if (timestamp === '') return Number.NaN;
  const time = parseTime(RFC3339, timestamp, UTC, UTC);
  return Number(time.unix) * 1000 + time.nanosecond / 1e6;
}

/** By time; no time comes first. Go: time.Time.Before */
export function compareTimestamps(a: Timestamp, b: Timestamp): number {
  if (a === '' || b === '') return a === b ? 0 : a === '' ? -1 : 1;
  return parseTime(RFC3339, a, UTC, UTC).compare(parseTime(RFC3339, b, UTC, UTC));
}

/** The time as Go has it after reading JSON: in UTC for `Z`, locally where the offset is that of `local`. */
export function timeOf(timestamp: Timestamp, local: Location): Time {
  return parseTime(RFC3339, timestamp === '' ? '0001-01-01T00:00:00Z' : timestamp, local, local);
}

/** The host's zone, for {@link timeOf}: Go's time.Local. */
export async function localZone(clock: Clock): Promise<Location> {
  const name = clock.timeZone;
  if (UTC_NAMES.has(name)) return UTC.named('Local');
  const { ZONE_DATA } = await import('../go/zone-data.ts');
  return (zoneIndex(ZONE_DATA)(name) ?? UTC).named('Local');
}
