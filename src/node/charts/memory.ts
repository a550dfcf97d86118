import type { Chart } from '../../chart/types.ts';
import type { Log } from '../../host.ts';
import { sha256 } from '../crypto/sha256.ts';

/** What a chart is read from, and how: the same parts make the same chart. */
export type ChartSource = readonly (Uint8Array | string)[];

/**
 * Charts by what they were read from, for a process that renders many: charts are readonly data, so that each need be
 * read once. Those that were not asked for the longest are forgotten.
 */
export interface ChartMemory {
  /**
   * The chart of a source, or what `load` makes of it. A chart about which something is logged is not remembered, so
   * that it is said each time.
   */
  remember(source: ChartSource, log: Log | undefined, load: (log: Log) => Chart): Chart;
  /** Keeps what was loaded anew for the next process, if that is what it is for. */
  save?(): Promise<void>;
  /** The name under which a chart is kept, which no other chart has or will have. */
  nameOf?(chart: Chart): string | undefined;
}

/** Loads a chart, and says whether anything was logged about it. */
export function loadWatched(load: (log: Log) => Chart, log: Log | undefined): { chart: Chart; isSilent: boolean } {
  let isSilent = true;
  const chart = load({
    log: (...line) => {
      isSilent = false;
      log?.log(...line);
    },
  });
  return { chart, isSilent };
}

/** @param most how many charts are remembered */
export function createChartMemory(most = 64): ChartMemory {
  const charts = new Map<string, Chart>();
  return {
    remember(source, log, load) {
      const digest = sha256(...source.flatMap((part) => [`${part.length} `, part]));
      const known = charts.get(digest);
      if (known !== undefined) {
        charts.delete(digest);
        charts.set(digest, known);
        return known;
      }
      const { chart, isSilent } = loadWatched(load, log);
      if (!isSilent) return chart;
      if (charts.size >= most) charts.delete(charts.keys().next().value as string);
      charts.set(digest, chart);
      return chart;
    },
  };
}
