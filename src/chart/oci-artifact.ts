/** What a registry is told about a chart beside its archive. Go: helm pkg/registry/chart.go, client.go Push */
import { encodeBytes } from '../go/bytes.ts';
import { marshalJson } from '../go/json.ts';
import { trimSpace } from '../go/space.ts';
import type { GoMap, Value } from '../go/value.ts';
import { metadataToValue } from './metadata.ts';
import type { Metadata } from './types.ts';

export interface ArtifactDescription {
  /** Chart.yaml as JSON, fields in the order of Helm's struct. */
  readonly config: Uint8Array;
  /** Annotations of the manifest. */
  readonly annotations: ReadonlyMap<string, string>;
}

const PREFIX = 'org.opencontainers.image.';

/** Annotations that say what the chart is; the chart's own cannot change them. */
const FIXED = new Set([`${PREFIX}version`, `${PREFIX}title`]);

/**
 * Describes a chart for a registry, byte for byte as Helm does.
 *
 * @param created when the archive was made, as RFC 3339 text
 */
export function describeArtifact(metadata: Metadata, created: string): ArtifactDescription {
  return {
    config: encodeBytes(objectInOrder(metadataToValue(metadata))),
    annotations: annotationsOf(metadata, created),
  };
}

/** A struct keeps the order of its fields, and so do the structs in it; a map is sorted. */
function objectInOrder(value: GoMap): string {
  const members = [...value].map(([key, item]) => {
    const structs = key === 'maintainers' || key === 'dependencies';
    return `${marshalJson(key)}:${structs ? `[${(item as GoMap[]).map(flat).join(',')}]` : marshalJson(item)}`;
  });
  return `{${members.join(',')}}`;
}

function flat(value: GoMap): string {
  return `{${[...value].map(([key, item]: [string, Value]) => `${marshalJson(key)}:${marshalJson(item)}`).join(',')}}`;
}

/** Go: generateOCIAnnotations */
function annotationsOf(metadata: Metadata, created: string): Map<string, string> {
  const out = new Map<string, string>();
  const add = (key: string, value = ''): void => {
    if (trimSpace(value) !== '') out.set(PREFIX + key, value);
  };
  add('description', metadata.description);
  add('title', metadata.name);
  add('version', metadata.version);
  add('url', metadata.home);
  add('created', created);
  add('source', metadata.sources?.[0]);
  const authors = (metadata.maintainers ?? []).map(({ name = '', email = '' }) => name + (email && ` (${email})`));
  add('authors', authors.join(', '));
  for (const [key, value] of Object.entries(metadata.annotations ?? {})) if (!FIXED.has(key)) out.set(key, value);
  return out;
}
