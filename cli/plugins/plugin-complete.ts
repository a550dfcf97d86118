/**
 * Completion inside a plugin's command: what its completion.yaml lists, and what its program plugin.complete says.
 * Go: helm pkg/cmd/load_plugins.go loadCompletionForPlugin
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeBytes } from '../../src/go/bytes.ts';
import type { Plugin } from '../../src/node/plugins/discover.ts';
import { pluginEnvironment } from '../../src/node/plugins/environment.ts';
import { runProgram } from '../../src/node/plugins/process.ts';
import { Collector } from '../../src/node/plugins/streams.ts';
import { expandVariables } from '../../src/plugin/command.ts';
import { STRING, STRINGS, type StructShape, unmarshalStruct } from '../../src/yaml/struct.ts';
import { FILES } from '../complete/completers.ts';
import { bool } from '../flags/flag-types.ts';
import { settingsOf } from '../flags/globals.ts';
import type { Call, Command, Completions, Entry, Flag } from '../types.ts';
import { splitArguments, takeGlobals } from './plugin-arguments.ts';

/** What completion.yaml says of a command. */
interface Described {
  readonly name?: string;
  readonly validArgs?: readonly string[];
  readonly flags?: readonly string[];
  readonly commands?: readonly (Described | null)[];
}

/** Nothing that a person would type is deeper. */
const MAX_DEPTH = 20;
/** A program that completes must answer while somebody waits. */
const TIMEOUT = 30_000;
const MAX_ANSWER = 16 * 1024 * 1024;

/** The shape of a command, down to a depth. */
function shape(depth: number): StructShape {
  const of = depth === 0 ? undefined : shape(depth - 1);
  return {
    kind: 'struct',
    type: 'cmd.pluginCommand',
    fields: {
      name: STRING,
      validArgs: STRINGS,
      flags: STRINGS,
      ...(of === undefined ? {} : { commands: { kind: 'list', type: '[]cmd.pluginCommand', of } }),
    },
  };
}

/** The command with what there is to complete in it. */
export function completePluginCommand(plugin: Plugin, command: Command): Command {
  return describe(plugin, command, read(plugin), []);
}

function read({ dir }: Plugin): Described {
  try {
    const text = decodeBytes(readFileSync(join(dir, 'completion.yaml')));
    return (unmarshalStruct(shape(MAX_DEPTH), text) ?? {}) as Described;
  } catch {
    return {}; // Missing or broken: only plugin.complete is left.
  }
}

function describe(plugin: Plugin, base: Command, described: Described, path: readonly string[]): Command {
  const { validArgs = [], flags = [], commands } = described;
  const entries = (commands ?? []).flatMap((inner) => (inner?.name ? [entry(plugin, inner, path)] : []));
  const complete = (call: Call, args: readonly string[], typed: string): Completions | Promise<Completions> => {
    if (validArgs.length > 0) {
      const words = args.length > 0 ? [] : validArgs.filter((word) => word.startsWith(typed));
      return { words, directive: args.length > 0 ? FILES : 4 };
    }
    return dynamic(plugin, path, call, args, typed);
  };
  return {
    ...base,
    flags: fakeFlags(flags),
    ...(entries.length > 0 ? { commands: entries } : {}),
    ...(commands === undefined || commands.length === 0 || validArgs.length > 0 ? { complete } : {}),
  };
}

function entry(plugin: Plugin, described: Described, path: readonly string[]): Entry {
  const use = described.name as string;
  const name = use.split(' ', 1)[0] as string;
  const command: Command = { use, long: '', raw: true, run: () => 0 };
  return { name, short: '', load: async () => describe(plugin, command, described, [...path, name]) };
}

/** Flags to be completed, of no type. Short ones are paired with long ones, which is as good as any way. */
function fakeFlags(names: readonly string[]): Flag[] {
  const shorts = names.filter((name) => Buffer.byteLength(name) === 1);
  const longs = names.filter((name) => Buffer.byteLength(name) !== 1);
  const flags: Flag[] = [];
  for (let i = 0; i < Math.max(shorts.length, longs.length); i++) {
    const short = shorts[i];
    const name = longs[i] ?? (short as string);
    flags.push({
      name,
      type: bool,
      bare: 'true',
      default: false,
      usage: '',
      ...(short === undefined ? {} : { short }),
    });
  }
  return flags;
}

/** Go: pluginDynamicComp */
async function dynamic(
  plugin: Plugin,
  path: readonly string[],
  call: Call,
  args: readonly string[],
  typed: string,
): Promise<Completions> {
  const { io, tree } = call;
  const { config, name, runtime } = plugin.metadata;
  if (runtime !== 'subprocess') return { words: [], directive: FILES };
  let rest = args;
  // Below the plugin's own command the global flags are taken out as well, but nobody reads them.
  if (path.length === 0) {
    try {
      rest = takeGlobals(args, tree.globals);
    } catch {
      return { words: [], directive: 1 };
    }
  } else rest = splitArguments(args).rest;
  const ignoreFlags = config.type === 'cli/v1' && config.ignoreFlags;
  const settings = settingsOf(tree.globals, call.settings);
  const env = await pluginEnvironment(plugin, { settings, env: io.env, program: io.program });
  const own = new Map(Object.entries(io.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
  const output = new Collector(name, MAX_ANSWER);
  try {
    const { code } = await runProgram({
      plugin: name,
      command: expandVariables(join(plugin.dir, 'plugin.complete'), own),
      args: [...path, ...(ignoreFlags ? [] : [...rest, typed])],
      env,
      stdin: 'ignore',
      stdout: output.add,
      stderr: output.add,
      timeout: TIMEOUT,
    });
    if (code !== 0) return { words: [], directive: FILES };
  } catch {
    return { words: [], directive: FILES }; // A plugin need not have such a program.
  }
  return answer(decodeBytes(output.bytes()));
}

function answer(text: string): Completions {
  const words = text.split('\n').filter((line) => line !== '');
  const last = /^:([+-]?\d+)$/.exec(words.at(-1) ?? '');
  if (last === null) return { words, directive: FILES };
  return { words: words.slice(0, -1), directive: Number(last[1]) };
}
