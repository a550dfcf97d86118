/** Charts and plugins out of registries. Go: helm pkg/registry client.go, generic.go, plugin.go */
import { PintleError } from '../../errors.ts';
import { decodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { jsonKind, unmarshalJson } from '../../go/json.ts';
import type { Log, Progress } from '../../host.ts';
import { prefixed, step } from './answer.ts';
import { checkDescriptor, fetchBlob, type Repository } from './blob.ts';
import {
  CHART_CONFIG,
  CHART_LAYER,
  type Descriptor,
  INDEX,
  isManifest,
  LEGACY_CHART_LAYER,
  MANIFEST,
  type Manifest,
  PLUGIN_TYPE,
  PROVENANCE_LAYER,
  readManifest,
  successors,
  TITLE,
} from './manifest.ts';
import { type FetchedManifest, fetchChild, fetchManifest } from './manifests.ts';

/** Where a blob comes from: a cache that asks `fetch` for what it does not have, or `fetch` itself. */
export type BlobSource = (descriptor: Descriptor, fetch: () => Promise<Uint8Array>) => Promise<Uint8Array>;

export interface PullOptions {
  /** Fetch the provenance file, too. `only` fetches it and not the chart. Default: neither. */
  readonly prov?: boolean | 'only';
  /** Do not mind where there is no provenance file. */
  readonly ignoreMissingProv?: boolean;
  /** Asked for the chart and the provenance file. */
  readonly blob?: BlobSource;
}

export interface PulledChart {
  readonly manifest: Descriptor;
  /** Chart.yaml as JSON. */
  readonly config: Uint8Array;
  readonly chart?: Uint8Array;
  /** The descriptor of the chart's archive. */
  readonly chartDescriptor?: Descriptor;
  readonly prov?: Uint8Array;
  /** What was pulled, as Helm prints it. */
  readonly ref: string;
  /** Notices for whoever pulled it. */
  readonly notices: readonly string[];
}

export interface PulledPlugin {
  readonly manifest: Descriptor;
  readonly plugin: Uint8Array;
  readonly prov?: Uint8Array;
  /** The file name of the provenance file. */
  readonly provName?: string;
  readonly pluginName: string;
  readonly ref: string;
}

export interface PullContext {
  readonly repository: Repository;
  /** The tag or digest in URLs. */
  readonly part: string;
  readonly ref: string;
  readonly progress?: Progress;
  readonly log?: Log;
}

/** How far indexes may point to indexes, and how many manifests one pull may look at. */
const MAX_DEPTH = 3;
const MAX_MANIFESTS = 32;

/** How many descriptors one manifest may have. */
const MAX_DESCRIPTORS = 1000;

interface Graph {
  readonly root: FetchedManifest;
  readonly manifest: Manifest;
  /** The root and everything below it, each thing once. */
  readonly nodes: readonly Descriptor[];
}

/** Reads a manifest and the manifests below it. */
async function readGraph({ repository, part, ref }: PullContext): Promise<Graph> {
  const root = await fetchManifest(repository, part, ref);
  const nodes: Descriptor[] = [];
  const seen = new Set<string>();
  let manifests = 0;
  const visit = async (node: Descriptor, depth: number, content?: Uint8Array): Promise<Manifest | undefined> => {
    const key = `${node.digest} ${node.mediaType} ${node.size}`;
    if (seen.has(key)) return undefined;
    seen.add(key);
    if (seen.size > MAX_DESCRIPTORS) throw tooLarge(ref);
    nodes.push(node);
    if (!isManifest(node.mediaType)) return undefined;
    if (depth > MAX_DEPTH || ++manifests > MAX_MANIFESTS) throw tooLarge(ref);
    const manifest = await step('FindSuccessors', 'source', async () => {
      if (content === undefined) checkDescriptor(node);
      return readManifest(content ?? (await fetchChild(repository, node)), node.mediaType);
    });
    for (const child of successors(manifest)) await visit(child, depth + 1);
    return manifest;
  };
  const manifest = (await visit(root.descriptor, 0, root.bytes)) ?? EMPTY;
  return { root, manifest, nodes };
}

const EMPTY: Manifest = { mediaType: '', artifactType: '', config: undefined, layers: [], manifests: [] };

function tooLarge(ref: string): PintleError {
  return new PintleError('REGISTRY_FAILED', `${ref} points to more manifests or layers than any chart has`);
}

/** Fetches a chart, its provenance file, or both. Go: Client.Pull, processChartPull */
export async function pullChart(context: PullContext, options: PullOptions = {}): Promise<PulledChart> {
  const withChart = options.prov !== 'only';
  const withProv = options.prov === true || options.prov === 'only';
  const { root, nodes } = await readGraph(context);
  const wanted = [INDEX, MANIFEST, CHART_CONFIG];
  if (withChart) wanted.push(CHART_LAYER, LEGACY_CHART_LAYER);
  if (withProv) wanted.push(PROVENANCE_LAYER);
  const found = nodes.filter((node) => wanted.includes(node.mediaType));
  const least = 1 + Number(withChart) + Number(withProv && !options.ignoreMissingProv);
  if (found.length < least) {
    const text = `manifest does not contain minimum number of descriptors (${least}), descriptors found: ${found.length}`;
    throw notChart(text);
  }
  const config = one(found, [CHART_CONFIG], context.ref);
  const chart = withChart ? one(found, [CHART_LAYER, LEGACY_CHART_LAYER], context.ref) : undefined;
  const prov = withProv ? one(found, [PROVENANCE_LAYER], context.ref) : undefined;
  const legacy = chart?.mediaType === LEGACY_CHART_LAYER;
  const notices = legacy ? [`Warning: chart media type ${LEGACY_CHART_LAYER} is deprecated`] : [];
  if (config === undefined) throw notChart(`could not load config with mediatype ${CHART_CONFIG}`);
  if (withChart && chart === undefined) throw missingLayer(CHART_LAYER);
  if (withProv && prov === undefined && !options.ignoreMissingProv) throw missingLayer(PROVENANCE_LAYER);
  if (!found.includes(root.descriptor)) {
    // Docker's own manifests are read but not kept.
    const { digest, mediaType } = root.descriptor;
    throw notChart(`unable to retrieve blob with digest ${digest}: ${digest}: ${mediaType}: not found`);
  }
  const fetch = (descriptor: Descriptor | undefined): Promise<Uint8Array | undefined> =>
    descriptor === undefined ? Promise.resolve(undefined) : fetchLayer(context, descriptor, options.blob);
  const [configBytes, chartBytes, provBytes] = await Promise.all([fetch(config), fetch(chart), fetch(prov)]);
  checkConfig(configBytes as Uint8Array);
  return {
    manifest: root.descriptor,
    config: configBytes as Uint8Array,
    ...(chartBytes === undefined ? {} : { chart: chartBytes, chartDescriptor: chart as Descriptor }),
    ...(provBytes === undefined ? {} : { prov: provBytes }),
    ref: context.ref,
    notices,
  };
}

function notChart(text: string): PintleError {
  return new PintleError('REGISTRY_FAILED', text, { hint: 'what is there may be a container image and no chart' });
}

function missingLayer(mediaType: string): PintleError {
  return new PintleError('REGISTRY_FAILED', `manifest does not contain a layer with mediatype ${mediaType}`);
}

/** The one descriptor of these kinds. Helm takes any of several, which one differs from run to run. */
function one(nodes: readonly Descriptor[], mediaTypes: readonly string[], ref: string): Descriptor | undefined {
  const found = nodes.filter((node) => mediaTypes.includes(node.mediaType));
  if (found.length > 1) {
    throw new PintleError(
      'REGISTRY_FAILED',
      `${ref} has ${found.length} layers with mediatype ${found[0]?.mediaType}`,
      {
        hint: 'a chart has one of each; which one is meant cannot be told',
      },
    );
  }
  return found[0];
}

/** Only what takes time is worth a line of progress, and only that is kept. */
async function fetchLayer(
  context: PullContext,
  descriptor: Descriptor,
  blob: BlobSource | undefined,
): Promise<Uint8Array> {
  const { repository, progress, ref } = context;
  if (descriptor.mediaType === CHART_CONFIG) return fetchBlob(repository, descriptor);
  const fetch = async (): Promise<Uint8Array> => {
    const line = progress?.start(ref, descriptor.size);
    try {
      return await fetchBlob(repository, descriptor, line);
    } finally {
      line?.end();
    }
  };
  if (blob === undefined) return fetch();
  // A cache makes a file name of the digest.
  await step('Push', 'destination', async () => checkDescriptor(descriptor));
  return blob(descriptor, fetch);
}

/** Go: json.Unmarshal into chart.Metadata; its fields are read from the chart itself. */
function checkConfig(bytes: Uint8Array): void {
  try {
    const value = unmarshalJson(decodeBytes(bytes));
    const kind = jsonKind(value);
    if (kind !== 'object' && kind !== 'null') {
      throw new GoError(`json: cannot unmarshal ${kind} into Go value of type v2.Metadata`);
    }
  } catch (error) {
    throw prefixed(error, '');
  }
}

const PLUGIN_LAYERS = [
  MANIFEST,
  'application/vnd.oci.image.layer.v1.tar',
  'application/vnd.oci.image.layer.v1.tar+gzip',
];

/** Fetches a plugin's archive and its provenance file, where there is one. Go: Client.PullPlugin */
export async function pullPlugin(
  context: PullContext,
  pluginName: string,
  options: Pick<PullOptions, 'blob'> = {},
): Promise<PulledPlugin> {
  const { root, manifest, nodes } = await readGraph(context);
  const fail = (text: string): PintleError => new PintleError('PLUGIN_INVALID', text);
  const { digest, mediaType } = root.descriptor;
  if (mediaType !== MANIFEST) throw fail(`unable to retrieve manifest: ${digest}: ${mediaType}: not found`);
  const { artifactType, config } = manifest;
  if (artifactType !== '' && artifactType !== PLUGIN_TYPE) {
    throw fail(`expected artifact type ${PLUGIN_TYPE}, got ${artifactType}`);
  }
  if (artifactType === '' && config?.mediaType !== PLUGIN_TYPE) {
    const found = config?.mediaType ?? '';
    throw fail(`expected config media type ${PLUGIN_TYPE} for legacy compatibility, got ${found}`);
  }
  const titled = (suffix: string): Descriptor | undefined =>
    manifest.layers.find((layer) => {
      const title = layer.annotations?.get(TITLE);
      return title?.startsWith(`${pluginName}-`) && title.endsWith(suffix);
    });
  const plugin = titled('.tgz');
  const prov = titled('.tgz.prov');
  if (plugin === undefined)
    throw fail(`required layer matching pattern ${pluginName}-VERSION.tgz not found in manifest`);
  const fetch = async (layer: Descriptor, what: string): Promise<Uint8Array> => {
    const kept = nodes.includes(layer) && PLUGIN_LAYERS.includes(layer.mediaType);
    if (!kept) {
      throw fail(
        `unable to retrieve ${what} data with digest ${layer.digest}: ${layer.digest}: ${layer.mediaType}: not found`,
      );
    }
    return fetchLayer(context, layer, options.blob);
  };
  const pluginBytes = await fetch(plugin, 'plugin');
  const provBytes = prov === undefined ? undefined : await fetch(prov, 'provenance');
  return {
    manifest: root.descriptor,
    plugin: pluginBytes,
    ...(provBytes === undefined ? {} : { prov: provBytes, provName: prov?.annotations?.get(TITLE) ?? '' }),
    pluginName,
    ref: context.ref,
  };
}
