/** A chart from a path on disk: a folder or an archive. Go: helm pkg/chart/loader, pkg/chart/v2/loader */
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkApiVersion, loadChartFiles } from '../../chart/load.ts';
import type { Chart, ChartFile } from '../../chart/types.ts';
import { PintleError } from '../../errors.ts';
import type { Log } from '../../host.ts';
import { readArchive } from '../../sources/archive.ts';
import { HEADER_TEXT } from '../../sources/gzip.ts';
import { detectContentType } from '../../sources/sniff.ts';
import { type DirectoryOptions, readDirectory } from '../files/directory.ts';
import { osErrorText } from '../files/os-error.ts';
import { nodeInflate } from '../inflate.ts';
import type { ChartMemory, ChartSource } from './memory.ts';

export interface LoadLocalOptions extends DirectoryOptions {
  readonly log?: Log;
  /**
   * `any` looks at apiVersion first, as the commands that render and package do; `v2` takes every chart for one of
   * v1 or v2, as `show` and `lint` do, whose errors are less general. Default: `any`.
   */
  readonly format?: 'any' | 'v2';
  /** Where charts that were loaded before are. */
  readonly memory?: ChartMemory | undefined;
}

/**
 * Loads a chart folder or archive, all of it at once.
 *
 * @throws PintleError with Helm's text.
 */
export function loadLocal(path: string, options: LoadLocalOptions = {}): Chart {
  const stats = stat(path);
  return stats.isDirectory() ? loadDirectory(path, options) : loadArchive(path, options);
}

/** Loads a chart folder. Go: loader.LoadDir */
export function loadDirectory(path: string, options: LoadLocalOptions = {}): Chart {
  if (options.format !== 'v2') detectInDirectory(resolve(path));
  const files = readDirectory(path, options);
  const source = () => files.flatMap(({ name, data, modified }) => [`${name} ${modified?.getTime()}`, data]);
  return remembered(source, options, (some) => load(files, some));
}

/** What `make` loads, or what it loaded before from the same bytes. */
function remembered(
  source: () => ChartSource,
  options: LoadLocalOptions,
  make: (options: LoadLocalOptions) => Chart,
): Chart {
  const { memory, format = 'any', log } = options;
  if (memory === undefined) return make(options);
  return memory.remember([format, ...source()], log, (heard) => make({ ...options, log: heard }));
}

function detectInDirectory(top: string): void {
  const path = `${top}/Chart.yaml`;
  let data: Uint8Array;
  try {
    data = readRegular(path);
  } catch (error) {
    if (error instanceof PintleError) throw error;
    const text = `unable to detect chart at ${path}: ${osErrorText('open', path, error)}`;
    throw new PintleError('CHART_NOT_FOUND', text, { cause: error });
  }
  checkApiVersion(data);
}

/** Reads a file that is no device or pipe: those could keep the reader waiting for ever. */
function readRegular(path: string): Uint8Array {
  const stats = statSync(path);
  if (!stats.isFile() && !stats.isDirectory()) {
    throw irregular(path);
  }
  return readFileSync(path);
}

function irregular(path: string): PintleError {
  return new PintleError('CHART_INVALID', `cannot load irregular file ${path} as it has file mode type bits set`);
}

/** Loads a chart archive. Go: loader.LoadFile */
export function loadArchive(path: string, options: LoadLocalOptions = {}): Chart {
  return loadArchiveBytes(path, readChartArchive(path), options);
}

/** Loads a chart from an archive's bytes; errors call it by `path`. */
export function loadArchiveBytes(path: string, bytes: Uint8Array, options: LoadLocalOptions = {}): Chart {
  return remembered(
    () => [bytes],
    options,
    (some) => unpackChart(path, bytes, some),
  );
}

function unpackChart(path: string, bytes: Uint8Array, options: LoadLocalOptions): Chart {
  const files = readFiles(path, bytes, options.format ?? 'any');
  if (options.format !== 'v2') {
    const chartYaml = files.find((file) => file.name === 'Chart.yaml');
    if (chartYaml === undefined) {
      throw new PintleError('CHART_INVALID', 'unable to detect chart version, no Chart.yaml found');
    }
    checkApiVersion(chartYaml.data);
  }
  return load(files, options);
}

function readFiles(path: string, bytes: Uint8Array, format: 'any' | 'v2'): ChartFile[] {
  try {
    return readArchive(bytes, nodeInflate) as ChartFile[];
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    const { message } = error;
    if (message === HEADER_TEXT) {
      const text = `file '${path}' does not appear to be a valid chart file (details: ${message})`;
      throw new PintleError('ARCHIVE_INVALID', text, { cause: error });
    }
    if (format === 'v2') throw error;
    // Helm keeps the reason to itself here; it is in the cause and the hint.
    throw new PintleError('ARCHIVE_INVALID', 'unable to load chart archive', { cause: error, hint: message });
  }
}

/**
 * The bytes of a file that looks like an archive.
 *
 * @throws PintleError that says what the file looks like instead. Go: archive.EnsureArchive
 */
export function readChartArchive(path: string): Uint8Array {
  const stats = stat(path);
  if (stats.isDirectory()) throw new PintleError('FILE_IO', 'cannot load a directory');
  if (!stats.isFile()) throw irregular(path);
  const head = readHead(path);
  if (!(head[0] === 0x1f && head[1] === 0x8b && head[2] === 8)) {
    const type = detectContentType(head);
    if (type !== 'application/x-gzip') {
      const text = /\.ya?ml$/.test(path)
        ? `file '${path}' seems to be a YAML file, but expected a gzipped archive`
        : `file '${path}' does not appear to be a gzipped archive; got '${type}'`;
      throw new PintleError('ARCHIVE_INVALID', text);
    }
  }
  try {
    return readRegular(path);
  } catch (error) {
    if (error instanceof PintleError) throw error;
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
}

/** The first 512 bytes; where a file has fewer, the rest is zero, which makes Helm call a short text binary. */
function readHead(path: string): Uint8Array {
  const head = new Uint8Array(512);
  try {
    const file = openSync(path, 'r');
    try {
      readSync(file, head, 0, head.length, 0);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new PintleError('FILE_IO', osErrorText('open', path, error), { cause: error });
  }
  return head;
}

/** Nothing has to be awaited here: inflation is synchronous. */
function load(files: readonly ChartFile[], options: LoadLocalOptions): Chart {
  return loadChartFiles(files, { inflate: nodeInflate, ...(options.log ? { log: options.log } : {}) }) as Chart;
}

function stat(path: string): ReturnType<typeof statSync> & object {
  try {
    return statSync(path);
  } catch (error) {
    throw new PintleError('CHART_NOT_FOUND', osErrorText('stat', path, error), { cause: error });
  }
}
