/** Manifests: the JSON that ties blobs together. Go: opencontainers/image-spec specs-go/v1 */
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import { encodeString } from '../../go/json.ts';
import { compareStrings } from '../../go/value.ts';
import { decodeJson, type JsonRecord, type JsonShape, type JsonStruct } from './json-shape.ts';

/** What a blob or manifest is, how large, and its digest. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: ReadonlyMap<string, string>;
}

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const INDEX = 'application/vnd.oci.image.index.v1+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const ARTIFACT_MANIFEST = 'application/vnd.oci.artifact.manifest.v1+json';

/** What manifests are asked for as. Go: oras-go registry/remote/manifest.go */
export const ACCEPT: string = [DOCKER_MANIFEST, DOCKER_LIST, MANIFEST, INDEX, ARTIFACT_MANIFEST].join(', ');

/** The config of a chart: its Chart.yaml as JSON. */
export const CHART_CONFIG = 'application/vnd.cncf.helm.config.v1+json';
/** The chart's archive. */
export const CHART_LAYER = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
/** Its provenance file. */
export const PROVENANCE_LAYER = 'application/vnd.cncf.helm.chart.provenance.v1.prov';
/** What the archive was called before. */
export const LEGACY_CHART_LAYER = 'application/tar+gzip';
/** The artifact type of plugins. */
export const PLUGIN_TYPE = 'application/vnd.helm.plugin.v1+json';

/** The annotation that names a layer's file. */
export const TITLE = 'org.opencontainers.image.title';

/** A manifest or index, as far as it is read. `urls` of layers are not, so that nothing can follow them. */
export interface Manifest {
  readonly mediaType: string;
  readonly artifactType: string;
  readonly config: Descriptor | undefined;
  readonly layers: readonly Descriptor[];
  /** The manifests of an index. */
  readonly manifests: readonly Descriptor[];
}

const ANNOTATIONS: JsonShape = { map: 'string' };

const DESCRIPTOR: JsonStruct = {
  name: 'Descriptor',
  type: 'v1.Descriptor',
  fields: { mediaType: 'string', digest: 'string', size: 'int64', annotations: ANNOTATIONS },
};

const LIST: JsonShape = { list: DESCRIPTOR, type: '[]v1.Descriptor' };

const IMAGE: JsonStruct = {
  name: 'Manifest',
  type: 'v1.Manifest',
  fields: { mediaType: 'string', artifactType: 'string', config: DESCRIPTOR, layers: LIST, annotations: ANNOTATIONS },
};

const IMAGE_INDEX: JsonStruct = {
  name: 'Index',
  type: 'v1.Index',
  fields: { mediaType: 'string', artifactType: 'string', manifests: LIST, annotations: ANNOTATIONS },
};

/** Whether a media type is that of an index: a list of manifests. */
export function isIndex(mediaType: string): boolean {
  return mediaType === INDEX || mediaType === DOCKER_LIST;
}

/** Whether a media type is that of something with descriptors in it. */
export function isManifest(mediaType: string): boolean {
  return mediaType === MANIFEST || mediaType === DOCKER_MANIFEST || isIndex(mediaType);
}

/**
 * Reads a manifest or, where the media type says so, an index.
 *
 * @throws GoError with encoding/json's text
 */
export function readManifest(bytes: Uint8Array, mediaType: string): Manifest {
  const record = decodeJson(decodeBytes(bytes), isIndex(mediaType) ? IMAGE_INDEX : IMAGE);
  return {
    mediaType: text(record['mediaType']),
    artifactType: text(record['artifactType']),
    // Go has an empty descriptor where the field is missing.
    config: isIndex(mediaType) ? undefined : descriptor((record['config'] ?? {}) as JsonRecord),
    layers: descriptors(record['layers']),
    manifests: descriptors(record['manifests']),
  };
}

function descriptors(list: unknown): Descriptor[] {
  return ((list ?? []) as JsonRecord[]).map(descriptor);
}

function descriptor(record: JsonRecord): Descriptor {
  const annotations = record['annotations'] as ReadonlyMap<string, string> | undefined;
  return {
    mediaType: text(record['mediaType']),
    digest: text(record['digest']),
    size: typeof record['size'] === 'number' ? record['size'] : 0,
    ...(annotations === undefined ? {} : { annotations }),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Layers whose bytes are somewhere else; they are never fetched. Go: oras-go internal/descriptor IsForeignLayer */
const FOREIGN = new Set([
  'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+zstd',
]);

/** What a manifest points to, in order, without what is kept elsewhere. Go: oras-go content.Successors */
export function successors(manifest: Manifest): readonly Descriptor[] {
  const { config, layers, manifests } = manifest;
  const all = [...(config === undefined ? [] : [config]), ...layers, ...manifests];
  return all.filter((child) => !FOREIGN.has(child.mediaType));
}

/**
 * A manifest as Helm writes it, to the byte: fields in the order of Go's struct, annotations sorted, and neither a
 * media type nor an artifact type.
 */
export function writeManifest(
  config: Descriptor,
  layers: readonly Descriptor[],
  annotations: ReadonlyMap<string, string>,
): Uint8Array {
  // Sorted by digest, so that the order in which layers were made makes no difference.
  const sorted = [...layers].sort((a, b) => compareStrings(a.digest, b.digest));
  const fields = ['"schemaVersion":2', `"config":${json(config)}`, `"layers":[${sorted.map(json).join(',')}]`];
  if (annotations.size > 0) {
    const keys = [...annotations.keys()].sort(compareStrings);
    const members = keys.map(
      (key) => `${encodeString(key, true)}:${encodeString(annotations.get(key) as string, true)}`,
    );
    fields.push(`"annotations":{${members.join(',')}}`);
  }
  return encodeBytes(`{${fields.join(',')}}`);
}

function json({ mediaType, digest, size }: Descriptor): string {
  return `{"mediaType":${encodeString(mediaType, true)},"digest":${encodeString(digest, true)},"size":${size}}`;
}
