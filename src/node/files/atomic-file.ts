/**
 * Files that are whole or not there: written beside their place, flushed, and moved. A process that is killed
 * leaves at most a file `.NAME.RANDOM.tmp` behind, which nothing reads, and which a later write takes away.
 */
import {
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { sweepAbandoned } from './abandoned.ts';
import { osErrorText } from './os-error.ts';

export interface AtomicOptions {
  /** Permissions of a file that is new; 0644 if left out. A file that is replaced passes on its own. */
  readonly mode?: number;
}

/**
 * Writes a file in one move. Its folder is made where it is missing.
 *
 * What is at `path` may be a regular file or nothing: a link, a folder or a pipe is refused, so that nothing outside
 * is written through it.
 *
 * @throws PintleError FILE_IO
 */
export function writeFileAtomic(path: string, data: Uint8Array | string, options: AtomicOptions = {}): void {
  const mode = replacedMode(path) ?? options.mode ?? 0o644;
  const temporary = join(dirname(path), `.${basename(path)}.${randomName()}.tmp`);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW = 0 } = constants;
    const file = openSync(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      writeAll(file, typeof data === 'string' ? Buffer.from(data) : data);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw new PintleError('FILE_IO', `cannot write ${path}: ${osErrorText('open', path, error)}`, { cause: error });
  }
  const start = `.${basename(path)}.`;
  sweepAbandoned(
    dirname(path),
    (name) => name.startsWith(start) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length)),
  );
}

/** Part of the name of a file that nobody else has. Its module is loaded late: commands that only read start sooner. */
export function randomName(): string {
  return process.getBuiltinModule('node:crypto').randomBytes(6).toString('hex');
}

function writeAll(file: number, data: Uint8Array): void {
  for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
}

/** The permissions of the regular file at `path`; nothing where there is none. */
function replacedMode(path: string): number | undefined {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new PintleError('FILE_IO', `cannot write ${path}: ${osErrorText('open', path, error)}`, { cause: error });
  }
  if (stats === undefined) return undefined;
  if (stats.isFile()) return stats.mode & 0o777;
  const kind = stats.isSymbolicLink() ? 'a symbolic link' : stats.isDirectory() ? 'a folder' : 'no regular file';
  throw new PintleError('FILE_IO', `cannot write ${path}: it is ${kind}`, {
    hint: 'remove it, or name another file',
    data: { path },
  });
}
