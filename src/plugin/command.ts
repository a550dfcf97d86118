/** Which program a plugin runs on this machine, and with what. Go: helm internal/plugin/subprocess_commands.go */
import { GoError } from '../go/error.ts';
import type { PlatformCommand } from './metadata.ts';

/** The machine, by Go's names: `linux`, `amd64`. */
export interface Platform {
  readonly os: string;
  readonly arch: string;
}

export interface PreparedCommand {
  readonly command: string;
  readonly args: readonly string[];
}

export interface PrepareOptions {
  /** Replace variables in the arguments that plugin.yaml gives, too. */
  readonly expandArgs: boolean;
  /** Put behind those of plugin.yaml, as they are. */
  readonly extraArgs?: readonly string[];
}

/**
 * The program and its arguments.
 *
 * @throws GoError where no entry is for this machine.
 */
export function prepareCommand(
  commands: readonly PlatformCommand[],
  platform: Platform,
  env: ReadonlyMap<string, string>,
  { expandArgs, extraArgs = [] }: PrepareOptions,
): PreparedCommand {
  const chosen = chooseCommand(commands, platform);
  // At single blanks, as they are; two blanks make an empty argument.
  const [program = '', ...words] = (chosen?.command ?? '').split(' ');
  if (program === '') throw new GoError('no plugin command is applicable');
  const expand = (text: string): string => (expandArgs ? expandVariables(text, env) : text);
  return {
    command: expandVariables(program, env),
    args: [...words.map(expand), ...(chosen?.args ?? []).map(expand), ...extraArgs],
  };
}

/**
 * The entry for this machine: one of its system and processor, else the first of its system, else the first of
 * neither. An entry with a processor alone is for nobody. Go: getPlatformCommand
 */
function chooseCommand(commands: readonly PlatformCommand[], platform: Platform): PlatformCommand | undefined {
  const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
  const exact = commands.find(({ os = '', arch = '' }) => same(os, platform.os) && same(arch, platform.arch));
  const ofSystem = ({ os = '', arch = '' }: PlatformCommand): boolean => arch === '' && same(os, platform.os);
  return (
    exact ??
    commands.find(ofSystem) ??
    commands.find(({ os = '', arch = '' }: PlatformCommand) => os === '' && arch === '')
  );
}

/** Replaces `$NAME` and `${NAME}`; what is not set is empty. Go: os.Expand */
export function expandVariables(text: string, env: ReadonlyMap<string, string>): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('$'); at >= 0 && at + 1 < text.length; at = text.indexOf('$', from)) {
    const { name, width } = shellName(text, at + 1);
    out += text.slice(from, at);
    if (name !== '') out += env.get(name) ?? '';
    else if (width === 0) out += '$';
    from = at + 1 + width;
  }
  return out + text.slice(from);
}

/** The name behind a dollar sign and how much of the text it takes; bad syntax has no name and is eaten. */
function shellName(text: string, at: number): { name: string; width: number } {
  const first = text[at] as string;
  if (first === '{') {
    if (SPECIAL.has(text[at + 1] ?? '') && text[at + 2] === '}') return { name: text[at + 1] as string, width: 3 };
    const end = text.indexOf('}', at);
    if (end < 0) return { name: '', width: 1 };
    return { name: text.slice(at + 1, end), width: end + 1 - at };
  }
  if (SPECIAL.has(first)) return { name: first, width: 1 };
  let end = at;
  while (end < text.length && /[A-Za-z0-9_]/.test(text[end] as string)) end++;
  return { name: text.slice(at, end), width: end - at };
}

const SPECIAL: ReadonlySet<string> = new Set('*#$@!?-0123456789');
