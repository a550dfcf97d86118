/** A chart's archive into a registry. Go: helm pkg/registry client.go Push */
import { PintleError } from '../errors.ts';
import type { Inflate, Log } from '../host.ts';
import type { UploadOptions } from '../sources/oci/blob.ts';
import { parseReference, referenceText } from '../sources/oci/reference.ts';
import type { PushedChart, Registry } from '../sources/oci/registry.ts';
import { loadChartArchive } from './load.ts';
import { describeArtifact } from './oci-artifact.ts';

export interface PushChartOptions extends UploadOptions {
  /** Opens the archive, to read Chart.yaml. */
  readonly inflate: Inflate;
  /** The provenance file. */
  readonly prov?: Uint8Array;
  /** When the archive was made, as RFC 3339 text. */
  readonly created: string;
  /** The reference has to end in `/NAME:VERSION` of the chart. Default true. */
  readonly strictMode?: boolean;
  readonly log?: Log;
}

/**
 * Pushes a chart's archive. The same archive with the same `created` gives the same manifest as Helm's.
 *
 * @param ref e.g. `registry.example.com/charts/web:1.2.3`
 */
export async function pushChart(
  registry: Registry,
  archive: Uint8Array,
  ref: string,
  options: PushChartOptions,
): Promise<PushedChart> {
  // A bad reference is reported before a bad chart.
  referenceText(parseReference(ref));
  const { inflate, log, prov, created, strictMode = true, ...upload } = options;
  const { metadata } = await loadChartArchive(archive, { inflate, ...(log === undefined ? {} : { log }) });
  if (strictMode && !ref.endsWith(`/${metadata.name}:${metadata.version}`)) {
    const text = 'strict mode enabled, ref basename and tag must match the chart name and version';
    throw new PintleError('USAGE', text);
  }
  const artifact = { archive, ...(prov === undefined ? {} : { prov }), ...describeArtifact(metadata, created) };
  return registry.push(ref, artifact, upload);
}
