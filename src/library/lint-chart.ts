import { IGNORE_FILE, keepUnignored, parseIgnore } from '../chart/ignore.ts';
import { loadChartFiles } from '../chart/load.ts';
import type { ChartFile } from '../chart/types.ts';
import { decodeBytes } from '../go/bytes.ts';
import { fromPlain, type GoMap, isMap } from '../go/value.ts';
import type { Inflate, Log, RenderHost } from '../host.ts';
import { webHost } from '../host-web.ts';
import { lintChart as lint } from '../lint/lint.ts';
import type { LintMessage } from '../lint/message.ts';
import type { LintSource } from '../lint/source.ts';
import { readArchive } from '../sources/archive.ts';
import { webInflate } from '../sources/inflate-web.ts';
import { type ChartSource, chartFiles } from './load-chart.ts';

export type { LintMessage } from '../lint/message.ts';

/** How to examine a chart; every field has a default. */
export interface LintChartOptions {
  readonly values?: Readonly<Record<string, unknown>> | GoMap;
  /** Default: `default`. */
  readonly namespace?: string;
  /** For capabilities and deprecated APIs. Default: the version that Helm assumes without a cluster. */
  readonly kubeVersion?: string;
  readonly skipSchemaValidation?: boolean;
  readonly inflate?: Inflate;
  readonly host?: RenderHost;
  readonly log?: Log;
}

/**
 * Examines a chart by Helm's rules and gives what was found, in the order of the rules. Nothing found is an empty
 * list; a message of severity `ERROR` means that the chart is not fit for use.
 *
 * @example
 * const messages = await lintChart({ 'Chart.yaml': '…', 'templates/a.yaml': '…' });
 */
export async function lintChart(source: ChartSource, options: LintChartOptions = {}): Promise<LintMessage[]> {
  const inflate = options.inflate ?? webInflate;
  const files = source instanceof Uint8Array ? await readArchive(source, inflate) : chartFiles(source);
  const { values, namespace, kubeVersion, skipSchemaValidation, log } = options;
  const map = fromPlain(values ?? {});
  return lint(memorySource(files, inflate), {
    host: options.host ?? webHost(),
    values: isMap(map) ? map : new Map(),
    ...(namespace !== undefined && { namespace }),
    ...(kubeVersion !== undefined && { kubeVersion }),
    ...(skipSchemaValidation !== undefined && { skipSchemaValidation }),
    ...(log && { log }),
  });
}

/** The files as the folder that lint looks at. */
function memorySource(files: readonly ChartFile[], inflate: Inflate): LintSource {
  const byName = new Map(files.map((file) => [file.name, file]));
  const ignore = byName.get(IGNORE_FILE);
  return {
    path: '/',
    kind: (name) => {
      if (byName.has(name)) return 'file';
      return files.some((file) => file.name.startsWith(`${name}/`)) ? 'folder' : undefined;
    },
    read: (name) => {
      const file = byName.get(name);
      if (!file) throw new Error(`open ${name}: no such file or directory`);
      return file.data;
    },
    load: () => loadChartFiles(keepUnignored(parseIgnore(ignore && decodeBytes(ignore.data)), files), { inflate }),
  };
}
