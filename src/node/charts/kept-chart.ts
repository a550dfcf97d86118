/**
 * A chart as it is kept: a line of JSON, then the bytes of its files, and of what it was read from, one after the other.
 */
import type { Chart, ChartFile, Lock, Metadata } from '../../chart/types.ts';
import type { GoMap, Value } from '../../go/value.ts';
import { knowSimple } from '../../values/schema/quick.ts';
import type { ChartSource } from './memory.ts';

/** Grows with every change to what is kept. */
export const FORMAT = 2;

/**
 * Values and fields with maps told from lists and from objects: a map is a list of its keys and values in turns, a list
 * and an object are wrapped.
 */
export type Packed =
  | string
  | number
  | boolean
  | null
  | Packed[]
  | { readonly list: Packed[] }
  /** `bare`: without a prototype. */
  | { readonly fields: Record<string, Packed>; readonly bare?: true };

/** A file: its name, which of the {@link KeptHead.sizes} it is, and its time in milliseconds. */
export type KeptFile = readonly [name: string, at: number, modified?: number];

/** Files that are among those of `raw` are told by their place there. */
export interface KeptChart {
  readonly metadata: Packed;
  readonly lock?: Packed;
  readonly values: Packed;
  readonly schema?: number;
  /** The schema has been looked through, and is as simple as most. */
  readonly isSimple?: true;
  readonly raw: readonly KeptFile[];
  readonly templates: readonly number[];
  readonly files: readonly number[];
  readonly names?: readonly string[];
  readonly dependencies: readonly KeptChart[];
}

export interface KeptHead {
  readonly format: number;
  /** Of the program: the next may read charts otherwise. */
  readonly version: string;
  /** A name that no other chart has. */
  readonly name: string;
  /** What the chart was read from; numbers are places in {@link KeptHead.sizes}. */
  readonly source: readonly (string | number)[];
  /** The sizes of the files' contents, in the order in which they follow. */
  readonly sizes: readonly number[];
  readonly chart: KeptChart;
}

/**
 * The chart in what was kept of a source; undefined where that was another source or version.
 *
 * @throws if what was kept is no chart, or not whole
 */
export function chartOf(
  bytes: Buffer,
  source: ChartSource,
  version: string,
): { readonly name: string; readonly chart: Chart } | undefined {
  const end = bytes.indexOf(10);
  const head = JSON.parse(bytes.toString('utf8', 0, end)) as KeptHead;
  if (head.format !== FORMAT || head.version !== version) return undefined;
  const { name, sizes, chart } = head;
  const contents: Uint8Array[] = [];
  let start = end + 1;
  for (const size of sizes) {
    contents.push(new Uint8Array(bytes.buffer, bytes.byteOffset + start, size));
    start += size;
  }
  if (start !== bytes.length) throw new Error('not whole');
  return isSame(head.source, source, contents) ? { name, chart: unpackChart(chart, contents) } : undefined;
}

/** To the byte: what is found by its looks alone may be anything. */
function isSame(kept: KeptHead['source'], source: ChartSource, contents: readonly Uint8Array[]): boolean {
  return (
    kept.length === source.length &&
    kept.every((part, i) => {
      const other = source[i];
      if (typeof part === 'string' || typeof other === 'string' || other === undefined) return part === other;
      return Buffer.compare(contents[part] as Uint8Array, other) === 0;
    })
  );
}

function unpackChart(kept: KeptChart, contents: readonly Uint8Array[]): Chart {
  const { lock, names } = kept;
  const schema = kept.schema === undefined ? undefined : contents[kept.schema];
  if (schema !== undefined && kept.isSimple) knowSimple(schema);
  const raw = kept.raw.map(([name, at, modified]): ChartFile => {
    const data = contents[at] as Uint8Array;
    return modified === undefined ? { name, data } : { name, data, modified: new Date(modified) };
  });
  const file = (at: number): ChartFile => raw[at] as ChartFile;
  return {
    metadata: unpack(kept.metadata) as unknown as Metadata,
    ...(lock !== undefined && { lock: unpack(lock) as unknown as Lock }),
    values: unpack(kept.values) as GoMap,
    ...(schema !== undefined && { schema }),
    templates: kept.templates.map(file),
    files: kept.files.map(file),
    raw,
    ...(names !== undefined && { names }),
    dependencies: kept.dependencies.map((dependency) => unpackChart(dependency, contents)),
  };
}

function unpack(packed: Packed): Value | Record<string, unknown> {
  if (typeof packed !== 'object' || packed === null) return packed;
  if (Array.isArray(packed)) {
    const map: GoMap = new Map();
    for (let i = 0; i < packed.length; i += 2) map.set(packed[i] as string, unpack(packed[i + 1] as Packed) as Value);
    return map;
  }
  if ('list' in packed) return packed.list.map(unpack) as Value[];
  const fields: Record<string, unknown> = packed.fields;
  for (const [name, value] of Object.entries(packed.fields)) {
    if (typeof value === 'object') fields[name] = unpack(value);
  }
  return packed.bare ? Object.setPrototypeOf(fields, null) : fields;
}
