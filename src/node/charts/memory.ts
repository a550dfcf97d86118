import type { Chart } from '../../chart/types.ts';
import type { Log } from '../../host.ts';

/**
 * Charts by what they were read from, for a process that renders many: charts are readonly data, so that each need be
 * read once. Those that were not asked for the longest are forgotten.
 */
export interface ChartMemory {
  /**
   * The chart of a digest, or what `load` makes of it. A chart about which something is logged is not remembered, so
   * that it is said each time.
   */
  remember(digest: string, log: Log | undefined, load: (log: Log) => Chart): Chart;
}

/** @param most how many charts are remembered */
export function createChartMemory(most = 64): ChartMemory {
  const charts = new Map<string, Chart>();
  return {
    remember(digest, log, load) {
      const known = charts.get(digest);
      if (known !== undefined) {
        charts.delete(digest);
        charts.set(digest, known);
        return known;
      }
      let isSilent = true;
      const chart = load({
        log: (...line) => {
          isSilent = false;
          log?.log(...line);
        },
      });
      if (!isSilent) return chart;
      if (charts.size >= most) charts.delete(charts.keys().next().value as string);
      charts.set(digest, chart);
      return chart;
    },
  };
}
