/** The shapes of commands, flags and calls. No code. */
import type { Log } from '../src/host.ts';
import type { Settings } from '../src/node/environment.ts';
import type { FlagType, FlagValue } from './flags/flag-types.ts';
import type { Host, Io } from './terminal/io.ts';

/** A flag that a command accepts. */
export interface Flag {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly type: FlagType;
  readonly usage: string;
  readonly default: FlagValue;
  /** The value of the flag written bare; without it a value is required. Booleans have `true`. */
  readonly bare?: string;
  /** What to say when it is used; it is then hidden, too. */
  readonly deprecated?: string;
  readonly hidden?: boolean;
  /** The name of the flag whose value this one sets. */
  readonly sets?: string;
  readonly complete?: Completer;
}

/** Flags with their values, and the arguments that are left. */
export interface Flags {
  /** The flags of the command itself. */
  readonly local: ReadonlyMap<string, Flag>;
  readonly args: readonly string[];
  readonly notices: readonly string[];
  find(name: string): Flag | undefined;
  findShort(letter: string): Flag | undefined;
  isSet(name: string): boolean;
  value(name: string): FlagValue;
  string(name: string): string;
  bool(name: string): boolean;
  number(name: string): number;
  list(name: string): readonly string[];
  /** Gives a flag a value as if it was on the command line. */
  set(flag: Flag, text: string): void;
  parse(argv: readonly string[], lenient?: boolean): void;
}

/** Candidates for a word that is being typed. */
export interface Completions {
  /** `word` or `word<TAB>description`. */
  readonly words: readonly string[];
  /** Bits that say what the shell does about files and blanks: see completers.ts. */
  readonly directive: number;
}

/** Candidates for a flag's value or a positional argument. `args` are the positional arguments before it. */
export type Completer = (call: Call, args: readonly string[], typed: string) => Completions | Promise<Completions>;

/** What a command gets to work with. */
export interface Call {
  readonly args: readonly string[];
  readonly flags: Flags;
  readonly settings: Settings;
  readonly io: Io;
  readonly host: Host;
  readonly log: Log;
  readonly tree: Tree;
  /** Runs another command line in this process, as `main` does. */
  readonly another: (argv: readonly string[], io: Io, host: Host) => Promise<number>;
}

/** A command as its parent lists it; the rest is loaded when it is needed. */
export interface Entry {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** One line for lists of commands. */
  readonly short: string;
  /** Other words for which to suggest it. */
  readonly suggestFor?: readonly string[];
  readonly hidden?: boolean;
  load(): Promise<Command>;
}

/** How many positional arguments a command takes; a side left out is open. */
export interface Arity {
  readonly min?: number;
  readonly max?: number;
}

export interface Command {
  /** As in `Usage:`, without the path: `lint PATH`. */
  readonly use: string;
  /** What it does, for its help. */
  readonly long: string;
  /** Lines that are comments (`# …`) or command lines. */
  readonly examples?: string;
  readonly flags?: readonly Flag[];
  /** Names of flags of which at most one may be given. */
  readonly exclusive?: readonly (readonly string[])[];
  readonly arity?: Arity | ((flags: Flags) => Arity);
  /** Gets all that stands behind its name in `call.args`, flags included, and reads it itself. */
  readonly raw?: boolean;
  /** Completes positional arguments. */
  readonly complete?: Completer;
  /** Sorted by name. */
  readonly commands?: readonly Entry[];
  /** Without it, the command prints its help. A number is an exit code. */
  run?(call: Call): Promise<number | undefined> | number | undefined;
}

/** A command in the tree. */
export interface Node {
  readonly entry: Entry;
  readonly command: Command;
  /** Names from the root: `pintle show chart`. */
  readonly path: readonly string[];
  readonly flags: Flags;
  readonly parent: Node | undefined;
}

/** All commands, by their root, and the flags that every one accepts. */
export interface Tree {
  readonly root: Node;
  readonly globals: Flags;
}
