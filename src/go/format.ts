import { type Budget, BudgetError, DEFAULT_LIMITS } from './budget.ts';
import { byteLength, decodeBytes, encodeBytes, runeCount } from './bytes.ts';
import { type FloatVerb, formatFloat } from './number.ts';
import { isPrint } from './printable.ts';
import { canBackquote, quote, quoteRune, quoteRuneToAscii, quoteToAscii, validRune } from './quote.ts';

/** Just under the longest string that a JavaScript engine makes. */
const LONGEST = Math.min(DEFAULT_LIMITS.characters, 500_000_000);
/** How much text, or how many elements, may gather before they are charged. */
const CHARGE_EVERY = 4096;

/**
 * Writes basic values under the flags, width and precision of one directive. Go: fmt/format.go.
 * Strings have the bytes of go/bytes.ts; width and precision count runes, a lone byte being one.
 */
export class Formatter {
  out = '';
  minus = false;
  plus = false;
  sharp = false;
  space = false;
  zero = false;
  /** `%+v` and `%#v` are verbs of their own: there the plain flags are cleared. */
  plusV = false;
  sharpV = false;
  /** Undefined where the directive gives none. */
  width: number | undefined = undefined;
  precision: number | undefined = undefined;
  protected readonly budget: Budget | undefined;
  private charged = 0;
  private elements = 0;

  constructor(budget?: Budget) {
    this.budget = budget;
  }

  clearFlags(): void {
    this.minus = this.plus = this.sharp = this.space = this.zero = this.plusV = this.sharpV = false;
    this.width = this.precision = undefined;
  }

  /** No flag, width or precision is set. */
  protected isPlain(): boolean {
    const { minus, plus, sharp, space, zero, plusV, sharpV, width, precision } = this;
    return !(
      minus ||
      plus ||
      sharp ||
      space ||
      zero ||
      plusV ||
      sharpV ||
      width !== undefined ||
      precision !== undefined
    );
  }

  /** Charges the text written since the last time, once there is enough of it to be worth counting. */
  protected charge(coming = 0, least: number = CHARGE_EVERY): void {
    const growth = this.out.length + coming - this.charged;
    if (growth < least) return;
    if (this.out.length + coming > LONGEST) throw new BudgetError('characters', LONGEST);
    this.budget?.grow(growth);
    this.charged += growth;
  }

  /** Counts an element of a list or map, and the text gathered. */
  protected element(): void {
    if (++this.elements % CHARGE_EVERY === 0) {
      this.budget?.step(CHARGE_EVERY);
      if (this.elements > DEFAULT_LIMITS.steps) throw new BudgetError('steps', DEFAULT_LIMITS.steps);
    }
    this.charge();
  }

  private padding(count: number): string {
    if (count <= 0) return '';
    this.charge(count);
    return (this.zero && !this.minus ? '0' : ' ').repeat(count);
  }

  /** Go: format.go pad. */
  protected pad(s: string): void {
    if (this.width === undefined || this.width === 0) {
      this.out += s;
      return;
    }
    const fill = this.padding(this.width - runeCount(normalize(s)));
    this.out += this.minus ? s + fill : fill + s;
  }

  /** Pads with blanks even under the zero flag. */
  private padBlank(s: string): void {
    const zero = this.zero;
    this.zero = false;
    this.pad(s);
    this.zero = zero;
  }

  protected formatBoolean(v: boolean): void {
    this.pad(v ? 'true' : 'false');
  }

  /** Go: format.go fmtInteger. */
  protected formatInteger(n: number | bigint, base: 2 | 8 | 10 | 16, verb: string): void {
    const negative = n < 0;
    let digits = (negative ? -n : n).toString(base);
    if (verb === 'X') digits = digits.toUpperCase();
    let least = 0;
    if (this.precision !== undefined) {
      if (this.precision === 0 && digits === '0') {
        this.padBlank('');
        return;
      }
      least = this.precision;
    } else if (this.zero && !this.minus && this.width !== undefined) {
      least = this.width - (negative || this.plus || this.space ? 1 : 0);
    }
    if (least > digits.length) {
      this.charge(least);
      digits = digits.padStart(least, '0');
    }
    if (this.sharp) {
      if (base === 2) digits = `0b${digits}`;
      else if (base === 8 && digits[0] !== '0') digits = `0${digits}`;
      else if (base === 16) digits = (verb === 'X' ? '0X' : '0x') + digits;
    }
    if (verb === 'O') digits = `0o${digits}`;
    const sign = negative ? '-' : this.plus ? '+' : this.space ? ' ' : '';
    this.padBlank(sign + digits);
  }

  /** Go: format.go fmtUnicode. */
  protected formatUnicode(n: number | bigint): void {
    const code = n < 0 ? BigInt.asUintN(64, BigInt(n)) : n;
    const least = Math.max(this.precision ?? 4, 4);
    this.charge(least);
    let text = `U+${code.toString(16).toUpperCase().padStart(least, '0')}`;
    const rune = code <= 0x10ffff ? Number(code) : -1;
    if (this.sharp && rune >= 0 && isPrint(rune)) text += ` '${String.fromCodePoint(rune)}'`;
    this.padBlank(text);
  }

  /** Go: format.go fmtC. */
  protected formatChar(n: number | bigint): void {
    this.pad(String.fromCodePoint(toRune(n)));
  }

  /** Go: format.go fmtQc. */
  protected formatQuotedChar(n: number | bigint): void {
    const rune = toRune(n);
    this.pad(this.plus ? quoteRuneToAscii(rune) : quoteRune(rune));
  }

  private truncate(s: string): string {
    const { precision } = this;
    if (precision === undefined || s.length <= precision) return s;
    const text = normalize(s);
    let at = 0;
    for (let count = 0; count < precision && at < text.length; count++) {
      at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
    }
    return text.slice(0, at);
  }

  protected formatText(s: string): void {
    this.pad(this.truncate(s));
  }

  /** Go: format.go fmtQ. */
  protected formatQuoted(s: string): void {
    const text = this.truncate(s);
    this.charge(text.length);
    if (this.sharp && canBackquote(text)) this.pad(`\`${text}\``);
    else this.pad(this.plus ? quoteToAscii(text) : quote(text));
  }

  /** Go: format.go fmtSbx. */
  protected formatHexBytes(bytes: Uint8Array, upper: boolean): void {
    const length = Math.min(this.precision ?? bytes.length, bytes.length);
    if (length === 0) {
      this.out += this.padding(this.width ?? 0);
      return;
    }
    this.charge(length * (this.space ? 5 : 2));
    const digits = upper ? '0123456789ABCDEF' : '0123456789abcdef';
    const prefix = this.sharp ? (upper ? '0X' : '0x') : '';
    let text = prefix;
    for (let i = 0; i < length; i++) {
      const byte = bytes[i] as number;
      if (this.space && i > 0) text += ` ${prefix}`;
      text += digits.charAt(byte >> 4) + digits.charAt(byte & 15);
    }
    const fill = this.padding((this.width ?? 0) - text.length);
    this.out += this.minus ? text + fill : fill + text;
  }

  protected formatHexText(s: string, upper: boolean): void {
    this.charge(2 * byteLength(s));
    this.formatHexBytes(encodeBytes(s), upper);
  }

  /** Go: format.go fmtFloat. `precision` holds where the directive gives none. */
  protected formatFloating(f: number, verb: FloatVerb | 'F', precision: number): void {
    const digits = this.precision ?? precision;
    if (digits > 0) this.charge(digits);
    let text = formatFloat(f, verb === 'F' ? 'f' : verb, digits);
    let sign = '+';
    if (text[0] === '-' || text[0] === '+') {
      sign = text.charAt(0);
      text = text.slice(1);
    }
    if (this.space && sign === '+' && !this.plus) sign = ' ';
    if (text === 'Inf' || text === 'NaN') {
      // Without flags an infinity keeps its sign and NaN has none.
      this.padBlank(text === 'Inf' || this.plus || this.space ? sign + text : text);
      return;
    }
    if (this.sharp && verb !== 'b') text = keepPoint(text, verb, digits);
    if (!this.plus && sign === '+') {
      this.pad(text);
      return;
    }
    if (this.zero && !this.minus && this.width !== undefined && this.width > text.length + 1) {
      this.out += sign + this.padding(this.width - text.length - 1) + text;
      return;
    }
    this.pad(sign + text);
  }
}

/** The sharp flag: a decimal point always, and the zeros that %g drops. Go: format.go fmtFloat. */
function keepPoint(text: string, verb: FloatVerb | 'F', precision: number): string {
  const hex = verb === 'x' || verb === 'X';
  const tailAt = text.search(hex ? /p/i : /e/i);
  const body = tailAt < 0 ? text : text.slice(0, tailAt);
  const tail = tailAt < 0 ? '' : text.slice(tailAt);
  let missing = 0;
  if (verb === 'g' || verb === 'G' || verb === 'x') {
    // Every digit from the first that is not 0 counts; Go counts the x of 0x as one such.
    missing = (precision === -1 ? 6 : precision) - body.replace(/^[0.]+/, '').replace('.', '').length;
  }
  const point = body.includes('.') ? '' : '.';
  if (point !== '' && body === '0') missing--;
  return body + point + '0'.repeat(Math.max(missing, 0)) + tail;
}

/** What `%c` prints for an integer. */
function toRune(n: number | bigint): number {
  return n < 0 || n > 0x10ffff ? 0xfffd : validRune(Number(n));
}

/** Lone bytes that make up UTF-8 between them, after strings were joined, become the rune that Go sees. */
function normalize(s: string): string {
  return s.isWellFormed() ? s : decodeBytes(encodeBytes(s));
}
