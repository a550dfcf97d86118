/** A chart as records have it: its own files, without those of its subcharts. Go: helm pkg/chart/v2 Chart */
import { dependencyToValue, metadataToValue } from '../chart/metadata.ts';
import type { Chart, ChartFile, Lock } from '../chart/types.ts';
import { encodeBase64 } from '../go/base64.ts';
import type { GoMap, Value } from '../go/value.ts';
import { canonicalTimestamp, timestampAt } from './timestamp.ts';

/**
 * The chart's part of a record. Bytes are base64 texts in it, as in JSON.
 *
 * @param timeZone where the times of files are shown, as Go's time.Local
 */
export function chartRecord(chart: Chart, timeZone = 'UTC'): GoMap {
  const { metadata, lock, schema, values, raw } = chart;
  const changed = (name: string): string =>
    modified(
      raw.findLast((file) => file.name === name),
      timeZone,
    );
  return new Map<string, Value>([
    ['metadata', metadataToValue(metadata)],
    ['lock', lock === undefined ? null : lockValue(lock)],
    ['templates', files(chart.templates, timeZone)],
    ['values', hasValues(chart) ? values : null],
    ['schema', schema === undefined ? null : encodeBase64(schema)],
    ['schemamodtime', changed('values.schema.json')],
    ['files', files(chart.files, timeZone)],
    ['modtime', changed('Chart.yaml')],
  ]);
}

/** A chart without values.yaml has none, unless its dependencies were looked at. Go: processImportValues */
function hasValues({ values, raw, metadata }: Chart): boolean {
  return values.size > 0 || metadata.dependencies !== undefined || raw.some(({ name }) => name === 'values.yaml');
}

function files(list: readonly ChartFile[], timeZone: string): Value {
  if (list.length === 0) return null;
  return list.map(
    (file) =>
      new Map<string, Value>([
        ['name', file.name],
        ['data', encodeBase64(file.data)],
        ['modtime', modified(file, timeZone)],
      ]),
  );
}

function modified(file: ChartFile | undefined, timeZone: string): string {
  return file?.modified === undefined ? '' : timestampAt(file.modified.getTime(), timeZone);
}

function lockValue({ generated, digest, dependencies }: Lock): GoMap {
  return new Map<string, Value>([
    ['generated', canonicalTimestamp(generated)],
    ['digest', digest],
    ['dependencies', dependencies.map(dependencyToValue)],
  ]);
}
