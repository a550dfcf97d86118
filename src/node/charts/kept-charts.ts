/**
 * Charts that were loaded before, on disk with what they were read from: a program that starts anew for each render
 * would spend a good part of its time on unpacking the same archive and reading the same values.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Chart } from '../../chart/types.ts';
import { chartOf } from './kept-chart.ts';
import { type ChartMemory, type ChartSource, loadWatched } from './memory.ts';

/** How many charts are kept. */
const MOST = 100;

/**
 * The charts kept in `folder`.
 *
 * @param version of the program: the next may read charts otherwise
 * @example
 * const charts = keptCharts(join(cache, 'charts'), version);
 * const chart = loadLocal('web-1.0.0.tgz', { memory: charts });
 * await charts.save();
 */
export function keptCharts(folder: string, version: string): ChartMemory {
  // Without a home, folders are relative: what lies in the folder of a user is none of ours.
  const isOurs = isAbsolute(folder);
  const names = new Map<Chart, string>();
  const fresh = new Map<Chart, ChartSource>();
  return {
    nameOf: (chart) => names.get(chart),
    remember(source, log, load) {
      const kept = isOurs ? read(join(folder, looksOf(source)), source, version) : undefined;
      if (kept !== undefined) {
        names.set(kept.chart, kept.name);
        return kept.chart;
      }
      const { chart, isSilent } = loadWatched(load, log);
      if (isSilent) fresh.set(chart, source);
      return chart;
    },
    // What goes wrong is nobody's business.
    async save() {
      if (fresh.size === 0 || !isOurs) return;
      const { bytesOf } = await import('./kept-chart-bytes.ts');
      const { writeKept } = await import('./write-kept.ts');
      const { randomBytes } = await import('node:crypto');
      for (const [chart, source] of fresh) {
        const name = randomBytes(16).toString('hex');
        const bytes = bytesOf(chart, source, name, version);
        if (bytes === undefined) continue;
        writeKept(join(folder, looksOf(source)), bytes, MOST);
        names.set(chart, name);
      }
      fresh.clear();
    },
  };
}

function read(path: string, source: ChartSource, version: string): ReturnType<typeof chartOf> {
  try {
    return chartOf(readFileSync(path), source, version);
  } catch {
    // Not there, cut off, or none of ours: the chart is loaded.
    return undefined;
  }
}

/** How many bytes of each part are looked at, besides its length and its end. */
const LOOKS = 16;

/**
 * Where a source is kept: two that look the same take the place in turns. An archive ends with a checksum and a size;
 * a digest would be surer and, with what Node loads for it, take longer than unpacking.
 */
function looksOf(source: ChartSource): string {
  let [a, b] = [0x811c9dc5, 0x01000193];
  const add = (n: number): void => {
    a = Math.imul(a ^ n, 0x01000193);
    b = Math.imul(b ^ a, 0x85ebca6b) ^ (b >>> 13);
  };
  for (const part of source) {
    const { length } = part;
    add(length);
    const at = (i: number): number => (typeof part === 'string' ? part.charCodeAt(i) : (part[i] as number));
    for (let i = Math.max(0, length - LOOKS); i < length; i++) add(at(i));
    for (let i = 0; i < LOOKS && i < length; i++) add(at(Math.floor((i * length) / LOOKS)));
  }
  return [a, b].map((n) => (n >>> 0).toString(16).padStart(8, '0')).join('');
}
