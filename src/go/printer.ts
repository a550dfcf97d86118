import { BudgetError, DEFAULT_LIMITS } from './budget.ts';
import { decodeBytes } from './bytes.ts';
import { GoPanic } from './error.ts';
import { Formatter } from './format.ts';
import { isExported } from './token.ts';
import {
  ANY,
  Complex,
  elemType,
  type GoType,
  Int,
  isNilContainer,
  isStruct,
  isUnsigned,
  kindOf,
  makeInt,
  Slice,
  type Struct,
  sortedKeys,
  TypedMap,
  typeOf,
  type Value,
} from './value.ts';

const stringers = new Map<GoType, (v: Int) => string>();

/** Gives a named integer type its `String` method, e.g. `time.Duration`. */
export function registerStringer(type: GoType, string: (v: Int) => string): void {
  stringers.set(type, string);
}

/** Go cannot print an address here; where it would, this stands for one. */
const ADDRESS = 0xc000012345;

/** Prints values of any kind. Go: fmt/print.go. */
export class Printer extends Formatter {
  /** What the current verb is printing: `arg` where methods count, `value` where only the kind does. */
  private arg: Value = null;
  private value: Value = undefined;
  /** While an error text is printed, methods are left alone. */
  private erroring = false;
  private panicking = false;
  /** Inside an unexported field methods are out of reach. */
  private hidden = false;

  /** Go: print.go printArg. */
  printArg(arg: Value, verb: string): void {
    this.arg = arg ?? null;
    this.value = undefined;
    if (arg === null || arg === undefined) {
      if (verb === 'T' || verb === 'v') this.pad('<nil>');
      else this.badVerb(verb);
      return;
    }
    if (verb === 'T') {
      this.formatText(typeOf(arg));
      return;
    }
    if (verb === 'p') {
      this.printPointer(arg, 'p');
      return;
    }
    if (arg instanceof Uint8Array) {
      this.printBytes(arg, verb, '[]byte');
      return;
    }
    if (hasMethods(arg) && this.handleMethods(verb)) return;
    if (isScalar(arg)) this.printScalar(arg, verb);
    else this.printValue(arg, verb, 0);
  }

  /** Go: print.go printValue, for what is not nil. Slots of interface type hold what they hold. */
  private printValue(v: Value, verb: string, depth: number): void {
    if (depth > 0 && !this.hidden) {
      this.arg = v;
      if (hasMethods(v) && this.handleMethods(verb)) return;
    }
    this.arg = null;
    this.value = v;
    if (isScalar(v)) {
      this.printScalar(v, verb);
      return;
    }
    if (depth > this.deepest()) throw new BudgetError('depth', this.deepest());
    this.charge();
    if (this.sharpV && isNilContainer(v)) this.out += `${typeOf(v)}(nil)`;
    else if (v instanceof Map) this.printMap(v, verb, depth);
    else if (Array.isArray(v)) this.printList(v, typeOf(v), elemType(v), verb, depth);
    else if (v instanceof Uint8Array) this.printByteList(v, verb, depth);
    else this.printStruct(v as Struct, verb, depth);
  }

  private deepest(): number {
    return this.budget?.limits.depth ?? DEFAULT_LIMITS.depth;
  }

  private printScalar(v: Value, verb: string): void {
    if (typeof v === 'string') this.printString(v, verb);
    else if (typeof v === 'number') this.printFloat(v, verb);
    else if (v instanceof Int) this.printInteger(v, verb);
    else if (typeof v === 'boolean') this.printBoolean(v, verb);
    else this.printComplex(v as Complex, verb);
  }

  /** An element, a map's value or a field: nil there prints the same under every verb. */
  private printElement(v: Value, type: GoType, verb: string, depth: number): void {
    // Shared parts print as often as they occur, and text in the making costs memory by the piece.
    this.budget?.node();
    if (v !== null && v !== undefined) {
      this.printValue(v, verb, depth);
      return;
    }
    if (verb === 'w' && !this.hidden && !this.erroring) {
      this.arg = null;
      this.badVerb(verb);
      return;
    }
    this.arg = null;
    this.value = null;
    this.out += this.sharpV ? `${type}(nil)` : '<nil>';
  }

  private printMap(map: Map<string, Value>, verb: string, depth: number): void {
    const elem = elemType(map);
    this.out += this.sharpV ? `${typeOf(map)}{` : 'map[';
    let first = true;
    for (const key of sortedKeys(map)) {
      if (!first) this.out += this.sharpV ? ', ' : ' ';
      first = false;
      this.printValue(key, verb, depth + 1);
      this.out += ':';
      this.printElement(map.get(key), elem, verb, depth + 1);
      this.element();
    }
    this.out += this.sharpV ? '}' : ']';
  }

  private printList(list: ArrayLike<Value>, type: GoType, elem: GoType, verb: string, depth: number): void {
    this.out += this.sharpV ? `${type}{` : '[';
    for (let i = 0; i < list.length; i++) {
      if (i > 0) this.out += this.sharpV ? ', ' : ' ';
      this.printElement(list[i], elem, verb, depth + 1);
      this.element();
    }
    this.out += this.sharpV ? '}' : ']';
  }

  /** A []uint8 that is reached by reflection, i.e. inside another value or under an unusual verb. */
  private printByteList(bytes: Uint8Array, verb: string, depth: number): void {
    if (verb === 's' || verb === 'q' || verb === 'x' || verb === 'X') {
      this.printBytes(bytes, verb, '[]uint8');
      return;
    }
    if (verb === 'v' && this.isPlain()) {
      // A chart's files print so when the root object is a key: megabytes, and all of it digits.
      this.out += `[${decimals(bytes)}]`;
      this.charge();
      return;
    }
    const items = Array.from(bytes, (byte) => makeInt('uint8', byte));
    this.printList(items, '[]uint8', 'uint8', verb, depth);
  }

  private printStruct(s: Struct, verb: string, depth: number): void {
    const pointer = kindOf(s) === 'ptr';
    if (pointer && depth > 0) {
      this.printPointer(s, verb);
      return;
    }
    if (pointer) this.out += '&';
    if (this.sharpV) this.out += pointer ? s.type.slice(1) : s.type;
    this.out += '{';
    const hidden = this.hidden;
    let first = true;
    for (const [name, value] of s.fields()) {
      if (!first) this.out += this.sharpV ? ', ' : ' ';
      first = false;
      if (this.plusV || this.sharpV) this.out += `${name}:`;
      this.hidden = hidden || !isExported(name);
      this.printElement(value, ANY, verb, depth + (pointer ? 2 : 1));
    }
    this.hidden = hidden;
    this.out += '}';
  }

  private printPointer(v: Value, verb: string): void {
    const kind = kindOf(v);
    if (kind !== 'map' && kind !== 'ptr' && kind !== 'slice') {
      this.badVerb(verb);
      return;
    }
    if (verb === 'v' && this.sharpV) {
      this.out += `(${typeOf(v)})(`;
      this.printAddress(true);
      this.out += ')';
    } else if (verb === 'v' || verb === 'p') this.printAddress(!this.sharp);
    else if ('bodxX'.includes(verb)) this.printInteger(makeInt('uint64', ADDRESS), verb);
    else this.badVerb(verb);
  }

  private printAddress(prefix: boolean): void {
    const sharp = this.sharp;
    this.sharp = prefix;
    this.formatInteger(ADDRESS, 16, 'v');
    this.sharp = sharp;
  }

  private printBoolean(v: boolean, verb: string): void {
    if (verb === 't' || verb === 'v') this.formatBoolean(v);
    else this.badVerb(verb);
  }

  /** Go: print.go fmtInteger. */
  private printInteger(v: Int, verb: string): void {
    switch (verb) {
      case 'v':
        if (this.sharpV && isUnsigned(v.kind)) {
          const sharp = this.sharp;
          this.sharp = true;
          this.formatInteger(v.n, 16, verb);
          this.sharp = sharp;
          return;
        }
        this.formatInteger(v.n, 10, verb);
        return;
      case 'd':
        this.formatInteger(v.n, 10, verb);
        break;
      case 'b':
        this.formatInteger(v.n, 2, verb);
        break;
      case 'o':
      case 'O':
        this.formatInteger(v.n, 8, verb);
        break;
      case 'x':
      case 'X':
        this.formatInteger(v.n, 16, verb);
        break;
      case 'c':
        this.formatChar(v.n);
        break;
      case 'q':
        this.formatQuotedChar(v.n);
        break;
      case 'U':
        this.formatUnicode(v.n);
        break;
      default:
        this.badVerb(verb);
        break;
    }
  }

  /** Go: print.go fmtFloat. */
  private printFloat(f: number, verb: string): void {
    switch (verb) {
      case 'v':
        this.formatFloating(f, 'g', -1);
        break;
      case 'b':
      case 'g':
      case 'G':
      case 'x':
      case 'X':
        this.formatFloating(f, verb, -1);
        break;
      case 'f':
      case 'e':
      case 'E':
      case 'F':
        this.formatFloating(f, verb, 6);
        break;
      default:
        this.badVerb(verb);
        break;
    }
  }

  private printComplex(v: Complex, verb: string): void {
    if (!'vbgGxXfFeE'.includes(verb)) {
      this.badVerb(verb);
      return;
    }
    const plus = this.plus;
    this.out += '(';
    this.printFloat(v.re, verb);
    this.plus = true;
    this.printFloat(v.im, verb);
    this.out += 'i)';
    this.plus = plus;
  }

  /** Go: print.go fmtString. */
  private printString(s: string, verb: string): void {
    switch (verb) {
      case 'v':
        this.sharpV ? this.formatQuoted(s) : this.formatText(s);
        break;
      case 's':
        this.formatText(s);
        break;
      case 'x':
      case 'X':
        this.formatHexText(s, verb === 'X');
        break;
      case 'q':
        this.formatQuoted(s);
        break;
      default:
        this.badVerb(verb);
        break;
    }
  }

  /** Go: print.go fmtBytes. */
  private printBytes(bytes: Uint8Array, verb: string, type: GoType): void {
    switch (verb) {
      case 'v':
      case 'd':
        this.printByteNumbers(bytes, type, verb);
        break;
      case 's':
        this.formatText(decodeBytes(bytes));
        break;
      case 'x':
      case 'X':
        this.formatHexBytes(bytes, verb === 'X');
        break;
      case 'q':
        this.formatQuoted(decodeBytes(bytes));
        break;
      default:
        this.printValue(bytes, verb, 0);
        break;
    }
  }

  private printByteNumbers(bytes: Uint8Array, type: GoType, verb: string): void {
    if (this.sharpV && isNilContainer(bytes)) {
      this.out += `${type}(nil)`;
      return;
    }
    const sharp = this.sharp;
    this.out += this.sharpV ? `${type}{` : '[';
    for (let i = 0; i < bytes.length; i++) {
      if (i > 0) this.out += this.sharpV ? ', ' : ' ';
      if (this.sharpV) this.sharp = true;
      this.formatInteger(bytes[i] as number, this.sharpV ? 16 : 10, verb);
      this.sharp = sharp;
      this.element();
    }
    this.out += this.sharpV ? '}' : ']';
  }

  /** The verb does not suit the value: `%!verb(type=value)`. Go: print.go badVerb. */
  private badVerb(verb: string): void {
    this.erroring = true;
    this.out += `%!${verb}(`;
    if (this.arg !== null && this.arg !== undefined) {
      this.out += `${typeOf(this.arg)}=`;
      this.printArg(this.arg, 'v');
    } else if (this.value !== undefined && this.value !== null) {
      this.out += `${typeOf(this.value)}=`;
      this.printValue(this.value, 'v', 0);
    } else this.out += '<nil>';
    this.out += ')';
    this.erroring = false;
  }

  /** Go: print.go handleMethods. */
  private handleMethods(verb: string): boolean {
    if (this.erroring) return false;
    if (verb === 'w') {
      this.badVerb(verb);
      return true;
    }
    const { arg } = this;
    if (this.sharpV) {
      const method = isStruct(arg) ? arg.method('GoString') : undefined;
      if (!method) return false;
      this.catchPanic(arg, verb, 'GoString', () => this.formatText(String(method.call([]))));
      return true;
    }
    if (!'vsxXq'.includes(verb)) return false;
    const string = stringOf(arg);
    if (!string) return false;
    this.catchPanic(arg, verb, 'String', () => this.printString(string(), verb));
    return true;
  }

  /** Go: print.go catchPanic. */
  private catchPanic(_arg: Value, verb: string, method: string, print: () => void): void {
    try {
      print();
    } catch (error) {
      if (!(error instanceof GoPanic) || this.panicking) throw error;
      const { minus, plus, sharp, space, zero, plusV, sharpV } = this;
      const { width, precision } = this;
      this.clearFlags();
      this.panicking = true;
      this.out += `%!${verb}(PANIC=${method} method: ${error.message})`;
      this.panicking = false;
      Object.assign(this, { minus, plus, sharp, space, zero, plusV, sharpV, width, precision });
    }
  }
}

function isScalar(v: Value): boolean {
  return typeof v !== 'object' || v instanceof Int || v instanceof Complex;
}

/** Kinds that may have methods; the others are spared the look. `%w` counts as one for Go. */
function hasMethods(v: Value): boolean {
  if (typeof v !== 'object' || v === null) return false;
  return v instanceof Int ? v.type !== v.kind : !(v instanceof Complex);
}

/** The `String` or `Error` method of a value. */
function stringOf(v: Value): (() => string) | undefined {
  if (v instanceof Int) {
    const string = stringers.get(v.type);
    return string && (() => string(v));
  }
  if (v instanceof TypedMap || v instanceof Slice) {
    const method = v.method?.('String');
    return method && (() => String(method.call([])));
  }
  return isStruct(v) && v.string ? () => (v.string as () => string)() : undefined;
}

const SPACE = 32;
const ZERO = 48;

/** How many bytes are written at a time. */
const CHUNK = 1 << 14;

/** A file as text, which a chart that prints its files prints again and again: a file's contents do not change. */
const decimalsOf = new WeakMap<Uint8Array, string>();

/** Bytes in decimal, with spaces between them: what `join` gives, without a string for each. */
function decimals(bytes: Uint8Array): string {
  const known = decimalsOf.get(bytes);
  if (known !== undefined) return known;
  const out = new Uint8Array(4 * Math.min(bytes.length, CHUNK));
  const decoder = new TextDecoder();
  let text = '';
  for (let from = 0; from < bytes.length; from += CHUNK) {
    text += decoder.decode(out.subarray(0, writeDecimals(bytes.subarray(from, from + CHUNK), out)));
  }
  text = text.slice(0, -1);
  if (bytes.length > CHUNK) decimalsOf.set(bytes, text);
  return text;
}

/** Writes bytes in decimal, each with a space behind it; how much that is. */
function writeDecimals(bytes: Uint8Array, out: Uint8Array): number {
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte > 99) out[at++] = ZERO + Math.trunc(byte / 100);
    if (byte > 9) out[at++] = ZERO + (Math.trunc(byte / 10) % 10);
    out[at++] = ZERO + (byte % 10);
    out[at++] = SPACE;
  }
  return at;
}
