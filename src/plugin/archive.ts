/**
 * A plugin's archive as the files in it. All of it is looked at before anything is written: one entry that would
 * leave its folder, follow a link or meet another refuses the whole. Go: helm internal/plugin/installer/extractor.go
 */
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { baseName, cleanPath } from '../go/path.ts';
import type { Inflate, MaybePromise } from '../host.ts';
import { InflateError } from '../sources/gzip.ts';
import { after, recover } from '../sources/maybe.ts';
import { type TarEntry, TarReader } from '../sources/tar.ts';
import { PLUGIN_FILE, type PluginMetadata } from './metadata.ts';
import { readPluginYaml } from './read.ts';

/** A folder or a file; paths are clean, relative and have slashes. */
export interface ArchiveEntry {
  readonly path: string;
  readonly folder: boolean;
  readonly mode: number;
  readonly data: Uint8Array;
}

/** The most that a plugin may have unpacked: programs are large. */
const MAX_SIZE = 512 * 1024 * 1024;
const MAX_ENTRIES = 10_000;
const MAX_NAME = 4096;

/**
 * The metadata in the first plugin.yaml of an archive.
 *
 * @throws GoError or PintleError with Helm's text.
 */
export function archiveMetadata(bytes: Uint8Array, inflate: Inflate): MaybePromise<PluginMetadata> {
  return withTar(bytes, inflate, (tar) => {
    for (let count = 0, entry = tar.next(); entry !== undefined; entry = tar.next()) {
      if (++count > MAX_ENTRIES) throw tooMany();
      if (baseName(entry.name) !== PLUGIN_FILE) continue;
      if (entry.truncated) throw tar.endError();
      return readPluginYaml(decodeBytes(entry.data));
    }
    throw new GoError('plugin.yaml not found in tarball');
  });
}

/**
 * All entries of an archive.
 *
 * @throws GoError with Helm's text where it has one.
 */
export function readPluginArchive(bytes: Uint8Array, inflate: Inflate): MaybePromise<ArchiveEntry[]> {
  return withTar(bytes, inflate, (tar) => {
    const entries: ArchiveEntry[] = [];
    const seen = new Seen();
    for (let count = 0, entry = tar.next(); entry !== undefined; entry = tar.next()) {
      if (++count > MAX_ENTRIES) throw tooMany();
      const path = safePath(entry.name);
      if (entry.type === 'g') continue;
      const folder = entry.type === '5';
      if (!folder && entry.type !== '0') throw unknownType(entry);
      if (entry.truncated) throw tar.endError();
      seen.add(path, folder);
      if (path !== '.') entries.push({ path, folder, mode: entry.mode & 0o777, data: entry.data });
    }
    return entries;
  });
}

function withTar<T>(bytes: Uint8Array, inflate: Inflate, read: (tar: TarReader) => T): MaybePromise<T> {
  return recover<T>(
    () => after(inflate.gunzip(bytes, MAX_SIZE), (tar) => read(new TarReader(tar))),
    (error) => {
      // What came before the fault counts, as it does when reading a stream.
      if (error instanceof InflateError) return read(new TarReader(error.output, error));
      throw error;
    },
  );
}

function tooMany(): GoError {
  return new GoError(`plugin archive has more than ${MAX_ENTRIES} entries`);
}

function unknownType({ type, name }: TarEntry): GoError {
  return new GoError(`unknown type: ${type.charCodeAt(0).toString(2)} in ${name}`);
}

/** Go: extractor.go cleanJoin */
function safePath(name: string): string {
  if (name.length > MAX_NAME) throw new GoError(`plugin archive has a file name longer than ${MAX_NAME} characters`);
  if (name.includes(':')) throw new GoError("path contains ':', which is illegal");
  if (name.includes('\0')) throw new GoError('path contains a null character, which is illegal');
  const path = name.replaceAll('\\', '/');
  if (path.split('/').includes('..')) throw new GoError("path contains '..', which is illegal");
  if (path.startsWith('/')) throw new GoError('path is absolute, which is illegal');
  return cleanPath(path);
}

/** Paths so far, without regard to what some file systems do not tell apart. */
class Seen {
  private readonly kinds = new Map<string, 'file' | 'folder'>();

  add(path: string, folder: boolean): void {
    const key = fold(path);
    for (let cut = key.indexOf('/'); cut >= 0; cut = key.indexOf('/', cut + 1))
      this.claim(key.slice(0, cut), path, true);
    this.claim(key, path, folder);
  }

  private claim(key: string, path: string, folder: boolean): void {
    const before = this.kinds.get(key);
    if (before === undefined) this.kinds.set(key, folder ? 'folder' : 'file');
    else if (!folder || before === 'file') throw new GoError(`path ${path} is in the archive twice, which is illegal`);
  }
}

function fold(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/**
 * The plugin's name as the name of its archive has it: `NAME-1.2.3-os.tgz`. Go: stripPluginName
 *
 * @example archiveName('diff-3.9.0.tgz') === 'diff'
 */
export function archiveName(file: string): string {
  const suffix = ['.tar.gz', '.tgz'].find((end) => file.endsWith(end));
  if (suffix === undefined) return '';
  const stem = file.slice(0, -suffix.length);
  // `(.*)-[0-9]+\..*`, which takes as much as it can before the last such hyphen. Line breaks end its dots.
  for (let cut = stem.lastIndexOf('-'); cut >= 0; cut = cut === 0 ? -1 : stem.lastIndexOf('-', cut - 1)) {
    let end = cut + 1;
    while (isDigit(stem.charCodeAt(end))) end++;
    if (end > cut + 1 && stem[end] === '.') return stem.slice(0, cut);
  }
  return stem;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}
