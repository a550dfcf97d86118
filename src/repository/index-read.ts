/**
 * An index.yaml, chart by chart. Helm reads all of it at once; for an index of hundreds of thousands of versions that
 * takes gigabytes, and most of the time one chart is wanted. Go: helm pkg/repo/v1/index.go loadIndex
 */
import { PintleError } from '../errors.ts';
import { decodeBytes } from '../go/bytes.ts';
import { GoError } from '../go/error.ts';
import { parseJson } from '../go/json-parse.ts';
import { isMap, type Value } from '../go/value.ts';
import { type Decoded, fillFrom, unmarshalStruct } from '../yaml/struct.ts';
import { type Block, readBlock, splitIndex } from './index-blocks.ts';
import { INDEX_FILE, toChartVersion, ZERO_TIME } from './index-shape.ts';
import { sortVersions } from './sort-versions.ts';
import type { ChartVersion, RepositoryIndex } from './types.ts';

/** What an index says apart from its charts. */
export type IndexHead = Omit<RepositoryIndex, 'entries'>;

/** A chart as it is found. */
export interface FoundChart {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly ChartVersion[];
  /** The bytes of the file that say so, where they stand together. */
  readonly block?: Block;
}

/** Takes charts as they are found. */
export interface ChartSink {
  chart(found: FoundChart): void;
}

/** An entry that is no chart. */
export interface InvalidEntry {
  readonly chart: string;
  /** Absent where there is nothing at all. */
  readonly version?: string;
  readonly reason: string;
}

export interface ReadCharts<T> {
  readonly head: IndexHead;
  readonly sink: T;
  readonly invalid: readonly InvalidEntry[];
}

/**
 * Reads an index. `begin` makes what takes the charts; it is called again where the first way of reading has failed
 * and all charts come anew.
 *
 * @throws PintleError INDEX_INVALID with Helm's text
 */
export function readCharts<T extends ChartSink>(bytes: Uint8Array, begin: () => T): ReadCharts<T> {
  if (bytes.length === 0) throw new PintleError('INDEX_INVALID', 'empty index.yaml file');
  return readInBlocks(bytes, begin) ?? readWhole(bytes, begin);
}

/**
 * Refuses an index that does not say its version, which Helm looks at last.
 *
 * @throws PintleError INDEX_INVALID
 */
export function checkHead({ apiVersion }: IndexHead): void {
  if (apiVersion === '') throw new PintleError('INDEX_INVALID', 'no API version specified');
}

/** Reads an index written as programs write it; nothing where it is not, or where anything is wrong with it. */
function readInBlocks<T extends ChartSink>(bytes: Uint8Array, begin: () => T): ReadCharts<T> | undefined {
  const parts = splitIndex(bytes);
  if (parts === undefined) return undefined;
  const sink = begin();
  const invalid: InvalidEntry[] = [];
  try {
    for (const block of parts.blocks) {
      const entries = readBlock(bytes, block);
      if (entries === undefined) return undefined;
      sink.chart({ name: block.name, versions: keepValid(block.name, entries, invalid), block });
    }
    const head = unmarshalStruct(INDEX_FILE, parts.head, {}, { strict: true }) ?? {};
    return (head['entries'] as Map<string, unknown> | undefined)?.size === 0
      ? { head: toHead(head), sink, invalid }
      : undefined;
  } catch (error) {
    if (error instanceof GoError) return undefined; // What is wrong and where, the other way of reading says.
    throw error;
  }
}

function readWhole<T extends ChartSink>(bytes: Uint8Array, begin: () => T): ReadCharts<T> {
  const raw = decodeIndex(decodeBytes(bytes));
  const sink = begin();
  const invalid: InvalidEntry[] = [];
  const entries = (raw['entries'] ?? new Map()) as Map<string, (Decoded | null)[]>;
  for (const [name, versions] of entries) {
    sink.chart({ name, versions: keepValid(name, versions ?? [], invalid) });
  }
  return { head: toHead(raw), sink, invalid };
}

/** JSON as JSON and everything else as YAML. Go: index.go jsonOrYamlUnmarshal */
function decodeIndex(text: string): Decoded {
  try {
    const json = readJson(text);
    if (json === null) return {};
    if (json !== undefined) return fillFrom(INDEX_FILE, json, {}, { json: true });
    return unmarshalStruct(INDEX_FILE, text, {}, { strict: true }) ?? {};
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('INDEX_INVALID', error.message, { cause: error });
  }
}

function readJson(text: string): Value | undefined {
  if (!/^[ \t\r\n]*[-{["\dtfn]/.test(text)) return undefined;
  try {
    return parseJson(text).value;
  } catch (error) {
    if (error instanceof GoError) return undefined;
    throw error;
  }
}

/** The entries that are charts, newest first. Helm goes through them from the last to the first. */
export function keepValid(
  chart: string,
  entries: readonly (Decoded | null)[],
  invalid: InvalidEntry[],
): readonly ChartVersion[] {
  const kept: ChartVersion[] = [];
  for (let i = entries.length - 1; i >= 0; i--) {
    const raw = entries[i] as Decoded | null;
    if (raw === null) {
      invalid.push({ chart, reason: 'empty entry' });
      continue;
    }
    try {
      kept.push(toChartVersion(raw));
    } catch (error) {
      if (!(error instanceof PintleError)) throw error;
      const version = typeof raw['version'] === 'string' ? raw['version'] : '';
      invalid.push({ chart, version, reason: error.message });
    }
  }
  return sortVersions(kept.reverse());
}

function toHead(raw: Decoded): IndexHead {
  const publicKeys = raw['publicKeys'] as string[] | undefined;
  const annotations = raw['annotations'] as Map<string, string> | undefined;
  const serverInfo = raw['serverInfo'] as Map<string, unknown> | undefined;
  return {
    apiVersion: (raw['apiVersion'] as string | undefined) ?? '',
    generated: (raw['generated'] as string | undefined) ?? ZERO_TIME,
    ...(publicKeys?.length ? { publicKeys } : {}),
    ...(annotations?.size ? { annotations } : {}),
    ...(isMap(serverInfo as Value) && serverInfo?.size ? { serverInfo } : {}),
  };
}
