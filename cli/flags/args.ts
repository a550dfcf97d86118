/**
 * The command line as pflag reads it: long and short flags, clusters, optional values, `--`, deprecated flags, and
 * pflag's error texts to the byte.
 */
import { PintleError } from '../../src/errors.ts';
import { encodeBytes } from '../../src/go/bytes.ts';
import { quote, quoteRune } from '../../src/go/quote.ts';
import type { Flag, Flags } from '../types.ts';
import type { FlagValue } from './flag-types.ts';

function usageError(message: string): PintleError {
  return new PintleError('USAGE', message);
}

/** The flags of one command with their values. */
export class FlagSet implements Flags {
  readonly local: ReadonlyMap<string, Flag>;
  private readonly parent: Flags | undefined;
  /** What is left when flags are taken out. */
  args: string[] = [];
  /** Deprecation notices of the flags that were used. */
  notices: string[] = [];
  private readonly values = new Map<string, FlagValue>();
  private readonly changed = new Set<string>();

  constructor(flags: readonly Flag[], parent?: Flags) {
    this.local = new Map(flags.map((flag) => [flag.name, flag]));
    this.parent = parent;
  }

  find(name: string): Flag | undefined {
    return this.local.get(name) ?? this.parent?.find(name);
  }

  findShort(letter: string): Flag | undefined {
    for (const flag of this.local.values()) if (flag.short === letter) return flag;
    return this.parent?.findShort(letter);
  }

  isSet(name: string): boolean {
    return this.local.has(name) ? this.changed.has(name) : (this.parent?.isSet(name) ?? false);
  }

  value(name: string): FlagValue {
    const flag = this.local.get(name);
    if (flag === undefined) {
      if (this.parent === undefined) throw new TypeError(`no flag ${name}`);
      return this.parent.value(name);
    }
    return this.values.get(flag.sets ?? name) ?? this.local.get(flag.sets ?? name)?.default ?? flag.default;
  }

  string(name: string): string {
    return this.value(name) as string;
  }

  bool(name: string): boolean {
    return this.value(name) as boolean;
  }

  number(name: string): number {
    return this.value(name) as number;
  }

  list(name: string): readonly string[] {
    return this.value(name) as readonly string[];
  }

  /** Gives a flag a value as if it was on the command line. */
  set(flag: Flag, text: string): void {
    if (this.local.get(flag.name) !== flag) {
      this.parent?.set(flag, text);
      return;
    }
    const key = flag.sets ?? flag.name;
    try {
      this.values.set(key, flag.type.parse(text, this.values.get(key)));
    } catch (error) {
      const name = flag.short === undefined ? `--${flag.name}` : `-${flag.short}, --${flag.name}`;
      throw usageError(`invalid argument ${quote(text)} for ${quote(name)} flag: ${(error as Error).message}`);
    }
    this.changed.add(flag.name);
    if (flag.deprecated !== undefined) this.notices.push(`Flag --${flag.name} has been deprecated, ${flag.deprecated}`);
  }

  /**
   * Reads `argv` into values and {@link args}. With `lenient`, unknown flags are stepped over, together with what
   * may be their value. Go: pflag flag.go parseArgs
   */
  parse(argv: readonly string[], lenient = false): void {
    this.args = [];
    const left = [...argv].reverse();
    while (left.length > 0) {
      const arg = left.pop() as string;
      if (arg.length < 2 || !arg.startsWith('-')) {
        this.args.push(arg);
      } else if (arg === '--') {
        this.args.push(...left.reverse());
        return;
      } else if (arg.startsWith('--')) {
        this.parseLong(arg, left, lenient);
      } else {
        this.parseShort(arg.slice(1), left, lenient);
      }
    }
  }

  private parseLong(arg: string, left: string[], lenient: boolean): void {
    const body = arg.slice(2);
    if (body.startsWith('-') || body.startsWith('=')) throw usageError(`bad flag syntax: ${arg}`);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const flag = this.find(name);
    if (flag === undefined) {
      if (!lenient) throw usageError(`unknown flag: --${name}`);
      if (equals < 0) dropValue(left);
    } else if (equals >= 0) {
      this.set(flag, body.slice(equals + 1));
    } else if (flag.bare !== undefined) {
      this.set(flag, flag.bare);
    } else {
      const value = left.pop();
      if (value === undefined) throw usageError(`flag needs an argument: --${name}`);
      this.set(flag, value);
    }
  }

  /** `letters` may be a cluster, and the last of them may have its value right after it. */
  private parseShort(letters: string, left: string[], lenient: boolean): void {
    for (let rest = letters; rest !== ''; ) {
      const letter = rest[0] as string;
      const flag = this.findShort(letter);
      const tail = rest.slice(1);
      if (flag === undefined) {
        if (!lenient) throw usageError(`unknown shorthand flag: ${quoteByte(rest)} in -${rest}`);
        if (rest.length > 2 && tail.startsWith('=')) return;
        dropValue(left);
        rest = tail;
      } else if (rest.length > 2 && tail.startsWith('=')) {
        this.set(flag, tail.slice(1));
        return;
      } else if (flag.bare !== undefined) {
        this.set(flag, flag.bare);
        rest = tail;
      } else {
        const value = tail === '' ? left.pop() : tail;
        if (value === undefined) throw usageError(`flag needs an argument: ${quoteByte(rest)} in -${rest}`);
        this.set(flag, value);
        return;
      }
    }
  }
}

function dropValue(left: string[]): void {
  if (left.at(-1)?.startsWith('-') === false) left.pop();
}

/**
 * The first byte in single quotes, as a rune of its own: pflag makes text of the byte, and takes the first byte of that.
 * Go: pflag flag.go parseSingleShortArg `string(c)`, errors.go `rune(name[0])`
 */
function quoteByte(text: string): string {
  const byte = encodeBytes(text)[0] as number;
  return quoteRune(byte < 0x80 ? byte : 0xc0 | (byte >> 6));
}
