/** Files into a Chart. Go: helm pkg/chart/v2/loader */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { extName } from '../go/path.ts';
import type { GoMap } from '../go/value.ts';
import type { Inflate, Log, MaybePromise } from '../host.ts';
import { type ArchiveBudget, MAX_CHART_SIZE, readArchive } from '../sources/archive.ts';
import { after, isPromise, recover } from '../sources/maybe.ts';
import { STRING, type StructShape, unmarshalStruct } from '../yaml/struct.ts';
import { readLock } from './lock.ts';
import { METADATA, type RawMetadata, validateMetadata } from './metadata.ts';
import type { Chart, ChartFile, Lock } from './types.ts';
import { readValues } from './values-file.ts';

export interface LoadOptions {
  /** Opens the archives among the files. */
  readonly inflate: Inflate;
  readonly log?: Log;
}

/** How deep charts may hold charts. Helm has no such limit; no real chart comes near it. */
const MAX_NESTING = 64;

interface Job {
  readonly inflate: Inflate;
  readonly log: Log | undefined;
  /** Shared by the archives inside the chart, so that nesting does not multiply the limit. */
  readonly budget: ArchiveBudget;
}

/**
 * A chart from its files, subcharts included, at once unless an archive among them has to be awaited.
 *
 * @throws PintleError `CHART_INVALID` with Helm's text.
 */
export function loadChartFiles(files: readonly ChartFile[], options: LoadOptions): MaybePromise<Chart> {
  const { inflate, log } = options;
  return load(files, { inflate, log, budget: { left: MAX_CHART_SIZE } }, 0);
}

/** A chart from the bytes of an archive. Go: loader.LoadArchive */
export function loadChartArchive(bytes: Uint8Array, options: LoadOptions): MaybePromise<Chart> {
  return after(readArchive(bytes, options.inflate), (files) => loadChartFiles(files, options));
}

const CHART_BASE: StructShape = { kind: 'struct', type: 'loader.chartBase', fields: { apiVersion: STRING } };

/**
 * Refuses the formats that are no v1 or v2, from the text of Chart.yaml. Go: helm pkg/chart/loader
 *
 * @throws PintleError `CHART_INVALID` with Helm's text.
 */
export function checkApiVersion(chartYaml: Uint8Array): void {
  const { apiVersion = '' } = readFields(CHART_BASE, chartYaml, 'Chart.yaml', {});
  switch (apiVersion) {
    case '':
    case 'v1':
    case 'v2':
      return;
    case 'v3':
      throw new PintleError('CHART_INVALID', 'invalid chart apiVersion');
    default:
      throw new PintleError('CHART_INVALID', 'unsupported chart version');
  }
}

function load(files: readonly ChartFile[], job: Job, depth: number): MaybePromise<Chart> {
  let raw: RawMetadata | undefined;
  for (const file of files) {
    if (file.name !== 'Chart.yaml') continue;
    raw = readFields(METADATA, file.data, file.name, raw ?? {});
    // Helm 2 did without an apiVersion.
    if (!raw['apiVersion']) raw['apiVersion'] = 'v1';
  }
  const parts = sortFiles(files, raw, job.log);
  if (parts.metadata === undefined) throw new PintleError('CHART_INVALID', 'Chart.yaml file is missing');
  const metadata = validateMetadata(parts.metadata);
  const finish = (dependencies: readonly Chart[]): Chart => ({
    metadata,
    ...(parts.lock ? { lock: parts.lock } : {}),
    values: parts.values,
    ...(parts.schema ? { schema: parts.schema } : {}),
    templates: parts.templates,
    files: parts.files,
    raw: files,
    dependencies,
  });
  if (parts.subcharts.size === 0) return finish([]);
  return after(loadSubcharts(parts.subcharts, metadata.name, job, depth + 1), finish);
}

interface Parts {
  metadata: RawMetadata | undefined;
  lock: Lock | undefined;
  values: GoMap;
  schema: Uint8Array | undefined;
  readonly templates: ChartFile[];
  readonly files: ChartFile[];
  /** Files under charts/ by the first name of their path, which their names still have. */
  readonly subcharts: Map<string, ChartFile[]>;
}

function sortFiles(files: readonly ChartFile[], metadata: RawMetadata | undefined, log: Log | undefined): Parts {
  const parts: Parts = {
    metadata,
    lock: undefined,
    values: new Map(),
    schema: undefined,
    templates: [],
    files: [],
    subcharts: new Map(),
  };
  for (const file of files) {
    const { name, data } = file;
    if (name.startsWith('templates/')) parts.templates.push(file);
    else if (name.startsWith('charts/')) sortSubchartFile(parts, file);
    else if (name === 'Chart.yaml') continue;
    else if (name === 'Chart.lock') parts.lock = readLock(data, name);
    else if (name === 'values.yaml') parts.values = readValues(data);
    else if (name === 'values.schema.json') parts.schema = data;
    else if (name === 'requirements.yaml' || name === 'requirements.lock') readRequirements(parts, file, log);
    else parts.files.push(file);
  }
  return parts;
}

function sortSubchartFile(parts: Parts, file: ChartFile): void {
  if (extName(file.name) === '.prov') {
    parts.files.push(file);
    return;
  }
  const name = file.name.slice('charts/'.length);
  const slash = name.indexOf('/');
  const chart = slash < 0 ? name : name.slice(0, slash);
  const inner = rename(file, name);
  const list = parts.subcharts.get(chart);
  if (list) list.push(inner);
  else parts.subcharts.set(chart, [inner]);
}

function rename(file: ChartFile, name: string): ChartFile {
  return file.modified ? { name, data: file.data, modified: file.modified } : { name, data: file.data };
}

/** The dependency files of v1, which v2 replaced by fields of Chart.yaml and by Chart.lock, yet still reads. */
function readRequirements(parts: Parts, file: ChartFile, log: Log | undefined): void {
  const isLock = file.name === 'requirements.lock';
  if (isLock) parts.lock = readLock(file.data, file.name);
  parts.metadata ??= {};
  const isV1 = parts.metadata['apiVersion'] === 'v1';
  if (!isV1) {
    log?.log(
      'INFO',
      isLock
        ? 'Warning: Dependency locking is handled in Chart.lock since apiVersion "v2". We recommend migrating to Chart.lock.'
        : 'Warning: Dependencies are handled in Chart.yaml since apiVersion "v2". We recommend migrating dependencies to Chart.yaml.',
    );
  }
  if (!isLock) readFields(METADATA, file.data, file.name, parts.metadata);
  if (parts.metadata['apiVersion'] === 'v1') parts.files.push(file);
}

function loadSubcharts(
  groups: ReadonlyMap<string, readonly ChartFile[]>,
  parent: string,
  job: Job,
  depth: number,
): MaybePromise<Chart[]> {
  if (depth > MAX_NESTING) {
    throw new PintleError('CHART_INVALID', `charts are nested more than ${MAX_NESTING} deep in ${parent}`);
  }
  const charts: MaybePromise<Chart>[] = [];
  for (const [name, files] of groups) {
    if (name.startsWith('_') || name.startsWith('.')) continue;
    charts.push(
      recover(
        () => loadSubchart(name, files, parent, job, depth),
        (error) => {
          throw wrap(error, `error unpacking subchart ${name} in ${parent}: `);
        },
      ),
    );
  }
  return charts.some(isPromise) ? Promise.all(charts) : (charts as Chart[]);
}

function loadSubchart(
  name: string,
  files: readonly ChartFile[],
  parent: string,
  job: Job,
  depth: number,
): MaybePromise<Chart> {
  if (extName(name) === '.tgz') {
    const [file] = files as [ChartFile];
    if (file.name !== name) {
      throw new TarNameError(`error unpacking subchart tar in ${parent}: expected ${name}, got ${file.name}`);
    }
    return after(readArchive(file.data, job.inflate, job.budget), (inner) => load(inner, job, depth));
  }
  const inner: ChartFile[] = [];
  for (const file of files) {
    const slash = file.name.indexOf('/');
    // A file that lies in charts/ itself is no part of any chart.
    if (slash >= 0) inner.push(rename(file, file.name.slice(slash + 1)));
  }
  return load(inner, job, depth);
}

/** An error that says where it happened and is passed on as it is. */
class TarNameError extends GoError {
  override name = 'TarNameError';
}

function wrap(error: unknown, prefix: string): unknown {
  if (error instanceof TarNameError) return new PintleError('CHART_INVALID', error.message);
  if (!(error instanceof PintleError)) return error;
  const { code, position, hint, data } = error;
  return new PintleError(code, prefix + error.message, {
    ...(position ? { position } : {}),
    ...(hint ? { hint } : {}),
    data,
    cause: error.cause ?? error,
  });
}

function readFields(shape: StructShape, data: Uint8Array, name: string, into: RawMetadata): RawMetadata {
  try {
    return unmarshalStruct(shape, decodeBytes(data), into) ?? into;
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('CHART_INVALID', `cannot load ${name}: ${error.message}`, { cause: error });
  }
}
