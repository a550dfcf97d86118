import { readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PintleError } from '../../errors.ts';
import type { Outline } from '../../template/outline.ts';
import { writeFileAtomic } from '../files/atomic-file.ts';

/** What the file of a chart says: of its templates in their order, and of the functions that they called. */
export interface KnownOutlines {
  readonly outlines: readonly (Outline | null)[];
  readonly functions: readonly string[];
}

/** How many charts are remembered; of more, those written first are forgotten, some at a time. */
const MOST = 500;
const AT_A_TIME = 100;

/** Keeps outlines in a file of a folder that is ours alone. */
export function writeOutlines(path: string, known: KnownOutlines): void {
  try {
    writeFileAtomic(path, JSON.stringify(known), { mode: 0o600 });
    forgetOldest(dirname(path));
  } catch (error) {
    // A cache that cannot be written costs time, no more.
    if (!(error instanceof PintleError) && (error as NodeJS.ErrnoException).code === undefined) throw error;
  }
}

function forgetOldest(folder: string): void {
  const names = readdirSync(folder);
  if (names.length <= MOST) return;
  const files = names.map((name) => ({ path: join(folder, name), written: statSync(join(folder, name)).mtimeMs }));
  files.sort((a, b) => a.written - b.written);
  for (const { path } of files.slice(0, AT_A_TIME)) rmSync(path, { force: true });
}
