/** Where a plugin is installed from. Go: helm internal/plugin/installer */
import { existsSync, lstatSync, mkdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { PintleError } from '../../errors.ts';
import { baseName } from '../../go/path.ts';
import { quote } from '../../go/quote.ts';
import { archiveName } from '../../plugin/archive.ts';
import { PLUGIN_FILE } from '../../plugin/metadata.ts';
import { cacheKey } from '../../plugin/source.ts';
import { getUrl } from '../download/getters.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';
import type { World } from '../world.ts';
import {
  dataFolder,
  entriesOf,
  installArchive,
  metadataOf,
  missingMetadata,
  once,
  type PluginSource,
  prefixed,
  type SourceOptions,
} from './source-parts.ts';
import { checkFolderName, keepArchive, keptArchive, storeEntries } from './store.ts';

export type { PluginSource, SourceOptions } from './source-parts.ts';

/**
 * The source that a text names: a path, an address of a registry, an archive or a repository.
 *
 * @throws PintleError with Helm's text.
 */
export async function sourceOf(text: string, options: SourceOptions, world: World): Promise<PluginSource> {
  if (text.startsWith('oci://')) {
    const { registrySource } = await import('./source-oci.ts');
    return registrySource(text, options, world);
  }
  try {
    const local = resolve(options.cwd, text);
    if (text !== '' && existsSync(local)) return localSource(local, world);
    if (await isRemoteArchive(text, world)) return webSource(text, world);
    const { repositorySource } = await import('./source-git.ts');
    return await repositorySource(text, options.version, world);
  } catch (error) {
    if (!(error instanceof Error) || (error instanceof PintleError && error.code === 'ABORTED')) throw error;
    const code = error instanceof PintleError ? error.code : 'PLUGIN_INVALID';
    const what = `cannot get information about plugin source ${quote(text)}`;
    const message = `${what} (if it's a local directory, does it exist?), last error was: ${error.message}`;
    throw new PintleError(code, message, { cause: error });
  }
}

function isArchiveName(name: string): boolean {
  return name.endsWith('.tgz') || name.endsWith('.tar.gz');
}

function localSource(path: string, world: World): PluginSource {
  if (isArchiveName(path)) return localArchive(path, world);
  const folder = join(dataFolder(world), basename(path));
  return {
    path: folder,
    localFolder: true,
    async install() {
      checkFolderName(basename(path));
      if (!statSync(path).isDirectory()) {
        throw new PintleError('PLUGIN_INVALID', "expected plugin to be a directory (containing a file 'plugin.yaml')");
      }
      if (!existsSync(join(path, PLUGIN_FILE))) throw missingMetadata();
      world.log.log('DEBUG', 'symlinking', { source: path, path: folder });
      mkdirSync(dirname(folder), { recursive: true, mode: 0o755 });
      try {
        symlinkSync(path, folder);
      } catch (error) {
        const text = osErrorText('', '', error).replace(/^ : /, '');
        throw new PintleError('FILE_IO', `symlink ${path} ${folder}: ${text}`, { cause: error });
      }
    },
  };
}

function localArchive(path: string, world: World): PluginSource {
  const name = archiveName(basename(path));
  const folder = join(dataFolder(world), name);
  const bytes = once(async () => readFile(path, 'failed to read plugin file: '));
  const prov = once(async () => provenanceFile(`${path}.prov`));
  return {
    path: folder,
    signed: async () => ({ archive: await bytes(), prov: await prov(), fileName: basename(path) }),
    async install() {
      checkFolderName(name);
      const archive = await bytes();
      const metadata = await metadataOf(archive);
      const entries = await entriesOf(archive, 'failed to extract archive: ');
      if (!entries.some((entry) => entry.path === `${name}/${PLUGIN_FILE}`)) {
        const missing = `stat ${name}/${PLUGIN_FILE}: no such file or directory`;
        const text = `plugin.yaml not found in expected directory ${name}: ${missing}`;
        throw new PintleError('PLUGIN_INVALID', text, {
          hint: `the archive must have everything in a folder ${name}, after which it is named`,
        });
      }
      world.log.log('DEBUG', 'copying', { source: name, path: folder });
      storeEntries(folder, entries, name);
      keepArchive(keptArchive(dataFolder(world), metadata), archive, await prov());
    },
  };
}

function readFile(path: string, prefix: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new PintleError('FILE_IO', `${prefix}${osErrorText('open', path, error)}`, { cause: error });
  }
}

function provenanceFile(path: string): Uint8Array | undefined {
  try {
    if (!lstatSync(path, { throwIfNoEntry: false })) return undefined;
    return readFileSync(path);
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return undefined;
    const text = `failed to access provenance file ${path}: ${osErrorText('open', path, error)}`;
    throw new PintleError('FILE_IO', text, { cause: error });
  }
}

/** Go: isRemoteHTTPArchive: by the end of its address, else by what the server says that it is. */
async function isRemoteArchive(text: string, { http }: World): Promise<boolean> {
  if (!/^https?:\/\//.test(text)) return false;
  if (isArchiveName(text)) return true;
  try {
    const answer = await http.request(text, { method: 'HEAD' });
    await answer.discard();
    const type = (answer.headers.get('content-type') ?? '').toLowerCase();
    return ['application/gzip', 'application/x-gzip', 'application/x-tgz', 'application/x-gtar'].includes(type);
  } catch {
    return false; // What cannot be reached may still be known by its address.
  }
}

function webSource(url: string, world: World): PluginSource {
  if (!isArchiveName(url)) throw new PintleError('PLUGIN_INVALID', `no extractor implemented yet for ${url}`);
  const file = baseName(url);
  const name = archiveName(file);
  const folder = join(dataFolder(world), name);
  const bytes = once(() => getUrl(url, {}, world));
  const prov = once(() => getUrl(`${url}.prov`, {}, world).catch(() => undefined));
  return {
    path: folder,
    signed: async () => {
      const archive = await prefixed('failed to download plugin: ', bytes);
      return { archive, prov: await prov(), fileName: file };
    },
    async install() {
      checkFolderName(name);
      const cache = join(world.settings.folders.cache, 'plugins', cacheKey(url));
      const missing = `plugin.yaml not found in ${cache} or its immediate subdirectories`;
      const extract = { prefix: 'extracting files from archive: ', missing };
      await installArchive(folder, await bytes(), await prov(), extract, world);
    },
  };
}
