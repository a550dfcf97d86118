/** `dependency list`. Go: helm pkg/action/dependency.go List */
import { statSync } from 'node:fs';
import type { Chart } from '../../chart/types.ts';
import { type DependencyStatus, dependencyStatus } from '../../dependency/status.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import type { Log } from '../../host.ts';
import { loadLocal } from '../charts/load.ts';
import { osErrorText } from '../files/os-error.ts';
import { type ChartFolder, chartsNames, inFolder, requestedDependencies } from './chart-folder.ts';

/** A dependency as Chart.yaml asks for it, and what is in charts/. */
export interface ListedDependency {
  readonly name: string;
  readonly version: string;
  readonly repository: string;
  readonly status: DependencyStatus;
}

export interface DependencyList {
  /** Nothing where Chart.yaml does not list dependencies at all. */
  readonly dependencies?: readonly ListedDependency[];
  /** Charts that are in charts/ without being asked for, and what is no chart. */
  readonly warnings: readonly string[];
}

/**
 * The dependencies of the chart in a folder or archive.
 *
 * @throws PintleError with Helm's text where the chart cannot be loaded
 */
export function listDependencies(chart: ChartFolder, log: Log): DependencyList {
  const { shown, path } = chart;
  try {
    statSync(path);
  } catch (error) {
    throw new PintleError('CHART_NOT_FOUND', osErrorText('stat', shown, error), { cause: error });
  }
  const load = (name: string): Chart => loadLocal(inFolder(chart, `charts/${name}`).path, { format: 'v2' });
  const parent = loadLocal(path, { log, format: 'v2' });
  const requested = requestedDependencies(parent);
  if (requested === undefined) {
    return { warnings: [`WARNING: no dependencies at ${inFolder(chart, 'charts').shown}`] };
  }
  const names = chartsNames(chart);
  const dependencies = requested.map((dependency): ListedDependency => {
    const { name, version = '', repository = '' } = dependency;
    return { name, version, repository, status: dependencyStatus(dependency, parent, { names, load }) };
  });
  const known = new Set(requested.map(({ name }) => name));
  const warnings = names.flatMap((name) => warningOf(inFolder(chart, `charts/${name}`), known, load) ?? []);
  return { dependencies, warnings };
}

/** Go: printMissing */
function warningOf(file: ChartFolder, known: ReadonlySet<string>, load: (name: string) => Chart): string | undefined {
  const name = file.path.slice(file.path.lastIndexOf('/') + 1);
  const stats = statSync(file.path, { throwIfNoEntry: false });
  if (stats === undefined || (!stats.isDirectory() && !name.endsWith('.tgz'))) return undefined;
  try {
    return known.has(load(name).metadata.name) ? undefined : `WARNING: ${quote(file.shown)} is not in Chart.yaml.`;
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    return `WARNING: ${quote(file.shown)} is not a chart.`;
  }
}
