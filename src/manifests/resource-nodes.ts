/**
 * Resources as trees that keep comments and style, and their annotations: what kustomize's kyaml does with them
 * between a rendered file and a post-renderer. Go: kyaml yaml/rnode.go, yaml/fns.go, yaml/kfns.go.
 */
import { encodeBase64 } from '../go/base64.ts';
import { encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { writeStyledDocuments } from '../yaml/styled-emit.ts';
import { SINGLE_QUOTED, type StyledNode, styledNode } from '../yaml/styled-node.ts';

const NULL = '!!null';

const METADATA = 'metadata';
const ANNOTATIONS = 'annotations';

/** The node itself, or the root of a document. Go: RNode.YNode. */
export function rootOf(node: StyledNode): StyledNode {
  return node.kind === 'document' ? (node.content[0] as StyledNode) : node;
}

/** What kyaml reads of a resource. Go: yaml.ResourceMeta. */
export interface ResourceMeta {
  readonly kind: string;
  readonly annotations: ReadonlyMap<string, string>;
}

/** Undefined for what is no resource: it has neither apiVersion, kind nor any metadata. Go: RNode.GetMeta. */
export function metaOf(node: StyledNode): ResourceMeta | undefined {
  const root = rootOf(node);
  if (root.tag === NULL) return { kind: '', annotations: new Map() };
  const kind = filled(root, 'kind');
  const annotations = new Map<string, string>();
  let found = kind !== undefined || filled(root, 'apiVersion') !== undefined;
  const metadata = filled(root, METADATA);
  if (metadata !== undefined) {
    const values = filled(metadata, ANNOTATIONS);
    for (const field of ['name', 'namespace', 'labels']) if (filled(metadata, field) !== undefined) found = true;
    if (values !== undefined) {
      found = true;
      fillAnnotations(values, annotations);
    }
  }
  return found ? { kind: textOf(kind), annotations } : undefined;
}

function fillAnnotations(values: StyledNode, into: Map<string, string>): void {
  if (values.kind !== 'mapping') return;
  for (let i = 0; i < values.content.length; i += 2) {
    const key = values.content[i] as StyledNode;
    const name = textOf(key);
    if (!into.has(name)) into.set(name, textOf(values.content[i + 1]));
  }
}

/** Go: yaml.GetValue. */
function textOf(node: StyledNode | undefined): string {
  return node === undefined || node.tag === NULL ? '' : node.value;
}

/** The value of a field, or undefined where it is missing, null or an empty collection. */
function filled(node: StyledNode, name: string): StyledNode | undefined {
  const value = fieldOf(node, name);
  if (value === undefined || value.tag === NULL) return undefined;
  const empty = (value.kind === 'mapping' || value.kind === 'sequence') && value.content.length === 0;
  return empty ? undefined : value;
}

/** The first value under a key. Go: RNode.Field. */
export function fieldOf(node: StyledNode, name: string): StyledNode | undefined {
  if (node.kind !== 'mapping') return undefined;
  const at = indexOf(node, name);
  return at < 0 ? undefined : node.content[at + 1];
}

function indexOf(map: StyledNode, name: string): number {
  for (let i = 0; i < map.content.length; i += 2) if ((map.content[i] as StyledNode).value === name) return i;
  return -1;
}

const KIND_NAMES: Readonly<Record<StyledNode['kind'], string>> = {
  document: 'DocumentNode',
  mapping: 'MappingNode',
  sequence: 'SequenceNode',
  scalar: 'ScalarNode',
  alias: 'AliasNode',
};

/** Null passes. Go: yaml.ErrorIfInvalid. */
function mustBeMapping(node: StyledNode): void {
  if (node.tag === NULL || node.kind === 'mapping') return;
  const contents = writeStyledDocuments([{ node }]);
  throw new GoError(
    `wrong node kind: expected MappingNode but got ${KIND_NAMES[node.kind]}: node contents:\n${contents}`,
  );
}

/** A field's value, which may be null, or undefined. Go: yaml.FieldMatcher. */
function lookUp(node: StyledNode, name: string): StyledNode | undefined {
  if (node.tag === NULL) return undefined;
  mustBeMapping(node);
  return fieldOf(node, name);
}

/** As {@link lookUp}; what is missing is added as an empty map. */
function lookUpOrAdd(node: StyledNode, name: string): StyledNode | undefined {
  const found = lookUp(node, name);
  if (found !== undefined || node.tag === NULL) return found;
  const added = styledNode('mapping');
  node.content.push(styledNode('scalar', name), added);
  return added;
}

/** Takes the first field of that name away, or only one that is empty. Go: yaml.FieldClearer. */
function clearField(node: StyledNode, name: string, ifEmpty: boolean): void {
  mustBeMapping(node);
  for (let i = 0; i < node.content.length; i += 2) {
    if ((node.content[i] as StyledNode).value !== name) continue;
    if (ifEmpty && (node.content[i + 1] as StyledNode).content.length > 0) continue;
    node.content.splice(i, 2);
    return;
  }
}

/** Takes away annotations and metadata that hold nothing. Go: yaml.ClearEmptyAnnotations. */
export function clearEmptyAnnotations(node: StyledNode): void {
  const root = rootOf(node);
  const metadata = lookUp(root, METADATA);
  if (metadata !== undefined) clearField(metadata, ANNOTATIONS, true);
  clearField(root, METADATA, true);
}

/** Go: yaml.ClearAnnotation. */
export function clearAnnotation(node: StyledNode, key: string): void {
  const metadata = lookUp(rootOf(node), METADATA);
  const annotations = metadata && lookUp(metadata, ANNOTATIONS);
  if (annotations !== undefined) clearField(annotations, key, false);
}

/** Go: yaml.SetAnnotation. A value that is there keeps its quotes. */
export function setAnnotation(node: StyledNode, key: string, value: string): void {
  clearEmptyAnnotations(node);
  const metadata = lookUpOrAdd(rootOf(node), METADATA);
  const annotations = metadata && lookUpOrAdd(metadata, ANNOTATIONS);
  if (annotations === undefined) return;
  const fresh = value.isWellFormed()
    ? styledNode('scalar', value, SINGLE_QUOTED, '!!str')
    : styledNode('scalar', encodeBase64(encodeBytes(value)), SINGLE_QUOTED, '!!binary');
  const field = lookUp(annotations, key);
  if (field !== undefined) Object.assign(field, fresh, { style: field.style });
  else annotations.content.push(styledNode('scalar', key), fresh);
}
