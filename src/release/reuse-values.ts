/** Which values an upgrade has, given those of the release. Helm: action/upgrade.go reuseValues */
import type { Chart } from '../chart/types.ts';
import { copyMap } from '../go/copy.ts';
import { type GoMap, isMap } from '../go/value.ts';
import type { Log } from '../host.ts';
import { coalesceValues } from '../values/coalesce.ts';
import { coalesceTables } from '../values/tables.ts';
import type { UpgradeOptions } from './options.ts';
import type { Release } from './types.ts';

/** What an upgrade renders with. */
export interface ReusedValues {
  readonly chart: Chart;
  readonly values: GoMap;
}

type ReuseOptions = Pick<UpgradeOptions, 'resetValues' | 'reuseValues' | 'resetThenReuseValues'>;

/** The chart and the user's values of an upgrade. */
export function reuseValues(
  { chart, values }: ReusedValues,
  current: Release,
  options: ReuseOptions,
  log: Log,
): ReusedValues {
  const { resetValues, resetThenReuseValues } = options;
  const config: GoMap = current.config ?? new Map();
  if (resetValues) {
    log.log('DEBUG', "resetting values to the chart's original version");
    return { chart, values };
  }
  if (options.reuseValues) {
    log.log('DEBUG', "reusing the old release's values");
    return { chart: { ...chart, values: oldValues(current, config, log) }, values: over(config, values, log) };
  }
  if (resetThenReuseValues) {
    log.log('DEBUG', 'merging values from old release to new values');
    return { chart, values: over(config, values, log) };
  }
  if (values.size > 0 || config.size === 0) return { chart, values };
  log.log('DEBUG', 'copying values from old release', { name: current.name, version: current.version });
  return { chart, values: copyMap(config) };
}

/** The defaults of the chart that was deployed, under what the user gave then. */
function oldValues({ chart }: Release, config: GoMap, log: Log): GoMap {
  const metadata = chart.get('metadata');
  const name = isMap(metadata) ? metadata.get('name') : undefined;
  const values = chart.get('values');
  const old: Chart = {
    metadata: { name: typeof name === 'string' ? name : '', version: '' },
    values: isMap(values) ? values : new Map(),
    templates: [],
    files: [],
    raw: [],
    dependencies: [],
  };
  return coalesceValues(old, config, log);
}

function over(config: GoMap, values: GoMap, log: Log): GoMap {
  const merged = copyMap(values);
  coalesceTables(merged, copyMap(config), '', false, log);
  return merged;
}
