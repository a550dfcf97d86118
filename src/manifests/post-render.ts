/**
 * Rendered files on their way through a post-renderer and back: one stream of documents, each with an annotation
 * that says which file it came from. Helm: action.go annotateAndMerge, splitAndDeannotate
 */
import { PintleError } from '../errors.ts';
import { GoError } from '../go/error.ts';
import { compareStrings } from '../go/value.ts';
import type { StyledNode } from '../yaml/styled-node.ts';
import type { RenderedFile } from './manifest.ts';
import { clearAnnotation, metaOf, setAnnotation } from './resource-nodes.ts';
import { parseResources, writeResources } from './resource-stream.ts';
import { isBlank, splitDocuments } from './split.ts';

const KEY = 'postrenderer.helm.sh/postrender-filename';

/** The stream for the post-renderer: all files in order of name, without partials and empty documents. */
export function mergeForPostRender(files: readonly RenderedFile[]): string {
  const resources: StyledNode[] = [];
  for (const { name, text } of [...files].sort((a, b) => compareStrings(a.name, b.name))) {
    if (name.slice(name.lastIndexOf('/') + 1).startsWith('_') || isBlank(text)) continue;
    for (const piece of splitDocuments(text)) {
      const found = failingAs(`error merging manifests: parsing ${name}: `, () => parseResources(piece.text));
      for (const resource of found) {
        failingAs(`error merging manifests: annotating ${name}: `, () => setAnnotation(resource, KEY, name));
        resources.push(resource);
      }
    }
  }
  return failingAs('error merging manifests: writing merged docs: ', () => writeResources(resources));
}

const PARSING = 'error while parsing post rendered output: ';

/** What came back, by file; what carries no annotation gets a file of its own. */
export function splitPostRendered(text: string): RenderedFile[] {
  const resources = failingAs(`${PARSING}error parsing YAML: `, () => parseResources(text));
  const files = new Map<string, StyledNode[]>();
  for (const [i, resource] of resources.entries()) {
    const meta = metaOf(resource);
    if (meta === undefined) {
      throw new PintleError('POST_RENDER_FAILED', `${PARSING}getting metadata: missing Resource metadata`);
    }
    const name = meta.annotations.get(KEY) || `generated-by-postrender-${i}.yaml`;
    failingAs(`${PARSING}clearing filename annotation: `, () => clearAnnotation(resource, KEY));
    const group = files.get(name);
    if (group === undefined) files.set(name, [resource]);
    else group.push(resource);
  }
  return [...files].map(([name, group]) => ({
    name,
    text: failingAs(`${PARSING}re-writing ${name}: `, () => writeResources(group)),
  }));
}

/** Runs a step; what Go's libraries complain about is told with what Helm puts before it. */
function failingAs<T>(prefix: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('POST_RENDER_FAILED', prefix + error.message, { cause: error });
  }
}
