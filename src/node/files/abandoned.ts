/** What killed processes leave: the next that works in the same place takes it away. */
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** After this time nobody still works on a temporary file, in milliseconds. */
export const ABANDONED = 3_600_000;

/** Removes what is in `folder` by names that `isTemporary` knows, and has not been touched for an hour. */
export function sweepAbandoned(folder: string, isTemporary: (name: string) => boolean): void {
  try {
    for (const name of readdirSync(folder)) {
      if (!isTemporary(name)) continue;
      const path = join(folder, name);
      if (Date.now() - statSync(path).mtimeMs > ABANDONED) rmSync(path, { recursive: true, force: true });
    }
  } catch {
    // Another process sweeps too, or the folder is not ours to tidy: nobody waits for it to be clean.
  }
}
