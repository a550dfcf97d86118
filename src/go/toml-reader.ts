import { GoError } from './error.ts';
import { quote, quoteRune } from './quote.ts';
import { isLetter } from './unicode.ts';

/** End of input; the same number as NUL to Go, which cannot occur because control characters are errors. */
export const EOF = 0;

/** The kinds of scalar that the reader tells apart; the parser makes values of their texts. */
export type ScalarKind =
  | 'string'
  | 'escaped'
  | 'multiline'
  | 'raw'
  | 'rawMultiline'
  | 'bool'
  | 'integer'
  | 'float'
  | 'datetime';

/** A scalar's text without its quotes, and the line on which it ends. */
export interface Scalar {
  readonly kind: ScalarKind;
  readonly text: string;
  readonly line: number;
}

/** The characters of a TOML text, with BurntSushi's rules for lines and for what no TOML text may contain. */
export class TomlReader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  /** The character read last was the end. Errors then belong to the line before. */
  #ended = false;
  /** Where the current token began. */
  #start = 0;
  /** Names the key that an error belongs to. */
  readonly #lastKey: () => string;

  constructor(text: string, lastKey: () => string) {
    this.#text = text;
    this.#lastKey = lastKey;
  }

  get line(): number {
    return this.#line;
  }

  /** BurntSushi: ParseError.Error. */
  failAt(line: number, message: string): never {
    const key = this.#lastKey();
    throw new GoError(`toml: line ${line}${key === '' ? '' : ` (last key ${quote(key)})`}: ${message}`);
  }

  /** BurntSushi: lexer.errorf. */
  fail(message: string): never {
    const back = this.#ended && this.#at >= 1 && this.#text[this.#at - 1] === '\n';
    this.failAt(back ? this.#line - 1 : this.#line, message);
  }

  /** BurntSushi: lexer.errorPrevLine. */
  failBefore(message: string): never {
    this.failAt(this.#line - 1, message);
  }

  /** The next character, {@link EOF} at the end. */
  next(): number {
    const c = this.#text.codePointAt(this.#at);
    this.#ended = c === undefined;
    if (c === undefined) return EOF;
    if (c === 10) this.#line++;
    if (c >= 0xdc80 && c <= 0xdcff) this.failAt(this.#line, `invalid UTF-8 byte: 0x${(c - 0xdc00).toString(16)}`);
    const control = (c < 0x20 && c !== 9 && c !== 10 && c !== 13) || c === 0x7f;
    if (control || (c === 13 && this.#text[this.#at + 1] !== '\n')) {
      const hex = c.toString(16).padStart(2, '0');
      this.failAt(this.#line, `TOML files cannot contain control characters: '0x${hex}'`);
    }
    this.#at += c > 0xffff ? 2 : 1;
    return c;
  }

  /** Undoes one {@link next}. */
  back(): void {
    if (this.#ended) {
      this.#ended = false;
      return;
    }
    this.#at--;
    const c = this.#text.charCodeAt(this.#at);
    if (c >= 0xdc00 && c <= 0xdfff) this.#at--;
    if (c === 10) this.#line--;
  }

  peek(): number {
    const c = this.next();
    this.back();
    return c;
  }

  accept(c: number): boolean {
    if (this.next() === c) return true;
    this.back();
    return false;
  }

  skipSpace(): void {
    while (isSpace(this.next())) {}
    this.back();
  }

  /** Begins a token here. */
  begin(): void {
    this.#start = this.#at;
  }

  /** What the current token has so far. */
  token(): string {
    return this.#text.slice(this.#start, this.#at);
  }

  /** A comment's text up to its line's end. */
  comment(): void {
    let c = this.next();
    while (!isNewline(c) && c !== EOF) c = this.next();
    this.back();
  }

  /** A bare key or part of one, which may be empty. */
  bareKey(): string {
    this.begin();
    while (isBareKey(this.next())) {}
    this.back();
    return this.token();
  }

  /** A scalar whose first character is next. */
  scalar(): Scalar {
    this.begin();
    const c = this.next();
    switch (c) {
      case 34: // "
        return this.#quoted(34);
      case 39: // '
        return this.#quoted(39);
      case 46: // .
        return this.fail("floats must start with a digit, not '.'");
      case 43: // +
      case 45: // -
        return this.#signed();
    }
    if (isDigit(c)) return c === 48 ? this.#zero() : this.#numberOrDate();
    if (c === 105 || c === 110) {
      // Either of inf and nan, by BurntSushi's lax reading of both.
      if ((this.accept(110) && this.accept(102)) || (this.accept(97) && this.accept(110))) return this.#emit('float');
    }
    if (isWordLetter(c)) return this.#word();
    if (c === EOF) return this.fail('unexpected EOF; expected value');
    const message = `expected value but found ${quoteRune(c)} instead`;
    return c === 10 ? this.failBefore(message) : this.fail(message);
  }

  /** A string used as a key: one line, by its opening quote. */
  quotedKey(): Scalar {
    return this.next() === 34 ? this.#string() : this.#rawString();
  }

  #emit(kind: ScalarKind): Scalar {
    return { kind, text: this.token(), line: this.#line };
  }

  /** Ends a token that the character read last is no part of. */
  #emitBefore(kind: ScalarKind): Scalar {
    this.back();
    return this.#emit(kind);
  }

  #quoted(mark: 34 | 39): Scalar {
    if (this.accept(mark)) {
      if (this.accept(mark)) return this.#multiline(mark);
      this.back();
    }
    return mark === 34 ? this.#string() : this.#rawString();
  }

  // BurntSushi: lexString
  #string(): Scalar {
    this.begin();
    let kind: ScalarKind = 'string';
    for (;;) {
      const c = this.next();
      if (c === EOF) this.fail(`unexpected EOF; expected '"'`);
      if (isNewline(c)) this.failBefore('strings cannot contain newlines');
      if (c === 92) {
        kind = 'escaped';
        this.#escape();
      } else if (c === 34) return this.#close(kind, 1);
    }
  }

  // BurntSushi: lexRawString
  #rawString(): Scalar {
    this.begin();
    for (;;) {
      const c = this.next();
      if (c === EOF) this.fail(`unexpected EOF; expected "'"`);
      if (isNewline(c)) this.failBefore('strings cannot contain newlines');
      if (c === 39) return this.#close('raw', 1);
    }
  }

  /** Ends a string whose closing quotes have been read. */
  #close(kind: ScalarKind, quotes: number): Scalar {
    const text = this.#text.slice(this.#start, this.#at - quotes);
    return { kind, text, line: this.#line };
  }

  // BurntSushi: lexMultilineString, lexMultilineRawString
  #multiline(mark: 34 | 39): Scalar {
    this.begin();
    const quotes = mark === 34 ? '"""' : "'''";
    const outer = mark === 34 ? "'" : '"';
    for (;;) {
      const c = this.next();
      if (c === EOF) this.fail(`unexpected EOF; expected ${outer}${quotes}${outer}`);
      if (c === 92 && mark === 34) {
        if (!isNewline(this.next())) {
          this.back();
          this.#escape();
        }
      } else if (c === mark && this.accept(mark)) {
        if (!this.accept(mark)) this.back();
        else if (this.peek() !== mark) return this.#close(mark === 34 ? 'multiline' : 'rawMultiline', 3);
        else this.#moreQuotes(mark);
      }
    }
  }

  /** After three quotes with another behind them: up to two may end the string's own text. */
  #moreQuotes(mark: 34 | 39): void {
    const five = mark === 34 ? '"""""' : "'''''";
    const escaped = mark === 34 && this.#endsWith(`\\${five}`);
    if (this.#endsWith(five) && !escaped) {
      this.fail(mark === 34 ? `unexpected '""""""'` : `unexpected "''''''"`);
    }
    this.back();
    this.back();
  }

  #endsWith(text: string): boolean {
    return this.#at - this.#start >= text.length && this.#text.endsWith(text, this.#at);
  }

  // BurntSushi: lexStringEscape
  #escape(): void {
    const c = this.next();
    const digits = HEX_DIGITS.get(c);
    if (digits !== undefined) this.#hex(...digits);
    else if (!isOneOf('ebtnfr"\\ \t', c)) {
      const message = `invalid escape in string '\\${String.fromCodePoint(c)}'`;
      if (this.#ended) this.failBefore(message);
      this.failAt(this.#line, message);
    }
  }

  #hex(count: number, what: string): void {
    for (let i = 0; i < count; i++) {
      if (!isHex(this.next())) this.fail(`expected ${what}, but got ${quote(this.token())} instead`);
    }
  }

  // BurntSushi: lexDecimalNumberStart
  #signed(): Scalar {
    const c = this.next();
    if (c === 105 || c === 110) {
      const whole = c === 105 ? this.accept(110) && this.accept(102) : this.accept(97) && this.accept(110);
      return whole ? this.#emit('float') : this.fail(`invalid float: '${this.token()}'`);
    }
    if (c === 46) this.fail("floats must start with a digit, not '.'");
    if (c === 48) {
      const base = String.fromCodePoint(this.peek());
      if ('box'.includes(base)) this.fail(`cannot use sign with non-decimal numbers: '${this.token()}${base}'`);
    }
    return isDigit(c) ? this.#decimal() : this.fail(`expected a digit but got ${quoteRune(c)}`);
  }

  // BurntSushi: lexBaseNumberOrDate
  #zero(): Scalar {
    const c = this.next();
    if (isDigit(c)) return this.#numberOrDate();
    switch (c) {
      case 95: // _
        return this.#decimal();
      case 46: // .
      case 69: // E
      case 101: // e
        return this.#float();
      case 98: // b
        return this.#based(isBinary, 'a binary');
      case 111: // o
        return this.#based(isOctal, 'an octal');
      case 120: // x
        return this.#based(isHex, 'a hexadecimal');
    }
    return this.#emitBefore('integer');
  }

  #based(isOne: (c: number) => boolean, what: string): Scalar {
    const first = this.peek();
    if (!isOne(first)) this.fail(`not ${what} number: '${this.token()}${String.fromCodePoint(first)}'`);
    let c = this.next();
    while (isOne(c) || c === 95) c = this.next();
    return this.#emitBefore('integer');
  }

  // BurntSushi: lexNumberOrDate
  #numberOrDate(): Scalar {
    let c = this.next();
    while (isDigit(c)) c = this.next();
    if (c === 45 || c === 58) return this.#datetime();
    return this.#numberTail(c);
  }

  // BurntSushi: lexDecimalNumber
  #decimal(): Scalar {
    let c = this.next();
    while (isDigit(c) || c === 95) c = this.next();
    return this.#numberTail(c);
  }

  #numberTail(c: number): Scalar {
    if (c === 95) return this.#decimal();
    if (c === 46 || c === 69 || c === 101) return this.#float();
    return this.#emitBefore('integer');
  }

  #float(): Scalar {
    let c = this.next();
    while (isDigit(c) || isOneOf('_.-+eE', c)) c = this.next();
    return this.#emitBefore('float');
  }

  #datetime(): Scalar {
    let c = this.next();
    while (isDigit(c) || isOneOf('-:Tt .Zz+', c)) c = this.next();
    const scalar = this.#emitBefore('datetime');
    return { ...scalar, text: scalar.text.trim() };
  }

  // BurntSushi: lexBool
  #word(): Scalar {
    this.back();
    const from = this.#at;
    while (isWordLetter(this.next())) {}
    this.back();
    const word = this.#text.slice(from, this.#at);
    if (word === 'true' || word === 'false') return { kind: 'bool', text: word, line: this.#line };
    return this.fail(`expected value but found ${quote(word)} instead`);
  }
}

const HEX_DIGITS: ReadonlyMap<number, readonly [number, string]> = new Map([
  [120, [2, "two hexadecimal digits after '\\x'"]],
  [117, [4, "four hexadecimal digits after '\\u'"]],
  [85, [8, "eight hexadecimal digits after '\\U'"]],
]);

/** BurntSushi: runeOrEOF. */
export function runeOrEof(c: number): string {
  return c === EOF ? 'end of file' : `'${String.fromCodePoint(c)}'`;
}

export function isSpace(c: number): boolean {
  return c === 9 || c === 32;
}

export function isNewline(c: number): boolean {
  return c === 10 || c === 13;
}

export function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isBinary(c: number): boolean {
  return c === 48 || c === 49;
}

function isOctal(c: number): boolean {
  return c >= 48 && c <= 55;
}

export function isHex(c: number): boolean {
  return isDigit(c) || ((c | 0x20) >= 97 && (c | 0x20) <= 102);
}

function isWordLetter(c: number): boolean {
  if (c < 0x80) return (c | 0x20) >= 97 && (c | 0x20) <= 122;
  return isLetter(String.fromCodePoint(c));
}

function isBareKey(c: number): boolean {
  return isDigit(c) || ((c | 0x20) >= 97 && (c | 0x20) <= 122) || c === 95 || c === 45;
}

function isOneOf(set: string, c: number): boolean {
  return c !== EOF && c < 0x80 && set.includes(String.fromCharCode(c));
}
