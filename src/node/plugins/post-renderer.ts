/** Plugins that change manifests. Go: helm pkg/postrenderer */
import { PintleError } from '../../errors.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import type { Log } from '../../host.ts';
import { prepareCommand } from '../../plugin/command.ts';
import type { Environment, Settings } from '../environment.ts';
import { findPlugins, type Plugin } from './discover.ts';
import { type PluginWorld, pluginEnvironment, pluginTimeout, thisPlatform } from './environment.ts';
import { run } from './run.ts';
import { Collector } from './streams.ts';

const LARGEST_OUTPUT = 512 * 1024 * 1024;
/** How much of what the program says on stderr is kept for the advice. */
const KEPT_STDERR = 2000;

const SILENT: Log = { log() {} };

/** The post-renderer plugin of a name. */
export function findPostRenderer(
  settings: Settings,
  _env: Environment,
  name: string,
  log: Log = SILENT,
): Plugin | undefined {
  return findPlugins(settings.pluginsDirectory, { name, type: 'postrenderer/v1' }, log)[0];
}

/**
 * What a post-renderer plugin makes of manifests.
 *
 * @throws PintleError POST_RENDER_FAILED with Helm's text.
 */
export async function runPostRenderer(
  plugin: Plugin,
  args: readonly string[],
  manifests: string,
  world: PluginWorld,
  log: Log = SILENT,
): Promise<string> {
  const { name, runtimeConfig } = plugin.metadata;
  let said = '';
  try {
    if (runtimeConfig.runtime === 'extism/v1') {
      const { runWasmPostRenderer } = await import('./wasm.ts');
      return await runWasmPostRenderer(plugin, runtimeConfig, { manifests, args }, world, log);
    }
    const env = await pluginEnvironment(plugin, world);
    const prepared = prepare(runtimeConfig.platformCommand ?? [], env, args);
    const output = new Collector(name, LARGEST_OUTPUT);
    const keep = (bytes: Uint8Array): void => {
      said = (said + decodeBytes(bytes)).slice(-KEPT_STDERR);
    };
    const streams = { stdin: encodeBytes(manifests), stdout: output.add, stderr: keep };
    await run({ plugin: name, ...prepared, env, ...streams, timeout: pluginTimeout(world.env) }, log);
    return decodeBytes(output.bytes());
  } catch (error) {
    if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    const hint = said.trim() === '' ? error.hint : `the program said: ${said.trim()}`;
    const message = `failed to invoke post-renderer plugin ${quote(name)}: ${error.message}`;
    throw new PintleError('POST_RENDER_FAILED', message, { cause: error, ...(hint === undefined ? {} : { hint }) });
  }
}

function prepare(
  commands: Parameters<typeof prepareCommand>[0],
  env: ReadonlyMap<string, string>,
  extraArgs: readonly string[],
): ReturnType<typeof prepareCommand> {
  try {
    return prepareCommand(commands, thisPlatform(), env, { expandArgs: true, extraArgs });
  } catch (error) {
    throw new PintleError('PLUGIN_INVALID', `failed to prepare plugin command: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
