import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';

/**
 * Keeps something in a file of a folder that is ours alone. Of more than `most` files those written first are
 * forgotten, some at a time.
 */
export function writeKept(path: string, data: string | Uint8Array, most: number): void {
  try {
    writeFileAtomic(path, data, { mode: 0o600 });
    forgetOldest(dirname(path), most);
  } catch (error) {
    // A cache that cannot be written costs time, no more.
    if (!(error instanceof PintleError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function forgetOldest(folder: string, most: number): void {
  const names = readdirSync(folder);
  if (names.length <= most) return;
  const files = names.map((name) => ({ path: join(folder, name), written: statSync(join(folder, name)).mtimeMs }));
  files.sort((a, b) => a.written - b.written);
  for (const { path } of files.slice(0, Math.ceil(most / 5))) rmSync(path, { force: true });
}
