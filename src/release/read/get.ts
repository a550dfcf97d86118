/** One revision of a release, and what is in it. Go: helm pkg/action/get.go, get_values.go, get_metadata.go */
import type { Chart } from '../../chart/types.ts';
import type { GoMap, Value } from '../../go/value.ts';
import { coalesceValues } from '../../values/coalesce.ts';
import { last } from '../storage.ts';
import type { Release, ReleaseStore, StoredRelease } from '../types.ts';
import { checkReleaseName } from './history.ts';

/**
 * A revision, or the newest where `version` is not positive.
 *
 * @throws PintleError RELEASE_NOT_FOUND, NAME_INVALID, RELEASE_INVALID
 */
export async function getRelease(store: ReleaseStore, name: string, version = 0): Promise<StoredRelease> {
  checkReleaseName(name, 'releaseContent: Release name is invalid');
  return version <= 0 ? last(store, name) : store.get(name, version);
}

/** The user's values laid over those of the chart itself: its subcharts are not in the record. */
export function computedValues({ chart, config }: Release): GoMap {
  const values = chart.get('values');
  return coalesceValues(
    {
      ...NO_CHART,
      metadata: { name: chartText(chart, 'name'), version: '' },
      values: values instanceof Map ? values : new Map(),
    },
    config ?? new Map(),
  );
}

const NO_CHART: Chart = {
  metadata: { name: '', version: '' },
  values: new Map(),
  templates: [],
  files: [],
  raw: [],
  dependencies: [],
};

/** The metadata in a chart's record; nothing where a record has none. */
export function chartMetadata(chart: GoMap): GoMap | undefined {
  const metadata = chart.get('metadata');
  return metadata instanceof Map ? metadata : undefined;
}

/** A text of the chart's metadata. */
export function chartText(chart: GoMap, field: string): string {
  const value = chartMetadata(chart)?.get(field);
  return typeof value === 'string' ? value : '';
}

/** `web-1.2.3`. Go: helm pkg/cmd formatChartName, which has met records without a chart */
export function chartTitle({ chart }: Release): string {
  if (chartMetadata(chart) === undefined) return 'MISSING';
  return `${chartText(chart, 'name')}-${chartText(chart, 'version')}`;
}

/** Go: helm pkg/cmd formatAppVersion */
export function appVersionOf({ chart }: Release): string {
  return chartMetadata(chart) === undefined ? 'MISSING' : chartText(chart, 'appVersion');
}

/** The dependencies that the chart's metadata names. */
export function chartDependencies(chart: GoMap): readonly GoMap[] {
  const list: Value = chartMetadata(chart)?.get('dependencies') ?? null;
  return Array.isArray(list) ? list.filter((item) => item instanceof Map) : [];
}
