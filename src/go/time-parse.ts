import { toByteString } from './byte-string.ts';
import { daysBefore, daysIn, isLeap } from './calendar.ts';
import { leadingInt, quoteBytes } from './duration.ts';
import { GoError } from './error.ts';
import { dateTime, Time } from './time.ts';
import { type Chunk, MONTHS, splitLayout, WEEKDAYS } from './time-layout.ts';
import { fixedZone, type Location, UTC } from './zone.ts';

/** Go: time.ParseInLocation. Throws a GoError with Go's text. */
export function parseTime(layout: string, value: string, location: Location, local: Location): Time {
  const parser = new Parser(toByteString(layout), toByteString(value));
  parser.run();
  return parser.result(location, local);
}

/** A field that does not read as its element; the caller names both. */
const BAD: unique symbol = Symbol('bad value for field');

class Parser {
  readonly #layout: string;
  readonly #text: string;
  /** What is left of the text. */
  #rest: string;
  #year = 0;
  #month = -1;
  #day = -1;
  #yearDay = -1;
  #hour = 0;
  #minute = 0;
  #second = 0;
  #nanosecond = 0;
  #am = false;
  #pm = false;
  #utc = false;
  /** Go: -1 stands for none, so that an offset of one second west reads as none. */
  #offset = -1;
  #zone = '';

  constructor(layout: string, text: string) {
    this.#layout = layout;
    this.#text = text;
    this.#rest = text;
  }

  run(): void {
    const chunks = splitLayout(this.#layout);
    for (const [i, { prefix, element }] of chunks.entries()) {
      if (!this.#skip(prefix)) this.#fail(prefix, this.#rest);
      if (element === '') {
        if (this.#rest !== '') this.#failWith(`: extra text: ${quoteBytes(this.#rest)}`);
        return;
      }
      const hold = this.#rest;
      try {
        this.#element(element, chunks[i + 1]);
      } catch (thrown) {
        if (thrown === BAD) this.#fail(element, hold);
        throw thrown;
      }
    }
  }

  #fail(element: string, value: string): never {
    const what = `cannot parse ${quoteBytes(value)} as ${quoteBytes(element)}`;
    throw new GoError(`parsing time ${quoteBytes(this.#text)} as ${quoteBytes(this.#layout)}: ${what}`);
  }

  #failWith(message: string): never {
    throw new GoError(`parsing time ${quoteBytes(this.#text)}${message}`);
  }

  #range(what: string): never {
    this.#failWith(`: ${what} out of range`);
  }

  /** Go: skip. Spaces in the layout stand for any number of them. */
  #skip(prefix: string): boolean {
    for (let i = 0; i < prefix.length; i++) {
      if (prefix[i] === ' ') {
        if (this.#rest !== '' && this.#rest[0] !== ' ') return false;
        while (prefix[i + 1] === ' ') i++;
        this.#rest = this.#rest.replace(/^ +/, '');
      } else if (this.#rest[0] === prefix[i]) this.#rest = this.#rest.slice(1);
      else return false;
    }
    return true;
  }

  #take(count: number): string {
    if (this.#rest.length < count) throw BAD;
    const taken = this.#rest.slice(0, count);
    this.#rest = this.#rest.slice(count);
    return taken;
  }

  #element(element: string, next: Chunk | undefined): void {
    const c = element[0] as string;
    if (c === '.' || c === ',') this.#fraction(element);
    else if (c === '-' || c === 'Z') this.#zoneOffset(element);
    else if (!this.#dateElement(element)) this.#timeElement(element, next);
  }

  #dateElement(element: string): boolean {
    switch (element) {
      case '06': {
        const year = atoi(this.#take(2));
        this.#year = year >= 69 ? year + 1900 : year + 2000;
        return true;
      }
      case '2006':
        if (this.#rest.length < 4 || !isDigit(this.#rest, 0)) throw BAD;
        this.#year = atoi(this.#take(4));
        return true;
      case 'Jan':
      case 'January':
        this.#month = this.#name(MONTHS, element.length === 3) + 1;
        return true;
      case 'Mon':
      case 'Monday':
        this.#name(WEEKDAYS, element.length === 3);
        return true;
      case '1':
      case '01':
        this.#month = this.#number(element === '01');
        if (this.#month < 1 || this.#month > 12) this.#range('month');
        return true;
      case '2':
      case '_2':
      case '02':
        if (element === '_2' && this.#rest[0] === ' ') this.#take(1);
        this.#day = this.#number(element === '02');
        return true;
      case '__2':
      case '002':
        for (let i = 0; i < 2; i++) if (element === '__2' && this.#rest[0] === ' ') this.#take(1);
        this.#yearDay = this.#number3(element === '002');
        return true;
    }
    return false;
  }

  #timeElement(element: string, next: Chunk | undefined): void {
    switch (element) {
      case '15':
        this.#hour = this.#number(false);
        if (this.#hour >= 24) this.#range('hour');
        return;
      case '3':
      case '03':
        this.#hour = this.#number(element === '03');
        if (this.#hour > 12) this.#range('hour');
        return;
      case '4':
      case '04':
        this.#minute = this.#number(element === '04');
        if (this.#minute >= 60) this.#range('minute');
        return;
      case '5':
      case '05':
        this.#second = this.#number(element === '05');
        if (this.#second >= 60) this.#range('second');
        this.#unaskedFraction(next);
        return;
      case 'PM':
      case 'pm': {
        const text = this.#take(2);
        const half = text.toLowerCase();
        if (half !== 'am' && half !== 'pm') throw BAD;
        if ((element === 'PM') !== (text === half.toUpperCase())) throw BAD;
        if (text !== half && text !== half.toUpperCase()) throw BAD;
        if (half === 'pm') this.#pm = true;
        else this.#am = true;
        return;
      }
      default:
        this.#zoneName();
    }
  }

  /** Go: lookup. Case counts for nothing. */
  #name(names: readonly string[], short: boolean): number {
    const text = this.#rest.slice(0, 9).toLowerCase();
    const found = names.findIndex((name) => text.startsWith((short ? name.slice(0, 3) : name).toLowerCase()));
    if (found < 0) throw BAD;
    this.#take(short ? 3 : (names[found] as string).length);
    return found;
  }

  /** Go: getnum, one digit or two. */
  #number(fixed: boolean): number {
    if (!isDigit(this.#rest, 0) || (fixed && !isDigit(this.#rest, 1))) throw BAD;
    return Number(this.#take(isDigit(this.#rest, 1) ? 2 : 1));
  }

  /** Go: getnum3. */
  #number3(fixed: boolean): number {
    let count = 0;
    while (count < 3 && isDigit(this.#rest, count)) count++;
    if (count === 0 || (fixed && count !== 3)) throw BAD;
    return Number(this.#take(count));
  }

  /** A fraction that the layout does not ask for may follow the seconds. */
  #unaskedFraction(next: Chunk | undefined): void {
    if (!isPoint(this.#rest) || !isDigit(this.#rest, 1)) return;
    const element = next?.element[0];
    if (element === '.' || element === ',') return;
    this.#nanosecond = this.#nanoseconds(digitsEnd(this.#rest, 1));
  }

  #fraction(element: string): void {
    if (element[1] === '0') this.#nanosecond = this.#nanoseconds(element.length);
    else if (isPoint(this.#rest) && isDigit(this.#rest, 1)) {
      this.#nanosecond = this.#nanoseconds(digitsEnd(this.#rest, 1));
    }
  }

  /** Go: parseNanoseconds. Takes the point too; digits past the ninth do not count. */
  #nanoseconds(count: number): number {
    if (this.#rest.length < count || !isPoint(this.#rest)) throw BAD;
    const digits = this.#rest.slice(1, Math.min(count, 10));
    const value = atoi(digits);
    if (value < 0) this.#fractionRange(count);
    this.#take(count);
    return value * 10 ** (9 - digits.length);
  }

  #fractionRange(count: number): never {
    this.#take(count);
    return this.#range('fractional second');
  }

  /** Go: `Z07:00`, `-0700` and their kin. */
  #zoneOffset(element: string): void {
    if (element[0] === 'Z' && this.#rest[0] === 'Z') {
      this.#take(1);
      this.#utc = true;
      return;
    }
    const { length } = element;
    if (this.#rest.length < length) throw BAD;
    const colon = element[3] === ':';
    if (colon && (this.#rest[3] !== ':' || (length > 6 && this.#rest[6] !== ':'))) throw BAD;
    const text = this.#take(length);
    const at = colon ? [1, 4, 7] : [1, 3, 5];
    const [hours, minutes, seconds] = at.map((i) => (i < length ? text.slice(i, i + 2) : '00')) as Triple;
    this.#setOffset(text[0] as string, [hours, minutes, seconds]);
  }

  #setOffset(sign: string, fields: Triple): void {
    // Go looks at the ranges before it complains of what is no number.
    const numbers: number[] = [];
    for (const field of fields) {
      if (!isDigit(field, 0) || !isDigit(field, 1)) break;
      numbers.push(Number(field));
    }
    const [hours = 0, minutes = 0, seconds = 0] = numbers;
    // The last range that fails is the one that Go names.
    if (seconds > 60) this.#range('time zone offset second');
    if (minutes > 60) this.#range('time zone offset minute');
    if (hours > 24) this.#range('time zone offset hour');
    if (numbers.length < 3 || (sign !== '+' && sign !== '-')) throw BAD;
    const offset = (hours * 60 + minutes) * 60 + seconds;
    this.#offset = sign === '-' ? -offset : offset;
  }

  #zoneName(): void {
    if (this.#rest.startsWith('UTC')) {
      this.#take(3);
      this.#utc = true;
      return;
    }
    const length = zoneNameLength(this.#rest);
    if (length === 0) throw BAD;
    this.#zone = this.#take(length);
  }

  result(location: Location, local: Location): Time {
    if (this.#pm && this.#hour < 12) this.#hour += 12;
    else if (this.#am && this.#hour === 12) this.#hour = 0;
    if (this.#yearDay >= 0) this.#resolveYearDay();
    if (this.#month < 0) this.#month = 1;
    if (this.#day < 0) this.#day = 1;
    if (this.#day < 1 || this.#day > daysIn(this.#month, this.#year)) this.#range('day');
    if (this.#utc) return this.#at(UTC, local);
    if (this.#offset !== -1) return this.#withOffset(location, local);
    if (this.#zone !== '') return this.#withZone(location, local);
    return this.#at(location, local);
  }

  #at(location: Location, local: Location): Time {
    const clock = this.#hour * 3600 + this.#minute * 60 + this.#second;
    const [year, month, day] = [BigInt(this.#year), BigInt(this.#month), BigInt(this.#day)];
    return dateTime(year, month, day, clock, this.#nanosecond, location, local);
  }

  #withOffset(location: Location, local: Location): Time {
    const unix = this.#at(UTC, local).unix - BigInt(this.#offset);
    const span = location.lookup(unix);
    const same = span.offset === this.#offset && (this.#zone === '' || span.name === this.#zone);
    return new Time(unix, this.#nanosecond, same ? location : fixedZone(this.#zone, this.#offset), local);
  }

  #withZone(location: Location, local: Location): Time {
    const { unix } = this.#at(UTC, local);
    const offset = location.lookupName(this.#zone, unix);
    if (offset !== undefined) return new Time(unix - BigInt(offset), this.#nanosecond, location, local);
    // An abbreviation that is unknown here: a made-up place of that name at UTC, but for `GMT+3`.
    const hours = this.#zone.length > 3 && this.#zone.startsWith('GMT') ? atoi(this.#zone.slice(3)) : 0;
    return new Time(unix, this.#nanosecond, fixedZone(this.#zone, hours * 3600), local);
  }

  /** Month and day from the day of the year, which must agree with those given. */
  #resolveYearDay(): void {
    let day = this.#yearDay;
    const leapDay = isLeap(this.#year) && day === 60;
    if (isLeap(this.#year) && day > 60) day--;
    if (day < 1 || day > 365) this.#failWith(': day-of-year out of range');
    let month = leapDay ? 2 : Math.floor((day - 1) / 31) + 1;
    if (!leapDay && daysBefore(month + 1) < day) month++;
    const inMonth = leapDay ? 29 : day - daysBefore(month);
    if (this.#month >= 0 && this.#month !== month) this.#failWith(': day-of-year does not match month');
    if (this.#day >= 0 && this.#day !== inMonth) this.#failWith(': day-of-year does not match day');
    this.#month = month;
    this.#day = inMonth;
  }
}

type Triple = [string, string, string];

function isDigit(s: string, i: number): boolean {
  const c = s.charCodeAt(i);
  return c >= 48 && c <= 57;
}

function isPoint(s: string): boolean {
  return s[0] === '.' || s[0] === ',';
}

function digitsEnd(s: string, from: number): number {
  let at = from;
  while (isDigit(s, at)) at++;
  return at;
}

/** Go: atoi, which takes a sign. */
function atoi(s: string): number {
  const digits = s.startsWith('-') || s.startsWith('+') ? s.slice(1) : s;
  if (digitsEnd(digits, 0) !== digits.length) throw BAD;
  const value = Number(leadingInt(digits));
  return s.startsWith('-') ? -value : value;
}

/** Go: parseTimeZone; how long the abbreviation at the start is, 0 where there is none. */
function zoneNameLength(s: string): number {
  if (s.length < 3) return 0;
  if (s.startsWith('ChST') || s.startsWith('MeST')) return 4;
  if (s.startsWith('GMT')) return 3 + signedOffsetLength(s.slice(3));
  if (s[0] === '+' || s[0] === '-') return signedOffsetLength(s);
  let upper = 0;
  while (upper < 6 && s.charCodeAt(upper) >= 65 && s.charCodeAt(upper) <= 90) upper++;
  if (upper === 5 && s[4] === 'T') return 5;
  if (upper === 4 && (s[3] === 'T' || s.startsWith('WITA'))) return 4;
  return upper === 3 ? 3 : 0;
}

/** Go: parseSignedOffset, hours up to 23. */
function signedOffsetLength(s: string): number {
  if (s[0] !== '+' && s[0] !== '-') return 0;
  const end = digitsEnd(s, 1);
  const hours = leadingInt(s.slice(1, end));
  return end === 1 || hours === undefined || hours > 23n ? 0 : end;
}
