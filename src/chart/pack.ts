/** A chart into an archive. Go: helm pkg/chart/v2/util save.go, pkg/action/package.go */
import { PintleError } from '../errors.ts';
import { decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { unmarshalJson } from '../go/json.ts';
import { joinPath } from '../go/path.ts';
import { quote } from '../go/quote.ts';
import { parseVersion } from '../go/semver.ts';
import { compareStrings } from '../go/value.ts';
import type { Clock } from '../host.ts';
import { deflate } from '../sources/deflate.ts';
import { gzipMember } from '../sources/gzip.ts';
import { type TarFile, writeTar } from '../sources/tar-write.ts';
import { checkDependencies } from './dependencies.ts';
import { lockToYaml } from './lock.ts';
import { metadataToValue, metadataToYaml, validateMetadata } from './metadata.ts';
import type { Chart, ChartFile, Metadata } from './types.ts';

/** The extra field in the gzip header by which archives made by Helm are known. */
const GZIP_EXTRA = 'rr(\0aHR0cHM6Ly95b3V0dS5iZS96OVV6MWljandyTQo=';

/**
 * The time of every file in an archive unless another is asked for: the first one that all formats of archives know.
 * With the times of the files, as Helm takes them, the same chart would get another digest in every checkout.
 */
export const PACKED_TIME: Date = new Date(Date.UTC(1980, 0, 1));

export interface PackOptions {
  /** The time of every file in the archive, or `kept` for the one that each file has; {@link PACKED_TIME} if left out. */
  readonly times?: Date | 'kept';
  /** For files that have no time, where times are kept. */
  readonly clock: Clock;
  /** Instead of the version in Chart.yaml. */
  readonly version?: string;
  /** Instead of the appVersion in Chart.yaml. */
  readonly appVersion?: string;
}

/** A chart archive and the name that it is stored under. */
export interface Packed {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** The chart as it was packed, with the versions of the options. */
  readonly chart: Chart;
}

/**
 * Packs a chart: checks its version and that its dependencies are there, then writes the archive.
 *
 * @throws PintleError with Helm's text.
 */
export function packChart(chart: Chart, options: PackOptions): Packed {
  const changed = withVersions(chart, options);
  const { dependencies = [] } = changed.metadata;
  if (dependencies.length > 0) checkDependencies(changed);
  try {
    validateMetadata(metadataFields(changed.metadata));
  } catch (error) {
    throw failed(`chart validation: ${(error as Error).message}`, error);
  }
  return {
    fileName: `${changed.metadata.name}-${changed.metadata.version}.tgz`,
    bytes: archiveChart(changed, options),
    chart: changed,
  };
}

function failed(text: string, cause?: unknown): PintleError {
  return new PintleError('CHART_INVALID', `failed to save: ${text}`, { cause });
}

function withVersions(chart: Chart, { version, appVersion }: PackOptions): Chart {
  let { metadata } = chart;
  if (version) metadata = { ...metadata, version };
  try {
    parseVersion(metadata.version);
  } catch (error) {
    throw new PintleError('CHART_INVALID', (error as Error).message, { cause: error });
  }
  if (appVersion) metadata = { ...metadata, appVersion };
  return metadata === chart.metadata ? chart : { ...chart, metadata };
}

/** The archive of a chart as it is. The same chart gives the same bytes unless times are kept. */
export function archiveChart(chart: Chart, options: PackOptions): Uint8Array {
  const { times = PACKED_TIME, clock } = options;
  const timeOf: TimeOf = times === 'kept' ? (modified) => modified ?? new Date(clock.now().milliseconds) : () => times;
  const tar = writeTar(tarFiles(chart, timeOf));
  const header = { extra: encodeBytes(GZIP_EXTRA), comment: 'Helm' };
  return gzipMember(deflate(tar), tar, header);
}

/** The time that a file of a chart gets in the archive. */
export type TimeOf = (modified: Date | undefined) => Date;

/** What goes into the archive, in order: subcharts last, and unpacked. Go: save.go writeTarContents */
export function tarFiles(chart: Chart, times: Date | TimeOf = PACKED_TIME): TarFile[] {
  const out: TarFile[] = [];
  pushChart(out, chart, '', times instanceof Date ? () => times : times);
  return out;
}

/** The order in which Helm finds files in a folder; files that come from elsewhere have any order. */
function inOrder(files: readonly ChartFile[]): ChartFile[] {
  const keys = new Map(files.map((file) => [file, file.name.replaceAll('/', '\0')]));
  return [...files].sort((a, b) => compareStrings(keys.get(a) as string, keys.get(b) as string));
}

function pushChart(out: TarFile[], chart: Chart, prefix: string, timeOf: TimeOf): void {
  const { metadata, lock, raw } = chart;
  // Another system takes a backslash for a border of folders.
  if (/[\\/]/.test(metadata.name)) throw failed(`${quote(metadata.name)} is not a valid chart name`);
  const base = joinPath(prefix, metadata.name);
  const push = (name: string, data: Uint8Array, modified: Date | undefined): void => {
    out.push({ name: joinPath(base, name), data, modified: timeOf(modified) });
  };
  const chartYaml = raw.findLast((file) => file.name === 'Chart.yaml');
  push('Chart.yaml', encodeBytes(metadataToYaml(packedMetadata(metadata))), chartYaml?.modified);
  if (metadata.apiVersion === 'v2' && lock) push('Chart.lock', encodeBytes(lockToYaml(lock)), lockTime(lock.generated));
  for (const file of raw) if (file.name === 'values.yaml') push(file.name, file.data, file.modified);
  if (chart.schema) pushSchema(push, chart.schema, raw);
  for (const file of inOrder(chart.templates)) push(file.name, file.data, file.modified);
  for (const file of inOrder(chart.files)) push(file.name, file.data, file.modified);
  const dependencies = [...chart.dependencies].sort((a, b) => compareStrings(a.metadata.name, b.metadata.name));
  for (const dependency of dependencies) pushChart(out, dependency, joinPath(base, 'charts'), timeOf);
}

/** The dependencies of v1 stay in requirements.yaml. */
function packedMetadata(metadata: Metadata): Metadata {
  if (metadata.apiVersion !== 'v1' || !metadata.dependencies) return metadata;
  const { dependencies: _, ...rest } = metadata;
  return rest;
}

function pushSchema(
  push: (name: string, data: Uint8Array, modified: Date | undefined) => void,
  schema: Uint8Array,
  raw: readonly ChartFile[],
): void {
  try {
    unmarshalJson(decodeBytes(schema));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw failed('invalid JSON in values.schema.json', error);
  }
  push('values.schema.json', schema, raw.findLast((file) => file.name === 'values.schema.json')?.modified);
}

/** Go's zero time means now. */
function lockTime(generated: string): Date | undefined {
  const time = new Date(generated);
  return Number.isNaN(time.getTime()) || generated.startsWith('0001-01-01T00:00:00Z') ? undefined : time;
}

/** Metadata as if it had just been decoded, to be checked again after a change. */
function metadataFields(metadata: Metadata): Record<string, unknown> {
  const fields: Record<string, unknown> = Object.fromEntries(metadataToValue(metadata));
  const { annotations, dependencies, maintainers } = metadata;
  if (annotations) fields['annotations'] = new Map(Object.entries(annotations));
  if (dependencies) fields['dependencies'] = dependencies.map((d) => ({ ...d, 'import-values': d.importValues }));
  if (maintainers) fields['maintainers'] = maintainers;
  return fields;
}
