import { byteLength } from '../go/bytes.ts';
import { isPrint } from '../go/printable.ts';
import { quote } from '../go/quote.ts';

/** Kinds of token; the keywords stand for themselves. Go: parse/lex.go itemType. */
export type TokenType =
  | 'error'
  | 'bool'
  | 'char'
  | 'charConstant'
  | 'comment'
  | 'complex'
  | 'assign'
  | 'declare'
  | 'eof'
  | 'field'
  | 'identifier'
  | 'leftDelim'
  | 'leftParen'
  | 'number'
  | 'pipe'
  | 'rawString'
  | 'rightDelim'
  | 'rightParen'
  | 'space'
  | 'string'
  | 'text'
  | 'variable'
  | Keyword;

type Keyword =
  | 'block'
  | 'break'
  | 'continue'
  | 'dot'
  | 'define'
  | 'else'
  | 'end'
  | 'if'
  | 'nil'
  | 'range'
  | 'template'
  | 'with';

/** A token: `pos` counts UTF-16 units from the start of the text, `line` from 1. */
export interface Token {
  readonly type: TokenType;
  readonly pos: number;
  readonly val: string;
  readonly line: number;
}

const KEYWORDS: ReadonlyMap<string, Keyword> = new Map<string, Keyword>([
  ['block', 'block'],
  ['break', 'break'],
  ['continue', 'continue'],
  ['define', 'define'],
  ['else', 'else'],
  ['end', 'end'],
  ['if', 'if'],
  ['nil', 'nil'],
  ['range', 'range'],
  ['template', 'template'],
  ['with', 'with'],
]);

/** A token as messages show it. Go: parse/lex.go item.String. */
export function tokenText(token: Token): string {
  if (token.type === 'eof') return 'EOF';
  if (token.type === 'error') return token.val;
  if (token.type === 'dot' || KEYWORDS.has(token.type)) return `<${token.val}>`;
  if (byteLength(token.val) <= 10) return quote(token.val);
  // Go asks for the length in bytes and cuts by runes.
  const runes = [...token.val];
  return `${quote(runes.length > 10 ? runes.slice(0, 10).join('') : token.val)}...`;
}

const EOF = -1;
const NEWLINE = 10;
const MINUS = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const BRACE = 125;

// The engine's own loops are several times faster than ours as long as ours are not compiled, and most runs are short.
const WORD = /\w*/y;
const SPACES = /[ \t\r\n]*/y;
/** What stands between a kind of quotes without a second thought. */
const PLAIN: Readonly<Record<number, RegExp>> = { [QUOTE]: /[^"\\\n]*/y, [APOSTROPHE]: /[^'\\\n]*/y };

/** Cuts a template into tokens, one at a time. Go: parse/lex.go lexer. */
export class Lexer {
  private input: string;
  private pos = 0;
  private start = 0;
  private line = 1;
  /** The first newline from `soughtFrom` on. */
  private newline = -1;
  private soughtFrom = 0;
  private startLine = 1;
  private parenDepth = 0;
  private insideAction = false;
  private readonly breakOK: boolean;
  private readonly continueOK: boolean;

  /** @param hasFunction where `break` or `continue` is a function, the word is no keyword */
  constructor(input: string, hasFunction: (name: string) => boolean) {
    this.input = input;
    this.breakOK = !hasFunction('break');
    this.continueOK = !hasFunction('continue');
  }

  /** Where the next token starts, but for space that is trimmed or a comment. */
  get offset(): number {
    return this.pos;
  }

  /** Goes on at a place outside of all actions. Lines are no longer right: only errors show them. */
  jump(offset: number): void {
    this.pos = offset;
    this.start = offset;
    this.insideAction = false;
  }

  /** The next token; after the last, `eof` for ever. */
  next(): Token {
    return this.insideAction ? this.lexInsideAction() : this.lexText();
  }

  private emit(type: TokenType): Token {
    const token = { type, pos: this.start, val: this.input.slice(this.start, this.pos), line: this.startLine };
    this.start = this.pos;
    this.startLine = this.line;
    return token;
  }

  private fail(text: string): Token {
    const token: Token = { type: 'error', pos: this.start, val: text, line: this.startLine };
    this.input = '';
    this.start = 0;
    this.pos = 0;
    return token;
  }

  private countLines(from: number, to: number): void {
    if (from < this.soughtFrom || from > this.newline) this.seekNewline(from);
    while (this.newline < to) {
      this.line++;
      this.seekNewline(this.newline + 1);
    }
  }

  /** Remembered, for in a text of few lines each search goes a long way. */
  private seekNewline(from: number): void {
    const at = this.input.indexOf('\n', from);
    this.soughtFrom = from;
    this.newline = at < 0 ? Number.POSITIVE_INFINITY : at;
  }

  private ignore(): void {
    this.countLines(this.start, this.pos);
    this.start = this.pos;
    this.startLine = this.line;
  }

  /** The rune at the cursor. */
  private peek(): number {
    return this.pos < this.input.length ? (this.input.codePointAt(this.pos) as number) : EOF;
  }

  /** Takes the rune at the cursor. */
  private take(): number {
    const rune = this.peek();
    if (rune === EOF) return EOF;
    this.pos += rune > 0xffff ? 2 : 1;
    if (rune === NEWLINE) this.line++;
    return rune;
  }

  private accept(valid: string): boolean {
    if (this.pos >= this.input.length || !valid.includes(this.input[this.pos] as string)) return false;
    this.pos++;
    return true;
  }

  private acceptRun(valid: string): void {
    while (this.accept(valid));
  }

  private lexText(): Token {
    while (true) {
      const at = this.input.indexOf('{{', this.pos);
      if (at < 0) {
        this.pos = this.input.length;
        if (this.pos === this.start) return this.emit('eof');
        this.countLines(this.start, this.pos);
        return this.emit('text');
      }
      if (at > this.pos) {
        const end = this.leftTrimmed(at + 2) ? this.trimmedEnd(at) : at;
        this.countLines(this.start, end);
        this.pos = end;
        const token = this.emit('text');
        this.pos = at;
        this.ignore();
        if (token.val !== '') return token;
      }
      this.pos += 2;
      const trim = this.leftTrimmed(this.pos);
      const after = this.pos + (trim ? 2 : 0);
      if (!this.input.startsWith('/*', after)) return this.leftDelim(after);
      this.pos = after;
      this.ignore();
      const failed = this.skipComment();
      if (failed) return failed;
    }
  }

  private leftTrimmed(at: number): boolean {
    return this.input.charCodeAt(at) === MINUS && isSpace(this.input.charCodeAt(at + 1));
  }

  private trimmedEnd(end: number): number {
    let at = end;
    while (at > this.start && isSpace(this.input.charCodeAt(at - 1))) at--;
    return at;
  }

  private leftDelim(after: number): Token {
    const token = this.emit('leftDelim');
    this.insideAction = true;
    this.pos = after;
    this.ignore();
    this.parenDepth = 0;
    return token;
  }

  private skipComment(): Token | undefined {
    const end = this.input.indexOf('*/', this.pos + 2);
    if (end < 0) return this.fail('unclosed comment');
    this.pos = end + 2;
    const delim = this.atRightDelim();
    if (delim === 0) return this.fail('comment ends before closing delimiter');
    this.pos += delim;
    if (delim > 2) this.skipSpaces();
    this.ignore();
    return undefined;
  }

  private skipSpaces(): void {
    while (isSpace(this.input.charCodeAt(this.pos))) this.pos++;
  }

  /** How long the right delimiter at the cursor is, with its trim marker; 0 where there is none. */
  private atRightDelim(): 0 | 2 | 4 {
    const { input, pos } = this;
    const c = input.charCodeAt(pos);
    if (c === BRACE) return input.charCodeAt(pos + 1) === BRACE ? 2 : 0;
    return isSpace(c) && input.charCodeAt(pos + 1) === MINUS && input.startsWith('}}', pos + 2) ? 4 : 0;
  }

  /** Takes all that a pattern matches here, which need not be anything; the line is not counted on. */
  private takeAll(pattern: RegExp): void {
    pattern.lastIndex = this.pos;
    pattern.test(this.input);
    this.pos = pattern.lastIndex;
  }

  private takeWord(): void {
    this.takeAll(WORD);
    if (this.input.charCodeAt(this.pos) < 128) return;
    while (isAlphaNumeric(this.peek())) this.take();
  }

  private lexRightDelim(): Token {
    const trim = this.atRightDelim() === 4;
    if (trim) {
      this.pos += 2;
      this.ignore();
    }
    this.pos += 2;
    const token = this.emit('rightDelim');
    if (trim) {
      this.skipSpaces();
      this.ignore();
    }
    this.insideAction = false;
    return token;
  }

  private lexInsideAction(): Token {
    if (this.atRightDelim() !== 0) {
      return this.parenDepth === 0 ? this.lexRightDelim() : this.fail('unclosed left paren');
    }
    const rune = this.peek();
    if (rune === EOF) return this.fail('unclosed action');
    if (isSpace(rune)) return this.lexSpace();
    if (rune === DOT && !isDigitCode(this.input.charCodeAt(this.pos + 1)) && this.pos + 1 < this.input.length) {
      this.pos++;
      return this.lexFieldOrVariable('field');
    }
    if (rune === DOT || rune === 43 || rune === MINUS || isDigitCode(rune)) return this.lexNumber();
    if (isAlphaNumeric(rune)) return this.lexIdentifier();
    this.take();
    return this.lexPunctuation(rune);
  }

  private lexPunctuation(rune: number): Token {
    switch (rune) {
      case 61:
        return this.emit('assign');
      case 58:
        return this.take() === 61 ? this.emit('declare') : this.fail('expected :=');
      case 124:
        return this.emit('pipe');
      case QUOTE:
        return this.lexQuoted(QUOTE, 'string', 'unterminated quoted string');
      case APOSTROPHE:
        return this.lexQuoted(APOSTROPHE, 'charConstant', 'unterminated character constant');
      case 96:
        return this.lexRawQuote();
      case 36:
        return this.lexFieldOrVariable('variable');
      case 40:
        this.parenDepth++;
        return this.emit('leftParen');
      case 41:
        return --this.parenDepth < 0 ? this.fail('unexpected right paren') : this.emit('rightParen');
      default:
        if (rune >= 32 && rune < 127) return this.emit('char');
        return this.fail(`unrecognized character in action: ${runeName(rune)}`);
    }
  }

  private lexSpace(): Token {
    const from = this.pos;
    this.takeAll(SPACES);
    this.countLines(from, this.pos);
    // The last space may belong to the trim marker of a right delimiter.
    if (this.input.charCodeAt(this.pos) === MINUS && this.input.startsWith('}}', this.pos + 1)) {
      this.pos--;
      if (this.input.charCodeAt(this.pos) === NEWLINE) this.line--;
      if (this.pos === from) return this.lexRightDelim();
    }
    return this.emit('space');
  }

  private lexIdentifier(): Token {
    this.takeWord();
    if (!this.atTerminator()) return this.fail(`bad character ${runeName(this.peek())}`);
    const word = this.input.slice(this.start, this.pos);
    const keyword = KEYWORDS.get(word);
    if (keyword !== undefined) {
      const plain = (keyword === 'break' && !this.breakOK) || (keyword === 'continue' && !this.continueOK);
      return this.emit(plain ? 'identifier' : keyword);
    }
    return this.emit(word === 'true' || word === 'false' ? 'bool' : 'identifier');
  }

  /** The dot or dollar sign is taken. */
  private lexFieldOrVariable(type: 'field' | 'variable'): Token {
    if (this.atTerminator()) return this.emit(type === 'variable' ? 'variable' : 'dot');
    this.takeWord();
    return this.atTerminator() ? this.emit(type) : this.fail(`bad character ${runeName(this.peek())}`);
  }

  /** Whether what follows may stand after a word. Go: parse/lex.go atTerminator. */
  private atTerminator(): boolean {
    const rune = this.peek();
    if (isSpace(rune)) return true;
    switch (rune) {
      case EOF:
      case DOT:
      case 44: // ,
      case 124: // |
      case 58: // :
      case 41: // )
      case 40: // (
        return true;
      default:
        return this.input.startsWith('}}', this.pos);
    }
  }

  private lexQuoted(end: number, type: TokenType, unterminated: string): Token {
    const plain = PLAIN[end] as RegExp;
    while (true) {
      this.takeAll(plain);
      let rune = this.take();
      if (rune === end) return this.emit(type);
      if (rune === BACKSLASH) {
        rune = this.take();
        if (rune !== EOF && rune !== NEWLINE) continue;
      }
      if (rune === EOF || rune === NEWLINE) return this.fail(unterminated);
    }
  }

  private lexRawQuote(): Token {
    const end = this.input.indexOf('`', this.pos);
    if (end < 0) return this.fail('unterminated raw quoted string');
    this.countLines(this.pos, end);
    this.pos = end + 1;
    return this.emit('rawString');
  }

  private lexNumber(): Token {
    if (!this.scanNumber()) return this.badNumber();
    const sign = this.peek();
    if (sign !== 43 && sign !== MINUS) return this.emit('number');
    if (!this.scanNumber() || this.input[this.pos - 1] !== 'i') return this.badNumber();
    return this.emit('complex');
  }

  private badNumber(): Token {
    return this.fail(`bad number syntax: ${quote(this.input.slice(this.start, this.pos))}`);
  }

  /** Takes more than numbers; the parser refuses the rest. Go: parse/lex.go scanNumber. */
  private scanNumber(): boolean {
    this.accept('+-');
    let digits = '0123456789_';
    if (this.accept('0')) {
      if (this.accept('xX')) digits = '0123456789abcdefABCDEF_';
      else if (this.accept('oO')) digits = '01234567_';
      else if (this.accept('bB')) digits = '01_';
    }
    this.acceptRun(digits);
    if (this.accept('.')) this.acceptRun(digits);
    if ((digits.length === 11 && this.accept('eE')) || (digits.length === 23 && this.accept('pP'))) {
      this.accept('+-');
      this.acceptRun('0123456789_');
    }
    this.accept('i');
    if (!isAlphaNumeric(this.peek())) return true;
    this.take();
    return false;
  }
}

function isSpace(rune: number): boolean {
  return rune === 32 || rune === 9 || rune === 13 || rune === NEWLINE;
}

function isDigitCode(rune: number): boolean {
  return rune >= ZERO && rune <= NINE;
}

function isAlphaNumeric(rune: number): boolean {
  if (rune < 128) {
    return (rune >= 97 && rune <= 122) || (rune >= 65 && rune <= 90) || isDigitCode(rune) || rune === 95;
  }
  return /^[\p{L}\p{Nd}]$/u.test(String.fromCodePoint(rune));
}

/** `U+002D '-'`. Go: fmt's %#U. */
function runeName(rune: number): string {
  const valid = rune >= 0xd800 && rune <= 0xdfff ? 0xfffd : rune;
  const code = `U+${valid.toString(16).toUpperCase().padStart(4, '0')}`;
  return isPrint(valid) ? `${code} '${String.fromCodePoint(valid)}'` : code;
}
