/** Packs a plugin's folder. Go: helm pkg/cmd/plugin_package.go, internal/plugin/sign.go CreatePluginTarball */
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { compareStrings } from '../../go/value.ts';
import { pluginMetadataToYaml } from '../../plugin/metadata-yaml.ts';
import type { SigningKey } from '../../provenance/sign.ts';
import { deflate } from '../../sources/deflate.ts';
import { gzipMember } from '../../sources/gzip.ts';
import { type TarFile, writeTar } from '../../sources/tar-write.ts';
import type { Environment } from '../environment.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { osErrorText } from '../files/os-error.ts';
import { loadPlugin, type Plugin } from './discover.ts';

export interface PackageOptions {
  /** As it was given; the messages have it as it is. */
  readonly path: string;
  readonly destination: string;
  readonly cwd: string;
  readonly env: Environment;
  /** Asked for when the plugin is known to be good; nothing where it is not to be signed. */
  readonly key: (() => Promise<SigningKey>) | undefined;
  readonly now: () => Date;
  readonly out: (line: string) => void;
}

/** Archives of the same files are the same bytes: all files are of this time, unless SOURCE_DATE_EPOCH says another. */
const FIXED_TIME = 315_532_800;

/**
 * Packs a plugin into `NAME-VERSION.tgz`, and signs it.
 *
 * @throws PintleError with Helm's text.
 */
export async function packagePlugin(options: PackageOptions): Promise<void> {
  const { path, destination, cwd, out } = options;
  const folder = resolve(cwd, path);
  const plugin = openFolder(folder, path);
  mkdirSync(resolve(cwd, destination), { recursive: true, mode: 0o755 });
  const key = await options.key?.();
  if (options.key === undefined) {
    out('WARNING: Skipping plugin signing. This is not recommended for plugins intended for distribution.');
  }
  const bytes = pack(folder, plugin.metadata.name, fixedTime(options.env));
  const shown = join(destination, `${plugin.metadata.name}-${plugin.metadata.version}.tgz`);
  const target = resolve(cwd, shown);
  if (key !== undefined) {
    const { signArchive } = await import('../../provenance/sign.ts');
    const archive = { name: basename(target), bytes };
    const prov = await signArchive(archive, pluginMetadataToYaml(plugin.metadata), key, options.now());
    writeFileAtomic(target, bytes);
    writeFileAtomic(`${target}.prov`, prov);
    out(`Successfully signed. Signature written to: ${shown}.prov`);
  } else writeFileAtomic(target, bytes);
  out(`Successfully packaged plugin and saved it to: ${shown}`);
}

function openFolder(folder: string, shown: string): Plugin {
  let isFolder: boolean;
  try {
    isFolder = statSync(folder).isDirectory();
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('stat', shown, error), { cause: error });
  }
  if (!isFolder) throw new PintleError('USAGE', 'plugin package only supports directories, not tarballs');
  try {
    return loadPlugin(shown === '' ? '.' : folder);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const message = `invalid plugin directory: ${error.message.replaceAll(folder, shown)}`;
    throw new PintleError(error.code, message, { cause: error });
  }
}

function fixedTime(env: Environment): Date {
  const text = env['SOURCE_DATE_EPOCH'] ?? '';
  return new Date((/^\d{1,11}$/.test(text) ? Number(text) : FIXED_TIME) * 1000);
}

function pack(folder: string, name: string, modified: Date): Uint8Array {
  const tar = writeTar(filesOf(folder, name, modified));
  return gzipMember(deflate(tar), tar);
}

/** All files, by their paths; links cannot be in a plugin's archive. */
function filesOf(root: string, name: string, modified: Date): TarFile[] {
  const files: TarFile[] = [];
  const left = [''];
  while (left.length > 0) {
    const folder = left.pop() as string;
    const folders: string[] = [];
    for (const entry of readdirSync(join(root, folder)).sort(compareStrings)) {
      const path = folder === '' ? entry : `${folder}/${entry}`;
      const stats = lstatSync(join(root, path));
      if (stats.isDirectory()) folders.push(path);
      else if (stats.isFile()) {
        const mode = stats.mode & 0o111 ? 0o755 : 0o644;
        files.push({ name: `${name}/${path}`, data: readFileSync(join(root, path)), modified, mode });
      } else {
        throw new PintleError('PLUGIN_INVALID', `failed to create plugin tarball: ${quote(path)} is no regular file`, {
          hint: 'archives of plugins have files and folders only: put a copy in place of a link',
        });
      }
    }
    left.push(...folders.reverse());
  }
  return files;
}
