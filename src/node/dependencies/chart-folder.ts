/** A chart's folder as the dependency commands see it. Go: helm pkg/downloader/manager.go, internal/resolver */
import { readdirSync, statSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import type { Chart, Dependency } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { cleanPath, joinPath } from '../../go/path.ts';
import { compareStrings } from '../../go/value.ts';
import type { Log } from '../../host.ts';
import { loadDirectory } from '../charts/load.ts';
import { osErrorCode, osErrorText } from '../files/os-error.ts';

/** A folder, by the name that the user has for it and that messages show, and by its absolute path. */
export interface ChartFolder {
  readonly shown: string;
  readonly path: string;
}

/** The folder that an argument means. */
export function chartFolder(argument: string, cwd: string): ChartFolder {
  const shown = cleanPath(argument);
  return { shown, path: resolve(cwd, shown) };
}

/** Something in a folder. */
export function inFolder(folder: ChartFolder, name: string): ChartFolder {
  return { shown: joinPath(folder.shown, name), path: resolve(folder.path, name) };
}

/**
 * Loads the chart that is in a folder. Go: Manager.loadChartDir
 *
 * @throws PintleError with Helm's text
 */
export function openChart({ shown, path }: ChartFolder, log: Log): Chart {
  try {
    if (!statSync(path).isDirectory()) throw new PintleError('USAGE', 'only unpacked charts can be updated');
  } catch (error) {
    if (error instanceof PintleError) throw error;
    const text = `could not find ${shown}: ${osErrorText('stat', shown, error)}`;
    throw new PintleError('CHART_NOT_FOUND', text, { cause: error });
  }
  return loadDirectory(path, { log, format: 'v2' });
}

/** What Chart.yaml asks for; nothing where it does not say, which is not the same as an empty list. */
export function requestedDependencies({ metadata }: Chart): readonly Dependency[] | undefined {
  return metadata.dependencies;
}

/**
 * The folder that a `file://` repository names, as seen from the chart. Go: resolver.GetLocalPath
 *
 * @throws PintleError CHART_NOT_FOUND
 */
export function localFolder(repository: string, chart: ChartFolder): ChartFolder {
  const text = repository.startsWith('file://') ? repository.slice('file://'.length) : repository;
  const folder = isAbsolute(text) ? { shown: cleanPath(text), path: cleanPath(text) } : inFolder(chart, text);
  try {
    statSync(folder.path);
  } catch (error) {
    const missing = osErrorCode(error) === 'ENOENT';
    const reason = missing ? `directory ${folder.shown} not found` : osErrorText('stat', folder.shown, error);
    throw new PintleError('CHART_NOT_FOUND', reason, { cause: error });
  }
  return folder;
}

/** The names in charts/, in Go's order; none where there is no such folder. */
export function chartsNames(chart: ChartFolder): string[] {
  try {
    return readdirSync(resolve(chart.path, 'charts')).sort(compareStrings);
  } catch {
    return []; // As filepath.Glob: what cannot be read has nothing in it.
  }
}
