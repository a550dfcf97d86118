/** `template --output-dir`: documents into files. Go: helm pkg/action/install.go writeToFile */
import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { PintleError } from '../src/errors.ts';
import { encodeBytes } from '../src/go/bytes.ts';
import { type NamedDocument, printDocument } from '../src/manifests/output.ts';
import { OpenFolder } from '../src/node/files/open-folder.ts';
import { osErrorCode, osErrorText } from '../src/node/files/os-error.ts';
import { refuseLinkedFolders, writeOwnFile } from '../src/node/files/own-file.ts';
import type { Io } from './terminal/io.ts';

export interface OutputFiles {
  readonly crds: readonly NamedDocument[];
  readonly manifests: readonly NamedDocument[];
  readonly hooks: readonly NamedDocument[];
}

/**
 * Writes each document to the file of its template below `folder`, and says so. The first document of a template
 * replaces the file and later ones are added to it, but hooks are added to whatever is there. `inner` is the
 * folder for what is no CRD.
 */
export function writeDocuments(folder: string, inner: string, documents: OutputFiles, io: Io): void {
  const written = new Set<string>();
  const write = (into: string, document: NamedDocument, append: boolean): void => {
    writeDocument(into, document, append, io);
    written.add(document.source);
  };
  for (const document of documents.crds) write(folder, document, written.has(document.source));
  for (const document of documents.manifests) write(inner, document, written.has(document.source));
  for (const document of documents.hooks) {
    write(inner, document, written.has(document.source) || existsSync(resolve(io.cwd(), inner, document.source)));
  }
}

function writeDocument(folder: string, document: NamedDocument, append: boolean, io: Io): void {
  const shown = `${folder}/${document.source}`;
  const top = resolve(io.cwd(), folder);
  const path = resolve(top, document.source);
  // A post-renderer may name files as it likes; Helm would follow it anywhere.
  if (!path.startsWith(top.endsWith(sep) ? top : top + sep)) {
    throw new PintleError('FILE_IO', `cannot write ${shown}: it is outside of ${folder}`);
  }
  // A chart that was unpacked there may have brought links with it.
  refuseLinkedFolders(top, path);
  const into = openBelow(top, relative(top, dirname(path)), dirname(shown));
  try {
    writeOwnFile(into.at(basename(path)), encodeBytes(printDocument(document)), { append, shown: path });
  } catch (error) {
    if (error instanceof PintleError) throw error;
    throw new PintleError('FILE_IO', osErrorText('open', shown, error), { cause: error });
  } finally {
    into.close();
  }
  io.stdout.write(`wrote ${shown}\n`);
}

/** A folder below one that the user names. What becomes a link meanwhile is not followed. */
function openBelow(top: string, path: string, shown: string): OpenFolder {
  let outer: OpenFolder | undefined;
  try {
    mkdirSync(top, { recursive: true, mode: 0o755 });
    outer = OpenFolder.open(top);
    return outer.enterAll(path.split(sep).filter(Boolean), 0o755);
  } catch (error) {
    // Helm asks for the whole path first, to which a file on the way is no folder.
    const isFile = ['EEXIST', 'ENOTDIR'].includes(osErrorCode(error) ?? '');
    const text = isFile ? `stat ${shown}: not a directory` : osErrorText('mkdir', shown, error);
    throw new PintleError('FILE_IO', text, { cause: error });
  } finally {
    outer?.close();
  }
}
