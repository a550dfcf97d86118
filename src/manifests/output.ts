import type { Crd } from '../chart/crds.ts';
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { matchPath } from '../go/path.ts';
import type { Hook, Manifest } from './manifest.ts';
import { splitDocuments, trimSpace } from './split.ts';

/** What a render made, as far as its text goes. */
export interface Documents {
  readonly crds: readonly Crd[];
  readonly manifests: readonly Manifest[];
  readonly hooks: readonly Hook[];
}

/** Which documents the text shows. */
export interface TextOptions {
  readonly includeCrds?: boolean;
  readonly noHooks?: boolean;
  readonly skipTests?: boolean;
}

/** A document with the name that stands in its `# Source:` line. */
export interface NamedDocument {
  readonly source: string;
  readonly text: string;
  /** The manifest or hook that it is, for those that are; CRDs are files. */
  readonly manifest?: Manifest;
}

/** CRDs, then manifests, then hooks: the order in which `template` prints. Helm: cmd/template.go. */
export function documentsOf(documents: Documents, options: TextOptions = {}): NamedDocument[] {
  const named = (m: Manifest): NamedDocument => ({ source: m.source, text: m.content, manifest: m });
  const crds = options.includeCrds ? documents.crds : [];
  return [
    ...crds.map(({ source, file }) => ({ source, text: decodeBytes(file.data) })),
    ...documents.manifests.map(named),
    ...(options.noHooks ? [] : documents.hooks.filter((h) => !(options.skipTests && isTest(h))).map(named)),
  ];
}

function isTest(hook: Hook): boolean {
  return hook.events.includes('test');
}

/** One document as it is printed and written to files. */
export function printDocument({ source, text }: NamedDocument): string {
  return `---\n# Source: ${source}\n${text}\n`;
}

/** What a release stores and `template` prints first: CRDs where asked for, and manifests. Not trimmed. */
export function manifestText(documents: Documents, options: TextOptions = {}): string {
  return documentsOf(documents, { ...options, noHooks: true })
    .map(printDocument)
    .join('');
}

/**
 * What `helm template` prints: the manifests trimmed and ended by one newline, then each hook.
 *
 * @example templateText(rendered, { includeCrds: true })
 */
export function templateText(documents: Documents, options: TextOptions = {}): string {
  const hooks = documentsOf({ crds: [], manifests: [], hooks: documents.hooks }, options).map(printDocument);
  return `${trimSpace(manifestText(documents, options))}\n${hooks.join('')}`;
}

/**
 * Only the documents whose template matches one of the patterns, in the order of the patterns. A pattern is Go's
 * path.Match against the path without the chart's name. Helm: cmd/template.go.
 *
 * @throws PintleError USAGE when a pattern matches nothing
 */
export function showOnly(text: string, patterns: readonly string[]): string {
  const documents = splitDocuments(text).map((piece) => ({
    text: piece.text,
    // Go's [^/] takes newlines too.
    path: /# Source: [^/]+\/([^\n]+)/.exec(piece.text)?.[1],
  }));
  const out: string[] = [];
  for (const pattern of patterns) {
    const found = documents.filter(({ path }) => path !== undefined && matches(pattern, path));
    if (found.length === 0) {
      throw new PintleError('USAGE', `could not find template ${pattern} in chart`, {
        hint: 'Name a template as its path inside the chart, e.g. templates/deployment.yaml or charts/sub/templates/*.yaml.',
        data: { pattern },
      });
    }
    out.push(...found.map((document) => `---\n${document.text}\n`));
  }
  return out.join('');
}

/** An ill-formed pattern matches nothing, as Helm drops the error. */
function matches(pattern: string, path: string): boolean {
  try {
    return matchPath(pattern, path);
  } catch {
    return false;
  }
}
