/** A chart archive (.tgz) as the files inside it. Go: helm pkg/chart/loader/archive */

import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { cleanPath } from '../go/path.ts';
import { quote } from '../go/quote.ts';
import type { Inflate, MaybePromise } from '../host.ts';
import { MAX_ENTRIES, MAX_FILE_SIZE, type SourceFile, stripBom } from './file.ts';
import { InflateError, LIMIT_TEXT } from './gzip.ts';
import { after, recover } from './maybe.ts';
import { type TarEntry, TarReader } from './tar.ts';

/** The most bytes that the files of one archive may have together. */
export const MAX_CHART_SIZE: number = 100 * 1024 * 1024;
/** Headers and padding beside the files; room for far more entries than {@link MAX_ENTRIES} need. */
const MAX_OVERHEAD = 32 * 1024 * 1024;
/** Helm has no such limit; no real chart comes near it. */
export const MAX_NAME_LENGTH = 4096;

/** What several archives that belong to one chart may take together. */
export interface ArchiveBudget {
  /** Bytes of file content left. */
  left: number;
}

/** What becomes of links, devices and pipes: empty files, as in Helm, or an error. */
export type Links = 'empty' | 'refuse';

/**
 * The files of a gzipped tar archive, without the folder at the top. Links are never followed: they become
 * empty files, unless told to refuse them. The content of each file is a view into the inflated archive, not a copy.
 *
 * @throws PintleError `ARCHIVE_INVALID` with Helm's text.
 */
export function readArchive(
  bytes: Uint8Array,
  inflate: Inflate,
  budget: ArchiveBudget = { left: MAX_CHART_SIZE },
  links: Links = 'empty',
): MaybePromise<SourceFile[]> {
  const limit = budget.left + MAX_OVERHEAD;
  return recover<SourceFile[]>(
    () => after(inflate.gunzip(bytes, limit), (tar) => readEntries(new TarReader(tar), budget, links)),
    (error) => {
      if (!(error instanceof InflateError)) throw invalid(error);
      try {
        return readEntries(new TarReader(error.output, error), budget, links);
      } catch (inner) {
        throw invalid(inner);
      }
    },
  );
}

function invalid(error: unknown): unknown {
  if (!(error instanceof GoError)) return error;
  const { message } = error.message === LIMIT_TEXT ? chartTooLarge() : error;
  return new PintleError('ARCHIVE_INVALID', message, { cause: error });
}

function readEntries(tar: TarReader, budget: ArchiveBudget, links: Links): SourceFile[] {
  const files: SourceFile[] = [];
  for (let count = 0, entry = tar.next(); entry !== undefined; entry = tar.next()) {
    if (++count > MAX_ENTRIES) throw new GoError(`chart archive has more than ${MAX_ENTRIES} entries`);
    if (isFolder(entry) || entry.type === 'g') continue;
    const name = innerName(entry.name);
    if (links === 'refuse' && '12346'.includes(entry.type)) {
      throw new GoError(`chart archive has a link or device: ${quote(entry.name)}`);
    }
    checkSize(entry, budget);
    if (entry.truncated) throw tar.endError();
    budget.left -= entry.data.length;
    // A link has a size but no content; Helm takes that for the end of its budget.
    if (entry.data.length < entry.size || budget.left <= 0) throw chartTooLarge();
    files.push({ name, data: stripBom(entry.data), modified: entry.modified });
  }
  if (files.length === 0) throw new GoError('no files in chart archive');
  return files;
}

/** Go: archive/tar FileInfo().IsDir(): by type, or by the type bits that old archives keep in the mode. */
function isFolder(entry: TarEntry): boolean {
  return entry.type === '5' || (entry.mode & ~0o7777) === 0o40000;
}

function checkSize(entry: TarEntry, budget: ArchiveBudget): void {
  if (entry.size > budget.left) throw chartTooLarge();
  if (entry.size > MAX_FILE_SIZE) {
    throw new GoError(
      `decompressed chart file ${quote(entry.name)} is larger than the maximum file size ${MAX_FILE_SIZE}`,
    );
  }
}

function chartTooLarge(): GoError {
  return new GoError(`decompressed chart is larger than the maximum size ${MAX_CHART_SIZE}`);
}

const ABSOLUTE = 'chart illegally contains absolute paths';
const ILLEGAL = 'chart contains illegally named files';
const DRIVE = /^[a-zA-Z]:[\\/]/;

/**
 * The path of an entry inside the chart. An archive made on Windows may separate with backslashes.
 *
 * @example innerName('demo/templates/a.yaml') === 'templates/a.yaml'
 */
export function innerName(full: string): string {
  if (full.length > MAX_NAME_LENGTH) {
    throw new GoError(`chart archive has a file name longer than ${MAX_NAME_LENGTH} characters`);
  }
  // Helm takes what follows the first slash or backslash for the name inside. Nobody packs a chart so.
  if (full.startsWith('/') || full.startsWith('\\')) throw new GoError(ABSOLUTE);
  if (DRIVE.test(full)) throw new GoError(ILLEGAL);
  const delimiter = full.includes('\\') ? '\\' : '/';
  const cut = full.indexOf(delimiter);
  const top = cut < 0 ? full : full.slice(0, cut);
  let name = cut < 0 ? '' : full.slice(cut + 1);
  if (delimiter === '\\') name = name.replaceAll('\\', '/');
  if (name.startsWith('/')) throw new GoError(ABSOLUTE);
  name = cleanPath(name);
  if (name === '.') {
    throw new GoError(`chart illegally contains content outside the base directory: ${quote(full)}`);
  }
  if (name.startsWith('..')) throw new GoError('chart illegally references parent directory');
  if (DRIVE.test(name)) throw new GoError(ILLEGAL);
  if (top === 'Chart.yaml') throw new GoError('chart yaml not in base directory');
  return name;
}
