/** Help texts: what a command does, how it is called, examples, and its flags. */
import { encodeBytes } from '../src/go/bytes.ts';
import { HELP_FLAG, useLine, withHelpFlag } from './command.ts';
import { wantsColor } from './flags/globals.ts';
import type { Output } from './terminal/io.ts';
import type { Flag, Flags, Node, Tree } from './types.ts';

export interface HelpStyle {
  readonly color: boolean;
  /** Where lines break; without it they do not, so that what reads them line by line has whole sentences. */
  readonly columns: number | undefined;
}

/** How help should look on `output`. */
export function helpStyle(output: Output, globals: Flags): HelpStyle {
  const color = wantsColor(globals, output);
  return { color, columns: output.isTerminal ? Math.min(output.columns ?? 80, 120) : undefined };
}

/** Prints a command's help. */
export function showHelp(node: Node, tree: Tree, output: Output): void {
  const style = helpStyle(output, tree.globals);
  const text = helpText(node, tree.globals, style);
  output.write(style.color ? encodeBytes(text) : text);
}

/** The whole help of a command. */
export function helpText(node: Node, globals: Flags, style: HelpStyle): string {
  return `${node.command.long.trim()}\n\n${usageText(node, globals, style)}`;
}

/** The help without the description. */
export function usageText(node: Node, globals: Flags, style: HelpStyle): string {
  const title = (text: string) => (style.color ? `\x1b[1m${text}\x1b[0m` : text);
  const { command, entry } = node;
  const path = node.path.join(' ');
  const sections: string[] = [];
  const calls = [...(command.run ? [useLine(node)] : []), ...(command.commands ? [`${path} [command]`] : [])];
  sections.push(`${title('Usage:')}\n${calls.map((call) => `  ${call}`).join('\n')}`);
  if (entry.aliases?.length) sections.push(`${title('Aliases:')}\n  ${[entry.name, ...entry.aliases].join(', ')}`);
  if (command.examples)
    sections.push(`${title('Examples:')}\n${examples(command.examples, node.path[0] as string, style)}`);
  if (command.commands) sections.push(`${title('Available Commands:')}\n${commandList(node, style)}`);
  const own = [...withHelpFlag(node, globals).local.values()];
  const root = node.parent === undefined;
  const local = root ? [...own, ...globals.local.values()] : own;
  sections.push(`${title('Flags:')}\n${flagList(local, style)}`);
  if (!root) sections.push(`${title('Global Flags:')}\n${flagList([...globals.local.values()], style)}`);
  if (command.commands) sections.push(`Use "${path} [command] --${HELP_FLAG}" for more information about a command.`);
  return `${sections.join('\n\n')}\n`;
}

/** Indented, comments dimmed, and the program by the name that it goes by. */
function examples(text: string, program: string, style: HelpStyle): string {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) return style.color ? `  \x1b[2m${line}\x1b[0m` : `  ${line}`;
      return line === '' ? '' : `  ${line.replace(/^pintle\b|(?<=\| )pintle\b/g, program)}`;
    })
    .join('\n');
}

function commandList(node: Node, style: HelpStyle): string {
  const shown = (node.command.commands ?? []).filter((entry) => !entry.hidden);
  const width = Math.max(11, ...shown.map((entry) => entry.name.length));
  return shown
    .map((entry) => `  ${entry.name.padEnd(width)} ${wrap(entry.short, width + 3, style.columns)}`)
    .join('\n');
}

function flagList(flags: readonly Flag[], style: HelpStyle): string {
  const shown = flags
    .filter((flag) => !flag.hidden && flag.deprecated === undefined)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const heads = shown.map((flag) => {
    const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
    const label = flag.type.label === '' ? '' : ` ${flag.type.label}`;
    const bare = flag.bare === undefined || flag.type.label === '' ? '' : `[=${flag.bare}]`;
    return `  ${short}--${flag.name}${label}${bare}`;
  });
  // On a narrow terminal a long head gets a line of its own.
  const room = style.columns === undefined ? Number.POSITIVE_INFINITY : Math.floor(style.columns * 0.45);
  const width = Math.max(...heads.filter((head) => head.length <= room).map((head) => head.length), 0) + 3;
  return shown
    .map((flag, i) => {
      const head = heads[i] as string;
      const standard = flag.type.show(flag.default);
      const text = standard === '' ? flag.usage : `${flag.usage} (default ${standard})`;
      const body = wrap(text, width, style.columns);
      return head.length + 3 > width ? `${head}\n${' '.repeat(width)}${body}` : head.padEnd(width) + body;
    })
    .join('\n');
}

/** Breaks at blanks so that lines end before `columns`; lines after the first are indented. */
function wrap(text: string, indent: number, columns: number | undefined): string {
  if (columns === undefined || columns - indent < 20) return text;
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns - indent) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  lines.push(line);
  return lines.join(`\n${' '.repeat(indent)}`);
}
