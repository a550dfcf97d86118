/** New charts, from the built-in files or from a starter chart. Go: helm pkg/chart/v2/util create.go */
import { PintleError } from '../errors.ts';
import { byteLength, decodeBytes, encodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { quote } from '../go/quote.ts';
import { yamlToValue } from '../yaml/decode.ts';
import { toYaml } from '../yaml/emit.ts';
import { metadataToYaml } from './metadata.ts';
import { archiveChart, type PackOptions } from './pack.ts';
import { SCAFFOLD } from './scaffold.ts';
import type { Chart, ChartFile, Metadata } from './types.ts';

const MAX_NAME_LENGTH = 250;
const NAME_PATTERN = '^[a-zA-Z0-9._-]+$';
/** Stands for the chart's name in starters. */
const PLACEHOLDER = '<CHARTNAME>';

/**
 * Checks the name of a chart that is to be made.
 *
 * @throws PintleError `NAME_INVALID` with Helm's text.
 */
export function validateChartName(name: string): void {
  if (name === '' || byteLength(name) > MAX_NAME_LENGTH) {
    throw new PintleError('NAME_INVALID', `chart name must be between 1 and ${MAX_NAME_LENGTH} characters`);
  }
  if (!/^[a-zA-Z0-9._-]+$/.test(name)) {
    const text = `chart name must match the regular expression ${quote(NAME_PATTERN)}`;
    throw new PintleError('NAME_INVALID', text);
  }
}

/** The files of a new chart; an empty charts/ folder belongs to it too. */
export function newChartFiles(name: string): ChartFile[] {
  validateChartName(name);
  return SCAFFOLD.map(([path, text]) => ({ name: path, data: encodeBytes(replaceName(text, name)) }));
}

/** What a chart made from a starter says about itself. */
export function starterMetadata(name: string): Metadata {
  return {
    name,
    description: 'A Helm chart for Kubernetes',
    type: 'application',
    version: '0.1.0',
    appVersion: '0.1.0',
    apiVersion: 'v2',
  };
}

/**
 * The files of a chart made from a starter: its templates and values with the new name in them, its other files
 * as they are, its dependencies as archives.
 *
 * @throws PintleError with Helm's text where the name makes the values unreadable.
 */
export function starterFiles(starter: Chart, metadata: Metadata, options: PackOptions): ChartFile[] {
  const rename = (file: ChartFile): ChartFile => ({
    ...file,
    data: encodeBytes(replaceName(decodeBytes(file.data), metadata.name)),
  });
  checkValues(starter, metadata.name);
  const files: ChartFile[] = [{ name: 'Chart.yaml', data: encodeBytes(metadataToYaml(metadata)) }];
  for (const file of starter.raw) if (file.name === 'values.yaml') files.push(rename(file));
  if (starter.schema) files.push({ name: 'values.schema.json', data: starter.schema });
  files.push(...starter.templates.map(rename), ...starter.files);
  for (const dependency of starter.dependencies) {
    const { name, version } = dependency.metadata;
    files.push({ name: `charts/${name}-${version}.tgz`, data: archiveChart(dependency, options) });
  }
  return files;
}

function checkValues(starter: Chart, name: string): void {
  try {
    yamlToValue(replaceName(toYaml(starter.values), name));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('VALUES_INVALID', `transforming values file: ${error.message}`, { cause: error });
  }
}

function replaceName(text: string, name: string): string {
  return text.replaceAll(PLACEHOLDER, () => name);
}
