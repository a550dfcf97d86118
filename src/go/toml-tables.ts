import type { Budget } from './budget.ts';
import { quote } from './quote.ts';
import { type TomlKey, tomlKeyPart, tomlKeyString } from './toml-key.ts';
import { type GoMap, Slice, slice, type Value } from './value.ts';

/** What a table of tables is to Go. */
const TABLE = 'map[string]interface {}';

/**
 * The tables of a TOML text as they grow: which of them a header or a dotted key has opened, and which keys may
 * still be defined. BurntSushi: the context of its parser.
 */
export class TomlTables {
  readonly root: GoMap = new Map();
  /** The table that keys go to. */
  context: TomlKey = [];
  /** The key whose value is being read; `''` between keys. */
  currentKey = '';
  readonly #arrays = new Set<string>();
  readonly #implicit = new Set<string>();
  readonly #budget: Budget;
  readonly #fail: (message: string) => never;

  constructor(budget: Budget, fail: (message: string) => never) {
    this.#budget = budget;
    this.#fail = fail;
  }

  /** The key that an error belongs to. */
  current(): string {
    if (this.currentKey === '') return tomlKeyString(this.context);
    // The last part stands bare, whatever is in it.
    return this.context.length === 0 ? this.currentKey : `${tomlKeyString(this.context)}.${this.currentKey}`;
  }

  addImplicit(key: TomlKey): void {
    this.#implicit.add(tomlKeyString(key));
  }

  /** A key costs by its parts, each of which is looked up and spelled out. */
  #charge(parts: number): void {
    this.#budget.depth(parts);
    this.#budget.step(8 * parts);
  }

  /** The parents of a dotted key are tables that nothing but the key has made. */
  addParents(parents: TomlKey): void {
    for (const part of parents) {
      const key = [...this.context, part];
      this.addImplicit(key);
      this.addContext(key, false);
    }
  }

  /** Makes `key` the context: a table's header, or with `array` an element of a table of tables. */
  addContext(key: TomlKey, array: boolean): void {
    this.#charge(key.length);
    let table = this.root;
    let path = '';
    for (const [i, part] of key.slice(0, -1).entries()) {
      path += (i > 0 ? '.' : '') + tomlKeyPart(part);
      if (!table.has(part)) {
        this.#implicit.add(path);
        table.set(part, new Map());
      }
      table = innermost(table.get(part)) ?? this.#fail(`Key '${path}' was already created as a hash.`);
    }
    this.context = key.slice(0, -1);
    const last = key.at(-1) as string;
    if (array) this.#appendTable(table, last, key);
    else this.setValue(last, new Map());
    this.context = key;
  }

  #appendTable(table: GoMap, name: string, key: TomlKey): void {
    const list = table.get(name) ?? slice(TABLE, []);
    if (!(list instanceof Slice)) {
      this.#fail(`Key '${tomlKeyString(key)}' was already created and cannot be used as an array.`);
    }
    list.push(new Map());
    table.set(name, list);
  }

  /** Defines a key of the context, which must not have been defined. */
  setValue(name: string, value: Value): void {
    this.#charge(this.context.length + 1);
    let table = this.root;
    let path = '';
    for (const [i, part] of this.context.entries()) {
      path += (i > 0 ? '.' : '') + tomlKeyPart(part);
      table = innermost(table.get(part)) ?? this.#taken(path);
    }
    path += (this.context.length > 0 ? '.' : '') + tomlKeyPart(name);
    if (!table.has(name)) {
      table.set(name, value);
      return;
    }
    // A table that only a longer key has made may be defined once.
    if (!this.#implicit.delete(path)) this.#taken(path);
    if (this.#arrays.has(path)) table.set(name, value);
  }

  #taken(path: string): never {
    return this.#fail(`Key '${path}' has already been defined.`);
  }

  /** Notes whether a key holds an array; an empty name stands for the context itself. */
  setType(name: string, array: boolean): void {
    const key = name === '' ? this.context : [...this.context, name];
    const path = key.length === 0 ? '""' : tomlKeyString(key);
    if (array) this.#arrays.add(path);
    else this.#arrays.delete(path);
  }

  /** Puts a value into an inline table under a dotted key. */
  setInline(table: GoMap, parents: TomlKey, value: Value): void {
    let at = table;
    for (const part of parents) {
      const inner = at.get(part) ?? new Map<string, Value>();
      at.set(part, inner);
      at = inner instanceof Map ? inner : this.#fail(`${quote(tomlKeyString(this.context))} is not a table`);
    }
    at.set(this.currentKey, value);
  }
}

/** The table itself, or the last of a table of tables. */
function innermost(v: Value): GoMap | undefined {
  if (v instanceof Slice) return v.at(-1) as GoMap;
  return v instanceof Map ? v : undefined;
}
