/** What the ways to install a plugin have in common. Go: helm internal/plugin/installer */
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { type ArchiveEntry, archiveMetadata, readPluginArchive } from '../../plugin/archive.ts';
import { PLUGIN_FILE, type PluginMetadata } from '../../plugin/metadata.ts';
import type { GetterOptions } from '../download/getters.ts';
import { nodeInflate } from '../inflate.ts';
import type { World } from '../world.ts';
import { keepArchive, keptArchive, storeEntries } from './store.ts';

/** What a signature is checked with. */
export interface SignedSource {
  readonly archive: Uint8Array;
  readonly prov: Uint8Array | undefined;
  readonly fileName: string;
}

/** A place that a plugin can be installed from. */
export interface PluginSource {
  /** The folder that it will be in. */
  readonly path: string;
  readonly localFolder?: boolean;
  /** Gives what a signature can be checked with; without it there are no signatures. */
  readonly signed?: () => Promise<SignedSource>;
  install(): Promise<void>;
}

export interface SourceOptions {
  /** A version or constraint; git only. */
  readonly version: string;
  /** Credentials and certificates for a registry. */
  readonly registry: GetterOptions;
  /** Where relative paths start. */
  readonly cwd: string;
}

/** What Helm says where there is no plugin.yaml. */
export const MISSING_METADATA = 'plugin metadata (plugin.yaml) missing';

export function missingMetadata(): PintleError {
  return new PintleError('PLUGIN_INVALID', MISSING_METADATA);
}

/** Where plugins are kept by default; Helm puts archives and links there whatever HELM_PLUGINS says. */
export function dataFolder({ settings }: World): string {
  return join(settings.folders.data, 'plugins');
}

interface ExtractTexts {
  readonly prefix: string;
  readonly missing: string;
}

/** Installs an archive whose plugin is at its top or in a folder of its own. */
export async function installArchive(
  folder: string,
  archive: Uint8Array,
  prov: Uint8Array | undefined,
  texts: ExtractTexts,
  world: World,
): Promise<void> {
  const metadata = await metadataOf(archive);
  const entries = await entriesOf(archive, texts.prefix);
  const root = rootOf(entries);
  if (root === undefined) throw new PintleError('PLUGIN_INVALID', texts.missing);
  world.log.log('DEBUG', 'copying', { source: root, path: folder });
  storeEntries(folder, entries, root);
  keepArchive(keptArchive(dataFolder(world), metadata), archive, prov);
}

/** Go: detectPluginRoot */
function rootOf(entries: readonly ArchiveEntry[]): string | undefined {
  const files = entries.filter((entry) => !entry.folder).map((entry) => entry.path);
  if (files.includes(PLUGIN_FILE)) return '.';
  const roots = files.filter((path) => path.endsWith(`/${PLUGIN_FILE}`)).map((path) => dirname(path));
  return roots.filter((root) => !root.includes('/')).sort()[0];
}

/** Go: ExtractTgzPluginMetadata */
export async function metadataOf(archive: Uint8Array): Promise<PluginMetadata> {
  return archiveFault('failed to extract plugin metadata from tarball: ', async () =>
    archiveMetadata(archive, nodeInflate),
  );
}

export async function entriesOf(archive: Uint8Array, prefix: string): Promise<ArchiveEntry[]> {
  return archiveFault(prefix, async () => readPluginArchive(archive, nodeInflate));
}

async function archiveFault<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = error instanceof PintleError ? error.code : 'ARCHIVE_INVALID';
    throw new PintleError(code, prefix + error.message, { cause: error });
  }
}

/** Runs `work`, and says what was being done where it fails. */
export async function prefixed<T>(prefix: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const { code, message, hint, data } = error;
    throw new PintleError(code, prefix + message, { ...(hint ? { hint } : {}), data, cause: error });
  }
}

/** The same answer at every asking. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= work();
    return answer;
  };
}
