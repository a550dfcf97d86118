/** Streams of resources as kustomize's kyaml reads and writes them. Go: kyaml kio/byteio_reader.go, byteio_writer.go. */
import { GoError } from '../go/error.ts';
import { marshalJson } from '../go/json.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { writeStyledDocuments } from '../yaml/styled-emit.ts';
import { DOUBLE_QUOTED, parseStyledDocument, type StyledNode } from '../yaml/styled-node.ts';
import { isOldBoolean } from '../yaml/styled-scalar.ts';
import { clearAnnotation, clearEmptyAnnotations, fieldOf, metaOf, rootOf, setAnnotation } from './resource-nodes.ts';
import { trimSpace } from './split.ts';

const INTERNAL = 'internal.config.kubernetes.io/';
const INDEX = `${INTERNAL}index`;
const LEGACY_INDEX = 'config.kubernetes.io/index';
const PATH = `${INTERNAL}path`;
const LEGACY_PATH = 'config.kubernetes.io/path';
const SEQUENCE_INDENT = `${INTERNAL}seqindent`;

/** Annotations that have two names, old and new. */
const RENAMED: readonly (readonly [string, string])[] = [
  [LEGACY_PATH, PATH],
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

/**
 * The stream of these resources, whose reading notes are taken away. A single one that says it comes from a JSON
 * file is JSON. Go: kio.StringAll.
 */
export function writeResources(resources: readonly StyledNode[]): string {
  const asJson = resources.length === 1 && isFromJson(resources[0] as StyledNode);
  const documents = resources.map((node) => {
    const wide = metaOf(node)?.annotations.get(SEQUENCE_INDENT) === 'wide';
    for (const key of [INDEX, LEGACY_INDEX, SEQUENCE_INDENT]) clearAnnotation(node, key);
    clearEmptyAnnotations(node);
    return { node, wide };
  });
  return asJson ? jsonOf(resources[0] as StyledNode) : writeStyledDocuments(documents);
}

/** The resource as yaml.v3 understands it: what it takes for strings is quoted before our reader, which is v2, sees it. */
function jsonOf(resource: StyledNode): string {
  const nodes = [resource];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    if (node.kind === 'scalar' && node.style === 0 && isOldBoolean(node.value)) node.style = DOUBLE_QUOTED;
    for (const child of node.content) nodes.push(child);
  }
  const value = yamlToValue(writeStyledDocuments([{ node: resource }]));
  return `${marshalJson(value, { indent: '  ' })}\n`;
}

/** Go: shouldJSONEncodeSingleBareNode. */
function isFromJson(node: StyledNode): boolean {
  const annotations = metaOf(node)?.annotations;
  const path = annotations?.get(PATH) ?? annotations?.get(LEGACY_PATH) ?? '';
  return path.replace(/\/+$/, '').endsWith('.json');
}
