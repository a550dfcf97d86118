import { Budget } from './budget.ts';
import { toByteString } from './byte-string.ts';
import { GoError } from './error.ts';
import { parseFloat64 } from './number.ts';
import { quote, quoteRune } from './quote.ts';
import type { Time } from './time.ts';
import { RFC3339_NANO } from './time.ts';
import { parseTime } from './time-parse.ts';
import { EOF, isDigit, isHex, isNewline, isSpace, runeOrEof, type Scalar, TomlReader } from './toml-reader.ts';
import { TomlTables } from './toml-tables.ts';
import { type GoMap, int64, type Value } from './value.ts';
import { fixedZone, type Location, UTC } from './zone.ts';

/** Where the reader is: its zone, and how far east of UTC its clocks stand now. */
export interface TomlPlace {
  readonly local: Location;
  readonly offset: number;
}

/**
 * TOML 1.0 with what BurntSushi takes of 1.1, as it decodes into `map[string]interface {}`: integers are int64,
 * `[[tables]]` are `[]map[string]interface {}`. `place` is asked when there is a time. Throws a GoError with that library's text.
 */
export function unmarshalToml(text: string, place: () => TomlPlace = inUtc, budget: Budget = new Budget()): GoMap {
  let body = text;
  if (/^(?:\udcff\udcfe|\udcfe\udcff)/.test(text)) body = text.slice(2);
  else if (text.startsWith('\ufeff')) body = text.slice(1);
  // Within the first six bytes, not characters.
  if (toByteString(body.slice(0, 6)).slice(0, 6).includes('\0')) {
    throw new GoError('toml: line 1: files cannot contain NULL bytes; probably using UTF-16; TOML files must be UTF-8');
  }
  return new Parser(body, place, budget).run();
}

function inUtc(): TomlPlace {
  return { local: UTC, offset: 0 };
}

class Parser {
  readonly #reader: TomlReader;
  readonly #tables: TomlTables;
  readonly #place: () => TomlPlace;
  readonly #budget: Budget;
  /** The line of the last key or table name, where errors about keys are reported. */
  #keyLine = 0;

  constructor(text: string, place: () => TomlPlace, budget: Budget) {
    this.#reader = new TomlReader(text, () => this.#tables.current());
    this.#tables = new TomlTables(budget, (message) => this.#reader.failAt(this.#keyLine, message));
    this.#place = place;
    this.#budget = budget;
  }

  // BurntSushi: lexTop
  run(): GoMap {
    const reader = this.#reader;
    for (;;) {
      const c = reader.next();
      if (c === EOF) return this.#tables.root;
      if (isSpace(c) || isNewline(c)) continue;
      if (c === 35) {
        reader.comment();
        continue;
      }
      if (c === 91) this.#header();
      else {
        reader.back();
        this.#pair();
      }
      if (this.#topEnd()) return this.#tables.root;
    }
  }

  /** What may follow a header or a pair; true at the end of the text. BurntSushi: lexTopEnd. */
  #topEnd(): boolean {
    const reader = this.#reader;
    for (;;) {
      const c = reader.next();
      if (c === EOF) return true;
      if (isNewline(c)) return false;
      if (c === 35) {
        reader.comment();
        return false;
      }
      if (!isSpace(c)) {
        const got = `but got ${quoteRune(c)} instead`;
        reader.fail(`expected a top-level item to end with a newline, comment, or EOF, ${got}`);
      }
    }
  }

  /** `[a.b]` or `[[a.b]]`, after the first bracket. */
  #header(): void {
    const reader = this.#reader;
    const array = reader.peek() === 91;
    if (array) reader.next();
    const key: string[] = [];
    do {
      reader.skipSpace();
      key.push(this.#headerPart(key.length === 0));
    } while (this.#headerGoesOn());
    if (array) {
      const c = reader.next();
      if (c !== 93) reader.fail(`expected end of table array name delimiter ']', but got ${quoteRune(c)} instead`);
    }
    this.#tables.addContext(key, array);
    this.#tables.setType('', false);
  }

  #headerPart(first: boolean): string {
    const reader = this.#reader;
    const c = reader.peek();
    if (c === 93 || c === EOF) reader.fail('unexpected end of table name (table names cannot be empty)');
    if (c === 46) reader.fail('unexpected table separator (table names cannot be empty)');
    return this.#part(c, first);
  }

  /** A part of a key whose first character is `c`, as yet unread. */
  #part(c: number, first: boolean): string {
    this.#budget.step();
    const scalar = c === 34 || c === 39 ? this.#reader.quotedKey() : undefined;
    const part = scalar === undefined ? this.#reader.bareKey() : '';
    if (first) this.#keyLine = scalar?.line ?? this.#reader.line;
    return scalar === undefined ? part : this.#string(scalar);
  }

  #headerGoesOn(): boolean {
    this.#reader.skipSpace();
    const c = this.#reader.next();
    if (c !== 46 && c !== 93) {
      this.#reader.fail(`expected '.' or ']' to end table name, but got ${quoteRune(c)} instead`);
    }
    return c === 46;
  }

  // BurntSushi: lexKeyStart
  #keyStart(): void {
    this.#reader.skipSpace();
    const c = this.#reader.peek();
    if (c === 61 || c === EOF) this.#reader.fail("unexpected '=': key name appears blank");
    if (c === 46) this.#reader.fail("unexpected '.': keys cannot start with a '.'");
  }

  /** The parts of a key up to and with the `=`. */
  #key(): string[] {
    const reader = this.#reader;
    const key: string[] = [];
    do {
      reader.skipSpace();
      const c = reader.peek();
      if (c === 61 || c === EOF) reader.fail("unexpected '='");
      if (c === 46) reader.fail("unexpected '.'");
      key.push(this.#part(c, key.length === 0));
    } while (this.#keyGoesOn());
    return key;
  }

  // BurntSushi: lexKeyEnd
  #keyGoesOn(): boolean {
    const reader = this.#reader;
    reader.skipSpace();
    const c = reader.next();
    if (c === 46 || c === 61) return c === 46;
    if (c === EOF) reader.fail("unexpected EOF; expected key separator '='");
    const message = `expected '.' or '=', but got ${quoteRune(c)} instead`;
    return c === 10 ? reader.failBefore(message) : reader.fail(message);
  }

  /** `key = value` at the top level. */
  #pair(): void {
    this.#keyStart();
    const tables = this.#tables;
    const outer = tables.context;
    const key = this.#key();
    tables.currentKey = key.at(-1) as string;
    tables.addParents(key.slice(0, -1));
    this.#define(this.#value(false, 0));
    tables.context = outer;
    tables.currentKey = '';
  }

  #define(value: Value): void {
    const { currentKey } = this.#tables;
    this.#tables.setValue(currentKey, value);
    this.#tables.setType(currentKey, Array.isArray(value));
  }

  #value(inArray: boolean, depth: number): Value {
    this.#budget.node();
    this.#budget.depth(depth);
    const reader = this.#reader;
    reader.skipSpace();
    const c = reader.peek();
    if (c === 91) {
      reader.next();
      return this.#array(depth);
    }
    if (c === 123) {
      reader.next();
      return this.#inlineTable(inArray, depth);
    }
    return this.#scalar(reader.scalar());
  }

  /** Skips space, line ends and comments; the character behind them. */
  #afterSpace(): number {
    for (;;) {
      const c = this.#reader.next();
      if (c === 35) this.#reader.comment();
      else if (!isSpace(c) && !isNewline(c)) return c;
    }
  }

  #array(depth: number): Value[] {
    const reader = this.#reader;
    this.#tables.setType(this.#tables.currentKey, true);
    const list: Value[] = [];
    for (;;) {
      const c = this.#afterSpace();
      if (c === 44) reader.fail('unexpected comma');
      if (c === 93) return list;
      reader.back();
      list.push(this.#value(true, depth + 1));
      const end = this.#afterSpace();
      if (end === 93) return list;
      if (end !== 44) {
        reader.fail(`expected a comma (',') or array terminator (']'), but got ${runeOrEof(end)}`);
      }
    }
  }

  // BurntSushi: valueInlineTable
  #inlineTable(inArray: boolean, depth: number): GoMap {
    const tables = this.#tables;
    const { context, currentKey } = tables;
    const own = [...context, currentKey];
    tables.context = own;
    tables.currentKey = '';
    tables.addImplicit(own);
    tables.addContext(own, inArray);
    const table: GoMap = new Map();
    for (let more = this.#inlineStart(); more; more = this.#inlineGoesOn()) {
      const key = this.#key();
      tables.currentKey = key.at(-1) as string;
      const parents = key.slice(0, -1);
      tables.addParents(parents);
      const value = this.#value(false, depth + 1);
      this.#define(value);
      tables.setInline(table, parents, value);
      tables.context = own;
    }
    tables.context = context;
    tables.currentKey = currentKey;
    return table;
  }

  /** True where a pair of an inline table begins, false after its end. BurntSushi: lexInlineTableValue. */
  #inlineStart(): boolean {
    const c = this.#afterSpace();
    if (c === 44) this.#reader.fail('unexpected comma');
    if (c === 125) return false;
    this.#reader.back();
    this.#keyStart();
    return true;
  }

  // BurntSushi: lexInlineTableValueEnd
  #inlineGoesOn(): boolean {
    const reader = this.#reader;
    for (;;) {
      const c = this.#afterSpace();
      if (c === 125) return false;
      if (c !== 44) {
        reader.fail(`expected a comma or an inline table terminator '}', but got ${runeOrEof(c)} instead`);
      }
      reader.skipSpace();
      if (reader.peek() !== 125) return this.#inlineStart();
    }
  }

  #scalar(scalar: Scalar): Value {
    switch (scalar.kind) {
      case 'bool':
        return scalar.text === 'true';
      case 'integer':
        return this.#integer(scalar);
      case 'float':
        return this.#float(scalar);
      case 'datetime':
        return this.#datetime(scalar);
    }
    return this.#string(scalar);
  }

  #string(scalar: Scalar): string {
    const { kind, text } = scalar;
    if (kind === 'escaped') return this.#unescape(scalar, text);
    if (kind === 'multiline') return this.#unescape(scalar, joinLines(stripFirstNewline(text)));
    return kind === 'rawMultiline' ? stripFirstNewline(text) : text;
  }

  #unescape(scalar: Scalar, text: string): string {
    return text.replace(/\\(x..|u.{4}|U.{8}|[^xuU])/g, (_all, code: string) => {
      const simple = ESCAPES.get(code);
      if (simple !== undefined) return simple;
      if (code === ' ' || code === '\t') this.#reader.failAt(scalar.line, `invalid escape: '\\${code}'`);
      const rune = Number.parseInt(code.slice(1), 16);
      if (rune > 0x10ffff || (rune >= 0xd800 && rune <= 0xdfff)) {
        this.#reader.failAt(scalar.line, `Escaped character '\\u${code.slice(1)}' is not valid UTF-8.`);
      }
      return String.fromCodePoint(rune);
    });
  }

  #integer({ text, line }: Scalar): Value {
    const what = `Invalid integer ${quote(text)}`;
    if (!underscoresFit(text)) this.#reader.failAt(line, `${what}: underscores must be surrounded by digits`);
    if (hasLeadingZero(text)) this.#reader.failAt(line, `${what}: cannot have leading zeroes`);
    const digits = text.replaceAll('_', '').replace(/^\+/, '');
    this.#budget.grow(digits.length);
    const tooLong = digits.replace(/^-?(?:0[box])?0*/, '').length > 64;
    const big = tooLong ? undefined : digits.startsWith('-') ? -BigInt(digits.slice(1)) : BigInt(digits);
    if (big === undefined || BigInt.asIntN(64, big) !== big) {
      return this.#reader.failAt(line, `${text} is out of range for int64`);
    }
    return int64(big);
  }

  #float({ text, line }: Scalar): number {
    const what = `Invalid float ${quote(text)}`;
    const parts = text.split(/[.eE]/).filter((part) => part !== '');
    if (!parts.every(underscoresFit)) {
      this.#reader.failAt(line, `${what}: underscores must be surrounded by digits`);
    }
    if (hasLeadingZero(parts[0] ?? '')) this.#reader.failAt(line, `${what}: cannot have leading zeroes`);
    if (/\.(?![0-9])/.test(text)) {
      this.#reader.failAt(line, `${what}: '.' must be followed by one or more digits`);
    }
    try {
      return parseFloat64(text.replaceAll('_', '').replace(/^[-+]nan$/, 'nan'));
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      if (error.message.endsWith('value out of range')) {
        return this.#reader.failAt(line, `${text} is out of range for float64`);
      }
      return this.#reader.failAt(line, `Invalid float value: ${quote(text)}`);
    }
  }

  #datetime({ text: written, line }: Scalar): Time {
    const text = written.replace(/[zt ]/g, (c) => (c === 'z' ? 'Z' : 'T'));
    const { local, offset } = this.#place();
    for (const [layout, zone] of DATE_LAYOUTS) {
      const location = zone === 'local' ? local : fixedZone(zone, offset);
      const time = quietTime(layout, text, location, local);
      if (time === undefined) continue;
      if (!lacksLeadingZero(text, layout)) return time;
      break;
    }
    return this.#reader.failAt(line, `invalid datetime: ${quote(text)}`);
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
  ['e', '\u001b'],
  ['"', '"'],
  ['\\', '\\'],
]);

const DATE_LAYOUTS: readonly (readonly [string, string])[] = [
  [RFC3339_NANO, 'local'],
  ['2006-01-02T15:04:05.999999999', 'datetime-local'],
  ['2006-01-02', 'date-local'],
  ['15:04:05.999999999', 'time-local'],
  ['2006-01-02T15:04Z07:00', 'local'],
  ['2006-01-02T15:04', 'datetime-local'],
  ['15:04', 'time-local'],
];

function quietTime(layout: string, text: string, location: Location, local: Location): Time | undefined {
  try {
    return parseTime(layout, text, location, local);
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

/** Go reads `1:02` as `15:04`; TOML does not. The separators show it. */
function lacksLeadingZero(text: string, layout: string): boolean {
  for (let i = 0; i < layout.length; i++) {
    const c = layout.charCodeAt(i);
    if (c === 46 || c === 90) return false;
    if (!isDigit(c) && text.charCodeAt(i) !== c) return true;
  }
  return false;
}

function stripFirstNewline(s: string): string {
  return s.replace(/^\r?\n/, '');
}

/** Drops a backslash at a line's end with the white space behind it. A doubled backslash is none. */
function joinLines(s: string): string {
  return s.replace(/\\\\|\\[ \t]*\r?\n[ \t\r\n]*/g, (match) => (match === '\\\\' ? match : ''));
}

// BurntSushi: numUnderscoresOK
function underscoresFit(s: string): boolean {
  if (/^(?:[-+]?(?:nan|inf))$/.test(s)) return true;
  let fits = false;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c === 95 && !fits) return false;
    fits = isHex(c);
  }
  return fits;
}

// BurntSushi: numHasLeadingZero
function hasLeadingZero(s: string): boolean {
  return /^0[^box]/.test(s) || /^[-+]0./.test(s);
}
