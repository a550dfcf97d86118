import type { Chart } from '../../chart/types.ts';
import type { Log } from '../../host.ts';
import { loadLocal } from './load.ts';

/**
 * Loads a chart from a folder, whose `.helmignore` is followed, or from a `.tgz`.
 *
 * @example const chart = await loadChartFrom('./examples/shop');
 * @throws PintleError CHART_NOT_FOUND, CHART_INVALID, ARCHIVE_INVALID
 */
export async function loadChartFrom(path: string, options: { readonly log?: Log } = {}): Promise<Chart> {
  return loadLocal(path, options);
}
