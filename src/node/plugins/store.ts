/**
 * Puts plugins into their folder: everything is made in a private folder beside it, then moved in one step, so that
 * a fault or a kill leaves either the whole plugin or nothing.
 */
import { cpSync, lstatSync, mkdirSync, rmSync, statSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { Log } from '../../host.ts';
import type { ArchiveEntry } from '../../plugin/archive.ts';
import type { PluginMetadata } from '../../plugin/metadata.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';
import { OpenFolder } from '../files/open-folder.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';

/** The error of installing over what is there. */
export function alreadyExists(): PintleError {
  return new PintleError('PLUGIN_INVALID', 'plugin already exists', {
    hint: 'plugin update changes it, plugin uninstall removes it',
  });
}

/**
 * Fails where there is something at `path` already. Go: InstallWithOptions
 *
 * @throws PintleError PLUGIN_INVALID
 */
export function checkFree(path: string, log: Log): void {
  try {
    statSync(path);
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return;
    log.log('WARN', 'plugin already exists', { path, error: osErrorText('stat', path, error) });
    throw alreadyExists();
  }
  log.log('WARN', 'plugin already exists', { path, error: '<nil>' });
  throw alreadyExists();
}

/** Names of folders that plugins are not put into: those that mean another folder, and hidden ones. */
export function checkFolderName(name: string): void {
  if (name !== '' && !name.startsWith('.') && !/[/\\\0]/.test(name) && name.length <= 255) return;
  throw new PintleError('PLUGIN_INVALID', `a plugin cannot be installed as ${quote(name)}`, {
    hint: 'the name is that of the archive or repository, up to its version',
  });
}

/** Writes the entries of an archive below `root` (`.` for all) as the folder `path`. */
export function storeEntries(path: string, entries: readonly ArchiveEntry[], root: string): void {
  stage(path, (folder) => {
    for (const entry of entries) {
      const inner = innerPath(entry.path, root);
      if (inner === undefined) continue;
      if (entry.folder) folder.enterAll(inner.split('/'), 0o755).close();
      else folder.writeBelow(inner, entry.data, entry.mode);
    }
  });
}

function innerPath(path: string, root: string): string | undefined {
  if (root === '.') return path;
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

/** Copies a folder, its links as they are, as the folder `path`. */
export function storeCopy(path: string, source: string): void {
  stage(path, (folder) =>
    cpSync(source, folder.at('.'), { recursive: true, verbatimSymlinks: true, preserveTimestamps: true }),
  );
}

/**
 * Makes the folder `path` of what `fill` writes. The private folder is one level up from where plugins are looked
 * for, so that one that is left behind is no plugin.
 */
function stage(path: string, fill: (folder: OpenFolder) => void): void {
  const parent = dirname(path);
  try {
    mkdirSync(parent, { recursive: true, mode: 0o755 });
    const into = OpenFolder.open(parent);
    try {
      removeLeftovers(into);
      fillPrivately(into, basename(path), fill);
    } finally {
      into.close();
    }
  } catch (error) {
    if (['EEXIST', 'ENOTEMPTY'].includes(osErrorCode(error))) throw alreadyExists();
    if (osErrorCode(error) === '') throw error;
    throw new PintleError('FILE_IO', `cannot write ${path}: ${osErrorText('open', path, error)}`, { cause: error });
  }
}

function fillPrivately(into: OpenFolder, name: string, fill: (folder: OpenFolder) => void): void {
  const temporary = into.enterNew(PRIVATE);
  try {
    const folder = temporary.folder.enter('plugin', 0o755);
    try {
      fill(folder);
    } finally {
      folder.close();
    }
    temporary.folder.move('plugin', into, name);
  } finally {
    temporary.folder.close();
    into.remove(temporary.name);
  }
}

/** How the names of private folders begin. */
const PRIVATE = '.pintle-';
/** After so long, in milliseconds, nobody works in one any more. */
const LEFT = 3_600_000;

/** What processes that were killed have left behind. */
function removeLeftovers(parent: OpenFolder): void {
  for (const name of parent.names()) {
    const modified = parent.stat(name)?.mtimeMs ?? Date.now();
    if (name.startsWith(PRIVATE) && Date.now() - modified >= LEFT) parent.remove(name);
  }
}

/** Where the archive that a plugin came in is kept. */
export function keptArchive(folder: string, { name, version }: PluginMetadata): string {
  return join(folder, `${name}-${version}.tgz`);
}

/** Keeps the archive, and the provenance file if there is one, so that `plugin list` can tell. */
export function keepArchive(path: string, archive: Uint8Array, prov: Uint8Array | undefined): void {
  writeFileAtomic(path, archive);
  if (prov === undefined) rmSync(`${path}.prov`, { force: true });
  else writeFileAtomic(`${path}.prov`, prov);
}

/** Removes a plugin's folder; of a link only the link. */
export function removeFolder(path: string): void {
  try {
    if (lstatSync(path).isSymbolicLink()) unlinkSync(path);
    else rmSync(path, { recursive: true, force: true });
  } catch (error) {
    if (osErrorCode(error) === 'ENOENT') return;
    throw new PintleError('FILE_IO', osErrorText('unlinkat', path, error), { cause: error });
  }
}
