/**
 * Rendered files on their way through a post-renderer and back: one stream of documents, each with an annotation
 * that says which file it came from. Helm: action.go annotateAndMerge, splitAndDeannotate
 *
 * Helm writes every document anew; here the annotation's lines are put in and taken out, and only documents in
 * which that is not possible (JSON, flow style) are written anew.
 */
import { PintleError } from '../errors.ts';
import { compareStrings, type GoMap, isMap, type Value } from '../go/value.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { toYaml } from '../yaml/emit.ts';
import type { RenderedFile } from './manifest.ts';
import { isBlank, splitDocuments } from './split.ts';

const KEY = 'postrenderer.helm.sh/postrender-filename';

/** The stream for the post-renderer: all files in order of name, without partials and empty documents. */
export function mergeForPostRender(files: readonly RenderedFile[]): string {
  const documents: string[] = [];
  for (const { name, text } of [...files].sort((a, b) => compareStrings(a.name, b.name))) {
    if (name.slice(name.lastIndexOf('/') + 1).startsWith('_')) continue;
    for (const piece of splitDocuments(text)) {
      for (const document of itemsOf(piece.text, name)) documents.push(annotate(document, name));
    }
  }
  return documents.join('---\n');
}

/** What came back, by file; what carries no annotation gets a file of its own. */
export function splitPostRendered(text: string): RenderedFile[] {
  const files = new Map<string, string[]>();
  let index = 0;
  for (const piece of splitDocuments(text)) {
    const value = read(piece.text, 'error while parsing post rendered output: error parsing YAML: ');
    if (value === undefined) continue;
    for (const document of isList(value) ? itemTexts(value) : [piece.text]) {
      const name = annotationOf(yamlToValue(document)) || `generated-by-postrender-${index}.yaml`;
      files.set(name, [...(files.get(name) ?? []), deannotate(document)]);
      index++;
    }
  }
  return [...files].map(([name, documents]) => ({ name, text: documents.join('---\n') }));
}

/** The document itself; or for a `List`, which post-renderers know nothing of, its items. */
function itemsOf(text: string, file: string): string[] {
  const value = read(text, `error merging manifests: parsing ${file}: `);
  if (value === undefined) return [];
  return isList(value) ? itemTexts(value) : [text.endsWith('\n') ? text : `${text}\n`];
}

function read(text: string, prefix: string): GoMap | undefined {
  let value: Value;
  try {
    value = yamlToValue(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/^error converting YAML to JSON: /, '');
    throw new PintleError('POST_RENDER_FAILED', `${prefix}MalformedYAMLError: ${reason}`, { cause: error });
  }
  if (value === null || value === undefined) return undefined;
  if (isMap(value)) return value;
  const kind = Array.isArray(value) ? 'SequenceNode' : 'ScalarNode';
  const contents = `node contents:\n${text.trimEnd()}\n`;
  const message = `${prefix}wrong node kind: expected MappingNode but got ${kind}: ${contents}`;
  throw new PintleError('POST_RENDER_FAILED', message);
}

function isList(value: GoMap): boolean {
  return /^(List|ResourceList)$/.test(String(value.get('kind'))) && Array.isArray(value.get('items'));
}

function itemTexts(list: GoMap): string[] {
  return (list.get('items') as Value[]).map((item) => toYaml(item));
}

function annotationsOf(value: Value): GoMap | undefined {
  const metadata = isMap(value) ? value.get('metadata') : undefined;
  const annotations = isMap(metadata) ? metadata.get('annotations') : undefined;
  return isMap(annotations) ? annotations : undefined;
}

function annotationOf(value: Value): string | undefined {
  const name = annotationsOf(value)?.get(KEY);
  return typeof name === 'string' ? name : undefined;
}

function annotate(text: string, name: string): string {
  const line = `${KEY}: '${name.replaceAll("'", "''")}'`;
  const lines = text.replace(/\n*$/, '').split('\n');
  const metadata = findKey(lines, 'metadata', 0, lines.length, 0);
  if (metadata === undefined) lines.push('metadata:', '  annotations:', `    ${line}`);
  else {
    const end = blockEnd(lines, metadata, 0);
    const indent = childIndent(lines, metadata, end) ?? 2;
    const annotations = findKey(lines, 'annotations', metadata + 1, end, indent);
    const pad = ' '.repeat(indent);
    if (annotations === undefined) lines.splice(end, 0, `${pad}annotations:`, `${pad}  ${line}`);
    else {
      const last = blockEnd(lines, annotations, indent);
      const inner = childIndent(lines, annotations, last) ?? indent + 2;
      lines.splice(last, 0, ' '.repeat(inner) + line);
    }
  }
  const done = `${lines.join('\n')}\n`;
  return isAnnotated(done, name) ? done : rewritten(text, name);
}

function isAnnotated(text: string, name: string): boolean {
  try {
    return annotationOf(yamlToValue(text)) === name;
  } catch {
    return false;
  }
}

/** Written anew, with the annotation set or, without a name, taken away. */
function rewritten(text: string, name?: string): string {
  const value = new Map(yamlToValue(text) as GoMap);
  const metadata: GoMap = new Map((value.get('metadata') as GoMap | null) ?? []);
  const annotations: GoMap = new Map(annotationsOf(value) ?? []);
  if (name === undefined) annotations.delete(KEY);
  else annotations.set(KEY, name);
  if (annotations.size > 0) metadata.set('annotations', annotations);
  else metadata.delete('annotations');
  if (metadata.size > 0) value.set('metadata', metadata);
  else value.delete('metadata');
  return toYaml(value);
}

function deannotate(text: string): string {
  const ended = `${text.replace(/\n*$/, '')}\n`;
  if (annotationOf(yamlToValue(text)) === undefined) return ended;
  const lines = ended.slice(0, -1).split('\n');
  const at = lines.findIndex((line) => /^ +["']?postrenderer\.helm\.sh\/postrender-filename["']?:/.test(line));
  if (at >= 0) {
    lines.splice(at, 1);
    dropEmptyParent(lines, 'annotations');
    dropEmptyParent(lines, 'metadata');
    const done = `${lines.join('\n')}\n`;
    if (isBlank(done)) return done;
    try {
      const value = yamlToValue(done);
      if (isMap(value) && annotationOf(value) === undefined) return done;
    } catch {
      // Then it goes the other way.
    }
  }
  return rewritten(text);
}

/** Takes away a key in block style that has nothing below it. */
function dropEmptyParent(lines: string[], key: string): void {
  const at = lines.findIndex((line) => new RegExp(`^ *${key}: *$`).test(line));
  if (at < 0) return;
  const indent = (lines[at] as string).search(/\S/);
  const next = lines.slice(at + 1).find((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (next === undefined || next.search(/\S/) <= indent) lines.splice(at, 1);
}

/** The line of a key in block style with nothing but a comment after it. */
function findKey(lines: readonly string[], key: string, from: number, to: number, indent: number): number | undefined {
  const start = `${' '.repeat(indent)}${key}:`;
  for (let i = from; i < to; i++) if ((lines[i] as string).startsWith(start)) return i;
  return undefined;
}

/** The line after the last one that belongs to the block under `at`. */
function blockEnd(lines: readonly string[], at: number, indent: number): number {
  let end = at + 1;
  for (let i = at + 1; i < lines.length; i++) {
    const line = lines[i] as string;
    const depth = line.search(/\S/);
    if (depth < 0) continue;
    if (depth <= indent) break;
    end = i + 1;
  }
  return end;
}

function childIndent(lines: readonly string[], at: number, end: number): number | undefined {
  for (let i = at + 1; i < end; i++) {
    const line = lines[i] as string;
    if (line.trim() !== '' && !line.trim().startsWith('#')) return line.search(/\S/);
  }
  return undefined;
}
