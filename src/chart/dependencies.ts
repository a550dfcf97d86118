/** Whether a chart has the charts that it says it needs. Go: helm pkg/action CheckDependencies */
import { PintleError } from '../errors.ts';
import type { Chart, Dependency } from './types.ts';

/** The names that Chart.yaml lists and charts/ lacks, in order. Names count, versions and aliases do not. */
export function missingDependencies(
  chart: Chart,
  wanted: readonly Dependency[] = chart.metadata.dependencies ?? [],
): string[] {
  const present = new Set(chart.dependencies.map((dependency) => dependency.metadata.name));
  return wanted.filter(({ name }) => !present.has(name)).map(({ name }) => name);
}

/**
 * Checks that no dependency is missing.
 *
 * @throws PintleError `DEPENDENCY_MISSING` with Helm's text.
 */
export function checkDependencies(chart: Chart, wanted?: readonly Dependency[]): void {
  const missing = missingDependencies(chart, wanted);
  if (missing.length === 0) return;
  const text = `found in Chart.yaml, but missing in charts/ directory: ${missing.join(', ')}`;
  throw new PintleError('DEPENDENCY_MISSING', text, {
    data: { missing },
    hint: 'Run `dependency build` to fetch them.',
  });
}
