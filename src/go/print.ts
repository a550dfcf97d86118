import type { Budget } from './budget.ts';
import { joinBytes, replaceInvalid } from './bytes.ts';
import { formatFloat } from './number.ts';
import { Printer } from './printer.ts';
import { Int, typeOf, type Value } from './value.ts';

export { registerStringer } from './printer.ts';

/** A value as `%v` prints it, and so as a template prints it. `budget` is charged for long texts. */
export function formatValue(v: Value, budget?: Budget): string {
  switch (typeof v) {
    case 'string':
      return v;
    case 'number':
      return formatFloat(v, 'g', -1);
    case 'boolean':
      return v ? 'true' : 'false';
  }
  if (v instanceof Int && v.type === v.kind) return String(v.n);
  const p = new ArgumentPrinter(budget);
  p.printArg(v, 'v');
  return p.finish();
}

/** Go: fmt.Sprint. A space goes between two operands when neither is a string. */
export function sprint(args: readonly Value[], budget?: Budget): string {
  const p = new ArgumentPrinter(budget);
  let previous = false;
  for (let i = 0; i < args.length; i++) {
    const string = typeof args[i] === 'string';
    if (i > 0 && !string && !previous) p.out += ' ';
    p.printArg(args[i], 'v');
    previous = string;
  }
  return p.finish();
}

/** Go: fmt.Sprintln. */
export function sprintln(args: readonly Value[], budget?: Budget): string {
  const p = new ArgumentPrinter(budget);
  for (let i = 0; i < args.length; i++) {
    if (i > 0) p.out += ' ';
    p.printArg(args[i], 'v');
  }
  p.out += '\n';
  return p.finish();
}

/**
 * Go: fmt.Sprintf. Faults show in the text, e.g. `%!d(float64=5)`; only a budget that runs out throws.
 *
 * @example sprintf('%-5s|%03d', ['ab', int(7)]) === 'ab   |007'
 */
export function sprintf(format: string, args: readonly Value[], budget?: Budget): string {
  const p = new ArgumentPrinter(budget, format, args);
  p.run();
  return p.finish();
}

/** Widths and precisions beyond this are no numbers to Go. */
const LARGEST = 1_000_000;

/** Reads directives and takes their arguments. Go: print.go doPrintf. */
class ArgumentPrinter extends Printer {
  private readonly format: string;
  private readonly args: readonly Value[];
  /** Where the next character of the format is, and the next argument. */
  private at = 0;
  private next = 0;
  /** An `[n]` was used somewhere: then extra arguments are no fault. */
  private reordered = false;
  private goodIndex = true;
  private afterIndex = false;

  constructor(budget?: Budget, format = '', args: readonly Value[] = []) {
    super(budget);
    this.format = format;
    this.args = args;
  }

  finish(): string {
    this.charge(0, 1);
    return joinBytes(this.out);
  }

  run(): void {
    const { format } = this;
    while (this.at < format.length) {
      const percent = format.indexOf('%', this.at);
      this.out += percent < 0 ? format.slice(this.at) : format.slice(this.at, percent);
      if (percent < 0) break;
      this.at = percent + 1;
      if (!this.plain()) this.directive();
      this.charge();
    }
    if (!this.reordered && this.next < this.args.length) this.extra();
  }

  /** What most directives are: `%s` or `%v` of a text, `%d` of a number. Says whether this was one. */
  private plain(): boolean {
    const arg = this.args[this.next];
    const verb = this.format.charCodeAt(this.at);
    if (typeof arg === 'string' && (verb === 115 || verb === 118)) this.out += arg;
    else if (arg instanceof Int && arg.type === arg.kind && verb === 100) this.out += arg.n;
    else return false;
    this.at++;
    this.next++;
    return true;
  }

  private directive(): void {
    this.goodIndex = true;
    this.afterIndex = false;
    this.clearFlags();
    this.readFlags();
    this.readIndex();
    this.readWidth();
    this.readPrecision();
    if (!this.afterIndex) this.readIndex();
    const code = this.format.codePointAt(this.at);
    if (code === undefined) {
      this.out += '%!(NOVERB)';
      return;
    }
    this.at += code > 0xffff ? 2 : 1;
    this.printVerb(replaceInvalid(String.fromCodePoint(code)));
  }

  private printVerb(verb: string): void {
    if (verb === '%') {
      this.out += '%';
      return;
    }
    if (!this.goodIndex || this.next >= this.args.length) {
      this.out += `%!${verb}${this.goodIndex ? '(MISSING)' : '(BADINDEX)'}`;
      return;
    }
    if (verb === 'v' || verb === 'w') {
      this.sharpV = this.sharp;
      this.sharp = false;
      this.plusV = this.plus;
      this.plus = false;
    }
    this.printArg(this.args[this.next++], verb);
  }

  private readFlags(): void {
    for (; ; this.at++) {
      switch (this.format[this.at]) {
        case '#':
          this.sharp = true;
          break;
        case '0':
          this.zero = true;
          break;
        case '+':
          this.plus = true;
          break;
        case '-':
          this.minus = true;
          break;
        case ' ':
          this.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** `[n]`. Go: print.go argNumber, parseArgNumber. */
  private readIndex(): void {
    this.afterIndex = false;
    if (this.format[this.at] !== '[') return;
    this.reordered = true;
    const close = this.format.indexOf(']', this.at);
    if (close < 0 || (close === this.format.length - 1 - 0 && close === this.at + 1)) {
      this.goodIndex = false;
      this.at += 1;
      return;
    }
    const text = this.format.slice(this.at + 1, close);
    this.at = close + 1;
    const index = /^[0-9]+$/.test(text) ? parseNumber(text) : undefined;
    this.afterIndex = index !== undefined;
    if (index !== undefined && index >= 1 && index <= this.args.length) this.next = index - 1;
    else this.goodIndex = false;
  }

  private readWidth(): void {
    if (this.format[this.at] === '*') {
      this.at++;
      this.width = this.numberArg();
      this.afterIndex = false;
      if (this.width === undefined) this.out += '%!(BADWIDTH)';
      else if (this.width < 0) {
        this.width = -this.width;
        this.minus = true;
        this.zero = false;
      }
      return;
    }
    this.width = this.readNumber();
    // "%[3]2d"
    if (this.afterIndex && this.width !== undefined) this.goodIndex = false;
  }

  private readPrecision(): void {
    if (this.format[this.at] !== '.' || this.at + 1 >= this.format.length) return;
    this.at++;
    // "%[3].2d"
    if (this.afterIndex) this.goodIndex = false;
    this.readIndex();
    if (this.format[this.at] === '*') {
      this.at++;
      this.precision = this.numberArg();
      if (this.precision !== undefined && this.precision < 0) this.precision = undefined;
      if (this.precision === undefined) this.out += '%!(BADPREC)';
      this.afterIndex = false;
      return;
    }
    this.precision = this.readNumber() ?? 0;
  }

  /** Digits of a width or precision. Too large a number swallows the rest of the format. Go: parsenum. */
  private readNumber(): number | undefined {
    const start = this.at;
    let n = 0;
    for (; ; this.at++) {
      const digit = this.format.charCodeAt(this.at) - 48;
      if (!(digit >= 0 && digit <= 9)) return this.at > start ? n : undefined;
      if (n > LARGEST) {
        this.at = this.format.length;
        return undefined;
      }
      n = n * 10 + digit;
    }
  }

  /** The argument of a `*`. Go: print.go intFromArg. */
  private numberArg(): number | undefined {
    if (this.next >= this.args.length) return undefined;
    const arg = this.args[this.next++];
    if (!(arg instanceof Int) || typeof arg.n !== 'number') return undefined;
    return Math.abs(arg.n) > LARGEST ? undefined : arg.n;
  }

  private extra(): void {
    this.clearFlags();
    this.out += '%!(EXTRA ';
    for (let i = this.next; i < this.args.length; i++) {
      if (i > this.next) this.out += ', ';
      const arg = this.args[i];
      if (arg !== null && arg !== undefined) this.out += `${typeOf(arg)}=`;
      this.printArg(arg, 'v');
    }
    this.out += ')';
  }
}

/** The number of an `[n]`; undefined where it is too large. */
function parseNumber(text: string): number | undefined {
  let n = 0;
  for (let i = 0; i < text.length; i++) {
    if (n > LARGEST) return undefined;
    n = n * 10 + text.charCodeAt(i) - 48;
  }
  return n;
}
