/** Plugins as commands. Go: helm pkg/cmd/load_plugins.go */
import { visible } from '../../src/error-frame.ts';
import { quote } from '../../src/go/quote.ts';
import type { Log } from '../../src/host.ts';
import type { Settings } from '../../src/node/environment.ts';
import { findPlugins, type Plugin } from '../../src/node/plugins/discover.ts';
import { runCommandPlugin } from '../../src/node/plugins/run.ts';
import type { Streams } from '../../src/node/plugins/streams.ts';
import { settingsOf } from '../flags/globals.ts';
import type { Io } from '../terminal/io.ts';
import type { Call, Command, Entry, Tree } from '../types.ts';
import { takeGlobals } from './plugin-arguments.ts';
import { completePluginCommand } from './plugin-complete.ts';

/** The tree with the commands that plugins add. With `completing`, what their completion.yaml says is there, too. */
export async function withPluginCommands(tree: Tree, settings: Settings, log: Log, completing: boolean): Promise<Tree> {
  const entries = pluginEntries(tree, settings, log, completing);
  if (entries.length === 0) return tree;
  const { root } = tree;
  const commands = [...(root.command.commands ?? []), ...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  return { ...tree, root: { ...root, command: { ...root.command, commands } } };
}

function pluginEntries(tree: Tree, settings: Settings, log: Log, completing: boolean): Entry[] {
  let plugins: readonly Plugin[];
  try {
    plugins = findPlugins(settings.pluginsDirectory, { type: 'cli/v1' }, log);
  } catch (error) {
    log.log('ERROR', 'failed to load plugins', { error: (error as Error).message });
    return [];
  }
  const names = new Set((tree.root.command.commands ?? []).map((entry) => entry.name));
  const entries: Entry[] = [];
  for (const plugin of plugins) {
    const entry = entryOf(plugin, completing);
    if (names.has(entry.name)) {
      log.log('ERROR', 'failed to load plugins: name conflicts', { name: entry.name });
      return entries;
    }
    names.add(entry.name);
    entries.push(entry);
  }
  return entries;
}

/** A command is called by the first word of its usage line, as with all commands. Go: cobra Name */
function entryOf(plugin: Plugin, completing: boolean): Entry {
  const { name, config } = plugin.metadata;
  const { usage, shortHelp, longHelp } = config.type === 'cli/v1' ? config : { usage: '', shortHelp: '', longHelp: '' };
  // Help is written with colours, and so not cleaned on its way to a terminal.
  const use = visible(usage || name);
  const short = visible(shortHelp || `the ${quote(name)} plugin`);
  const command: Command = { use, long: visible(longHelp) || short, raw: true, run: (call) => runPlugin(plugin, call) };
  return {
    name: use.split(' ', 1)[0] as string,
    short,
    load: async () => (completing ? completePluginCommand(plugin, command) : command),
  };
}

async function runPlugin(plugin: Plugin, call: Call): Promise<number> {
  const { io, log, tree } = call;
  const rest = takeGlobals(call.args, tree.globals);
  const settings = settingsOf(tree.globals, call.settings);
  const { config } = plugin.metadata;
  const args = config.type === 'cli/v1' && config.ignoreFlags ? [] : rest;
  const world = { settings, env: io.env, program: io.program };
  await runCommandPlugin(plugin, args, world, streamsOf(io), log);
  return 0;
}

/** This process's streams, for programs to have as their own. */
export function streamsOf(io: Io): Streams {
  if (io.ownStreams) return { stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' };
  return {
    stdin: io.stdin(),
    stdout: (bytes) => io.stdout.write(bytes),
    stderr: (bytes) => io.stderr.write(bytes),
  };
}
