/** Commands as data, and the way from an argument list to one of them. Go: cobra command.go */

import { PintleError } from '../src/errors.ts';
import { quote } from '../src/go/quote.ts';
import { editDistance } from '../src/render/nearest.ts';
import { FlagSet } from './flags/args.ts';
import { bool } from './flags/flag-types.ts';
import type { Command, Entry, Flag, Flags, Node, Tree } from './types.ts';

export interface Found {
  readonly node: Node;
  /** The arguments without the names of commands. */
  readonly args: string[];
}

export const HELP_FLAG = 'help';

/** The tree's root node. `name` is what texts call the program by. */
export function rootNode(name: string, command: Command, globals: Flags): Node {
  const entry: Entry = { name, short: command.long, load: async () => command };
  return { entry, command, path: [name], flags: globals, parent: undefined };
}

async function child(parent: Node, entry: Entry, globals: Flags): Promise<Node> {
  const command = await entry.load();
  return {
    entry,
    command,
    path: [...parent.path, entry.name],
    flags: new FlagSet(command.flags ?? [], globals),
    parent,
  };
}

/** Adds `-h, --help`, which cobra adds when a command runs, not before: looking for a command does not know it. */
export function withHelpFlag(node: Node, globals: Flags): Flags {
  const name = node.parent === undefined ? node.path.join(' ') : node.entry.name;
  const help: Flag = {
    name: HELP_FLAG,
    short: 'h',
    type: bool,
    default: false,
    bare: 'true',
    usage: `help for ${name}`,
  };
  const local = node.parent === undefined ? [] : [...node.flags.local.values()];
  return new FlagSet([...local, help], globals);
}

/** The command that `argv` names, going down as long as names match. Go: command.go Find */
export async function findCommand(tree: Tree, argv: readonly string[]): Promise<Found> {
  let node = tree.root;
  let args = [...argv];
  for (;;) {
    const name = firstPositional(args, node.flags);
    const entry = node.command.commands?.find((e) => e.name === name?.text || e.aliases?.includes(name?.text ?? ''));
    if (name === undefined || entry === undefined) break;
    node = await child(node, entry, tree.globals);
    args = args.toSpliced(name.index, 1);
  }
  const unknown = node === tree.root ? firstPositional(args, node.flags) : undefined;
  if (unknown !== undefined) throw unknownCommand(tree.root, unknown.text);
  return { node, args };
}

/** The first argument that is neither a flag nor a flag's value. Go: command.go stripFlags, argsMinusFirstX */
export function firstPositional(args: readonly string[], flags: Flags): { text: string; index: number } | undefined {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '--') return undefined;
    const takesValue = arg.startsWith('--')
      ? !arg.includes('=') && flags.find(arg.slice(2))?.bare === undefined
      : arg.length === 2 && arg.startsWith('-') && arg !== '-=' && flags.findShort(arg.slice(1))?.bare === undefined;
    if (takesValue) {
      if (args.length - i <= 2) return undefined;
      i++;
    } else if (arg !== '' && !arg.startsWith('-')) {
      return { text: arg, index: i };
    }
  }
  return undefined;
}

function unknownCommand(root: Node, name: string): PintleError {
  const close = suggestions(root.command.commands ?? [], name);
  const suggestion = close.length === 0 ? '' : `\n\nDid you mean this?\n${close.map((c) => `\t${c}\n`).join('')}`;
  const program = root.path.join(' ');
  return new PintleError('USAGE', `unknown command ${quote(name)} for "${program}"${suggestion}`, {
    data: { after: `Run '${program} --help' for usage.` },
  });
}

/** Go: command.go SuggestionsFor: at most two letters off, or a beginning, or a word listed for it. */
export function suggestions(entries: readonly Entry[], typed: string): string[] {
  const word = typed.toLowerCase();
  return entries
    .filter((e) => !e.hidden && e.name !== 'help')
    .flatMap((e) => [
      ...(editDistance(word, e.name, 2) <= 2 || e.name.startsWith(word) ? [e.name] : []),
      ...(e.suggestFor ?? []).filter((s) => s.toLowerCase() === word).map(() => e.name),
    ]);
}

/** `pintle template [NAME] [CHART] [flags]`. Go: command.go UseLine */
export function useLine(node: Node): string {
  const line = [...node.path.slice(0, -1), node.command.use].join(' ');
  return line.includes('[flags]') ? line : `${line} [flags]`;
}

/** Go: helm pkg/cmd/require */
export function checkArity(node: Node, flags: Flags): void {
  const { args } = flags;
  const { arity = {} } = node.command;
  const { min = 0, max = Number.POSITIVE_INFINITY } = typeof arity === 'function' ? arity(flags) : arity;
  if (args.length >= min && args.length <= max) return;
  const count = (n: number) => `${n} argument${n === 1 ? '' : 's'}`;
  const rule =
    max === 0
      ? 'accepts no arguments'
      : min === max
        ? `requires ${count(min)}`
        : args.length < min
          ? `requires at least ${count(min)}`
          : `accepts at most ${count(max)}`;
  throw new PintleError('USAGE', `"${node.path.join(' ')}" ${rule}\n\nUsage:  ${useLine(node)}`);
}

/** Go: flag_groups.go; groups are looked at in the order of their names. */
export function checkExclusive(node: Node, flags: Flags): void {
  for (const group of [...(node.command.exclusive ?? [])].sort((a, b) => (a.join(' ') < b.join(' ') ? -1 : 1))) {
    const used = group.filter((name) => flags.isSet(name)).sort();
    if (used.length > 1) {
      const all = group.join(' ');
      throw new PintleError(
        'USAGE',
        `if any flags in the group [${all}] are set none of the others can be; [${used.join(' ')}] were all set`,
      );
    }
  }
}
