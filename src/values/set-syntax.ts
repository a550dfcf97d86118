import { BudgetError, checkDepth } from '../go/budget.ts';
import { replaceInvalid } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { atoi } from '../go/number.ts';
import { quote, quoteRune } from '../go/quote.ts';
import { isSpace } from '../go/space.ts';
import { type GoMap, type Int, int64, isMap, typeOf, type Value } from '../go/value.ts';
import { decodeFirstJson } from './json-first.ts';

/** The largest list index that `--set` accepts. Helm: strvals.MaxIndex */
const MAX_INDEX = 65_536;
/** How many dots a name may have. Helm: strvals.MaxNestedNameLevel */
const MAX_NESTED_NAME_LEVEL = 30;
/** How many empty list places one expression may make; Helm has no such limit. */
const MAX_GAPS = 16 * 1024 * 1024;

/** A list index as it was written: far past the limit a number would not name it exactly. */
type Index = number | bigint;

/** How the text after `=` becomes a value. */
type Reading = 'typed' | 'string' | 'json' | 'literal' | ((path: string) => Value);

/**
 * Parses a `--set` expression into a map: `a.b=1,c[0]=x,d={1,2}`. Numbers without fraction become int64,
 * `true`, `false` and `null` what they say, everything else a string.
 */
export function parseSet(expr: string, into: GoMap): void {
  new SetParser(expr, 'typed').parse(into);
}

/** Like {@link parseSet}, but every value is a string. */
export function parseSetString(expr: string, into: GoMap): void {
  new SetParser(expr, 'string').parse(into);
}

/** Parses the key form of `--set-json`: `a={"x":1},b=[2]`. */
export function parseSetJson(expr: string, into: GoMap): void {
  new SetParser(expr, 'json').parse(into);
}

/** Parses `--set-literal`: one key, and everything after the `=` is its value. */
export function parseSetLiteral(expr: string, into: GoMap): void {
  new SetParser(expr, 'literal').parse(into);
}

/** Like {@link parseSet}, but each value is a path, whose contents `readFile` gives. */
export function parseSetFile(expr: string, into: GoMap, readFile: (path: string) => string): void {
  new SetParser(expr, readFile).parse(into);
}

const COMMA = 44;
const DOT = 46;
const EQUALS = 61;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

const KEY_STOPS = [EQUALS, OPEN_BRACKET, COMMA, DOT];
const LITERAL_KEY_STOPS = [EQUALS, OPEN_BRACKET, DOT];
const INDEX_STOPS = [CLOSE_BRACKET];
const AFTER_INDEX_STOPS = [OPEN_BRACKET, DOT, EQUALS];
const VALUE_STOPS = [COMMA];
const LIST_STOPS = [COMMA, CLOSE_BRACE];

/** What the scanner met at the end of the text. */
const END = -1;

/**
 * A cursor over one expression. Helm: strvals/parser.go and literal_parser.go; methods that Go lets return
 * io.EOF return true when the text is at its end, and every other failure is thrown.
 */
class SetParser {
  private readonly text: string;
  private readonly reading: Reading;
  private pos = 0;
  private gaps = 0;
  private depth = 0;

  constructor(expr: string, reading: Reading) {
    this.text = expr;
    this.reading = reading;
  }

  parse(into: GoMap): void {
    while (!this.key(into, 0));
  }

  /** Reads up to one of `stops`, dropping escapes but in a literal; `last` is the stop met, or END. */
  private until(stops: readonly number[]): { text: string; last: number } {
    const { text } = this;
    const escapes = this.reading !== 'literal';
    let out = '';
    let start = this.pos;
    for (let i = start; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (stops.includes(c)) {
        this.pos = i + 1;
        return { text: replaceInvalid(out + text.slice(start, i)), last: c };
      }
      if (escapes && c === BACKSLASH) {
        out += text.slice(start, i);
        start = ++i; // the escaped character is taken as it is; a lone one at the end is dropped
      }
    }
    this.pos = text.length;
    return { text: replaceInvalid(out + text.slice(start)), last: END };
  }

  private key(data: GoMap, level: number): boolean {
    this.enter();
    try {
      const { text: key, last } = this.until(this.reading === 'literal' ? LITERAL_KEY_STOPS : KEY_STOPS);
      switch (last) {
        case OPEN_BRACKET:
          return this.indexedKey(data, key, level);
        case EQUALS:
          return this.keyValue(data, key);
        case DOT:
          return this.nestedKey(data, key, level + 1);
        case COMMA:
          throw new GoError(`key ${quote(key)} has no value (cannot end with ,)`);
        default:
          if (key === '') return true;
          throw new GoError(`key ${quote(key)} has no value`);
      }
    } finally {
      this.depth--;
    }
  }

  private indexedKey(data: GoMap, key: string, level: number): boolean {
    const index = this.keyIndex();
    if (index === undefined) return true;
    let list: Value[] = [];
    if (data.has(key)) list = this.asList(data.get(key));
    const ended = this.listItem(list, index, level);
    set(data, key, list);
    return ended;
  }

  private nestedKey(data: GoMap, key: string, level: number): boolean {
    if (level > MAX_NESTED_NAME_LEVEL) {
      throw new GoError(
        `value name nested level is greater than maximum supported nested level of ${MAX_NESTED_NAME_LEVEL}`,
      );
    }
    let inner: GoMap = new Map();
    if (data.has(key)) {
      const found = data.get(key);
      if (!isMap(found)) throw conversionError(found, 'map[string]interface {}');
      inner = found;
    }
    const ended = this.key(inner, level);
    if (!ended && inner.size === 0) throw new GoError(`key map ${quote(key)} has no value`);
    if (inner.size !== 0) set(data, key, inner);
    return ended;
  }

  private keyValue(data: GoMap, key: string): boolean {
    // In a plain expression the end of the text right after `=` ends parsing; a literal reads on once more.
    const ended = this.pos === this.text.length && this.reading !== 'json' && this.reading !== 'literal';
    set(data, key, ended ? '' : this.value());
    return ended;
  }

  /** What follows `=`. */
  private value(): Value {
    const { reading } = this;
    if (reading === 'json') return this.jsonValue();
    if (reading === 'literal') return this.until([]).text;
    if (this.pos === this.text.length) return '';
    if (this.text.charCodeAt(this.pos) === OPEN_BRACE) return this.listValue();
    return this.read(this.until(VALUE_STOPS).text);
  }

  private listValue(): Value[] {
    this.pos++;
    const list: Value[] = [];
    for (;;) {
      const { text, last } = this.until(LIST_STOPS);
      if (last === END) throw new GoError("list must terminate with '}'");
      if (last === CLOSE_BRACE && this.text.charCodeAt(this.pos) === COMMA) this.pos++;
      list.push(this.read(text));
      if (last === CLOSE_BRACE) return list;
    }
  }

  /** One JSON value, then blanks and a comma. Nothing but blanks is null. */
  private jsonValue(): Value {
    if (this.emptyValue()) return null;
    const rest = this.text.slice(this.pos);
    const { value, end } = decodeFirstJson(rest);
    this.pos += end;
    this.emptyValue();
    return value;
  }

  /** Skips blanks and one comma; true when a comma or the end came first. */
  private emptyValue(): boolean {
    while (this.pos < this.text.length) {
      const c = this.text.charCodeAt(this.pos);
      if (c !== COMMA && !isSpace(c)) return false;
      this.pos++;
      if (c === COMMA) return true;
    }
    return true;
  }

  private read(text: string): Value {
    if (this.reading === 'string') return text;
    if (typeof this.reading === 'function') return this.reading(text);
    return typedValue(text);
  }

  private keyIndex(): Index | undefined {
    const { text, last } = this.until(INDEX_STOPS);
    // Go wraps io.EOF here, which parse() then takes for the end of the text.
    if (last === END) return undefined;
    return parseIndex(text);
  }

  /** What follows `]`. Changes the list in place. */
  private listItem(list: Value[], index: Index, level: number): boolean {
    if (index < 0) throw new GoError(`negative ${index} index not allowed`);
    this.enter();
    try {
      const { text, last } = this.until(AFTER_INDEX_STOPS);
      if (text !== '') throw new GoError(`unexpected data at end of array index: ${quoteRunes(text)}`);
      if (last === END) return true;
      if (last === EQUALS) {
        this.setIndex(list, index, this.value());
        return false;
      }
      return last === DOT ? this.itemKey(list, index, level) : this.itemIndex(list, index, level);
    } finally {
      this.depth--;
    }
  }

  private itemKey(list: Value[], index: Index, level: number): boolean {
    let inner: GoMap = new Map();
    if (list.length > index) {
      const found = list[Number(index)];
      if (isMap(found)) inner = found;
      else list[Number(index)] = inner;
    }
    if (this.key(inner, level)) return true;
    this.setIndex(list, index, inner);
    return false;
  }

  private itemIndex(list: Value[], index: Index, level: number): boolean {
    const next = this.keyIndex();
    if (next === undefined) return true;
    const found = list.length > index ? list[Number(index)] : null;
    const inner = found === null ? [] : this.asList(found);
    if (this.listItem(inner, next, level)) return true;
    this.setIndex(list, index, inner);
    return false;
  }

  private setIndex(list: Value[], index: Index, value: Value): void {
    if (index > MAX_INDEX) {
      throw new GoError(`index of ${index} is greater than maximum supported index of ${MAX_INDEX}`);
    }
    const at = Number(index);
    if (list.length < at && (this.gaps += at - list.length) > MAX_GAPS) throw new BudgetError('nodes', MAX_GAPS);
    while (list.length < at) list.push(null);
    list[at] = value;
  }

  private asList(v: Value): Value[] {
    if (!Array.isArray(v)) throw conversionError(v, '[]interface {}');
    return v;
  }

  /** Names of list items nest without limit in Go, whose stack grows; ours does not. */
  private enter(): void {
    checkDepth(++this.depth);
  }
}

function set(data: GoMap, key: string, value: Value): void {
  if (key !== '') data.set(key, value);
}

/** The panic of a failed type assertion, as key() recovers it. */
function conversionError(v: Value, want: string): GoError {
  const got = v === null ? 'nil' : typeOf(v);
  return new GoError(`unable to parse key: interface conversion: interface {} is ${got}, not ${want}`);
}

/** Helm: strvals typedVal. EqualFold folds U+017F to s, hence the replacement. */
function typedValue(text: string): Value {
  if (text.length === 4 || text.length === 5) {
    const folded = text.toLowerCase().replaceAll('\u017f', 's');
    if (folded === 'true') return true;
    if (folded === 'false') return false;
    if (folded === 'null') return null;
  }
  if (text === '0') return int64(0);
  if (text.charCodeAt(0) === 48) return text;
  return parseInt64(text) ?? text;
}

/** A decimal int64, or undefined for what strconv.ParseInt refuses. */
function parseInt64(text: string): Int | undefined {
  const first = text.charCodeAt(0);
  const start = first === 43 || first === 45 ? 1 : 0;
  if (!isDigits(text, start)) return undefined;
  if (text.length <= 15) return int64(Number(text));
  const digits = text.slice(start).replace(/^0+/, '') || '0';
  if (digits.length > 19) return undefined;
  const n = first === 45 ? -BigInt(digits) : BigInt(digits);
  return n === BigInt.asIntN(64, n) ? int64(n) : undefined;
}

function isDigits(text: string, start: number): boolean {
  if (start === text.length) return false;
  for (let i = start; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c < 48 || c > 57) return false;
  }
  return true;
}

/** A list index; what it cannot be, its callers say with this prefix. */
function parseIndex(text: string): Index {
  try {
    return atoi(text);
  } catch (err) {
    throw err instanceof GoError ? new GoError(`error parsing index: ${err.message}`) : err;
  }
}

/** %q of a []rune: `['a' '\n']`. */
function quoteRunes(text: string): string {
  return `[${Array.from(text, (rune) => quoteRune(rune.codePointAt(0) as number)).join(' ')}]`;
}
