import { Budget } from './budget.ts';
import { decodeBytes } from './bytes.ts';
import { DURATION, durationString } from './duration.ts';
import { GoError, GoPanic } from './error.ts';
import { formatFloat } from './number.ts';
import { isTime, RFC3339_NANO, type Time } from './time.ts';
import { type TomlKey, tomlKeyPart, tomlKeyString, tomlQuote } from './toml-key.ts';
import {
  type GoMap,
  Int,
  int,
  isNilContainer,
  isStruct,
  kindOf,
  type Struct,
  sortedKeys,
  type Value,
} from './value.ts';
import { UTC } from './zone.ts';

/** The zones that BurntSushi gives to dates and times without one, and how it writes them back. */
export const LOCAL_LAYOUTS: ReadonlyMap<string, string> = new Map([
  ['datetime-local', '2006-01-02T15:04:05.999999999'],
  ['date-local', '2006-01-02'],
  ['time-local', '15:04:05.999999999'],
]);

/** What decides where a value is written: tables go below the plain keys. BurntSushi: tomlTypeOfGo. */
type Place = 'nil' | 'plain' | 'array' | 'table' | 'tables';

/**
 * A value as TOML, laid out as BurntSushi's Encoder does with its defaults. A value that is no table is written
 * alone. Throws a GoError with that library's text.
 */
export function marshalToml(v: Value, budget: Budget = new Budget()): string {
  if (v === null || v === undefined) throw new GoPanic('reflect: call of reflect.Value.Type on zero Value');
  const encoder = new Encoder(budget);
  encoder.encode([], v, 0);
  return encoder.text();
}

class Encoder {
  readonly #out: string[] = [];
  readonly #budget: Budget;

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  text(): string {
    return this.#out.join('');
  }

  #write(text: string): void {
    this.#budget.grow(text.length);
    this.#out.push(text);
  }

  #newline(): void {
    if (this.#out.length > 0) this.#write('\n');
  }

  encode(key: TomlKey, v: Value, depth: number): void {
    this.#budget.depth(depth);
    if (isUnsupported(v)) throw new GoError(`unsupported type for key '${tomlKeyString(key)}': ${kindOf(v)}`);
    const place = this.#place(v, depth);
    if (place === 'nil' && v instanceof Map) return;
    if (place === 'tables') this.#tables(key, v as Value[], depth);
    else if (place === 'table') this.#table(key, v as GoMap | Struct, depth);
    else this.#keyValue(key, v, depth, false);
  }

  // BurntSushi: eArrayOfTables
  #tables(key: TomlKey, list: Value[], depth: number): void {
    if (key.length === 0) throw new GoError('toml: top-level values must be Go maps or structs');
    for (const item of list) {
      this.#newline();
      this.#write(`${indent(key)}[[${tomlKeyString(key)}]]`);
      this.#newline();
      this.#body(key, item as GoMap | Struct, depth);
    }
  }

  // BurntSushi: eTable
  #table(key: TomlKey, v: GoMap | Struct, depth: number): void {
    if (key.length === 1) this.#newline();
    if (key.length > 0) {
      this.#write(`${indent(key)}[${tomlKeyString(key)}]`);
      this.#newline();
    }
    this.#body(key, v, depth);
  }

  #body(key: TomlKey, v: GoMap | Struct, depth: number): void {
    const { direct, below } = this.#split(v, depth);
    for (const [name, value] of [...direct, ...below]) {
      if (value !== null) this.encode([...key, name], value, depth + 1);
    }
  }

  /** The entries of a table: those written under its header, and those that are tables of their own. */
  #split(v: GoMap | Struct, depth: number): { direct: Entry[]; below: Entry[] } {
    const direct: Entry[] = [];
    const below: Entry[] = [];
    for (const [name, value] of entries(v)) {
      const place = this.#place(value, depth);
      (place === 'table' || place === 'tables' ? below : direct).push([name, value]);
    }
    return { direct, below };
  }

  #keyValue(key: TomlKey, v: Value, depth: number, inline: boolean): void {
    const last = key.at(-1);
    if (last !== undefined) this.#write(`${indent(key)}${tomlKeyPart(last)} = `);
    this.#element(v, depth);
    if (last !== undefined && !inline) this.#newline();
  }

  // BurntSushi: eElement
  #element(v: Value, depth: number): void {
    this.#budget.depth(depth);
    if (typeof v === 'string') this.#write(tomlQuote(v));
    else if (typeof v === 'boolean') this.#write(String(v));
    else if (typeof v === 'number') this.#write(floatText(v));
    else if (v instanceof Int) this.#write(v.type === DURATION ? tomlQuote(durationString(v.n)) : String(v.n));
    else if (v instanceof Uint8Array) this.#array(Array.from(v, int), depth);
    else if (Array.isArray(v)) this.#array(v, depth);
    else if (v instanceof Map) this.#inline(v, depth);
    else if (isTime(v)) this.#write(timeText(v));
    else if (isStruct(v)) this.#struct(v, depth);
    else throw new GoError(`unexpected type: ${kindOf(v)}`);
  }

  #struct(v: Struct, depth: number): void {
    const marshal = v.method('MarshalText');
    if (marshal === undefined) this.#inline(v, depth);
    else this.#write(tomlQuote(decodeBytes(marshal.call([]) as Uint8Array)));
  }

  #array(list: readonly Value[], depth: number): void {
    this.#write('[');
    for (const [i, item] of list.entries()) {
      if (i > 0) this.#write(', ');
      this.#element(item, depth + 1);
    }
    this.#write(']');
  }

  // BurntSushi: eMap and eStruct, inline. A nil entry leaves the comma of the one before it.
  #inline(v: GoMap | Struct, depth: number): void {
    const { direct, below } = this.#split(v, depth);
    const count = direct.length + below.length;
    const names = v instanceof Map ? undefined : v.fields().map(([name]) => name);
    this.#write('{');
    for (const [i, [name, value]] of [...direct, ...below].entries()) {
      if (value === null) continue;
      this.#keyValue([name], value, depth + 1, true);
      // A struct looks at the field's own place, a map at the place in the sorted order.
      if ((names === undefined ? i : names.indexOf(name)) !== count - 1) this.#write(', ');
    }
    this.#write('}');
  }

  #place(v: Value, depth: number): Place {
    this.#budget.step();
    if (v === null || v === undefined || isNilContainer(v)) return 'nil';
    if (Array.isArray(v)) return this.#isTables(v, depth + 1) ? 'tables' : 'array';
    if (v instanceof Map) return 'table';
    if (isTime(v)) return 'plain';
    if (isStruct(v)) return v.method('MarshalText') === undefined ? 'table' : 'plain';
    if (isUnsupported(v)) throw new GoError(`unsupported type: ${kindOf(v)}`);
    return 'plain';
  }

  // BurntSushi: isTableArray
  #isTables(list: Value[], depth: number): boolean {
    this.#budget.depth(depth);
    let all = list.length > 0;
    for (const item of list) {
      const place = this.#place(item, depth);
      if (place === 'nil') throw new GoError('toml: cannot encode array with nil element');
      if (place !== 'table') all = false;
    }
    return all;
  }
}

type Entry = readonly [string, Value];

function entries(v: GoMap | Struct): Entry[] {
  if (v instanceof Map) return sortedKeys(v).map((key) => [key, present(v.get(key))]);
  return v
    .fields()
    .filter(([name]) => /^\p{Lu}/u.test(name))
    .map(([name, value]) => [name, present(value)]);
}

/** Nil slices and maps go the way of plain nil. */
function present(v: Value): Value {
  return v === undefined || isNilContainer(v) ? null : v;
}

function isUnsupported(v: Value): boolean {
  const kind = kindOf(v);
  return kind === 'complex128' || kind === 'func';
}

function indent(key: TomlKey): string {
  return '  '.repeat(key.length - 1);
}

function floatText(f: number): string {
  if (Number.isNaN(f)) return 'nan';
  if (!Number.isFinite(f)) return f < 0 ? '-inf' : 'inf';
  const text = formatFloat(f, 'g', -1);
  return /[e.]/.test(text) ? text : `${text}.0`;
}

function timeText(t: Time): string {
  const layout = LOCAL_LAYOUTS.get(t.location.name);
  return layout === undefined ? t.format(RFC3339_NANO) : t.in(UTC).format(layout);
}
