/** Plugins that fetch URLs of schemes of their own. Go: helm pkg/getter/plugingetter.go, runtime_subprocess_getter.go */
import { join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl } from '../../go/url.ts';
import type { Log } from '../../host.ts';
import { prepareCommand } from '../../plugin/command.ts';
import type { SubprocessConfig } from '../../plugin/metadata.ts';
import type { Environment, Settings } from '../environment.ts';
import { findPlugins, type Plugin } from './discover.ts';
import { type PluginWorld, pluginEnvironment, pluginTimeout, thisPlatform } from './environment.ts';
import type { PluginGetterOptions } from './getter-options.ts';
import { run } from './run.ts';
import { Collector } from './streams.ts';

export type { PluginGetterOptions } from './getter-options.ts';

/** A plugin that fetches URLs of some scheme, and what it runs with. */
export interface PluginGetter {
  readonly plugin: Plugin;
  readonly world: PluginWorld;
  readonly log: Log;
}

/** What a plugin may send, unless told otherwise. */
const MAX_OUTPUT = 512 * 1024 * 1024;

const SILENT: Log = { log() {} };

/** The first plugin for URLs of a scheme. */
export function findGetter(
  settings: Settings,
  env: Environment,
  scheme: string,
  log: Log = SILENT,
): PluginGetter | undefined {
  const found = findPlugins(settings.pluginsDirectory, { type: 'getter/v1' }, log).find(
    ({ metadata: { config } }) => config.type === 'getter/v1' && config.protocols?.includes(scheme),
  );
  return found && { plugin: found, world: { settings, env }, log };
}

/**
 * What is behind a URL, fetched by a plugin.
 *
 * @throws PintleError PLUGIN_FAILED
 */
export async function runGetter(
  getter: PluginGetter,
  url: string,
  options: PluginGetterOptions = {},
): Promise<Uint8Array> {
  const { runtimeConfig, name } = getter.plugin.metadata;
  const { scheme } = parseUrl(url);
  try {
    if (runtimeConfig.runtime === 'subprocess') return await runSubprocess(getter, runtimeConfig, scheme, url, options);
    const { runWasmGetter } = await import('./wasm.ts');
    return await runWasmGetter(getter.plugin, runtimeConfig, { href: url, scheme, options }, getter.world, getter.log);
  } catch (error) {
    if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    const { exitCode: _, ...data } = error.data;
    throw new PintleError(error.code, `plugin ${quote(name)} failed to invoke: ${error.message}`, {
      data,
      cause: error,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }
}

async function runSubprocess(
  { plugin, world, log }: PluginGetter,
  config: SubprocessConfig,
  scheme: string,
  url: string,
  options: PluginGetterOptions,
): Promise<Uint8Array> {
  const { name } = plugin.metadata;
  const entry = config.protocolCommands?.find(({ protocols = [] }) => protocols.includes(scheme));
  if (entry === undefined) {
    throw new PintleError('PLUGIN_INVALID', `no downloader found for protocol ${quote(scheme)}`);
  }
  const env = await pluginEnvironment(plugin, world);
  env.set('HELM_PLUGIN_USERNAME', options.username ?? '');
  env.set('HELM_PLUGIN_PASSWORD', options.password ?? '');
  env.set('HELM_PLUGIN_PASS_CREDENTIALS_ALL', String(options.passCredentials ?? false));
  const { certFile = '', keyFile = '', caFile = '', maxBytes = MAX_OUTPUT } = options;
  const prepared = prepare(entry.platformCommand ?? [], env, scheme);
  const output = new Collector(name, maxBytes);
  const program = {
    plugin: name,
    command: join(plugin.dir, prepared.command),
    args: [...prepared.args, certFile, keyFile, caFile, url],
    env,
    stdin: 'ignore',
    stdout: output.add,
    stderr: options.stderr ?? 'inherit',
    timeout: options.timeout ?? pluginTimeout(world.env),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  } as const;
  await run(program, log);
  return output.bytes();
}

function prepare(
  commands: Parameters<typeof prepareCommand>[0],
  env: ReadonlyMap<string, string>,
  scheme: string,
): ReturnType<typeof prepareCommand> {
  try {
    return prepareCommand(commands, thisPlatform(), env, { expandArgs: false });
  } catch (error) {
    const message = `failed to prepare commands for protocol ${quote(scheme)}: ${(error as Error).message}`;
    throw new PintleError('PLUGIN_INVALID', message, { cause: error });
  }
}
