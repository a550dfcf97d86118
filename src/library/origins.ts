import type { Position } from '../errors.ts';
import { documentsOf, type NamedDocument, printDocument, type TextOptions, templateText } from '../manifests/output.ts';
import type { LineOrigin as FileLine } from '../template/origin.ts';
import type { RenderedRelease } from './render-release.ts';

/** A template call on the way to a line: where it stands, and in which template. */
export interface Call extends Position {
  readonly template: string;
}

/** Where a line of the output comes from. */
export interface LineOrigin {
  /** The line, without its line break. */
  readonly text: string;
  /** The file whose source wrote it; absent for separators, `# Source:` lines and CRDs, which no template wrote. */
  readonly position?: Position;
  /** The template, a file or a definition in one, that was executing. */
  readonly template?: string;
  /** The calls of templates that led there, outermost first. */
  readonly chain: readonly Call[];
  /**
   * The values that the line depends on, by data or by condition, e.g. `web.image.tag`; a key with other characters
   * than letters, digits, `-` and `_` is quoted. One stands for everything under it.
   */
  readonly values: readonly string[];
}

/** The lines of a rendered file, as the engine left them. */
export type TracedFiles = ReadonlyMap<string, readonly FileLine[]>;

/** One record for each line of {@link templateText}. */
export function originsOf(release: RenderedRelease, traced: TracedFiles, options: TextOptions): LineOrigin[] {
  const files = new Map(release.files.map(({ name, text }) => [name, text]));
  const part = (documents: readonly NamedDocument[]): DocumentLines[] =>
    documents.map((document) => linesOfDocument(document, files, traced));
  const manifests = part(documentsOf({ ...release, hooks: [] }, options));
  const hooks = part(documentsOf({ crds: [], manifests: [], hooks: release.hooks }, options));
  const before = join(manifests, hooks[0]);
  // The text of the manifests is trimmed at its end.
  while (before.at(-1)?.text.trim() === '') before.pop();
  const all = [...before, ...join(hooks, undefined, manifests.at(-1))];
  const texts = templateText(release, options).split('\n').slice(0, -1);
  return texts.map((text, i) => ({ ...(all[i] ?? NOWHERE), text }));
}

/** The lines of a document, and what it depends on that it is there and in its place. */
interface DocumentLines {
  readonly header: readonly string[];
  readonly lines: readonly LineOrigin[];
  /** The document ends with a blank line. */
  readonly blank: boolean;
  readonly presence: readonly string[];
}

const NOWHERE: Omit<LineOrigin, 'text'> = { chain: [], values: [] };

/** The lines of documents one after the other. What separates two documents depends on both being there. */
function join(documents: readonly DocumentLines[], behind?: DocumentLines, ahead?: DocumentLines): LineOrigin[] {
  return documents.flatMap(({ header, lines, blank, presence }, i) => {
    const above = union(presence, (documents[i - 1] ?? ahead)?.presence);
    const below = union(presence, (documents[i + 1] ?? behind)?.presence);
    return [
      ...header.map((text) => ({ chain: [], values: above, text })),
      ...lines,
      ...(blank ? [{ chain: [], values: below, text: '' }] : []),
    ];
  });
}

function union(a: readonly string[], b: readonly string[] = []): readonly string[] {
  return b.length === 0 ? a : [...new Set([...a, ...b])].sort();
}

function linesOfDocument(
  document: NamedDocument,
  files: ReadonlyMap<string, string>,
  traced: TracedFiles,
): DocumentLines {
  const printed = printDocument(document).split('\n').slice(0, -1);
  const blank = printed.at(-1) === '';
  const body = printed.slice(2, blank ? -1 : undefined);
  const { manifest } = document;
  const fileLines = manifest && traced.get(manifest.source);
  const fileText = manifest && files.get(manifest.source);
  const header = printed.slice(0, 2);
  if (!fileLines || fileText === undefined) {
    return { header, lines: body.map((text) => ({ ...NOWHERE, text })), blank, presence: [] };
  }
  const first = fileText.slice(0, manifest.offset).split('\n').length - 1;
  const kind = body.findIndex((line) => line.startsWith('kind:'));
  return {
    header,
    lines: body.map((text, i) => asOrigin(text, fileLines[first + i])),
    blank,
    presence: union(valuesOf(fileLines[first]), valuesOf(fileLines[first + Math.max(kind, 0)])),
  };
}

function asOrigin(text: string, line: FileLine | undefined): LineOrigin {
  if (!line) return { ...NOWHERE, text };
  const { position, template } = line;
  return {
    text,
    ...(position && { position }),
    ...(template !== undefined && { template }),
    chain: line.chain,
    values: valuesOf(line),
  };
}

const written = new WeakMap<object, readonly string[]>();

/** Equal sets are one object in the engine, and most lines share theirs with others. */
function valuesOf(line: FileLine | undefined): readonly string[] {
  if (!line) return [];
  let values = written.get(line.set);
  if (!values) {
    values = line.paths.map(writePath).sort();
    written.set(line.set, values);
  }
  return values;
}

/** `a.b` for plain keys, `a."b.c/d"` for others; the empty path is all values. */
export function writePath(keys: readonly string[]): string {
  return keys.map((key) => (/^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key))).join('.');
}
