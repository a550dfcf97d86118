/** The plugins that are installed. Go: helm internal/plugin/loader.go */
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { quote } from '../../go/quote.ts';
import { compareStrings } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import { PLUGIN_FILE, type PluginMetadata, type PluginType } from '../../plugin/metadata.ts';
import { readPluginYaml } from '../../plugin/read.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';

/** An installed plugin. */
export interface Plugin {
  readonly dir: string;
  readonly metadata: PluginMetadata;
}

/** The file that a Wasm plugin is. */
export const WASM_FILE = 'plugin.wasm';

/** No plugin.yaml has a use for more. */
const MAX_PLUGIN_YAML = 1024 * 1024;

/** Folders that hold plugins, from the value of HELM_PLUGINS. */
export function pluginFolders(list: string): string[] {
  return list === '' ? [] : list.split(delimiter);
}

/**
 * The plugin in a folder.
 *
 * @throws PintleError PLUGIN_INVALID with Helm's text.
 */
export function loadPlugin(dir: string): Plugin {
  const metadata = readMetadata(dir);
  if (metadata.runtime === 'extism/v1') checkWasmFile(join(dir, WASM_FILE));
  return { dir, metadata };
}

function readMetadata(dir: string): PluginMetadata {
  const file = join(dir, PLUGIN_FILE);
  const bytes = readPluginFile(file);
  try {
    return readPluginYaml(decodeBytes(bytes));
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw invalid(`failed to load plugin ${quote(dir)}: ${error.message}`, error);
  }
}

function readPluginFile(file: string): Uint8Array {
  try {
    const stats = statSync(file);
    // A pipe or a device would not end.
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('not a regular file');
    if (stats.size > MAX_PLUGIN_YAML) throw new Error(`larger than ${MAX_PLUGIN_YAML} bytes`);
    return readFileSync(file);
  } catch (error) {
    throw invalid(`failed to read plugin at ${quote(file)}: ${osErrorText('open', file, error)}`, error);
  }
}

function checkWasmFile(file: string): void {
  try {
    statSync(file);
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') {
      throw invalid(`wasm binary missing for extism/v1 plugin: ${quote(file)}`, error);
    }
    const why = osErrorText('stat', file, error);
    throw invalid(`failed to stat extism/v1 plugin wasm binary ${quote(file)}: ${why}`, error);
  }
}

function invalid(message: string, cause?: unknown): PintleError {
  return new PintleError('PLUGIN_INVALID', message, { cause });
}

/**
 * All plugins right below a folder, by the names of their folders. What cannot be loaded is warned of and left out.
 *
 * @throws PintleError PLUGIN_INVALID where two have one name.
 */
export function loadPlugins(folder: string, log: Log): Plugin[] {
  const plugins: Plugin[] = [];
  for (const name of folderNames(folder)) {
    const dir = join(folder, name);
    if (!exists(join(dir, PLUGIN_FILE))) continue;
    try {
      plugins.push(loadPlugin(dir));
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      const fields = { plugin_yaml: join(dir, PLUGIN_FILE), error: error.message };
      log.log('WARN', 'failed to load plugin (ignoring)', fields);
    }
  }
  checkNames(plugins);
  return plugins;
}

function folderNames(folder: string): string[] {
  try {
    return readdirSync(folder).sort(compareStrings);
  } catch {
    return []; // As with Go's Glob, what cannot be read has nothing in it.
  }
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false; // Below a file.
  }
}

function checkNames(plugins: readonly Plugin[]): void {
  const found = new Map<string, string>();
  for (const { dir, metadata } of plugins) {
    const other = found.get(metadata.name);
    if (other !== undefined) {
      throw invalid(`two plugins claim the name ${quote(metadata.name)} at ${quote(other)} and ${quote(dir)}`);
    }
    found.set(metadata.name, dir);
  }
}

/** What to look for; a field that is left out matches all. */
export interface PluginQuery {
  readonly name?: string;
  readonly type?: PluginType | string;
}

/** The plugins in all folders of HELM_PLUGINS that match. */
export function findPlugins(folders: string, query: PluginQuery, log: Log): Plugin[] {
  const { name, type } = query;
  return pluginFolders(folders)
    .flatMap((folder) => loadPlugins(folder, log))
    .filter(({ metadata }) => (!name || metadata.name === name) && (!type || metadata.type === type));
}

/** Whether there is anything that could be a plugin, at the cost of reading one folder's names. */
export function hasPlugins(folders: string): boolean {
  return pluginFolders(folders).some((folder) => folderNames(folder).length > 0);
}
