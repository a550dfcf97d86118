import type { Metadata } from '../chart/types.ts';

/** One version of a chart, as a repository offers it: its Chart.yaml and where the archive is. */
export interface ChartVersion extends Metadata {
  /** Where to download it: absolute, or relative to the repository. The first one counts. */
  readonly urls: readonly string[];
  /** RFC 3339; the year 1 where the index does not say. */
  readonly created: string;
  /** SHA-256 of the archive in hex, with or without `sha256:` before it. */
  readonly digest?: string;
  readonly removed?: boolean;
  /** Fields of Helm 2, which mean nothing now and are kept when an index is written again. */
  readonly checksum?: string;
  readonly engine?: string;
  readonly tillerVersion?: string;
  readonly url?: string;
}

/** What an index has by name of chart. A `Map` is one; one over a cached file reads a chart when it is asked for. */
export interface IndexEntries {
  readonly size: number;
  has(name: string): boolean;
  /** Versions, newest first. */
  get(name: string): readonly ChartVersion[] | undefined;
  keys(): Iterable<string>;
}

/** An index.yaml. */
export interface RepositoryIndex {
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly generated: string;
  readonly entries: IndexEntries;
  readonly publicKeys?: readonly string[];
  readonly annotations?: ReadonlyMap<string, string>;
  readonly serverInfo?: ReadonlyMap<string, unknown>;
}
