import { civilDate, daysBefore, daysIn, isLeap } from './calendar.ts';
import type { GoType, Method, Struct, Value } from './value.ts';

/** What holds in a place at an instant. `start` and `end` are Unix seconds, infinite where nothing changes. */
export interface ZoneSpan {
  readonly name: string;
  /** Seconds east of UTC. */
  readonly offset: number;
  readonly isDst: boolean;
  readonly start: number;
  readonly end: number;
}

interface ZoneType {
  readonly name: string;
  readonly offset: number;
  readonly isDst: boolean;
}

/** A place's rules: local time types, when each begins, and the POSIX TZ string for what follows. */
interface Rules {
  readonly types: readonly ZoneType[];
  readonly when: readonly number[];
  readonly index: readonly number[];
  readonly extend: string;
}

/** Go: time.Location; templates see a pointer to it. */
export class Location implements Struct {
  readonly struct = true as const;
  readonly type: GoType = '*time.Location';
  readonly name: string;
  readonly #rules: Rules;

  constructor(name: string, rules: Rules) {
    this.name = name;
    this.#rules = rules;
  }

  field(_name: string): Value {
    return undefined;
  }

  method(name: string): Method | undefined {
    return name === 'String' ? { params: [], result: 'string', call: () => this.name } : undefined;
  }

  fields(): readonly (readonly [string, Value])[] {
    return [['name', this.name]];
  }

  string(): string {
    return this.name;
  }

  /** The same rules under another name: what `time.Local` is. */
  named(name: string): Location {
    return new Location(name, this.#rules);
  }

  /** Go: Location.lookup. */
  lookup(seconds: bigint): ZoneSpan {
    const { types, when, index, extend } = this.#rules;
    const at = Number(seconds);
    const first = when[0];
    if (first === undefined || at < first) {
      const type = types[firstType(types, index)] as ZoneType;
      return { ...type, start: Number.NEGATIVE_INFINITY, end: first ?? Number.POSITIVE_INFINITY };
    }
    let low = 0;
    let high = when.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (at < (when[middle] as number)) high = middle;
      else low = middle;
    }
    const start = when[low] as number;
    if (low === when.length - 1 && extend !== '') {
      const span = spanOfRule(extend, start, seconds);
      if (span !== undefined) return span;
    }
    return { ...(types[index[low] as number] as ZoneType), start, end: when[high] ?? Number.POSITIVE_INFINITY };
  }

  /** Go: Location.lookupName; the offset that an abbreviation stands for here, best at the time given. */
  lookupName(name: string, seconds: bigint): number | undefined {
    const named = this.#rules.types.filter((type) => type.name === name);
    for (const type of named) {
      const span = this.lookup(seconds - BigInt(type.offset));
      if (span.name === name) return span.offset;
    }
    return named[0]?.offset;
  }
}

/** Go: Location.lookupFirstZone, the type before the first transition. */
function firstType(types: readonly ZoneType[], index: readonly number[]): number {
  if (!index.includes(0)) return 0;
  const first = index[0] as number;
  if (types[first]?.isDst) {
    for (let i = first - 1; i >= 0; i--) if (!types[i]?.isDst) return i;
  }
  return Math.max(
    0,
    types.findIndex((type) => !type.isDst),
  );
}

/** Go: time.FixedZone. */
export function fixedZone(name: string, offset: number): Location {
  return new Location(name, {
    types: [{ name, offset, isDst: false }],
    when: [Number.NEGATIVE_INFINITY],
    index: [0],
    extend: '',
  });
}

/** Go: time.UTC. */
export const UTC: Location = fixedZone('UTC', 0);

/** The zones of zone-data.ts by name. */
export type Zones = ReadonlyMap<string, Location>;

/**
 * Reads zone-data.ts. A line is `names|types|transitions|rule`: types are `abbreviation,offset[,1 for DST]`; a
 * transition is the letter of its type and the time since the one before in base 36, in quarter hours or, after
 * `~`, in seconds.
 */
export function zoneIndex(data: string): (name: string) => Location | undefined {
  const lines = new Map<string, string>();
  for (const line of data.split('\n')) {
    const bar = line.indexOf('|');
    if (bar > 0) for (const name of line.slice(0, bar).split(' ')) lines.set(name, line.slice(bar + 1));
  }
  const made = new Map<string, Location>();
  return (name) => {
    const line = lines.get(name);
    if (line === undefined) return undefined;
    const known = made.get(name);
    if (known !== undefined) return known;
    const location = new Location(name, parseRules(line));
    made.set(name, location);
    return location;
  };
}

function parseRules(line: string): Rules {
  const [typeText = '', transitions = '', extend = ''] = line.split('|');
  const types = typeText.split(';').map((text): ZoneType => {
    const [name = '', offset = '0', dst] = text.split(',');
    return { name, offset: Number(offset), isDst: dst === '1' };
  });
  const when: number[] = [];
  const index: number[] = [];
  let at = 0;
  for (const [, letter = 'A', seconds = '', digits = ''] of transitions.matchAll(/([A-Z])(~?)(-?[0-9a-z]+)/g)) {
    at += Number.parseInt(digits, 36) * (seconds === '~' ? 1 : 900);
    when.push(at);
    index.push(letter.charCodeAt(0) - 65);
  }
  // Go: LoadLocationFromTZData gives a zone without transitions one at the beginning of time.
  return when.length === 0
    ? { types, when: [Number.NEGATIVE_INFINITY], index: [0], extend }
    : { types, when, index, extend };
}

interface Rule {
  readonly month: number;
  readonly week: number;
  readonly day: number;
  /** `J` and plain day numbers of the year have no month. */
  readonly kind: 'month' | 'julian' | 'day';
  readonly time: number;
}

interface PosixRule {
  readonly standard: ZoneType;
  readonly saving?: { readonly type: ZoneType; readonly from: Rule; readonly to: Rule };
}

const POSIX = /^(<[^>]*>|[A-Za-z]{3,})([-+]?[0-9:]+)(?:(<[^>]*>|[A-Za-z]{3,})([-+]?[0-9:]+)?,([^,]+),([^,]+))?$/;
const rules = new Map<string, PosixRule | undefined>();

/** Go: tzset. What a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3` says of an instant. */
function spanOfRule(text: string, last: number, seconds: bigint): ZoneSpan | undefined {
  if (!rules.has(text)) rules.set(text, parsePosix(text));
  const rule = rules.get(text);
  if (rule === undefined) return undefined;
  const { standard, saving } = rule;
  if (saving === undefined) return { ...standard, start: last, end: Number.POSITIVE_INFINITY };
  const { year, yearDay } = civilDate(seconds);
  const inYear = (yearDay - 1) * 86_400 + Number(seconds % 86_400n);
  const yearStart = Number(seconds) - inYear;
  let from = secondsInYear(year, saving.from, standard.offset);
  let to = secondsInYear(year, saving.to, saving.type.offset);
  let [outside, inside] = [standard, saving.type];
  if (to < from) {
    [from, to] = [to, from];
    [outside, inside] = [inside, outside];
  }
  if (inYear < from) return { ...outside, start: yearStart, end: from + yearStart };
  if (inYear >= to) return { ...outside, start: to + yearStart, end: yearStart + 365 * 86_400 };
  return { ...inside, start: from + yearStart, end: to + yearStart };
}

function parsePosix(text: string): PosixRule | undefined {
  const parts = POSIX.exec(text);
  if (parts === null) return undefined;
  const [, name = '', offset = '', dstName, dstOffset, from = '', to = ''] = parts;
  const standard = { name: bare(name), offset: -posixOffset(offset), isDst: false };
  if (dstName === undefined) return { standard };
  const saved = dstOffset === undefined ? standard.offset + 3600 : -posixOffset(dstOffset);
  const type = { name: bare(dstName), offset: saved, isDst: true };
  return { standard, saving: { type, from: parseRule(from), to: parseRule(to) } };
}

function bare(name: string): string {
  return name.startsWith('<') ? name.slice(1, -1) : name;
}

function posixOffset(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const [hours = '0', minutes = '0', seconds = '0'] = text.replace(/^[-+]/, '').split(':');
  return sign * (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
}

function parseRule(text: string): Rule {
  const [date = '', time = '2'] = text.split('/');
  const at = posixOffset(time);
  if (date.startsWith('M')) {
    const [month = 1, week = 1, day = 0] = date.slice(1).split('.').map(Number);
    return { kind: 'month', month, week, day, time: at };
  }
  const julian = date.startsWith('J');
  return { kind: julian ? 'julian' : 'day', month: 0, week: 0, day: Number(julian ? date.slice(1) : date), time: at };
}

/** Go: tzruleTime; seconds since the year began in UTC. */
function secondsInYear(year: number, rule: Rule, offset: number): number {
  return ruleDay(year, rule) * 86_400 + rule.time - offset;
}

function ruleDay(year: number, rule: Rule): number {
  if (rule.kind === 'day') return rule.day;
  if (rule.kind === 'julian') return rule.day - 1 + (isLeap(year) && rule.day >= 60 ? 1 : 0);
  // Zeller's congruence for the weekday of the first of the month.
  const m = ((rule.month + 9) % 12) + 1;
  const y = rule.month <= 2 ? year - 1 : year;
  const century = Math.trunc(y / 100);
  const rest = y % 100;
  const sum = Math.trunc((26 * m - 2) / 10) + 1 + rest + Math.trunc(rest / 4) + Math.trunc(century / 4) - 2 * century;
  const weekday = ((sum % 7) + 7) % 7;
  let day = (rule.day - weekday + 7) % 7;
  for (let week = 1; week < rule.week && day + 7 < daysIn(rule.month, year); week++) day += 7;
  return day + daysBefore(rule.month) + (isLeap(year) && rule.month > 2 ? 1 : 0);
}
