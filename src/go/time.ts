import { toByteString } from './byte-string.ts';
import { encodeBytes } from './bytes.ts';
import { civilDate, civilTime, secondsOfDate, UNIX_TO_INTERNAL } from './calendar.ts';
import { DURATION, duration, durationMethods, type IntMethod, quoteBytes } from './duration.ts';
import { GoError, GoPanic } from './error.ts';
import { registerStringer } from './print.ts';
import { formatMoment, MONTHS, type Moment, WEEKDAYS } from './time-layout.ts';
import { type GoType, type Int, int, int64, isStruct, type Method, makeInt, type Struct, type Value } from './value.ts';
import { type Location, UTC, type ZoneSpan } from './zone.ts';

/** Go's name of the type of {@link Time} values. */
export const TIME = 'time.Time';
export const MONTH = 'time.Month';
export const WEEKDAY = 'time.Weekday';
const LOCATION = '*time.Location';
const BYTES = '[]uint8';

export const RFC3339 = '2006-01-02T15:04:05Z07:00';
export const RFC3339_NANO = '2006-01-02T15:04:05.999999999Z07:00';
const STRING_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

const BILLION = 1_000_000_000n;
const MIN_DURATION = -(1n << 63n);
const MAX_DURATION = (1n << 63n) - 1n;
/** Seconds from year 1 to 1885, from where a wall time with a monotonic reading counts. */
const MIN_WALL = 59_453_308_800n;

/** Go: time.Time, an instant with nanoseconds and the place whose clocks show it. */
export class Time implements Struct {
  readonly struct = true as const;
  readonly type: GoType = TIME;
  /** Unix seconds, in 64 bits. */
  readonly unix: bigint;
  readonly nanosecond: number;
  readonly location: Location;
  /** The place that `Local` moves to. */
  readonly local: Location;
  /** Nanoseconds since the process began, on a time that `now` gave: printed, and what differences use. */
  readonly monotonic: bigint | undefined;
  #moment: Moment | undefined;

  constructor(unix: bigint, nanosecond: number, location: Location, local: Location, monotonic?: bigint) {
    this.unix = unix;
    this.nanosecond = nanosecond;
    this.location = location;
    this.local = local;
    this.monotonic = monotonic;
  }

  /** Seconds since year 1, which Go stores and compares. */
  get seconds(): bigint {
    return BigInt.asIntN(64, this.unix + UNIX_TO_INTERNAL);
  }

  get moment(): Moment {
    if (this.#moment === undefined) {
      const { name, offset } = this.zone();
      const local = this.unix + BigInt(offset);
      const { nanosecond } = this;
      this.#moment = { date: civilDate(local), time: civilTime(local), nanosecond, zone: name, offset };
    }
    return this.#moment;
  }

  zone(): ZoneSpan {
    return this.location.lookup(this.unix);
  }

  /** Go: Time.Format. */
  format(layout: string): string {
    return formatMoment(this.moment, layout);
  }

  /** Go: Time.In and its kin; drops the monotonic reading. */
  in(location: Location): Time {
    return new Time(this.unix, this.nanosecond, location, this.local);
  }

  /** Go: Time.Add, held at the ends of the range. */
  add(nanoseconds: bigint): Time {
    let seconds = this.seconds + nanoseconds / BILLION;
    let rest = this.nanosecond + Number(nanoseconds % BILLION);
    if (rest >= 1e9) {
      seconds += 1n;
      rest -= 1e9;
    } else if (rest < 0) {
      seconds -= 1n;
      rest += 1e9;
    }
    const held = seconds > MAX_DURATION ? MAX_DURATION : seconds < -MAX_DURATION ? -MAX_DURATION : seconds;
    const { monotonic } = this;
    const moved = monotonic === undefined || !fitsWall(held) ? undefined : monotonic + nanoseconds;
    return new Time(BigInt.asIntN(64, held - UNIX_TO_INTERNAL), rest, this.location, this.local, moved);
  }

  /** Go: Time.Sub, in nanoseconds, held at the ends of the range. */
  sub(other: Time): bigint {
    const exact =
      this.monotonic !== undefined && other.monotonic !== undefined
        ? this.monotonic - other.monotonic
        : (this.seconds - other.seconds) * BILLION + BigInt(this.nanosecond - other.nanosecond);
    return exact > MAX_DURATION ? MAX_DURATION : exact < MIN_DURATION ? MIN_DURATION : exact;
  }

  /** Go: Time.Compare. */
  compare(other: Time): number {
    if (this.monotonic !== undefined && other.monotonic !== undefined) {
      return order(this.monotonic, other.monotonic);
    }
    return order(this.seconds, other.seconds) || order(this.nanosecond, other.nanosecond);
  }

  /** Go: Time.AddDate; days and months past their ends run on. */
  addDate(years: bigint, months: bigint, days: bigint): Time {
    const { date, time } = this.moment;
    return dateTime(
      BigInt(date.year) + years,
      BigInt(date.month) + months,
      BigInt(date.day) + days,
      time.hour * 3600 + time.minute * 60 + time.second,
      this.nanosecond,
      this.location,
      this.local,
    );
  }

  /** Go: Time.Truncate (and, with half of it added, Time.Round): whole steps since year 1. */
  truncate(step: bigint, round: boolean): Time {
    const bare = this.in(this.location);
    if (step <= 0n) return bare;
    const since = this.seconds * BILLION + BigInt(this.nanosecond);
    const rest = ((since % step) + step) % step;
    return bare.add(round && rest + rest >= step ? step - rest : -rest);
  }

  field(_name: string): Value {
    return undefined;
  }

  method(name: string): Method | undefined {
    const spec = (methodsOfTime ??= timeMethods()).get(name);
    if (spec === undefined) return undefined;
    return { ...spec, call: (args) => spec.call(this, args) };
  }

  /** The private fields as Go lays them out, so that `==` and printing as numbers agree. */
  fields(): readonly (readonly [string, Value])[] {
    const { monotonic, nanosecond, seconds } = this;
    const wall =
      monotonic === undefined ? BigInt(nanosecond) : (1n << 63n) | ((seconds - MIN_WALL) << 30n) | BigInt(nanosecond);
    return [
      ['wall', makeInt('uint64', wall)],
      ['ext', int64(monotonic ?? seconds)],
      ['loc', this.location === UTC ? null : this.location],
    ];
  }

  string(): string {
    const { monotonic } = this;
    const text = this.format(STRING_LAYOUT);
    if (monotonic === undefined) return text;
    const size = monotonic < 0n ? -monotonic : monotonic;
    const fraction = String(size % BILLION).padStart(9, '0');
    return `${text} m=${monotonic < 0n ? '-' : '+'}${size / BILLION}.${fraction}`;
  }

  /** Go: Time.GoString, for `%#v`. */
  goString(): string {
    const { date, time, nanosecond } = this.moment;
    const parts = [date.year, `time.${MONTHS[date.month - 1]}`, date.day, time.hour, time.minute, time.second];
    return `time.Date(${[...parts, nanosecond, goLocation(this.location)].join(', ')})`;
  }

  /** Go: Time.MarshalJSON. */
  json(): string {
    return `"${this.text('MarshalJSON')}"`;
  }

  /** RFC 3339 with nanoseconds, or the error that Go's marshalling of that name gives. */
  text(method: string): string {
    const text = this.format(RFC3339_NANO);
    if (text[4] !== '-') throw new GoError(`Time.${method}: year outside of range [0,9999]`);
    const hours = text.endsWith('Z') ? '00' : text.slice(-5, -3);
    const sign = text.endsWith('Z') ? '+' : text.slice(-6, -5);
    if (hours >= '24' || (sign !== '+' && sign !== '-')) {
      throw new GoError(`Time.${method}: timezone hour outside of range [0,23]`);
    }
    return text;
  }
}

function fitsWall(seconds: bigint): boolean {
  const wall = seconds - MIN_WALL;
  return wall >= 0n && wall < 1n << 33n;
}

function order<T extends bigint | number>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function goLocation(location: Location): string {
  if (location === UTC) return 'time.UTC';
  return location.name === 'Local' ? 'time.Local' : `time.Location(${quoteBytes(toByteString(location.name))})`;
}

/** Go: the zero time.Time. */
export function zeroTime(local: Location): Time {
  return new Time(-UNIX_TO_INTERNAL, 0, UTC, local);
}

/** True for a time.Time. */
export function isTime(v: Value): v is Time {
  return isStruct(v) && v instanceof Time;
}

/** Go: time.Date. `clock` is the seconds of the day; month and day may lie outside their ranges. */
export function dateTime(
  year: bigint,
  month: bigint,
  day: bigint,
  clock: number,
  nanosecond: number,
  location: Location,
  local: Location,
): Time {
  const from0 = month - 1n;
  const inYear = ((from0 % 12n) + 12n) % 12n;
  const start = secondsOfDate(year + (from0 - inYear) / 12n, Number(inYear) + 1, day);
  let unix = BigInt.asIntN(64, start + BigInt(clock));
  const span = location.lookup(unix);
  if (span.offset !== 0) {
    // The first guess reads the local time as UTC; the zone that holds there may not hold at the result.
    const utc = unix - BigInt(span.offset);
    const outside = Number(utc) < span.start || Number(utc) >= span.end;
    unix -= BigInt(outside ? location.lookup(utc).offset : span.offset);
  }
  return new Time(BigInt.asIntN(64, unix), nanosecond, location, local);
}

interface TimeMethod {
  readonly params: readonly GoType[];
  readonly result: GoType;
  readonly results?: readonly GoType[];
  call(time: Time, args: readonly Value[]): Value;
}

type Call = (time: Time, ...args: never[]) => Value;

function method(params: readonly GoType[], result: GoType, call: Call): TimeMethod {
  return { params, result, call: (time, args) => call(time, ...(args as never[])) };
}

/** A method of several results, which Go's templates refuse to call. */
function several(...results: readonly GoType[]): TimeMethod {
  return { params: [], result: '', results, call: () => null };
}

function present(location: Location | null): Location {
  if (location === null) throw new GoPanic('time: missing Location in call to Time.In');
  return location;
}

const wide = (n: Int): bigint => BigInt(n.n);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (a: Uint8Array, b: Uint8Array): Uint8Array => new Uint8Array([...a, ...b]);

/** Go: Time.MarshalBinary: version, seconds since year 1, nanoseconds, the zone's minutes (-1 for UTC) and odd seconds. */
function binary(t: Time): Uint8Array {
  const offset = t.location === UTC ? -60 : t.zone().offset;
  const minutes = Math.trunc(offset / 60);
  if (t.location !== UTC && (minutes < -32768 || minutes === -1 || minutes > 32767)) {
    throw new GoError('Time.MarshalBinary: unexpected zone offset');
  }
  const odd = offset % 60 !== 0;
  const view = new DataView(new ArrayBuffer(odd ? 16 : 15));
  view.setUint8(0, odd ? 2 : 1);
  view.setBigInt64(1, t.seconds);
  view.setInt32(9, t.nanosecond);
  view.setInt16(13, minutes);
  if (odd) view.setInt8(15, offset % 60);
  return new Uint8Array(view.buffer);
}

// Tables that most renders never look into are made when one does.
let methodsOfTime: ReadonlyMap<string, TimeMethod> | undefined;
let methodsOfInts: ReadonlyMap<GoType, ReadonlyMap<string, IntMethod>> | undefined;

/** Go: the method set of time.Time that templates can use. */
const timeMethods = (): ReadonlyMap<string, TimeMethod> =>
  new Map([
    ['Add', method([DURATION], TIME, (t, d: Int) => t.add(wide(d)))],
    [
      'AddDate',
      method(['int', 'int', 'int'], TIME, (t, y: Int, m: Int, d: Int) => t.addDate(wide(y), wide(m), wide(d))),
    ],
    ['After', method([TIME], 'bool', (t, u: Time) => t.compare(u) > 0)],
    ['AppendBinary', method([BYTES], BYTES, (t, b: Uint8Array) => joined(b, binary(t)))],
    [
      'AppendFormat',
      method([BYTES, 'string'], BYTES, (t, b: Uint8Array, s: string) => joined(b, encodeBytes(t.format(s)))),
    ],
    ['AppendText', method([BYTES], BYTES, (t, b: Uint8Array) => joined(b, bytes(t.text('AppendText'))))],
    ['Before', method([TIME], 'bool', (t, u: Time) => t.compare(u) < 0)],
    ['Clock', several('int', 'int', 'int')],
    ['Compare', method([TIME], 'int', (t, u: Time) => int(t.compare(u)))],
    ['Date', several('int', MONTH, 'int')],
    ['Day', method([], 'int', (t) => int(t.moment.date.day))],
    ['Equal', method([TIME], 'bool', (t, u: Time) => t.compare(u) === 0)],
    ['Format', method(['string'], 'string', (t, layout: string) => t.format(layout))],
    ['GobEncode', method([], BYTES, binary)],
    ['GoString', method([], 'string', (t) => t.goString())],
    ['Hour', method([], 'int', (t) => int(t.moment.time.hour))],
    ['ISOWeek', several('int', 'int')],
    ['In', method([LOCATION], TIME, (t, location: Location | null) => t.in(present(location)))],
    ['IsDST', method([], 'bool', (t) => t.zone().isDst)],
    ['IsZero', method([], 'bool', (t) => t.monotonic === undefined && t.seconds === 0n && t.nanosecond === 0)],
    ['Local', method([], TIME, (t) => t.in(t.local))],
    ['Location', method([], LOCATION, (t) => t.location)],
    ['MarshalBinary', method([], BYTES, binary)],
    ['MarshalJSON', method([], BYTES, (t) => bytes(t.json()))],
    ['MarshalText', method([], BYTES, (t) => bytes(t.text('MarshalText')))],
    ['Minute', method([], 'int', (t) => int(t.moment.time.minute))],
    ['Month', method([], MONTH, (t) => makeInt('int', t.moment.date.month, MONTH))],
    ['Nanosecond', method([], 'int', (t) => int(t.nanosecond))],
    ['Round', method([DURATION], TIME, (t, d: Int) => t.truncate(wide(d), true))],
    ['Second', method([], 'int', (t) => int(t.moment.time.second))],
    ['String', method([], 'string', (t) => t.string())],
    ['Sub', method([TIME], DURATION, (t, u: Time) => duration(t.sub(u)))],
    ['Truncate', method([DURATION], TIME, (t, d: Int) => t.truncate(wide(d), false))],
    ['UTC', method([], TIME, (t) => t.in(UTC))],
    ['Unix', method([], 'int64', (t) => int64(t.unix))],
    ['UnixMicro', method([], 'int64', (t) => int64(t.unix * 1_000_000n + BigInt(Math.trunc(t.nanosecond / 1000))))],
    ['UnixMilli', method([], 'int64', (t) => int64(t.unix * 1000n + BigInt(Math.trunc(t.nanosecond / 1e6))))],
    ['UnixNano', method([], 'int64', (t) => int64(t.unix * BILLION + BigInt(t.nanosecond)))],
    ['Weekday', method([], WEEKDAY, (t) => makeInt('int', t.moment.date.weekday, WEEKDAY))],
    ['Year', method([], 'int', (t) => int(t.moment.date.year))],
    ['YearDay', method([], 'int', (t) => int(t.moment.date.yearDay))],
    ['Zone', several('string', 'int')],
    ['ZoneBounds', several(TIME, TIME)],
  ]);

function nameMethod(names: readonly string[], type: GoType, first: number): ReadonlyMap<string, IntMethod> {
  const call = (n: bigint): string => names[Number(n) - first] ?? `%!${type.slice(5)}(${BigInt.asUintN(64, n)})`;
  return new Map([['String', { params: [], result: 'string', call }]]);
}

const intMethods = (): ReadonlyMap<GoType, ReadonlyMap<string, IntMethod>> =>
  new Map([
    [DURATION, durationMethods()],
    [MONTH, nameMethod(MONTHS, MONTH, 1)],
    [WEEKDAY, nameMethod(WEEKDAYS, WEEKDAY, 0)],
  ]);

/** A method of a named integer type (time.Duration, time.Month, time.Weekday), bound to the value. */
export function intMethod(v: Int, name: string): Method | undefined {
  if (v.type === v.kind) return undefined;
  const spec = (methodsOfInts ??= intMethods()).get(v.type)?.get(name);
  if (spec === undefined) return undefined;
  const { params, result } = spec;
  return { params, result, call: (args) => spec.call(BigInt(v.n), args as readonly Int[]) };
}

for (const type of [DURATION, MONTH, WEEKDAY]) {
  registerStringer(type, (v) => String(intMethod(v, 'String')?.call([])));
}
