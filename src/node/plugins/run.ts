/** What plugins that are programs do: commands, hooks, getters, post-renderers. Go: helm runtime_subprocess.go */
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { Log } from '../../host.ts';
import { prepareCommand } from '../../plugin/command.ts';
import type { PlatformCommand, SubprocessConfig } from '../../plugin/metadata.ts';
import type { Plugin } from './discover.ts';
import { type PluginWorld, pluginEnvironment, pluginTimeout, thisPlatform } from './environment.ts';
import { findProgram, type ProgramOptions, runProgram } from './process.ts';
import type { Streams } from './streams.ts';

/** The events that plugins have hooks for. */
export type HookEvent = 'install' | 'update' | 'delete';

/**
 * Runs a command plugin with what was typed behind its name.
 *
 * @throws PintleError PLUGIN_FAILED with the program's exit code in `data.exitCode`.
 */
export async function runCommandPlugin(
  plugin: Plugin,
  args: readonly string[],
  world: PluginWorld,
  streams: Streams,
  log: Log,
): Promise<void> {
  const { runtimeConfig } = plugin.metadata;
  if (runtimeConfig.runtime === 'extism/v1') {
    const { runWasmCommand } = await import('./wasm.ts');
    return runWasmCommand(plugin, runtimeConfig, args, world, streams, log);
  }
  const env = await pluginEnvironment(plugin, world);
  const prepared = prepare(runtimeConfig.platformCommand, env, true, args);
  await run({ plugin: plugin.metadata.name, ...prepared, env, ...streams }, log);
}

function prepare(
  commands: readonly PlatformCommand[] | undefined,
  env: ReadonlyMap<string, string>,
  expandArgs: boolean,
  extraArgs: readonly string[],
): { command: string; args: readonly string[] } {
  try {
    return prepareCommand(commands ?? [], thisPlatform(), env, { expandArgs, extraArgs });
  } catch (error) {
    throw new PintleError('PLUGIN_INVALID', `failed to prepare plugin command: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Runs a program that must end with 0. Go: executeCmd */
export async function run(options: ProgramOptions, log: Log, event = 'executing plugin command'): Promise<void> {
  const { plugin, command, args, env } = options;
  log.log('DEBUG', event, { pluginName: plugin, command: [findProgram(command, env), ...args].join(' ') });
  const { code } = await runProgram(options);
  if (code === 0) return;
  throw new PintleError('PLUGIN_FAILED', `plugin ${quote(plugin)} exited with error`, {
    data: { plugin, exitCode: code },
  });
}

/**
 * Tells a plugin that it was installed, updated or deleted, if it wants to know.
 *
 * @throws PintleError PLUGIN_FAILED
 */
export async function runHook(
  plugin: Plugin,
  event: HookEvent,
  world: PluginWorld,
  streams: Pick<Streams, 'stdout' | 'stderr'>,
  log: Log,
): Promise<void> {
  const { name, runtimeConfig } = plugin.metadata;
  if (runtimeConfig.runtime !== 'subprocess') return;
  const commands = runtimeConfig.platformHooks?.get(event) ?? [];
  if (commands.length === 0) return;
  const env = await pluginEnvironment(plugin, world);
  const prepared = prepareHook(runtimeConfig, commands, env);
  const options: ProgramOptions = { plugin: name, ...prepared, env, stdin: 'ignore', ...streams };
  try {
    await run({ ...options, timeout: pluginTimeout(world.env) }, log, 'executing plugin hook command');
  } catch (error) {
    if (!(error instanceof PintleError) || typeof error.data['exitCode'] !== 'number' || error.code === 'ABORTED') {
      throw error;
    }
    // The names stand in this order in Helm's message.
    throw new PintleError('PLUGIN_FAILED', `plugin ${event} hook for ${quote(name)} exited with error`, {
      data: { plugin: name, event, hookExitCode: error.data['exitCode'] },
      cause: error,
    });
  }
}

function prepareHook(
  { expandHookArgs }: SubprocessConfig,
  commands: readonly PlatformCommand[],
  env: ReadonlyMap<string, string>,
): { command: string; args: readonly string[] } {
  try {
    return prepareCommand(commands, thisPlatform(), env, { expandArgs: expandHookArgs });
  } catch (error) {
    throw new PintleError('PLUGIN_INVALID', (error as Error).message, { cause: error });
  }
}
