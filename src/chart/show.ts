/** What `show` prints of a chart. Go: helm pkg/action/show.go */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { crdsOf } from './crds.ts';
import { evalJsonPath } from './jsonpath.ts';
import { parseJsonPath } from './jsonpath-parse.ts';
import { metadataToYaml } from './metadata.ts';
import type { Chart, ChartFile } from './types.ts';

export type ShowPart = 'all' | 'chart' | 'crds' | 'readme' | 'values';

export interface ShowOptions {
  /** Prints what this JSONPath template finds in the values, instead of values.yaml. */
  readonly jsonPath?: string;
}

/**
 * One part of a chart, or all of them with `---` between.
 *
 * @throws PintleError `USAGE` for a JSONPath that cannot be parsed, with Helm's text.
 */
export function showChart(chart: Chart, part: ShowPart, options: ShowOptions = {}): string {
  const all = part === 'all';
  let out = '';
  if (all || part === 'chart') out += `${metadataToYaml(chart.metadata)}\n`;
  if (all || part === 'values') out += showValues(chart, all ? '---\n' : '', options.jsonPath ?? '');
  if (all || part === 'readme') {
    const readme = findReadme(chart.files);
    if (readme) out += `${all ? '---\n' : ''}${decodeBytes(readme.data)}\n`;
  }
  if (all || part === 'crds')
    out += crdsOf(chart)
      .map(({ file }) => showCrd(file))
      .join('');
  return out;
}

function showValues(chart: Chart, separator: string, template: string): string {
  const files = chart.raw.filter((file) => file.name === 'values.yaml');
  if (files.length === 0) return '';
  if (template === '') return separator + files.map((file) => `${decodeBytes(file.data)}\n`).join('');
  try {
    parseJsonPath(template);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('USAGE', `error parsing jsonpath ${template}: ${error.message}`, { cause: error });
  }
  try {
    return separator + evalJsonPath(template, chart.values);
  } catch (error) {
    // Helm prints nothing, and does not say why, when the template asks for what is not there.
    if (error instanceof GoError) return separator;
    throw error;
  }
}

const README_NAMES = new Set(['readme.md', 'readme.txt', 'readme']);

function findReadme(files: readonly ChartFile[]): ChartFile | undefined {
  return files.find((file) => README_NAMES.has(file.name.toLowerCase()));
}

function showCrd(file: ChartFile): string {
  const text = decodeBytes(file.data);
  return `${text.startsWith('---') ? '' : '---\n'}${text}\n`;
}
