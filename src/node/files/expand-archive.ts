/** A chart's archive unpacked into a folder of its own. Go: helm pkg/chart/v2/util expand.go */
import { lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expandedName } from '../../chart/expand.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { MAX_CHART_SIZE, readArchive } from '../../sources/archive.ts';
import type { SourceFile } from '../../sources/file.ts';
import { nodeInflate } from '../inflate.ts';
import { sweepOpen } from './abandoned.ts';
import { OpenFolder } from './open-folder.ts';
import { osErrorText } from './os-error.ts';

/**
 * Unpacks a chart into `folder`/NAME and answers with that path. It is put together where nobody else can reach it
 * and then moved, so that there is all of it or nothing, and nothing is written through what others put in the way.
 *
 * @param shown the folder as messages name it
 * @throws PintleError ARCHIVE_INVALID, CHART_INVALID, FILE_IO; where NAME is there already, with Helm's text
 */
export function expandArchive(bytes: Uint8Array, folder: string, shown: string = folder): string {
  // Nothing to wait for: inflation is synchronous.
  const files = withoutRepeats(readArchive(bytes, nodeInflate, { left: MAX_CHART_SIZE }, 'refuse') as SourceFile[]);
  const name = expandedName(files);
  if (/[\\\0-\x1f\x7f]/.test(name)) {
    throw new PintleError('CHART_INVALID', `chart name ${quote(name)} must not contain path separators`);
  }
  const target = join(folder, name);
  refuseExisting(target, join(shown, name));
  try {
    mkdirSync(folder, { recursive: true });
    putTogether(files, folder, name);
  } catch (error) {
    throw new PintleError('FILE_IO', `failed to untar: ${osErrorText('open', target, error)}`, { cause: error });
  }
  return target;
}

/**
 * Refuses what is there already: a new version mixed with an older one is neither.
 *
 * @throws PintleError FILE_IO
 */
export function refuseExisting(path: string, shown: string): void {
  try {
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  } catch (error) {
    throw new PintleError('FILE_IO', `failed to untar: ${osErrorText('lstat', shown, error)}`, { cause: error });
  }
  const text = `failed to untar: a file or directory with the name ${shown} already exists`;
  throw new PintleError('FILE_IO', text, { hint: 'remove it, or name another folder with --untardir' });
}

/** Names that some file systems take for one would let a later file replace an earlier one. */
function withoutRepeats(files: readonly SourceFile[]): SourceFile[] {
  const known = new Map<string, SourceFile>();
  for (const file of files) {
    const key = file.name.normalize('NFC').toLowerCase();
    const other = known.get(key);
    if (other === undefined) known.set(key, file);
    else if (other.name !== file.name || Buffer.compare(other.data, file.data) !== 0) {
      const text = `chart archive has two files ${quote(other.name)} and ${quote(file.name)}`;
      throw new PintleError('ARCHIVE_INVALID', text, { hint: 'many file systems can hold but one of them' });
    }
  }
  return [...known.values()];
}

function putTogether(files: readonly SourceFile[], folder: string, name: string): void {
  const into = OpenFolder.open(folder);
  try {
    const work = into.enterNew('.pintle-');
    try {
      for (const file of files) work.folder.writeBelow(`${name}/${file.name}`, file.data, 0o644);
      work.folder.move(name, into, name);
    } finally {
      work.folder.close();
      into.remove(work.name);
      sweepOpen(into, (other) => /^\.pintle-\w{6}$/.test(other));
    }
  } finally {
    into.close();
  }
}
