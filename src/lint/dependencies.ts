/** Rules for what Chart.yaml lists against what charts/ has. Go: helm lint/rules/dependencies.go */
import { missingDependencies } from '../chart/dependencies.ts';
import type { Chart } from '../chart/types.ts';
import type { Findings } from './message.ts';

/** Checks the dependencies of a chart that could be loaded. `path` is the chart's folder. */
export function lintDependencies(chart: Chart, path: string, found: Findings): void {
  const listed = chart.metadata.dependencies ?? [];
  const names = new Set(listed.map(({ name }) => name));
  const unlisted = chart.dependencies.map(({ metadata }) => metadata.name).filter((name) => !names.has(name));
  found.check('ERROR', path, list('chart metadata is missing these dependencies', unlisted));
  const keys = new Set<string>();
  const repeated: string[] = [];
  for (const { name, alias } of listed) {
    const key = alias || name;
    if (keys.has(key)) repeated.push(key);
    keys.add(key);
  }
  found.check('ERROR', path, list('multiple dependencies with name or alias', repeated));
  found.check('WARNING', path, list('chart directory is missing these dependencies', missingDependencies(chart)));
}

function list(text: string, names: readonly string[]): string | undefined {
  return names.length > 0 ? `${text}: ${names.join(',')}` : undefined;
}
