/** What stores need of the world. */
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

/** A release without what is large. */
export function outlineOf(release: Release): Release {
  const metadata = release.chart.get('metadata');
  return {
    ...release,
    info: { ...release.info, notes: '' },
    chart: metadata === undefined ? new Map() : new Map([['metadata', metadata]]),
    config: null,
    manifest: '',
    hooks: [],
  };
}

/** What a query keeps of a record that was read. */
export function kept(stored: StoredRelease, query: StoreQuery): StoredRelease {
  return query.outline ? { ...stored, release: outlineOf(stored.release) } : stored;
}
