/**
 * Go's proleptic Gregorian calendar. Seconds are Unix seconds as a bigint that wraps at 64 bits, and a date is
 * worked out from days since 1 March of a year far in the past, so that overflow gives what Go gives.
 */
const DAY = 86_400n;
const ABSOLUTE_YEARS = 292_277_022_400;

/** Seconds from year 1 to 1970. */
export const UNIX_TO_INTERNAL = 62_135_596_800n;

/** Seconds from 1 March of the year -292277022400 to 1970. */
const UNIX_TO_ABSOLUTE: bigint = UNIX_TO_INTERNAL + (730_692_556n * 146_097n + 306n) * DAY;

/** A date with its place in the year and week. */
export interface CivilDate {
  readonly year: number;
  /** 1 is January. */
  readonly month: number;
  readonly day: number;
  /** 1 is the first of January. */
  readonly yearDay: number;
  /** 0 is Sunday. */
  readonly weekday: number;
}

export interface CivilTime {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Days of the year before the first of the month, in a year that is not leap; 13 gives the year's length. */
export function daysBefore(month: number): number {
  return Math.floor((214 * month - 211) / 7) - (month >= 3 ? 2 : 0);
}

export function daysIn(month: number, year: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return 30 + ((month + (month >> 3)) & 1);
}

/** Seconds as Go holds them in the absolute calendar: unsigned. */
function absolute(local: bigint): bigint {
  return BigInt.asUintN(64, local + UNIX_TO_ABSOLUTE);
}

/** The date of local seconds (Unix seconds plus the zone's offset). */
export function civilDate(local: bigint): CivilDate {
  const days = Number(absolute(local) / DAY);
  const d = 4 * days + 3;
  const century = Math.floor(d / 146_097);
  const cd = Math.floor((d - century * 146_097) / 4) * 4 + 3;
  const centuryYear = Math.floor(cd / 1461);
  const marchDay = Math.floor((cd % 1461) / 4);
  const marchMonth = Math.floor((5 * marchDay + 2) / 153);
  const next = marchDay >= 306 ? 1 : 0;
  const leap = centuryYear % 4 === 0 && (centuryYear !== 0 || century % 4 === 0) ? 1 : 0;
  return {
    year: century * 100 - ABSOLUTE_YEARS + centuryYear + next,
    month: marchMonth + 3 - 12 * next,
    day: 1 + marchDay - Math.floor((153 * marchMonth + 2) / 5),
    yearDay: next === 1 ? marchDay - 305 : marchDay + 60 + leap,
    weekday: (days + 3) % 7,
  };
}

/** The time of day of local seconds. */
export function civilTime(local: bigint): CivilTime {
  const second = Number(absolute(local) % DAY);
  return { hour: Math.floor(second / 3600), minute: Math.floor(second / 60) % 60, second: second % 60 };
}

/** The inverse of {@link civilDate}: local seconds at the start of a day. The month is 1 to 12; the day may be any. */
export function secondsOfDate(year: bigint, month: number, day: bigint): bigint {
  const next = month < 3 ? 1 : 0;
  const y = BigInt.asUintN(64, year - BigInt(next) + BigInt(ABSOLUTE_YEARS));
  const marchMonth = month + 12 * next - 3;
  const marchDay = BigInt(Math.floor((153 * marchMonth + 2) / 5));
  const days = y * 365n + y / 4n - y / 100n + y / 400n + marchDay + day - 1n;
  return BigInt.asIntN(64, days * DAY - UNIX_TO_ABSOLUTE);
}
