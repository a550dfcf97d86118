import { type Dirent, lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Where commands keep what makes the next one start sooner: charts, what is known of their templates, and V8's code. */
const FOLDERS = ['charts', 'templates', 'code'];

/** What was removed. */
export interface Forgotten {
  readonly files: number;
  /** In bytes. */
  readonly size: number;
}

/**
 * Removes what commands have kept in the cache folder, or what of it was written before a time. All of it is made
 * again when it is needed. Links are not followed.
 */
export function forgetKept(cache: string, before?: Date): Forgotten {
  return sum(FOLDERS.map((name) => forgetIn(join(cache, name), before)));
}

function forgetIn(folder: string, before: Date | undefined): Forgotten {
  return sum(entriesOf(folder).map((entry) => forgetEntry(join(folder, entry.name), entry, before)));
}

function forgetEntry(path: string, entry: Dirent, before: Date | undefined): Forgotten {
  if (entry.isDirectory()) return forgetIn(path, before);
  const { size, mtime } = lstatSync(path);
  if (!entry.isFile() || (before !== undefined && mtime >= before)) return { files: 0, size: 0 };
  rmSync(path, { force: true });
  return { files: 1, size };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

function sum(all: readonly Forgotten[]): Forgotten {
  return { files: all.reduce((n, { files }) => n + files, 0), size: all.reduce((n, { size }) => n + size, 0) };
}
