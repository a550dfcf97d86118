/**
 * Text archives: a comment, then files, each after a line `-- NAME --`. Any text is an archive, and every file ends
 * in a newline. Go: golang.org/x/tools/txtar
 */
export interface Archive {
  comment: string;
  files: ArchiveFile[];
}

export interface ArchiveFile {
  name: string;
  data: string;
}

const MARKER = /^-- (.+?) --$/;

/** Reads an archive. */
export function parseArchive(text: string): Archive {
  const archive: Archive = { comment: '', files: [] };
  let lines: string[] = [];
  const close = (): void => {
    const data = lines.join('');
    const file = archive.files.at(-1);
    if (file === undefined) archive.comment = data;
    else file.data = data;
    lines = [];
  };
  for (const line of text.match(/.*\n|.+$/g) ?? []) {
    const name = MARKER.exec(line.replace(/\r?\n$/, ''))?.[1]?.trim();
    if (name) {
      close();
      archive.files.push({ name, data: '' });
    } else {
      lines.push(line.endsWith('\n') ? line : `${line}\n`);
    }
  }
  close();
  return archive;
}

/** Writes an archive. */
export function formatArchive({ comment, files }: Archive): string {
  const ended = (text: string): string => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return ended(comment) + files.map((file) => `-- ${file.name} --\n${ended(file.data)}`).join('');
}
