/**
 * A folder that is held open, so that what is done in it stays in it: whoever may rename things can put a symbolic
 * link where a folder was, between any two calls that go by its path.
 *
 * Node has no `openat`. Linux has the same by the path `/proc/self/fd/NUMBER/NAME`, which goes from the open folder and
 * not from what its name leads to by now. Elsewhere paths have to do, and only links that are there already are seen.
 */
import {
  closeSync,
  constants,
  existsSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { basename } from 'node:path';
import { osErrorCode } from './os-error.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY = 0, O_NOFOLLOW = 0 } = constants;

interface WriteOptions {
  readonly exact?: boolean;
  /** Waits until it is on the disk. */
  readonly durable?: boolean;
}

export class OpenFolder {
  /** Undefined where there is no way to go from an open folder. */
  readonly #file: number | undefined;
  readonly #path: string;

  private constructor(path: string, file: number | undefined) {
    this.#path = path;
    this.#file = file;
  }

  /** Opens what a path leads to, through links too: who names a folder may mean one. */
  static open(path: string): OpenFolder {
    return OpenFolder.#opened(path, O_RDONLY | O_DIRECTORY);
  }

  static #opened(path: string, flags: number): OpenFolder {
    if (process.platform === 'win32') return new OpenFolder(path, undefined);
    const file = openSync(path, flags);
    const linked = `/proc/self/fd/${file}`;
    if (process.platform === 'linux' && existsSync(linked)) return new OpenFolder(linked, file);
    closeSync(file);
    return new OpenFolder(path, undefined);
  }

  /** The path by which NAME in this folder is reached. */
  at(name: string): string {
    // Not joined: that would take the dot from PATH/. and leave a link.
    return `${this.#path}/${name}`;
  }

  names(): string[] {
    return readdirSync(this.at('.'));
  }

  /** Nothing where there is nothing of that name; of a link, what it is itself. */
  stat(name: string): Stats | undefined {
    return lstatSync(this.at(name), { throwIfNoEntry: false });
  }

  /**
   * The folder NAME in this one, made where it is missing and `mode` is given.
   *
   * @throws the system's ENOTDIR or ELOOP for a link
   */
  enter(name: string, mode?: number): OpenFolder {
    const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    try {
      return OpenFolder.#opened(this.at(name), flags);
    } catch (error) {
      if (mode === undefined || osErrorCode(error) !== 'ENOENT') throw error;
    }
    ignoring('EEXIST', () => mkdirSync(this.at(name), { mode }));
    return OpenFolder.#opened(this.at(name), flags);
  }

  /** The folder that a path of several names leads to, each made where it is missing. */
  enterAll(names: readonly string[], mode: number): OpenFolder {
    let folder = this.enter('.');
    for (const name of names) {
      const outer = folder;
      try {
        folder = outer.enter(name, mode);
      } finally {
        outer.close();
      }
    }
    return folder;
  }

  /** A new folder that only this user may enter, and its name, which begins with `prefix`. */
  enterNew(prefix: string): { readonly folder: OpenFolder; readonly name: string } {
    const path = mkdtempSync(this.at(prefix));
    const name = basename(path);
    return { folder: this.enter(name), name };
  }

  /** A new file. What the process's mask takes from `mode` is left out, unless it is to be exact. */
  write(name: string, data: Uint8Array, mode: number, { exact = false, durable = false }: WriteOptions = {}): void {
    const file = openSync(this.at(name), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
    try {
      for (let at = 0; at < data.length; ) at += writeSync(file, data, at);
      if (exact) fchmodSync(file, mode);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
  }

  /** A new file at the end of a path of names, the folders before it made where they are missing. */
  writeBelow(path: string, data: Uint8Array, mode: number): void {
    const names = path.split('/');
    const name = names.pop() as string;
    const folder = this.enterAll(names, 0o755);
    try {
      folder.write(name, data, mode);
    } finally {
      folder.close();
    }
  }

  /** Moves NAME from here to another open folder. */
  move(name: string, to: OpenFolder, as: string): void {
    renameSync(this.at(name), to.at(as));
  }

  /** Removes a file or a link, if it is there. */
  removeFile(name: string): void {
    ignoring('ENOENT', () => unlinkSync(this.at(name)));
  }

  /** Removes a file, a link or a folder with all that is in it, if it is there. */
  remove(name: string): void {
    const stats = this.stat(name);
    if (stats === undefined) return;
    if (!stats.isDirectory()) {
      this.removeFile(name);
      return;
    }
    const folder = this.enter(name);
    try {
      for (const inner of folder.names()) folder.remove(inner);
    } finally {
      folder.close();
    }
    ignoring('ENOENT', () => rmdirSync(this.at(name)));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
  }
}

function ignoring(code: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (osErrorCode(error) !== code) throw error;
  }
}
