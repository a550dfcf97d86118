import type { Budget } from './budget.ts';
import { replaceInvalid } from './bytes.ts';
import { GoError } from './error.ts';
import type { GoMap, Value } from './value.ts';

/** Go: scanner.go maxNestingDepth. */
const MAX_DEPTH = 10_000;

/** A decoded JSON text, and the first value that did not fit (Go goes on past those). */
export interface Parsed {
  readonly value: Value;
  readonly error: string | undefined;
}

/**
 * JSON text to engine values, without recursion. Throws on a fault of syntax, with `encoding/json`'s words.
 * Numbers become float64, or what `number` makes of their literal (Go: Decoder.UseNumber).
 */
export function parseJson(text: string, budget?: Budget, number?: (literal: string) => Value): Parsed {
  return new Parser(text, budget, number).run();
}

class Parser {
  private readonly text: string;
  private readonly budget: Budget | undefined;
  private readonly makeNumber: ((literal: string) => Value) | undefined;
  private i = 0;
  private error: string | undefined;

  constructor(text: string, budget: Budget | undefined, number: ((literal: string) => Value) | undefined) {
    this.text = text;
    this.budget = budget;
    this.makeNumber = number;
  }

  run(): Parsed {
    const stack: (Value[] | GoMap)[] = [];
    const keys: string[] = [];
    let value: Value;
    this.blanks();
    for (;;) {
      // A value begins here.
      const c = this.text.charCodeAt(this.i);
      this.budget?.node();
      if (c === 123 || c === 91) {
        if (stack.length >= MAX_DEPTH) this.fail('exceeded max depth');
        this.budget?.depth(stack.length + 1);
        this.i++;
        this.blanks();
        if (c === 91) {
          stack.push([]);
          if (this.text.charCodeAt(this.i) !== 93) continue;
        } else {
          stack.push(new Map());
          keys.push('');
          if (this.text.charCodeAt(this.i) !== 125) {
            keys[keys.length - 1] = this.key();
            continue;
          }
        }
        this.i++;
        value = stack.pop() as Value;
        if (c === 123) keys.pop();
      } else {
        value = this.scalar(c);
      }
      // A value ended: put it where it belongs, and close what it closes.
      for (;;) {
        this.blanks();
        const top = stack[stack.length - 1];
        if (top === undefined) {
          if (this.i < this.text.length) this.fail('after top-level value');
          return { value, error: this.error };
        }
        const next = this.text.charCodeAt(this.i);
        if (Array.isArray(top)) {
          top.push(value);
          if (next !== 44 && next !== 93) this.fail('after array element');
          this.i++;
          if (next === 44) break;
        } else {
          top.set(keys[keys.length - 1] as string, value);
          if (next !== 44 && next !== 125) this.fail('after object key:value pair');
          this.i++;
          if (next === 44) {
            this.blanks();
            keys[keys.length - 1] = this.key();
            break;
          }
          keys.pop();
        }
        value = top;
        stack.pop();
      }
      this.blanks();
    }
  }

  private blanks(): void {
    for (;;) {
      const c = this.text.charCodeAt(this.i);
      if (c !== 32 && c !== 10 && c !== 13 && c !== 9) return;
      this.i++;
    }
  }

  private key(): string {
    if (this.text.charCodeAt(this.i) !== 34) this.fail('looking for beginning of object key string');
    const key = this.string();
    this.blanks();
    if (this.text.charCodeAt(this.i) !== 58) this.fail('after object key');
    this.i++;
    this.blanks();
    return key;
  }

  private scalar(c: number): Value {
    if (c === 34) return this.string();
    if (c === 45 || (c >= 48 && c <= 57)) return this.number();
    if (c === 116) return this.literal('true', true);
    if (c === 102) return this.literal('false', false);
    if (c === 110) return this.literal('null', null);
    return this.fail('looking for beginning of value');
  }

  private literal(word: string, value: Value): Value {
    for (let k = 1; k < word.length; k++) {
      if (this.text.charCodeAt(++this.i) !== word.charCodeAt(k)) {
        this.failInside(`in literal ${word} (expecting '${word[k]}')`);
      }
    }
    this.i++;
    return value;
  }

  private number(): Value {
    const start = this.i;
    if (this.text.charCodeAt(this.i) === 45) this.i++;
    if (this.text.charCodeAt(this.i) === 48) this.i++;
    else this.digits('in numeric literal');
    if (this.text.charCodeAt(this.i) === 46) {
      this.i++;
      this.digits('after decimal point in numeric literal');
    }
    if ((this.text.charCodeAt(this.i) | 32) === 101) {
      const sign = this.text.charCodeAt(++this.i);
      if (sign === 43 || sign === 45) this.i++;
      this.digits('in exponent of numeric literal');
    }
    const literal = this.text.slice(start, this.i);
    if (this.makeNumber !== undefined) return this.makeNumber(literal);
    const value = Number(literal);
    if (Number.isFinite(value)) return value;
    this.error ??= `json: cannot unmarshal number ${literal} into Go value of type float64`;
    return null;
  }

  private digits(context: string): void {
    const start = this.i;
    for (;;) {
      const c = this.text.charCodeAt(this.i);
      if (!(c >= 48 && c <= 57)) break;
      this.i++;
    }
    if (this.i === start) this.failInside(context);
  }

  /** The string literal that opens here; afterwards `i` is past its closing quote. */
  private string(): string {
    const { text } = this;
    const start = ++this.i;
    let i = start;
    let lone = false;
    for (; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 34) {
        this.i = i + 1;
        const s = text.slice(start, i);
        return lone ? replaceInvalid(s) : s;
      }
      if (c === 92 || c < 0x20) break;
      if (c >= 0xd800 && c <= 0xdfff) lone = true;
    }
    this.i = i;
    return this.escaped(start);
  }

  /** The rest of a string literal that has escapes or faults. */
  private escaped(start: number): string {
    const { text } = this;
    let out = '';
    let from = start;
    for (;;) {
      if (this.i >= text.length) this.failInside('');
      const c = text.charCodeAt(this.i);
      if (c < 0x20) this.fail('in string literal');
      if (c === 34) break;
      if (c === 92) {
        out += replaceInvalid(text.slice(from, this.i));
        this.i++;
        out += this.escape();
        from = this.i;
      } else this.i++;
    }
    return out + replaceInvalid(text.slice(from, this.i++));
  }

  private escape(): string {
    const c = this.text.charCodeAt(this.i);
    switch (c) {
      case 34:
      case 92:
      case 47:
        this.i++;
        return String.fromCharCode(c);
      case 98:
        this.i++;
        return '\b';
      case 102:
        this.i++;
        return '\f';
      case 110:
        this.i++;
        return '\n';
      case 114:
        this.i++;
        return '\r';
      case 116:
        this.i++;
        return '\t';
      case 117:
        return this.unicode();
    }
    return this.failInside('in string escape code');
  }

  private unicode(): string {
    const unit = this.hex();
    if (unit < 0xd800 || unit > 0xdfff) return String.fromCharCode(unit);
    if (unit < 0xdc00 && this.text.charCodeAt(this.i) === 92 && this.text.charCodeAt(this.i + 1) === 117) {
      const back = this.i++;
      const low = this.hex();
      if (low >= 0xdc00 && low <= 0xdfff) return String.fromCharCode(unit, low);
      this.i = back; // the second escape speaks for itself
    }
    return '\ufffd';
  }

  /** Four digits after the `u` that stands at `i`. */
  private hex(): number {
    let unit = 0;
    for (let k = 0; k < 4; k++) {
      const c = this.text.charCodeAt(++this.i);
      const low = c | 32;
      if (c >= 48 && c <= 57) unit = unit * 16 + c - 48;
      else if (low >= 97 && low <= 102) unit = unit * 16 + low - 87;
      else this.failInside('in \\u hexadecimal character escape');
    }
    this.i++;
    return unit;
  }

  /** A fault at `i`, or the end of the text. */
  private fail(context: string): never {
    if (this.i >= this.text.length) throw new GoError('unexpected end of JSON input');
    throw new GoError(`invalid character ${quoteByte(this.leadByte())} ${context}`);
  }

  /** As {@link fail} inside a literal, where Go tells of a blank after the end. Go: scanner.go eof. */
  private failInside(context: string): never {
    if (this.i >= this.text.length && context !== '') throw new GoError(`invalid character ' ' ${context}`);
    return this.fail(context);
  }

  /** The byte at `i`: the first one of the character that stands there. */
  private leadByte(): number {
    const c = this.text.codePointAt(this.i) as number;
    if (c < 0x80) return c;
    if (c >= 0xdc80 && c <= 0xdcff) return c - 0xdc00;
    if (c < 0x800) return 0xc0 | (c >> 6);
    return c < 0x10000 ? 0xe0 | (c >> 12) : 0xf0 | (c >> 18);
  }
}

const SHORT: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  39: "\\'",
  92: '\\\\',
};

/** Go: scanner.go quoteChar. The byte is read as a Latin-1 character. */
function quoteByte(c: number): string {
  const short = SHORT[c];
  if (short !== undefined) return `'${short}'`;
  if (c < 0x20 || c === 0x7f) return `'\\x${c.toString(16).padStart(2, '0')}'`;
  if (c >= 0x80 && (c <= 0xa0 || c === 0xad)) return `'\\u00${c.toString(16)}'`;
  return `'${String.fromCharCode(c)}'`;
}
