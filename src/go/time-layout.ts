import type { CivilDate, CivilTime } from './calendar.ts';

export const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

export const WEEKDAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

/** A piece of a layout: literal text, then an element such as `2006`, or none at the layout's end. */
export interface Chunk {
  readonly prefix: string;
  /** As it stands in the layout; `''` at the end. */
  readonly element: string;
}

/** Numeric zone elements, those that print `Z` for UTC first; each longest first, as Go tries them. */
const ZONES: ReadonlyMap<string, readonly string[]> = new Map([
  ['Z', ['Z070000', 'Z07:00:00', 'Z0700', 'Z07:00', 'Z07']],
  ['-', ['-070000', '-07:00:00', '-0700', '-07:00', '-07']],
]);

/** Go: nextStdChunk, until the layout is used up. The last chunk has no element. */
export function splitLayout(layout: string): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  for (let i = 0; i < layout.length; ) {
    const element = elementAt(layout, i);
    if (element === '') {
      i++;
      continue;
    }
    // `_2006` is an underscore and a year.
    const at = element === '_2006' ? i + 1 : i;
    i += element.length;
    chunks.push({ prefix: layout.slice(start, at), element: element === '_2006' ? '2006' : element });
    start = i;
  }
  chunks.push({ prefix: layout.slice(start), element: '' });
  return chunks;
}

function elementAt(layout: string, i: number): string {
  const has = (text: string): string => (layout.startsWith(text, i) ? text : '');
  const c = layout[i] as string;
  switch (c) {
    case 'J':
      return has('January') || (isLower(layout, i + 3) ? '' : has('Jan'));
    case 'M':
      return has('Monday') || (isLower(layout, i + 3) ? '' : has('Mon')) || has('MST');
    case '0': {
      const next = layout.charCodeAt(i + 1);
      return next >= 0x31 && next <= 0x36 ? layout.slice(i, i + 2) : has('002');
    }
    case '1':
      return has('15') || c;
    case '2':
      return has('2006') || c;
    case '_':
      return has('_2006') || has('_2') || has('__2');
    case '3':
    case '4':
    case '5':
      return c;
    case 'P':
      return has('PM');
    case 'p':
      return has('pm');
    case '-':
    case 'Z':
      return ZONES.get(c)?.find((text) => has(text) !== '') ?? '';
    case '.':
    case ',':
      return fractionAt(layout, i);
  }
  return '';
}

function isLower(s: string, i: number): boolean {
  const c = s.charCodeAt(i);
  return c >= 0x61 && c <= 0x7a;
}

/** `.000` or `.999`, which no other digit may follow. */
function fractionAt(layout: string, i: number): string {
  const digit = layout[i + 1];
  if (digit !== '0' && digit !== '9') return '';
  let end = i + 1;
  while (layout[end] === digit) end++;
  const next = layout.charCodeAt(end);
  return next >= 0x30 && next <= 0x39 ? '' : layout.slice(i, end);
}

/** What formatting needs to know of an instant in its zone. */
export interface Moment {
  readonly date: CivilDate;
  readonly time: CivilTime;
  readonly nanosecond: number;
  readonly zone: string;
  readonly offset: number;
}

/** Go: Time.Format. */
export function formatMoment(moment: Moment, layout: string): string {
  let out = '';
  for (const { prefix, element } of splitLayout(layout)) {
    out += prefix;
    if (element !== '') out += formatElement(moment, element);
  }
  return out;
}

function formatElement({ date, time, nanosecond, zone, offset }: Moment, element: string): string {
  switch (element) {
    case '2006':
      return pad(date.year, 4);
    case '06':
      return pad(Math.abs(date.year) % 100, 2);
    case 'January':
      return MONTHS[date.month - 1] as string;
    case 'Jan':
      return (MONTHS[date.month - 1] as string).slice(0, 3);
    case '1':
      return String(date.month);
    case '01':
      return pad(date.month, 2);
    case 'Monday':
      return WEEKDAYS[date.weekday] as string;
    case 'Mon':
      return (WEEKDAYS[date.weekday] as string).slice(0, 3);
    case '2':
      return String(date.day);
    case '_2':
      return String(date.day).padStart(2);
    case '02':
      return pad(date.day, 2);
    case '__2':
      return String(date.yearDay).padStart(3);
    case '002':
      return pad(date.yearDay, 3);
    case 'MST':
      return zone === '' ? formatOffset(offset, '-0700') : zone;
  }
  if (element[0] === '.' || element[0] === ',') return formatFraction(nanosecond, element);
  if (element[0] === '-' || element[0] === 'Z') return formatOffset(offset, element);
  return formatClock(time, element);
}

function formatClock({ hour, minute, second }: CivilTime, element: string): string {
  switch (element) {
    case '15':
      return pad(hour, 2);
    case '3':
      return String(hour % 12 || 12);
    case '03':
      return pad(hour % 12 || 12, 2);
    case '4':
      return String(minute);
    case '04':
      return pad(minute, 2);
    case '5':
      return String(second);
    case '05':
      return pad(second, 2);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    default:
      return hour >= 12 ? 'pm' : 'am';
  }
}

/** Go: appendInt. The sign is no part of the width. */
function pad(n: number, width: number): string {
  return n < 0 ? `-${String(-n).padStart(width, '0')}` : String(n).padStart(width, '0');
}

/** Go: appendNano. Zeros print always, nines drop trailing zeros. */
function formatFraction(nanosecond: number, element: string): string {
  const digits = String(nanosecond)
    .padStart(9, '0')
    .slice(0, element.length - 1);
  if (element[1] === '0') return element[0] + digits;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : element[0] + kept;
}

function formatOffset(offset: number, element: string): string {
  if (offset === 0 && element[0] === 'Z') return 'Z';
  const minutes = Math.trunc(offset / 60);
  const size = Math.abs(minutes);
  const colon = element[3] === ':' ? ':' : '';
  let out = (minutes < 0 ? '-' : '+') + pad(Math.floor(size / 60), 2);
  if (element.length > 3) out += colon + pad(size % 60, 2);
  // Go turns the seconds' sign with the minutes', so an offset of less than a minute west keeps its own.
  if (element.length >= 7) out += colon + pad((minutes < 0 ? -offset : offset) % 60, 2);
  return out;
}
