/**
 * What was learned of a chart's templates when they were last parsed, kept on disk by what the templates hold: a
 * program that starts anew for each chart would spend most of its time parsing definitions that nothing calls.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Chart, ChartFile } from '../../chart/types.ts';
import type { Outlines } from '../../render/render.ts';
import { FORMAT, type Outline } from '../../template/outline.ts';
import { sha256 } from '../crypto/sha256.ts';
import type { KnownOutlines } from './write-outlines.ts';

/** {@link Outlines} of one chart, to be written once the chart is rendered. */
export interface KeptOutlines extends Outlines {
  /** Keeps what was learned, unless all of it was known. What goes wrong is nobody's business. */
  save(): Promise<void>;
}

/**
 * The outlines of the templates of a chart, from `folder` where it has them.
 *
 * @param version of the program: the next may have other functions, or read templates otherwise
 * @example
 * const outlines = keptOutlines(chart, join(cache, 'outlines'), version);
 * await renderRelease(chart, values, { ...request, outlines });
 * await outlines.save();
 */
export function keptOutlines(chart: Chart, folder: string, version: string): KeptOutlines {
  // Without a home, folders are relative: what a command leaves behind in passing does not belong there.
  if (!isAbsolute(folder)) return NOTHING;
  const files = templatesOf(chart);
  const path = join(folder, `${digestOf(files, version)}.json`);
  const known = read(path, files.length);
  const byFile = new Map(files.map((file, i) => [file, known?.outlines[i] ?? undefined]));
  const functions = known?.functions ?? [];
  // A chart that was not enabled before is parsed for the first time later.
  const learned = new Map<ChartFile, () => Outline | undefined>();
  let now = functions;
  return {
    functions,
    called: (names) => {
      now = names;
    },
    get: (file) => byFile.get(file),
    add: (file, outline) => {
      if (byFile.has(file) && byFile.get(file) === undefined) learned.set(file, outline);
    },
    save: async () => {
      // What was called before may be called again, with other values.
      const all = [...new Set([...functions, ...now])];
      if (learned.size === 0 && all.length === functions.length) return;
      const outlines = files.map((file) => byFile.get(file) ?? learned.get(file)?.() ?? null);
      await (await import('./write-outlines.ts')).writeOutlines(path, { outlines, functions: all });
    },
  };
}

const NOTHING: KeptOutlines = {
  get: () => undefined,
  add: () => undefined,
  functions: [],
  called: () => undefined,
  save: async () => undefined,
};

function templatesOf(chart: Chart): ChartFile[] {
  return [...chart.templates, ...chart.dependencies.flatMap(templatesOf)];
}

/** Of every text with its length, so that none can pass for part of another. */
function digestOf(files: readonly ChartFile[], version: string): string {
  const lengths = files.map(({ data }) => data.length).join(' ');
  return sha256([`${FORMAT} ${version} ${lengths}\n`, ...files.map(({ data }) => data)]);
}

function read(path: string, count: number): KnownOutlines | undefined {
  try {
    const known = JSON.parse(readFileSync(path, 'utf8')) as KnownOutlines;
    return known.outlines.length === count && Array.isArray(known.functions) ? known : undefined;
  } catch {
    // Not there, cut off, or no JSON: it is made anew.
    return undefined;
  }
}
