/** Rules for what templates render to. Go: helm lint/rules/template.go */
import type { Chart } from '../chart/types.ts';
import { byteLength } from '../go/bytes.ts';
import { extName, joinPath } from '../go/path.ts';
import { quote } from '../go/quote.ts';
import { trimSpace } from '../go/space.ts';
import type { KubeVersion } from '../render/capabilities.ts';
import { deprecationProblem } from './deprecations.ts';
import { type LintObject, listAnnotations, readObjects } from './document.ts';
import type { Findings } from './message.ts';
import { nameProblem } from './names.ts';

const EXTENSIONS = new Set(['.yaml', '.yml', '.tpl', '.txt']);
/** Go: bufio.MaxScanTokenSize */
const MAX_LINE = 64 * 1024;

/** Checks the rendered files of the chart itself, not of its subcharts. A file that is no YAML ends it. */
export function lintRendered(
  chart: Chart,
  rendered: ReadonlyMap<string, string>,
  kubeVersion: KubeVersion,
  found: Findings,
): void {
  for (const { name } of chart.templates) {
    const extension = extName(name);
    found.check('ERROR', name, EXTENSIONS.has(extension) ? undefined : extensionProblem(extension));
    if (!/^\.ya?ml$/i.test(extension)) continue;
    const text = rendered.get(joinPath(chart.metadata.name, name)) ?? '';
    if (trimSpace(text) === '') continue;
    found.check('WARNING', name, indentProblem(text));
    try {
      for (const object of readObjects(text)) lintObject(object, name, text, kubeVersion, found);
    } catch (error) {
      found.check('ERROR', name, `unable to parse YAML: ${(error as Error).message}`);
      return;
    }
  }
}

function lintObject(object: LintObject, file: string, text: string, version: KubeVersion, found: Findings): void {
  const { apiVersion, kind, name } = object;
  found.check('WARNING', file, nameProblem(kind, name));
  found.check('WARNING', file, deprecationProblem(apiVersion, kind, version));
  found.check('ERROR', file, selectorProblem(kind, name, text));
  found.check('ERROR', file, kind === 'List' ? listProblem(text) : undefined);
}

function extensionProblem(extension: string): string {
  return `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`;
}

/** The first line with something in it must not be indented. */
function indentProblem(text: string): string | undefined {
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text[end - 1] === '\r' ? text.slice(start, end - 1) : text.slice(start, end);
    if (line.length >= MAX_LINE / 4 && byteLength(line) >= MAX_LINE) return 'bufio.Scanner: token too long';
    if (trimSpace(line) !== '') {
      if (line[0] !== ' ' && line[0] !== '\t') return undefined;
      return `document starts with an illegal indent: ${quote(line)}, which may cause parsing problems`;
    }
    start = end + 1;
  }
  return undefined;
}

const WITH_SELECTOR = new Set(['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet']);

function selectorProblem(kind: string, name: string, text: string): string | undefined {
  if (!WITH_SELECTOR.has(kind) || text.includes('matchLabels') || text.includes('matchExpressions')) return undefined;
  return `a ${kind} must contain matchLabels or matchExpressions, and ${quote(name)} does not`;
}

function listProblem(text: string): string | undefined {
  try {
    const ignored = listAnnotations(text).some((annotations) => annotations.has('helm.sh/resource-policy'));
    return ignored ? "annotation 'helm.sh/resource-policy' within List objects are ignored" : undefined;
  } catch (error) {
    return `unable to parse YAML: ${(error as Error).message}`;
  }
}
