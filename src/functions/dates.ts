import { durationString, HOUR, MINUTE, parseDuration, roundDuration, SECOND } from '../go/duration.ts';
import { GoError } from '../go/error.ts';
import { NumError, parseInteger } from '../go/number.ts';
import { isTime, TIME, type Time, zeroTime } from '../go/time.ts';
import { parseTime } from '../go/time-parse.ts';
import { Int, type Value } from '../go/value.ts';
import { UTC } from '../go/zone.ts';
import { loadLocation, localZone, timeNow, unixTime } from './clock.ts';
import { type Func, type FuncTable, type FunctionEnv, fn } from './func.ts';

/** The int kinds that sprig reads as seconds since 1970. */
function isSeconds(v: Value, types: readonly string[]): v is Int {
  return v instanceof Int && types.includes(v.type);
}

// sprig: date.go dateInZone. An unknown zone is UTC, and what is no date is now.
function dateInZone(env: FunctionEnv, layout: string, date: Value, zone: string): string {
  let time: Time;
  if (isTime(date)) time = date;
  else if (isSeconds(date, ['int64', 'int', 'int32'])) time = unixTime(env, date);
  else time = timeNow(env);
  const location = zone === 'Local' ? localZone(env) : (loadLocation(env, zone) ?? UTC);
  const text = time.in(location).format(layout);
  env.budget.grow(text.length);
  return text;
}

// sprig: date.go dateAgo
function ago(env: FunctionEnv, date: Value): string {
  const now = timeNow(env);
  let time = now;
  if (isTime(date)) time = date;
  else if (isSeconds(date, ['int64', 'int'])) time = unixTime(env, date);
  return durationString(roundDuration(now.sub(time), SECOND));
}

// sprig: date.go duration. Of a string that is no number, what ParseInt gives beside its error counts: the end of the
// range where the number is past it, whatever stands behind.
function durationOf(seconds: Value): string {
  let n = 0n;
  if (typeof seconds === 'string') n = BigInt(valueBesideError(seconds));
  else if (isSeconds(seconds, ['int64'])) n = BigInt(seconds.n);
  return durationString(BigInt.asIntN(64, n * SECOND));
}

function valueBesideError(text: string): number | bigint {
  try {
    return parseInteger(text, 10, 64);
  } catch (error) {
    if (error instanceof NumError) return error.value;
    throw error;
  }
}

const STEPS: readonly (readonly [bigint, string])[] = [
  [HOUR * 24n * 365n, 'y'],
  [HOUR * 24n * 30n, 'mo'],
  [HOUR * 24n, 'd'],
  [HOUR, 'h'],
  [MINUTE, 'm'],
  [SECOND, 's'],
];

// sprig: date.go durationRound, which names the largest unit that the duration exceeds.
function durationRound(env: FunctionEnv, value: Value): string {
  let d = 0n;
  if (typeof value === 'string') d = quietDuration(value) ?? 0n;
  else if (isSeconds(value, ['int64'])) d = BigInt(value.n);
  else if (isTime(value)) d = timeNow(env).sub(value);
  const size = d < 0n ? -d : d;
  const step = STEPS.find(([unit]) => size > unit);
  return step === undefined ? '0s' : `${size / step[0]}${step[1]}`;
}

function quietDuration(text: string): bigint | undefined {
  try {
    return parseDuration(text);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

const inZone: Func = fn(['string', 'any', 'string'], 'string', dateInZone);

const modify: Func = fn(['string', 'time'], TIME, (_env, text, time) => {
  const step = quietDuration(text);
  return step === undefined ? time : (time as Time).add(step);
});

const mustModify: Func = fn(['string', 'time'], TIME, (_env, text, time) => (time as Time).add(parseDuration(text)));

/** The functions of sprig's date.go. */
export const dates: FuncTable = {
  ago: fn(['any'], 'string', ago),
  date: fn(['string', 'any'], 'string', (env, layout, date) => dateInZone(env, layout, date, 'Local')),
  dateInZone: inZone,
  dateModify: modify,
  date_in_zone: inZone,
  date_modify: modify,
  duration: fn(['any'], 'string', (_env, seconds) => durationOf(seconds)),
  durationRound: fn(['any'], 'string', durationRound),
  htmlDate: fn(['any'], 'string', (env, date) => dateInZone(env, '2006-01-02', date, 'Local')),
  htmlDateInZone: fn(['any', 'string'], 'string', (env, date, zone) => dateInZone(env, '2006-01-02', date, zone)),
  mustDateModify: mustModify,
  mustToDate: fn(['string', 'string'], TIME, (env, layout, text) => {
    const local = localZone(env);
    return parseTime(layout, text, local, local);
  }),
  must_date_modify: mustModify,
  now: fn([], TIME, timeNow),
  toDate: fn(['string', 'string'], TIME, (env, layout, text) => {
    const local = localZone(env);
    try {
      return parseTime(layout, text, local, local);
    } catch (error) {
      if (error instanceof GoError) return zeroTime(local);
      throw error;
    }
  }),
  unixEpoch: fn(['time'], 'string', (_env, time) => String((time as Time).unix)),
};
