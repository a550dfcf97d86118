/** Files that a command makes for its user, in a folder where others may have put links: nothing is written through one. */
import { closeSync, constants, fstatSync, ftruncateSync, lstatSync, openSync, type Stats, writeSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { PintleError } from '../../errors.ts';

/** How to write. */
export interface OwnFileOptions {
  /** Adds to what is there instead of replacing it. */
  readonly append?: boolean;
  /** Permissions of a file that is new; 0666 without the process's mask if left out. */
  readonly mode?: number;
  /** The path as messages name it. */
  readonly shown?: string;
}

/**
 * Writes a regular file that has no other name: a symbolic link, a hard link, a folder, a pipe or a device is refused.
 *
 * @throws PintleError FILE_IO for those; what the system refuses is thrown as it is
 */
export function writeOwnFile(
  path: string,
  data: Uint8Array,
  { append = false, mode = 0o666, shown = path }: OwnFileOptions = {},
): void {
  // Looked at before it is opened, so that nobody waits for the reader of a pipe.
  const before = lstatSync(path, { throwIfNoEntry: false });
  if (before !== undefined && !before.isDirectory()) refuseOthers(shown, before);
  const { O_WRONLY, O_CREAT, O_APPEND, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | (append ? O_APPEND : 0), mode);
  try {
    refuseOthers(shown, fstatSync(file));
    if (!append) ftruncateSync(file);
    for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
  } finally {
    closeSync(file);
  }
}

/**
 * Refuses a path below a folder that goes through a link.
 *
 * @throws PintleError FILE_IO
 */
export function refuseLinkedFolders(folder: string, path: string): void {
  let at = folder;
  for (const part of relative(folder, dirname(path)).split(sep)) {
    if (part === '') continue;
    at = join(at, part);
    if (isLink(at)) throw refusal(path, `${at} is a symbolic link`);
  }
}

/** What cannot be looked at is said by whoever makes the folder. */
function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function refuseOthers(path: string, stats: Stats): void {
  if (stats.isSymbolicLink()) throw refusal(path, 'it is a symbolic link');
  if (!stats.isFile()) throw refusal(path, 'it is no regular file');
  if (stats.nlink > 1) throw refusal(path, 'it is a hard link to another file');
}

function refusal(path: string, reason: string): PintleError {
  return new PintleError('FILE_IO', `cannot write ${path}: ${reason}`, {
    hint: 'remove it, or write to another folder',
  });
}
