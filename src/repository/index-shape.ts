/** The Go structs that an index.yaml is read into. Go: helm pkg/repo/v1/index.go */
import { METADATA, validateMetadata } from '../chart/metadata.ts';
import {
  ANY_SHAPE,
  BOOL,
  type Decoded,
  type ListShape,
  NIL_LIST,
  STRING,
  STRINGS,
  type StructShape,
} from '../yaml/struct.ts';
import type { ChartVersion } from './types.ts';

const CHART_VERSION: StructShape = {
  kind: 'struct',
  type: 'repo.ChartVersion',
  fields: {
    ...METADATA.fields,
    urls: STRINGS,
    created: { kind: 'time' },
    removed: BOOL,
    digest: STRING,
    checksum: STRING,
    engine: STRING,
    tillerVersion: STRING,
    url: STRING,
  },
  embedded: { name: 'Metadata', shape: METADATA },
};

/** The versions of one chart. */
export const CHART_VERSIONS: ListShape = { kind: 'list', type: 'repo.ChartVersions', of: CHART_VERSION };

/** All of an index. */
export const INDEX_FILE: StructShape = {
  kind: 'struct',
  type: 'repo.IndexFile',
  fields: {
    serverInfo: { kind: 'map', type: 'map[string]interface {}', of: ANY_SHAPE },
    apiVersion: STRING,
    generated: { kind: 'time' },
    entries: { kind: 'map', type: 'map[string]repo.ChartVersions', of: CHART_VERSIONS },
    publicKeys: STRINGS,
    annotations: { kind: 'map', type: 'map[string]string', of: STRING },
  },
};

/** Go's time.Time that was never set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

const LEGACY = ['checksum', 'engine', 'tillerVersion', 'url'] as const;

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * A version from decoded fields.
 *
 * @throws PintleError CHART_INVALID with the text of Helm's warning
 */
export function toChartVersion(raw: Decoded): ChartVersion {
  if (!raw['apiVersion']) raw['apiVersion'] = 'v1';
  const metadata = validateMetadata(raw, { repeatedDependencies: true });
  const out = metadata as Mutable<ChartVersion>;
  out.urls = (raw['urls'] as string[] | undefined) ?? NIL_LIST;
  out.created = (raw['created'] as string | undefined) ?? ZERO_TIME;
  const digest = raw['digest'] as string | undefined;
  if (digest) out.digest = digest;
  if (raw['removed'] === true) out.removed = true;
  for (const field of LEGACY) {
    const value = raw[field] as string | undefined;
    if (value) out[field] = value;
  }
  return out;
}
