/** What killed processes leave: the next that works in the same place takes it away. */
import { OpenFolder } from './open-folder.ts';

/** After this time nobody still works on a temporary file, in milliseconds. */
export const ABANDONED = 3_600_000;

/** Removes what is in `folder` by names that `isTemporary` knows, and has not been touched for an hour. */
export function sweepAbandoned(folder: string, isTemporary: (name: string) => boolean): void {
  try {
    const open = OpenFolder.open(folder);
    try {
      sweepOpen(open, isTemporary);
    } finally {
      open.close();
    }
  } catch {
    // Gone by now, or not ours to look into: nobody waits for it to be clean.
  }
}

/** The same, of a folder that is open. */
export function sweepOpen(folder: OpenFolder, isTemporary: (name: string) => boolean): void {
  try {
    for (const name of folder.names().filter(isTemporary)) {
      if (Date.now() - (folder.stat(name)?.mtimeMs ?? Date.now()) > ABANDONED) folder.remove(name);
    }
  } catch {
    // Another process sweeps too, or the folder is not ours to tidy: nobody waits for it to be clean.
  }
}
