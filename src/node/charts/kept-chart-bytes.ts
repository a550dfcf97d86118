import type { Chart, ChartFile } from '../../chart/types.ts';
import { isKnownSimple } from '../../values/schema/quick.ts';
import { asciiJson } from './ascii-json.ts';
import { FORMAT, type KeptChart, type KeptFile, type KeptHead, type Packed } from './kept-chart.ts';
import type { ChartSource } from './memory.ts';

/** Larger charts are loaded each time; so are those with more values, or deeper ones. */
const MAX_BYTES = 8 << 20;
const MAX_NODES = 200_000;
const MAX_DEPTH = 500;

/** A chart that cannot be kept. */
class Unfit extends Error {}

/**
 * What to keep of a chart, for `chartOf`; undefined for one that is too large, or holds what JSON has no form for.
 *
 * @param name that no other chart has
 */
export function bytesOf(chart: Chart, source: ChartSource, name: string, version: string): Uint8Array | undefined {
  try {
    const packer = new Packer();
    const head: KeptHead = {
      ...{ format: FORMAT, version, name },
      source: source.map((part) => (typeof part === 'string' ? part : packer.content(part))),
      chart: packer.chart(chart),
      sizes: packer.sizes,
    };
    return Buffer.concat([Buffer.from(`${asciiJson(head)}\n`), ...packer.contents]);
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}

class Packer {
  readonly contents: Uint8Array[] = [];
  readonly sizes: number[] = [];
  /** A file of a subchart is one of the chart, too, under another name. */
  private readonly places = new Map<Uint8Array, number>();
  private bytes = 0;
  private nodes = 0;

  chart(chart: Chart): KeptChart {
    const { metadata, lock, values, schema, templates, files, raw, names, dependencies } = chart;
    // A lock without dependencies is one of two, which only their identity tells apart.
    if (lock?.dependencies.length === 0) throw new Unfit();
    const place = new Map(raw.map((file, i) => [file, i]));
    const placeOf = (file: ChartFile): number => {
      const at = place.get(file);
      if (at === undefined) throw new Unfit();
      return at;
    };
    return {
      metadata: this.pack(metadata),
      ...(lock && { lock: this.pack(lock) }),
      values: this.pack(values),
      ...(schema && { schema: this.content(schema), ...(isKnownSimple(schema) && { isSimple: true }) }),
      raw: raw.map((file) => this.file(file)),
      templates: templates.map(placeOf),
      files: files.map(placeOf),
      ...(names && { names }),
      dependencies: dependencies.map((dependency) => this.chart(dependency)),
    };
  }

  private file({ name, data, modified }: ChartFile): KeptFile {
    const at = this.content(data);
    if (modified === undefined) return [name, at];
    if (Number.isNaN(modified.getTime())) throw new Unfit();
    return [name, at, modified.getTime()];
  }

  content(data: Uint8Array): number {
    const known = this.places.get(data);
    if (known !== undefined) return known;
    this.bytes += data.length;
    if (this.bytes > MAX_BYTES) throw new Unfit();
    this.places.set(data, this.contents.length);
    this.contents.push(data);
    return this.sizes.push(data.length) - 1;
  }

  private pack(value: unknown, depth = 0): Packed {
    if (++this.nodes > MAX_NODES || depth > MAX_DEPTH) throw new Unfit();
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
    if (typeof value === 'number' && Number.isFinite(value) && !Object.is(value, -0)) return value;
    if (typeof value !== 'object') throw new Unfit();
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === Map.prototype) {
      const map = value as ReadonlyMap<string, unknown>;
      return [...map].flatMap(([key, inner]) => [key, this.pack(inner, depth + 1)]);
    }
    if (prototype === Array.prototype) return { list: (value as unknown[]).map((item) => this.pack(item, depth + 1)) };
    if (prototype !== Object.prototype && prototype !== null) throw new Unfit();
    const fields = Object.entries(value).filter(([, inner]) => inner !== undefined);
    return {
      fields: Object.fromEntries(fields.map(([name, inner]) => [name, this.pack(inner, depth + 1)])),
      ...(prototype === null && { bare: true }),
    };
  }
}
