/** What killed processes leave: the next that works in the same place takes it away. */
import { OpenFolder } from './open-folder.ts';

/** After this time nobody still works on a temporary file, in milliseconds. */
export const ABANDONED = 3_600_000;

/** Removes what is in `folder` by names that `isTemporary` knows, and has not been touched for an hour. */
export function sweepAbandoned(folder: string, isTemporary: (name: string) => boolean): void {
  try {
    const open = OpenFolder.open(folder);
    try {
      for (const name of open.names().filter(isTemporary)) {
        if (Date.now() - (open.stat(name)?.mtimeMs ?? Date.now()) > ABANDONED) open.remove(name);
      }
    } finally {
      open.close();
    }
  } catch {
    // Another process sweeps too, or the folder is not ours to tidy: nobody waits for it to be clean.
  }
}
