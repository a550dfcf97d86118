/** What stores need of the world. */

import { PintleError } from '../../errors.ts';
import { decodeBytes, encodeBytes } from '../../go/bytes.ts';
import type { Value } from '../../go/value.ts';
import type { Inflate, Log } from '../../host.ts';
import { deflate } from '../../sources/deflate.ts';
import { gzipMember } from '../../sources/gzip.ts';
import { type Gzip, MAX_RECORD } from '../codec.ts';
import type { Release, StoredRelease, StoreQuery } from '../types.ts';

export interface StoreHost {
  readonly log: Log;
  readonly inflate: Inflate;
  /** Default: our own, which is the same everywhere and slower than a native one. */
  readonly gzip?: Gzip;
  /** Milliseconds since 1970, for the labels that say when. */
  readonly now: () => number;
  /** What a record may grow to when it is unpacked. Default 128 MiB. */
  readonly maxRecord?: number;
  /** Between tries of a write whose fate is not known. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
}

export function gzipOf(host: StoreHost): Gzip {
  return host.gzip ?? ((bytes) => gzipMember(deflate(bytes), bytes));
}

export function maxRecordOf(host: StoreHost): number {
  return host.maxRecord ?? MAX_RECORD;
}

/**
 * A release without what is large. Its texts are copies: a part of a text that was read keeps the whole of it in memory.
 */
export function outlineOf(release: Release): Release {
  const { info, lease, ...rest } = release;
  const metadata = release.chart.get('metadata');
  return {
    ...rest,
    name: copied(release.name),
    namespace: copied(release.namespace),
    info: {
      firstDeployed: copied(info.firstDeployed),
      lastDeployed: copied(info.lastDeployed),
      deleted: copied(info.deleted),
      description: copied(info.description),
      status: copied(info.status),
      notes: '',
    },
    chart: metadata === undefined ? new Map() : new Map([['metadata', copy(metadata)]]),
    config: null,
    manifest: '',
    hooks: [],
    applyMethod: copied(release.applyMethod),
    ...(lease && { lease: { ...lease, holder: copied(lease.holder), id: copied(lease.id) } }),
  };
}

/** Texts shorter than this are always copies in V8. */
const SLICED = 13;

function copied<T extends string>(text: T): T {
  return text.length < SLICED ? text : (decodeBytes(encodeBytes(text)) as T);
}

/** Metadata is as deep as its struct. */
function copy(value: Value): Value {
  if (typeof value === 'string') return copied(value);
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [copied(key), copy(item)]));
  return value;
}

/** What a query keeps of the records that are read, one after the other. */
export class Kept {
  readonly list: StoredRelease[] = [];
  readonly #query: StoreQuery;
  #newest = 0;

  constructor(query: StoreQuery) {
    this.#query = query;
  }

  add(stored: StoredRelease): void {
    const { outline } = this.#query;
    const newest = this.list[this.#newest];
    const isNewest = newest === undefined || stored.release.version >= newest.release.version;
    if (outline === 'earlier' && isNewest) {
      if (newest !== undefined) this.list[this.#newest] = outlined(newest, true);
      this.#newest = this.list.length;
      this.list.push(stored);
    } else this.list.push(outline ? outlined(stored, outline === 'earlier') : stored);
  }
}

function outlined(stored: StoredRelease, withManifest: boolean): StoredRelease {
  const release = outlineOf(stored.release);
  return { ...stored, release: withManifest ? { ...release, manifest: copied(stored.release.manifest) } : release };
}

/**
 * A record that was found by a name has to be of that name: labels can say what is not so.
 *
 * @throws PintleError RELEASE_INVALID
 */
export function checkName({ name }: StoreQuery, { release }: StoredRelease): void {
  if (name === undefined || release.name === name) return;
  throw new PintleError('RELEASE_INVALID', `the record is that of ${release.name}, labelled as one of ${name}`);
}
