/** `template` of every published chart, whole processes: what a user waits for. */
import { conformanceFolder, readCases } from '../test/conformance/cases.ts';
import { type Measured, measure } from './measure.ts';
import type { Program } from './programs.ts';

export interface TemplateOptions {
  readonly helm: string;
  readonly programs: readonly Program[];
  readonly rounds: number;
  /** Part of the names of the charts. */
  readonly only: string;
  readonly work: string;
  readonly log: (line: string) => void;
}

/** The archives of the charts that render as they come. */
export function renderableCharts(only: string): { readonly name: string; readonly path: string }[] {
  const folder = conformanceFolder();
  if (folder === undefined) throw new Error('the charts are not there: set PINTLE_CONFORMANCE');
  return readCases(folder)
    .filter(({ values, exit, chart }) => values === undefined && exit === 0 && chart.includes(only))
    .map(({ chart }) => ({ name: chart, path: `${folder}/charts/${chart}.tgz` }));
}

export async function benchTemplate(options: TemplateOptions): Promise<Measured> {
  const args = (path: string): string[] => ['template', 'bench', path];
  const races = renderableCharts(options.only).map(({ name, path }) => ({ id: name, args: args(path) }));
  return measure(races, options);
}
