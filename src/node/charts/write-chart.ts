/** Charts onto the disk: new ones as folders, packed ones as archives. Go: helm pkg/chart/v2/util create.go, save.go */
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { newChartFiles, starterFiles, starterMetadata, validateChartName } from '../../chart/create.ts';
import { type PackOptions, packChart } from '../../chart/pack.ts';
import type { Chart, ChartFile } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import { quote } from '../../go/quote.ts';
import { statOrNothing } from '../files/directory.ts';
import { osErrorText } from '../files/os-error.ts';
import { writeOwnFile } from '../files/own-file.ts';
import { loadLocal } from './load.ts';

/**
 * Makes a new chart `name` in `folder`, which must be there.
 *
 * @param warn is told of each file that is replaced
 * @throws PintleError NAME_INVALID, FILE_IO
 */
export function createChart(name: string, folder: string, warn: (message: string) => void): void {
  validateChartName(name);
  const parent = resolve(folder);
  try {
    if (!statSync(parent).isDirectory()) throw failure(`no such directory ${parent}`);
  } catch (error) {
    throw error instanceof PintleError ? error : failure(osErrorText('stat', parent, error), error);
  }
  const top = chartFolder(parent, name);
  for (const file of newChartFiles(name)) {
    const path = join(top, file.name);
    if (statOrNothing(path)) warn(`WARNING: File ${quote(path)} already exists. Overwriting.`);
    writeChartFile(path, file.data);
  }
  makeFolder(join(top, 'charts'));
}

/**
 * Makes a new chart `name` in `folder` from the chart at `starter`.
 *
 * @throws PintleError NAME_INVALID, FILE_IO, CHART_INVALID
 */
export function createFromStarter(name: string, folder: string, starter: string, options: PackOptions): void {
  let chart: Chart;
  try {
    chart = loadLocal(starter);
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    throw new PintleError(error.code, `could not load ${starter}: ${error.message}`, { cause: error });
  }
  const files: readonly ChartFile[] = starterFiles(chart, starterMetadata(name), options);
  const top = chartFolder(folder, name);
  for (const file of files) writeChartFile(join(top, file.name), file.data);
}

/**
 * Packs a chart into `NAME-VERSION.tgz` in `folder`, which is made where it is missing.
 *
 * @returns the path of the archive
 * @throws PintleError with Helm's text
 */
export function saveChart(chart: Chart, folder: string, options: PackOptions): string {
  const { fileName, bytes } = packChart(chart, options);
  const path = join(folder, fileName);
  const parent = dirname(path);
  const stats = statOrNothing(parent);
  if (stats === undefined) makeFolder(parent, 'failed to save: ');
  else if (!stats.isDirectory()) throw failure(`failed to save: is not a directory: ${parent}`);
  try {
    writeOwnFile(path, bytes);
  } catch (error) {
    if (error instanceof PintleError) throw error;
    throw failure(`failed to save: ${osErrorText('open', path, error)}`, error);
  }
  return path;
}

function chartFolder(parent: string, name: string): string {
  const top = join(parent, name);
  if (statOrNothing(top)?.isDirectory() === false) {
    throw failure(`file ${top} already exists and is not a directory`);
  }
  return top;
}

function writeChartFile(path: string, data: Uint8Array): void {
  makeFolder(dirname(path));
  try {
    writeOwnFile(path, data, { mode: 0o644 });
  } catch (error) {
    if (error instanceof PintleError) throw error;
    throw failure(osErrorText('open', path, error), error);
  }
}

function makeFolder(path: string, prefix = ''): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o755 });
  } catch (error) {
    throw failure(prefix + osErrorText('mkdir', path, error), error);
  }
}

function failure(message: string, cause?: unknown): PintleError {
  return new PintleError('FILE_IO', message, { cause });
}
