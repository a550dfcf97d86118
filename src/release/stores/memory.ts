/** Records in memory. Go: helm pkg/storage/driver/memory.go */
import { PintleError } from '../../errors.ts';
import { releaseExists, releaseNotFound } from '../errors.ts';
import { releaseKey } from '../key.ts';
import { recordLabels } from '../labels.ts';
import { busyError } from '../lease.ts';
import { matchesSelector } from '../selector.ts';
import type { Release, ReleaseStore, StoredRelease } from '../types.ts';
import { Kept } from './host.ts';

const DEFAULT = 'default';

/** The records of all namespaces, which several stores can share. */
export interface Memory {
  /** By namespace and key, parted by a slash. */
  readonly records: Map<string, StoredRelease>;
  writes: number;
}

export interface MemoryOptions {
  /** Empty: all namespaces. */
  readonly namespace?: string;
  readonly memory?: Memory;
  readonly now?: () => number;
}

/** A place for records that ends with the process. */
export function newMemory(releases: Iterable<Release> = []): Memory {
  const memory: Memory = { records: new Map(), writes: 0 };
  for (const release of releases) add(memory, release);
  return memory;
}

function add(memory: Memory, release: Release): StoredRelease {
  const key = releaseKey(release.name, release.version);
  const place = `${release.namespace || DEFAULT}/${key}`;
  if (memory.records.has(place)) {
    throw new PintleError('RELEASE_EXISTS', 'release: already exists', {
      hint: `the data has ${key} twice`,
      data: { key, beforeStart: true },
    });
  }
  // Records that were read from a file have no labels at all, as in Helm.
  return put(memory, place, { release, key, token: '', labels: release.labels });
}

function put(memory: Memory, place: string, stored: StoredRelease): StoredRelease {
  const record = { ...stored, token: String(++memory.writes) };
  memory.records.set(place, record);
  return record;
}

/** A store over memory; without one, over a new one that has `releases`. */
export function memoryStore(releases: Iterable<Release> = [], options: MemoryOptions = {}): ReleaseStore {
  const { namespace = '', now = () => Date.now() } = options;
  const memory = options.memory ?? newMemory(releases);
  const placeOf = (name: string, version: number, inside = namespace): string =>
    `${inside || DEFAULT}/${releaseKey(name, version)}`;
  const stamped = (release: Release, stamp: 'createdAt' | 'modifiedAt'): StoredRelease => ({
    release,
    key: releaseKey(release.name, release.version),
    token: '',
    labels: recordLabels(release, stamp, now()),
  });

  return {
    kind: 'memory',
    namespace,

    async get(name, version) {
      if (name.includes('.v')) throw invalidKey();
      const stored = memory.records.get(placeOf(name, version));
      if (stored === undefined) throw releaseNotFound({ name, version });
      return stored;
    },

    async query(query) {
      const { name, status, selector } = query;
      const kept = new Kept(query);
      const found = [...memory.records]
        .filter(([place]) => namespace === '' || place.startsWith(`${namespace}/`))
        .map(([, stored]) => stored)
        .filter(({ release }) => name === undefined || release.name === name)
        .filter(({ release }) => status === undefined || release.info.status === status)
        .filter(({ labels }) => selector === undefined || matchesSelector(selector, labels ?? new Map()));
      for (const stored of found) kept.add(stored);
      return kept.list;
    },

    async create(release) {
      const stored = stamped(release, 'createdAt');
      const place = placeOf(release.name, release.version, release.namespace || namespace);
      if (memory.records.has(place)) throw releaseExists(stored.key);
      return put(memory, place, stored);
    },

    async update(release, token) {
      const place = placeOf(release.name, release.version, release.namespace || namespace);
      const before = memory.records.get(place);
      if (before === undefined) throw releaseNotFound({ name: release.name, version: release.version });
      if (token !== undefined && token !== before.token) throw busyError(before.release, now());
      return put(memory, place, stamped(release, 'modifiedAt'));
    },

    async delete(name, version) {
      if (name.includes('.v')) throw invalidKey();
      if (!memory.records.delete(placeOf(name, version))) throw releaseNotFound({ name, version });
    },

    checkSize() {
      // Memory has no limit worth a check.
    },
  };
}

/** Go: ErrInvalidKey; Helm cuts a key at every `.v`. */
function invalidKey(): PintleError {
  return new PintleError('STORE_FAILED', 'release: invalid key');
}
