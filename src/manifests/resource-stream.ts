/** Streams of resources as kustomize's kyaml reads and writes them. Go: kyaml kio/byteio_reader.go, byteio_writer.go. */
import { GoError } from '../go/error.ts';
import { writeStyledDocuments } from '../yaml/styled-emit.ts';
import { parseStyledDocument, type StyledNode } from '../yaml/styled-node.ts';
import { clearAnnotation, clearEmptyAnnotations, fieldOf, metaOf, rootOf, setAnnotation } from './resource-nodes.ts';
import { trimSpace } from './split.ts';

const INTERNAL = 'internal.config.kubernetes.io/';
const INDEX = `${INTERNAL}index`;
const LEGACY_INDEX = 'config.kubernetes.io/index';
const SEQUENCE_INDENT = `${INTERNAL}seqindent`;

/** Annotations that have two names, old and new. */
const RENAMED: readonly (readonly [string, string])[] = [
  ['config.kubernetes.io/path', `${INTERNAL}path`],
  [LEGACY_INDEX, INDEX],
  ['config.k8s.io/id', `${INTERNAL}id`],
];

/** All resources of a stream. A stream that is one `List` gives what is in it. Go: kio.ParseAll. */
export function parseResources(text: string): StyledNode[] {
  const pieces = splitStream(text.replaceAll('\r\n', '\n'));
  const resources: StyledNode[] = [];
  let index = 0;
  for (const [i, piece] of pieces.entries()) {
    const document = readDocument(i < pieces.length - 1 ? `${piece}\n` : piece);
    if (document === undefined) continue;
    annotateOnReading(document, String(index));
    const root = rootOf(document);
    if (pieces.length === 1 && isList(document)) {
      resources.push(...(fieldOf(root, 'items')?.content ?? []));
      continue;
    }
    resources.push(document);
    index++;
  }
  return resources;
}

function readDocument(text: string): StyledNode | undefined {
  let document: StyledNode | undefined;
  try {
    document = parseStyledDocument(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new GoError(`MalformedYAMLError: ${error.message}`);
  }
  return document === undefined || rootOf(document).tag === '!!null' ? undefined : document;
}

/** Go: splitDocuments. A separator is a line feed, a line that begins with `---`, and a line feed. */
function splitStream(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = text.indexOf('\n---'); at >= 0; at = text.indexOf('\n---', from)) {
    const end = text.indexOf('\n', at + 1);
    if (end < 0) break;
    const behind = trimSpace(text.slice(at + 4, end));
    if (behind !== '' && !behind.startsWith('#')) {
      throw new GoError(`invalid document separator: ${trimSpace(text.slice(at, end))}`);
    }
    pieces.push(text.slice(from, at));
    from = end + 1;
  }
  pieces.push(text.slice(from));
  return pieces;
}

/** kyaml notes where each resource stood; these notes go when it writes, but they check and tidy the metadata. */
function annotateOnReading(document: StyledNode, index: string): void {
  const annotations = metaOf(document)?.annotations ?? new Map<string, string>();
  for (const [old, name] of RENAMED) {
    const oldValue = annotations.get(old) ?? '';
    const value = annotations.get(name) ?? '';
    if (value !== '' && oldValue === '') setAnnotation(document, old, value);
    else if (value === '' && oldValue !== '') setAnnotation(document, name, oldValue);
  }
  setAnnotation(document, LEGACY_INDEX, index);
  setAnnotation(document, INDEX, index);
}

function isList(document: StyledNode): boolean {
  const kind = metaOf(document)?.kind;
  if (kind !== 'List' && kind !== 'ResourceList') return false;
  const root = rootOf(document);
  return fieldOf(root, 'items') !== undefined || fieldOf(root, 'functionConfig') !== undefined;
}

/** The stream of these resources, whose reading notes are taken away. Go: kio.StringAll. */
export function writeResources(resources: readonly StyledNode[]): string {
  return writeStyledDocuments(
    resources.map((node) => {
      const wide = seqIndentOf(node) === 'wide';
      for (const key of [INDEX, LEGACY_INDEX, SEQUENCE_INDENT]) clearAnnotation(node, key);
      clearEmptyAnnotations(node);
      return { node, wide };
    }),
  );
}

/** Go: RNode.GetAnnotations. */
function seqIndentOf(node: StyledNode): string | undefined {
  return metaOf(node)?.annotations.get(SEQUENCE_INDENT);
}
