/** The folder that an archive is unpacked into. Go: helm pkg/chart/v2/util expand.go */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { baseName } from '../go/path.ts';
import { quote } from '../go/quote.ts';
import { unmarshalStruct } from '../yaml/struct.ts';
import { METADATA } from './metadata.ts';
import type { ChartFile } from './types.ts';

/**
 * The name of the chart in an archive, which is the name of its folder and can therefore be no path.
 *
 * @throws PintleError `CHART_INVALID` with Helm's text.
 */
export function expandedName(files: readonly ChartFile[]): string {
  let name = '';
  for (const file of files) if (file.name === 'Chart.yaml') name = readName(file.data);
  if (name === '') throw new PintleError('CHART_INVALID', 'chart name not specified');
  if (name === '.' || name === '..') {
    throw new PintleError('CHART_INVALID', `chart name ${quote(name)} is not allowed`);
  }
  if (name !== baseName(name)) {
    throw new PintleError('CHART_INVALID', `chart name ${quote(name)} must not contain path separators`);
  }
  return name;
}

function readName(data: Uint8Array): string {
  try {
    return String(unmarshalStruct(METADATA, decodeBytes(data))?.['name'] ?? '');
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('CHART_INVALID', `cannot load Chart.yaml: ${error.message}`, { cause: error });
  }
}
