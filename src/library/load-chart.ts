import { loadChartFiles } from '../chart/load.ts';
import type { Chart, ChartFile } from '../chart/types.ts';
import type { Inflate, Log } from '../host.ts';
import { readArchive } from '../sources/archive.ts';
import { webInflate } from '../sources/inflate-web.ts';

/** Where a chart's bytes come from: an archive, or files by their path inside the chart. */
export type ChartSource = Uint8Array | Readonly<Record<string, string | Uint8Array>> | readonly ChartFile[];

export interface LoadChartOptions {
  /** What undoes gzip. Default: the web's DecompressionStream; the Node face brings a faster one. */
  readonly inflate?: Inflate;
  readonly log?: Log;
}

/**
 * Reads a chart from memory: a `.tgz` as it was packaged, or its files. `.helmignore` is applied by who reads a
 * folder, not here.
 *
 * @example
 * const chart = await loadChart(new Uint8Array(await (await fetch('shop-1.4.0.tgz')).arrayBuffer()));
 * @example
 * const chart = await loadChart({ 'Chart.yaml': 'name: a\nversion: 1.0.0\n', 'templates/a.yaml': 'kind: List' });
 * @throws PintleError ARCHIVE_INVALID, CHART_INVALID
 */
export async function loadChart(source: ChartSource, options: LoadChartOptions = {}): Promise<Chart> {
  const inflate = options.inflate ?? webInflate;
  const files = source instanceof Uint8Array ? await readArchive(source, inflate) : chartFiles(source);
  return loadChartFiles(files, { inflate, ...(options.log && { log: options.log }) });
}

/** The files of a source that is no archive. */
export function chartFiles(source: Exclude<ChartSource, Uint8Array>): readonly ChartFile[] {
  if (Array.isArray(source)) return source;
  const encoder = new TextEncoder();
  return Object.entries(source as Readonly<Record<string, string | Uint8Array>>).map(([name, data]) => ({
    name,
    data: typeof data === 'string' ? encoder.encode(data) : data,
  }));
}
