/** Installing, updating and removing plugins. Go: helm pkg/cmd/plugin_install.go, plugin_update.go, plugin_uninstall.go */
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { PintleError } from '../../errors.ts';
import type { Log } from '../../host.ts';
import type { Verification } from '../../provenance/verification.ts';
import { readKeyring } from '../trust/keyring.ts';
import type { World } from '../world.ts';
import { loadPlugin, loadPlugins, type Plugin, pluginFolders } from './discover.ts';
import type { PluginWorld } from './environment.ts';
import { runHook } from './run.ts';
import { type PluginSource, type SourceOptions, sourceOf } from './source.ts';
import { prefixed } from './source-parts.ts';
import { checkFree, keptArchive, removeFolder } from './store.ts';
import type { Streams } from './streams.ts';

/** What managing plugins works with besides the world. */
export interface ManageOptions {
  /** What HELM_BIN says to hooks. */
  readonly program: string;
  /** Where hooks write. */
  readonly streams: Pick<Streams, 'stdout' | 'stderr'>;
}

export interface InstallOptions extends SourceOptions, ManageOptions {
  readonly verify: boolean;
  readonly keyring: string;
}

/**
 * Installs a plugin and runs its install hook.
 *
 * @throws PintleError with Helm's text; nothing is left behind where the archive or its signature is not good.
 */
export async function installPlugin(text: string, options: InstallOptions, world: World): Promise<Plugin> {
  const source = await sourceOf(text, options, world);
  const { out } = world;
  let verify = options.verify;
  if (source.localFolder) {
    verify = false;
    out('Installing plugin from local directory (development mode)');
  } else if (!verify) {
    out('WARNING: Skipping plugin signature verification');
  } else if (source.signed === undefined) {
    throw new PintleError(
      'PROVENANCE_INVALID',
      'plugin source does not support verification. Use --verify=false to skip verification',
    );
  }
  if (verify) out('Verifying plugin signature...');
  mkdirSync(dirname(source.path), { recursive: true, mode: 0o755 });
  checkFree(source.path, world.log);
  const verification = verify ? await verifySource(source, options) : undefined;
  await source.install();
  if (verification !== undefined) {
    const { verificationLines } = await import('../../provenance/verification.ts');
    for (const line of verificationLines(verification, 'Plugin')) out(line);
  }
  const plugin = loadInstalled(source.path, world.log);
  await runHook(plugin, 'install', pluginWorld(world, options), options.streams, world.log);
  out(`Installed plugin: ${plugin.metadata.name}`);
  return plugin;
}

function pluginWorld({ settings, env }: World, { program }: ManageOptions): PluginWorld {
  return { settings, env, program };
}

function loadInstalled(path: string, log: Log): Plugin {
  log.log('DEBUG', 'loading plugin', { path });
  try {
    return loadPlugin(path);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `plugin is installed but unusable: ${error.message}`, { cause: error });
  }
}

async function verifySource(source: PluginSource, { keyring, cwd }: InstallOptions): Promise<Verification> {
  const { archive, prov, fileName } = await prefixed('failed to get verification data: ', async () => {
    if (source.signed === undefined) throw new PintleError('PROVENANCE_INVALID', 'verification not supported');
    return source.signed();
  });
  if (prov === undefined || prov.length === 0) {
    throw new PintleError('PROVENANCE_INVALID', 'plugin verification failed: no provenance file (.prov) found', {
      hint: 'get the .prov file that belongs to the archive, or accept it unsigned with --verify=false',
    });
  }
  return prefixed('plugin verification failed: ', async () => {
    const { verifySigned } = await import('../../provenance/verify.ts');
    return verifySigned({ name: fileName, bytes: archive }, prov, readKeyring(keyring, { cwd }));
  });
}

function installed({ settings, log }: World): Plugin[] {
  return pluginFolders(settings.pluginsDirectory).flatMap((folder) => loadPlugins(folder, log));
}

/**
 * Does something to each plugin that is named, and tells all that went wrong at the end.
 *
 * @throws PintleError with a line for each fault.
 */
async function forEach(
  names: readonly string[],
  verb: string,
  work: (plugin: Plugin) => Promise<void>,
  world: World,
): Promise<void> {
  const plugins = installed(world);
  const faults: string[] = [];
  let hint: string | undefined;
  for (const name of names) {
    const plugin = plugins.find(({ metadata }) => metadata.name === name);
    if (plugin === undefined) {
      faults.push(`plugin: ${name} not found`);
      continue;
    }
    try {
      await work(plugin);
    } catch (error) {
      if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
      faults.push(`failed to ${verb} plugin ${name}, got error (${error.message})`);
      hint ??= error.hint;
    }
  }
  if (faults.length === 0) return;
  throw new PintleError('PLUGIN_FAILED', faults.join('\n'), hint === undefined ? {} : { hint });
}

/** Updates plugins that were installed from repositories. */
export async function updatePlugins(names: readonly string[], options: ManageOptions, world: World): Promise<void> {
  const { updateFromRepository } = await import('./source-git.ts');
  const update = async (plugin: Plugin): Promise<void> => {
    const updated = await updateFromRepository(plugin, world);
    await runHook(updated, 'update', pluginWorld(world, options), options.streams, world.log);
    world.out(`Updated plugin: ${plugin.metadata.name}`);
  };
  await forEach(names, 'update', update, world);
}

/** Removes plugins with what is kept of them, then tells them. */
export async function uninstallPlugins(names: readonly string[], options: ManageOptions, world: World): Promise<void> {
  const remove = async (plugin: Plugin): Promise<void> => {
    removeFolder(plugin.dir);
    removeKept(plugin, world);
    await runHook(plugin, 'delete', pluginWorld(world, options), options.streams, world.log);
    world.out(`Uninstalled plugin: ${plugin.metadata.name}`);
  };
  await forEach(names, 'uninstall', remove, world);
}

function removeKept({ metadata }: Plugin, { settings, log }: World): void {
  if (metadata.version === '') return;
  for (const folder of pluginFolders(settings.pluginsDirectory)) {
    for (const path of [keptArchive(folder, metadata), `${keptArchive(folder, metadata)}.prov`]) {
      if (!existsSync(path)) continue;
      log.log('DEBUG', 'removing versioned tarball', { path });
      rmSync(path, { force: true });
    }
  }
}
