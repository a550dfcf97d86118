/**
 * The hidden `__complete` command: what a shell's completion script asks, in cobra's protocol: one candidate a line,
 * with a tab before its description, then `:` and a number of flags that say what the shell is to do about files
 * and blanks. Go: cobra completions.go
 */
import { findCommand, withHelpFlag } from '../command.ts';
import type { Call, Completions, Flag, Flags, Node } from '../types.ts';
import { FILES, FILTER_EXTENSIONS, FILTER_FOLDERS, NO_FILES, NO_SPACE } from './completers.ts';

const NAMES: readonly (readonly [number, string])[] = [
  [1, 'ShellCompDirectiveError'],
  [NO_SPACE, 'ShellCompDirectiveNoSpace'],
  [NO_FILES, 'ShellCompDirectiveNoFileComp'],
  [FILTER_EXTENSIONS, 'ShellCompDirectiveFilterFileExt'],
  [FILTER_FOLDERS, 'ShellCompDirectiveFilterDirs'],
  [32, 'ShellCompDirectiveKeepOrder'],
];

interface Answer extends Completions {
  readonly error?: string;
}

/** Answers a request; `argv` ends in the word that is being typed, perhaps empty. */
export async function completeCommand(call: Call, argv: readonly string[], describe: boolean): Promise<void> {
  const { words, directive, error } = await candidates(call, argv);
  const { env, stdout, stderr } = call.io;
  if (error !== undefined) stderr.write(`[Debug] [Error] ${error}\n`);
  const setting = env['PINTLE_COMPLETION_DESCRIPTIONS'] || env['COBRA_COMPLETION_DESCRIPTIONS'];
  const plain = !describe || ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(setting ?? '');
  const noHelp = env['COBRA_ACTIVE_HELP'] === '0' || env['PINTLE_ACTIVE_HELP'] === '0';
  for (const word of words) {
    if (noHelp && word.startsWith('_activeHelp_ ')) continue;
    const text = plain ? (word.split('\t', 1)[0] as string) : word;
    stdout.write(`${(text.split('\n', 1)[0] as string).trim()}\n`);
  }
  stdout.write(`:${directive}\n`);
  const names = NAMES.filter(([bit]) => directive & bit).map(([, name]) => name);
  stderr.write(`Completion ended with directive: ${names.join(', ') || 'ShellCompDirectiveDefault'}\n`);
}

async function candidates(call: Call, argv: readonly string[]): Promise<Answer> {
  const typed = argv.at(-1) ?? '';
  const before = argv.slice(0, -1);
  let node: Node;
  let args: string[];
  try {
    ({ node, args } = await findCommand(call.tree, before));
  } catch {
    return { words: [], directive: FILES, error: `unable to find a command for arguments: [${before.join(' ')}]` };
  }
  if (node.command.raw) return completeRaw(call, node, args, typed);
  const flags = withHelpFlag(node, call.tree.globals);
  const value = flagBeingTyped(flags, args, typed);
  const dashes = args.includes('--');
  const read = typeof value === 'object' ? value.args : args;
  try {
    flags.parse(read);
  } catch (error) {
    const text = `Error while parsing flags from args [${read.join(' ')}]: ${(error as Error).message}`;
    return { words: [], directive: FILES, error: text };
  }
  if (typeof value === 'string' && !dashes) {
    const name = node.parent === undefined ? node.path.join(' ') : node.entry.name;
    return { words: [], directive: FILES, error: `Subcommand '${name}' does not support flag '${value}'` };
  }
  if (flags.bool('help')) return { words: [], directive: NO_FILES };
  const at: Call = { ...call, flags };
  if (typeof value === 'object' && !dashes) return completeValue(at, value.flag, value.typed);
  if (typed.startsWith('-') && !typed.includes('=') && !dashes) {
    return { words: flagNames(node, call.tree.globals, flags, typed), directive: NO_FILES };
  }
  return completeArgument(at, node, typed);
}

/** Below a command that reads its own flags: names of flags may be offered, and the command is asked as well. */
async function completeRaw(call: Call, node: Node, args: readonly string[], typed: string): Promise<Answer> {
  const words: string[] = [];
  let directive = FILES;
  if (typed.startsWith('-') && !typed.includes('=')) {
    words.push(...flagNames(node, call.tree.globals, node.flags, typed));
    directive = NO_FILES;
  } else if (args.length === 0 && node.command.commands !== undefined) {
    const names = commandNames(node, typed);
    words.push(...names);
    if (names.length > 0 || node.command.commands.length > 0) directive = NO_FILES;
  }
  const more = await node.command.complete?.(call, args, typed);
  if (more === undefined) return { words, directive };
  return { words: [...words, ...more.words], directive: more.directive };
}

interface FlagValueTyped {
  readonly flag: Flag;
  readonly args: readonly string[];
  readonly typed: string;
}

/** The flag whose value is being typed; the name of one that does not exist; or nothing. */
function flagBeingTyped(flags: Flags, args: readonly string[], typed: string): FlagValueTyped | string | undefined {
  const equals = typed.indexOf('=');
  if (typed.startsWith('-')) {
    if (equals < 0) return undefined;
    const name = typed.startsWith('--') ? typed.slice(2, equals) : typed.slice(equals - 1, equals);
    const flag = byName(flags, name);
    return flag === undefined ? name : { flag, args, typed: typed.slice(equals + 1) };
  }
  const last = args.at(-1) ?? '';
  if (!/^(--.|-[^-])/.test(last) || last.includes('=')) return undefined;
  const name = last.startsWith('--') ? last.slice(2) : last.slice(-1);
  const flag = byName(flags, name);
  if (flag === undefined) return name;
  return flag.bare === undefined ? { flag, args: args.slice(0, -1), typed } : undefined;
}

function byName(flags: Flags, name: string): Flag | undefined {
  return name.length === 1 ? flags.findShort(name) : flags.find(name);
}

async function completeValue(call: Call, flag: Flag, typed: string): Promise<Completions> {
  return (await flag.complete?.(call, call.flags.args, typed)) ?? { words: [], directive: FILES };
}

/** Flags that can still be given: global ones first, each group by name. */
function flagNames(node: Node, globals: Flags, flags: Flags, typed: string): string[] {
  const excluded = new Set(
    (node.command.exclusive ?? []).flatMap((group) => {
      const used = group.filter((name) => flags.isSet(name));
      return used.length === 0 ? [] : group.filter((name) => !used.includes(name));
    }),
  );
  const out: string[] = [];
  const groups = node.parent === undefined ? [flags.local, globals.local] : [globals.local, flags.local];
  for (const group of groups) {
    for (const flag of [...group.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (flag.hidden || flag.deprecated !== undefined || excluded.has(flag.name)) continue;
      if (flags.isSet(flag.name) && !flag.type.repeats) continue;
      if (`--${flag.name}`.startsWith(typed)) out.push(`--${flag.name}\t${flag.usage}`);
      if (flag.short !== undefined && `-${flag.short}`.startsWith(typed)) out.push(`-${flag.short}\t${flag.usage}`);
    }
  }
  return out;
}

async function completeArgument(call: Call, node: Node, typed: string): Promise<Completions> {
  const words: string[] = [];
  let directive = FILES;
  const ownFlagUsed = [...node.flags.local.keys()].some((name) => node.parent !== undefined && call.flags.isSet(name));
  const children = (node.command.commands ?? []).filter((entry) => !entry.hidden);
  if (call.flags.args.length === 0 && !ownFlagUsed && children.length > 0) {
    words.push(...commandNames(node, typed));
    directive = NO_FILES;
  }
  const more = await node.command.complete?.(call, call.flags.args, typed);
  if (more === undefined) return { words, directive };
  return { words: [...words, ...more.words], directive: more.directive };
}

/** The commands below `node` that begin with what was typed, with their one-line texts. */
export function commandNames(node: Node, typed: string): string[] {
  return (node.command.commands ?? [])
    .filter((entry) => !entry.hidden && entry.name.startsWith(typed))
    .map((entry) => `${entry.name}\t${entry.short}`);
}
