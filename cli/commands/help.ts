import { encodeBytes } from '../../src/go/bytes.ts';
import { findCommand } from '../command.ts';
import { commandNames } from '../complete/complete.ts';
import { NO_FILES } from '../complete/completers.ts';
import { helpStyle, showHelp, usageText } from '../help.ts';
import type { Call, Command, Node } from '../types.ts';

/** `pintle help` */
export const help: Command = {
  use: 'help [command]',
  long: 'Explain a command: what it does, its flags, and examples.',
  examples: `
pintle help template
pintle help show values`,
  async complete(call, args, typed) {
    const node = await find(call, args);
    return { words: node === undefined ? [] : commandNames(node, typed), directive: NO_FILES };
  },
  async run(call) {
    const node = await find(call, call.args);
    if (node !== undefined) {
      showHelp(node, call.tree, call.io.stdout);
      return 0;
    }
    const { stderr } = call.io;
    const { root, globals } = call.tree;
    stderr.write(`Unknown help topic [${call.args.map((arg) => `\`${arg}\``).join(' ')}]\n`);
    const style = helpStyle(stderr, globals);
    const text = usageText(root, globals, style);
    stderr.write(style.color ? encodeBytes(text) : text);
    return 0;
  },
};

async function find(call: Call, args: readonly string[]): Promise<Node | undefined> {
  try {
    return (await findCommand(call.tree, args)).node;
  } catch {
    return undefined;
  }
}
