/** Charts from elsewhere and to elsewhere, for programs: the verbs of the command line with Node's own world around them. */
import type { Log, Transport } from '../../host.ts';
import type { Verification } from '../../provenance/verification.ts';
import { type Environment, readSettings } from '../environment.ts';
import { nodeInflate } from '../inflate.ts';
import type { World } from '../world.ts';
import type { Access } from './access.ts';
import type { ChartLocation } from './chart-location.ts';

/** What both ways have in common. */
export interface RemoteChartOptions {
  /**
   * The variables that say where Helm's files are and which proxy there is; the process's own if left out. Name
   * folders of your own, e.g. `{ HELM_CACHE_HOME: '/tmp/charts' }`, to leave the user's alone.
   */
  readonly env?: Environment;
  /** Is told of what deserves a word. */
  readonly log?: Log;
  /** What requests go through; the network if left out. A test gives the one of a `memoryRegistry`. */
  readonly transport?: Transport;
}

export interface PullChartOptions extends ChartLocation, RemoteChartOptions {}

/** A chart that was pulled. */
export interface PulledChart {
  /** The archive, as the server has it; `loadChart` makes a chart of it. */
  readonly bytes: Uint8Array;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  /** `NAME-VERSION.tgz` */
  readonly fileName: string;
  /** The URL that it came from. */
  readonly source: string;
  /** The provenance file, and what checking it says, where `verify` asked for them. */
  readonly provenance?: Uint8Array;
  readonly verification?: Verification;
}

/**
 * Fetches a chart: `oci://…`, a URL, `repository/chart` of a repository that the user added, or a name in `repo`.
 * What is in the content cache is not fetched again.
 *
 * @example
 * const { bytes, digest } = await pullChart('oci://registry.example.com/charts/web', { version: '^1.2.0' });
 * const chart = await loadChart(bytes);
 * @throws PintleError NOT_FOUND, AUTH_FAILED, NETWORK_FAILED, NETWORK_REFUSED, DIGEST_MISMATCH, PROVENANCE_INVALID …
 */
export async function pullChart(reference: string, options: PullChartOptions = {}): Promise<PulledChart> {
  const { env, log, transport, ...location } = options;
  const { downloadChart } = await import('./download.ts');
  const { path: _, ...pulled } = await downloadChart(reference, location, await nodeWorld({ env, log, transport }));
  return pulled;
}

export interface PushChartOptions extends RemoteChartOptions, Access {
  /** The provenance file, to be kept beside the chart. */
  readonly provenance?: Uint8Array;
  /** When the chart was made, which is part of the digest; now if left out. */
  readonly created?: Date;
}

/**
 * Puts a chart's archive into a registry.
 *
 * @param reference with the version as its tag: `oci://registry.example.com/charts/web:1.2.3`
 * @returns the reference, and the digest of the manifest, by which the chart can be pulled whatever the tag is later
 * @example const { digest } = await pushChart(await readFile('web-1.2.3.tgz'), 'oci://localhost:5000/charts/web:1.2.3');
 * @throws PintleError AUTH_FAILED, NETWORK_FAILED, REGISTRY_FAILED, NAME_INVALID, CHART_INVALID …
 */
export async function pushChart(
  bytes: Uint8Array,
  reference: string,
  options: PushChartOptions = {},
): Promise<{ readonly reference: string; readonly digest: string }> {
  const { env, log, transport, provenance, created = new Date(), ...getter } = options;
  const { openRegistry } = await import('./getters.ts');
  const { pushChart: pushArchive } = await import('../../chart/push-chart.ts');
  const registry = await openRegistry(getter, await nodeWorld({ env, log, transport }));
  const { ref, manifest } = await pushArchive(registry, bytes, reference.replace(/^oci:\/\//, ''), {
    inflate: nodeInflate,
    created: `${created.toISOString().slice(0, 19)}Z`,
    ...(provenance && { prov: provenance }),
    ...(log && { log }),
  });
  return { reference: `oci://${ref}`, digest: manifest.digest };
}

/** Options, each there or not. */
type Given<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Loaded when it is needed: most programs render charts that they have. */
async function nodeWorld(from: Given<RemoteChartOptions>): Promise<World> {
  const { env = process.env, log = SILENT, transport } = from;
  const { nodeHttpClient } = await import('../http/client.ts');
  const { nodeDigests } = await import('../http/digests.ts');
  const settings = readSettings(env, process.platform);
  return { settings, env, log, http: nodeHttpClient({ env, transport }), digests: nodeDigests, out: () => {} };
}

const SILENT: Log = { log() {} };
