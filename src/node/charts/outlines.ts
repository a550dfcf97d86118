/**
 * What was learned of a chart's templates when they were last parsed, kept on disk by what the templates hold: a
 * program that starts anew for each chart would spend most of its time parsing definitions that nothing calls.
 */
import { readFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import type { Chart, ChartFile } from '../../chart/types.ts';
import type { Outlines, RsaKeysAsked } from '../../render/render.ts';
import { FORMAT, type Outline } from '../../template/outline.ts';
import { sha256 } from '../crypto/sha256.ts';

/** What the file of a chart says: of its templates in their order, of the functions that they called, and of keys. */
interface KnownOutlines {
  readonly outlines: readonly (Outline | null)[];
  readonly functions: readonly string[];
  readonly rsaKeys: RsaKeysAsked;
}

/** How many charts are remembered. */
const MOST = 100;

/** How many keys are made beforehand at most. */
const MOST_KEYS = 100;

/** {@link Outlines} of one chart, to be written once the chart is rendered. */
export interface KeptOutlines extends Outlines {
  /** Keeps what was learned, unless all of it was known. What goes wrong is nobody's business. */
  save(): Promise<void>;
}

/**
 * The outlines of the templates of a chart, from `folder` where it has them.
 *
 * @param version of the program: the next may have other functions, or read templates otherwise
 * @param name under which the chart itself is kept, if it is; else the outlines are by what the templates hold
 * @example
 * const outlines = keptOutlines(chart, join(cache, 'outlines'), version);
 * await renderRelease(chart, values, { ...request, outlines });
 * await outlines.save();
 */
export function keptOutlines(
  chart: Chart,
  folder: string,
  version: string,
  name: () => string | undefined = () => undefined,
): KeptOutlines {
  // Without a home, folders are relative: what a command leaves behind in passing does not belong there.
  if (!isAbsolute(folder)) return NOTHING;
  const files = templatesOf(chart);
  // A digest takes Node longer than the rest.
  const path = (): string => join(folder, `${name() ?? digestOf(files, version)}.json`);
  const known = read(path(), files.length);
  const byFile = new Map(files.map((file, i) => [file, known?.outlines[i] ?? undefined]));
  const { functions = [], rsaKeys = NO_KEYS } = known ?? {};
  const learned = new Map<ChartFile, () => Outline | undefined>();
  let now = functions;
  let keysNow = rsaKeys;
  return {
    functions,
    called: (names) => {
      now = names;
    },
    rsaKeys,
    made: ({ lengths, by }) => {
      keysNow = { lengths: lengths.slice(0, MOST_KEYS), by };
    },
    get: (file) => byFile.get(file),
    add: (file, outline) => {
      if (byFile.has(file)) learned.set(file, outline);
    },
    save: async () => {
      // What was called before may be called again, with other values.
      const all = [...new Set([...functions, ...now])];
      const news = files.map((file) => learned.get(file)?.());
      const sameKeys = keysNow.by === rsaKeys.by && String(keysNow.lengths) === String(rsaKeys.lengths);
      if (news.every((outline) => outline === undefined) && all.length === functions.length && sameKeys) return;
      const outlines = files.map((file, i) => news[i] ?? byFile.get(file) ?? null);
      const known: KnownOutlines = { outlines, functions: all, rsaKeys: keysNow };
      const [{ asciiJson }, { writeKept }] = await Promise.all([import('./ascii-json.ts'), import('./write-kept.ts')]);
      writeKept(path(), asciiJson(known), MOST);
    },
  };
}

const NO_KEYS: RsaKeysAsked = { lengths: [], by: '' };

const NOTHING: KeptOutlines = {
  get: () => undefined,
  add: () => undefined,
  functions: [],
  called: () => undefined,
  rsaKeys: NO_KEYS,
  made: () => undefined,
  save: async () => undefined,
};

function templatesOf(chart: Chart): ChartFile[] {
  return [...chart.templates, ...chart.dependencies.flatMap(templatesOf)];
}

/** Of every text with its length, so that none can pass for part of another. */
function digestOf(files: readonly ChartFile[], version: string): string {
  const lengths = files.map(({ data }) => data.length).join(' ');
  return sha256(`${FORMAT} ${version} ${lengths}\n`, ...files.map(({ data }) => data));
}

/** Whoever can write here can have keys made that nobody wants: not more than a chart asks for. */
function areLengths(lengths: unknown): boolean {
  return (
    Array.isArray(lengths) && lengths.length <= MOST_KEYS && lengths.every((bits) => bits === 2048 || bits === 4096)
  );
}

function read(path: string, count: number): KnownOutlines | undefined {
  try {
    const known = JSON.parse(readFileSync(path, 'utf8')) as KnownOutlines;
    const { outlines, functions, rsaKeys } = known;
    return outlines.length === count && Array.isArray(functions) && areLengths(rsaKeys.lengths) ? known : undefined;
  } catch {
    // Not there, cut off, or no JSON: it is made anew.
    return undefined;
  }
}
