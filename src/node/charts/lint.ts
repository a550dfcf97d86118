/** Lints what lies on disk. Go: helm pkg/action/lint.go */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { expandedName } from '../../chart/expand.ts';
import { keepUnignored, parseIgnore } from '../../chart/ignore.ts';
import { loadChartFiles } from '../../chart/load.ts';
import type { ChartFile } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { type LintOptions, lintChart } from '../../lint/lint.ts';
import type { LintMessage } from '../../lint/message.ts';
import type { LintSource } from '../../lint/source.ts';
import { readArchive } from '../../sources/archive.ts';
import { statOrNothing } from '../files/directory.ts';
import { osErrorText } from '../files/os-error.ts';
import { nodeInflate } from '../inflate.ts';
import { loadDirectory } from './load.ts';

/**
 * Lints a chart folder or archive.
 *
 * @throws PintleError where there is no chart to lint, with Helm's text.
 */
export function lintLocal(path: string, options: LintOptions): Promise<LintMessage[]> {
  const source = /\.(?:tgz|tar\.gz)$/.test(path) ? archiveSource(path) : folderSource(path, options);
  return lintChart(source, options);
}

function folderSource(path: string, { log }: LintOptions): LintSource {
  const top = resolve(path);
  const chartYaml = path === '' ? 'Chart.yaml' : `${path.replace(/\/+$/, '')}/Chart.yaml`;
  try {
    statSync(chartYaml);
  } catch (error) {
    const text = `unable to check Chart.yaml file in chart: ${osErrorText('stat', chartYaml, error)}`;
    throw new PintleError('CHART_NOT_FOUND', text, { cause: error });
  }
  return {
    path: top,
    kind: (name) => {
      const stats = statOrNothing(`${top}/${name}`);
      return stats === undefined ? undefined : stats.isDirectory() ? 'folder' : 'file';
    },
    read: (name) => {
      const file = `${top}/${name}`;
      try {
        return readFileSync(file);
      } catch (error) {
        throw new GoError(osErrorText('open', file, error));
      }
    },
    load: () => loadDirectory(top, { format: 'v2', ...(log ? { log } : {}) }),
  };
}

/** The files of an archive, as they would be if it were unpacked. Nothing is written to disk. */
function archiveSource(path: string): LintSource {
  const files = unpack(path);
  const name = expanded(() => expandedName(files));
  const byName = new Map(files.map((file) => [file.name, file]));
  if (!byName.has('Chart.yaml')) throw new PintleError('CHART_NOT_FOUND', 'unable to check Chart.yaml file in chart');
  return {
    path: `${resolve(path)}/${name}`,
    kind: (wanted) => {
      if (byName.has(wanted)) return 'file';
      return files.some((file) => file.name.startsWith(`${wanted}/`)) ? 'folder' : undefined;
    },
    read: (wanted) => {
      const file = byName.get(wanted);
      if (file === undefined) throw new GoError(`open ${wanted}: no such file or directory`);
      return file.data;
    },
    load: () => {
      const rules = byName.get('.helmignore');
      const kept = keepUnignored(parseIgnore(rules ? decodeBytes(rules.data) : ''), files);
      return loadChartFiles(
        kept.toSorted((a, b) => (walkKey(a) < walkKey(b) ? -1 : 1)),
        { inflate: nodeInflate },
      );
    },
  };
}

/** The order in which a walk meets files: names in a folder compare before what lies under them. */
function walkKey({ name }: ChartFile): string {
  return name.replaceAll('/', '\0');
}

function unpack(path: string): ChartFile[] {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new PintleError('FILE_IO', `unable to open tarball: ${osErrorText('open', path, error)}`, { cause: error });
  }
  return expanded(() => readArchive(bytes, nodeInflate) as ChartFile[]);
}

function expanded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `unable to extract tarball: ${error.message}`, { cause: error });
  }
}
