/**
 * Records as objects in a cluster: what the stores of Secrets and of ConfigMaps have in common.
 * Go: helm pkg/storage/driver secrets.go, cfgmaps.go
 */
import { isAlreadyExists, isConflict, isFateUnknown, isGone, isNotFound, isTooLarge } from '../../cluster/api-error.ts';
import { dig, isObject, type Json, type KubeObject, newObject, own } from '../../cluster/json.ts';
import { collectionPath } from '../../cluster/paths.ts';
import type { ApiClient, ObjectRef, ResourceMapping } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { decodeRelease, encodeRelease, invalidRecord } from '../codec.ts';
import { releaseExists, releaseNotFound, storeError } from '../errors.ts';
import { checkKey, releaseKey } from '../key.ts';
import { recordLabels, userLabels } from '../labels.ts';
import { busyError } from '../lease.ts';
import { matchesSelector } from '../selector.ts';
import { MAX_DATA, tooLarge } from '../size.ts';
import type { Release, ReleaseStore, StoredRelease, StoreQuery } from '../types.ts';
import { gzipOf, kept, maxRecordOf, type StoreHost } from './host.ts';

/** In what a Secret and a ConfigMap differ. */
export interface RecordKind {
  readonly kind: 'secret' | 'configmap';
  readonly mapping: ResourceMapping;
  /** The object but for its metadata. */
  body(text: string): Readonly<Record<string, Json>>;
  /** The record's text in an object. */
  text(object: KubeObject): string;
  /** Helm's words before an error of the server's. */
  readonly prefixes: Readonly<
    Record<'get' | 'decode' | 'query' | 'list' | 'create' | 'update', (key: string) => string>
  >;
}

/** Helm's client says nothing of a manager, and so the server takes the program's name. */
const MANAGER = 'Helm';

/** Objects on the first page of a query, and how many bytes a page should have after that. */
const FIRST_PAGE = 64;
const PAGE_BYTES = 8 * 1024 * 1024;
const MAX_PAGE = 1000;

/** Tries of a write whose answer was lost. */
const TRIES = 4;

/** A store in one namespace, or, where that is empty, for reading in all. */
export function kubeStore(record: RecordKind, client: ApiClient, namespace: string, host: StoreHost): ReleaseStore {
  const gzip = gzipOf(host);
  const { prefixes } = record;
  const refOf = (name: string, version: number): ObjectRef => ({
    mapping: record.mapping,
    namespace,
    name: releaseKey(name, version),
  });

  const encode = (release: Release): string => {
    const text = encodeRelease(release, gzip);
    if (text.length <= MAX_DATA) return text;
    throw tooLarge(record.mapping.kind, release, text.length, MAX_DATA, gzip);
  };

  const objectOf = (release: Release, text: string, stamp: 'createdAt' | 'modifiedAt', token?: string): KubeObject => ({
    apiVersion: 'v1',
    kind: record.mapping.kind,
    metadata: {
      name: releaseKey(release.name, release.version),
      namespace,
      labels: newObject(recordLabels(release, stamp, host.now())) as Record<string, string>,
      ...(token !== undefined && { resourceVersion: token }),
    },
    ...record.body(text),
  });

  const written = (release: Release, object: KubeObject): StoredRelease => ({
    release,
    key: releaseKey(release.name, release.version),
    token: object.metadata.resourceVersion ?? '',
  });

  /** The object if it holds just what was to be written: then the write happened, whatever the answer was. */
  const sameObject = async (ref: ObjectRef, text: string): Promise<KubeObject | undefined> => {
    const object = await found(client, ref);
    return object !== undefined && record.text(object) === text ? object : undefined;
  };

  return {
    kind: record.kind,
    namespace,

    async get(name, version) {
      const ref = refOf(name, version);
      let object: KubeObject;
      try {
        object = await client.get(ref);
      } catch (error) {
        if (isNotFound(error)) throw releaseNotFound({ name, version });
        throw storeError(error, prefixes.get(ref.name));
      }
      try {
        const { labels: _, ...stored } = await storedOf(record, object, host);
        checkKey(stored);
        return stored;
      } catch (error) {
        throw invalidRecord(ref.name, prefixes.decode(ref.name), error);
      }
    },

    async query(query, signal) {
      const out: StoredRelease[] = [];
      try {
        for await (const object of pages(client, record.mapping, namespace, selectorOf(query), signal)) {
          const key = object.metadata.name ?? '';
          try {
            const stored = await storedOf(record, object, host);
            checkKey(stored);
            if (query.selector !== undefined && !matchesSelector(query.selector, stored.labels ?? new Map())) continue;
            out.push(kept(stored, query));
          } catch (error) {
            if (error instanceof PintleError && error.code === 'USAGE') throw error;
            host.log.log('DEBUG', 'failed to decode release', { key, error: String((error as Error).message) });
            query.onUnreadable?.(key, error);
          }
        }
      } catch (error) {
        throw storeError(error, query.name === undefined ? prefixes.list('') : prefixes.query(''));
      }
      return out;
    },

    async create(release) {
      const text = encode(release);
      const ref = refOf(release.name, release.version);
      const object = objectOf(release, text, 'createdAt');
      for (let attempt = 1; ; attempt++) {
        try {
          return written(release, await client.create(record.mapping, namespace, object, { fieldManager: MANAGER }));
        } catch (error) {
          const exists = isAlreadyExists(error);
          if (!exists && !isFateUnknown(error)) throw writeError(error, prefixes.create(ref.name), release);
          if (!exists && attempt < TRIES) await pauseBefore(attempt, host);
          // Only this operation's own record can be the same to the byte: it has the operation's id.
          const same = release.lease !== undefined || attempt > 1 || !exists ? await sameObject(ref, text) : undefined;
          if (same !== undefined) return written(release, same);
          if (exists) throw releaseExists(ref.name);
          if (attempt >= TRIES) throw storeError(error, prefixes.create(ref.name));
        }
      }
    },

    async update(release, token) {
      const text = encode(release);
      const ref = refOf(release.name, release.version);
      const object = objectOf(release, text, 'modifiedAt', token);
      for (let attempt = 1; ; attempt++) {
        try {
          return written(release, await client.replace(ref, object, { fieldManager: MANAGER }));
        } catch (error) {
          const conflict = isConflict(error);
          if (isNotFound(error)) throw storeError(error, prefixes.update(ref.name), 'RELEASE_NOT_FOUND');
          if (!conflict && !isFateUnknown(error)) throw writeError(error, prefixes.update(ref.name), release);
          if (!conflict && attempt < TRIES) await pauseBefore(attempt, host);
          const same = await sameObject(ref, text);
          if (same !== undefined) return written(release, same);
          if (conflict && token !== undefined) throw busyError(await readBack(record, client, ref, host), host.now());
          if (attempt >= TRIES) throw storeError(error, prefixes.update(ref.name));
        }
      }
    },

    async delete(name, version) {
      const ref = refOf(name, version);
      for (let attempt = 1; ; attempt++) {
        try {
          return await client.delete(ref);
        } catch (error) {
          if (isNotFound(error)) {
            if (attempt > 1) return;
            throw releaseNotFound({ name, version });
          }
          if (!isFateUnknown(error) || attempt >= TRIES) throw error;
          await pauseBefore(attempt, host);
        }
      }
    },

    checkSize(release) {
      encode(release);
    },
  };

  function writeError(error: unknown, prefix: string, release: Release): unknown {
    if (!isTooLarge(error)) return storeError(error, prefix);
    const { length } = encodeRelease(release, gzip);
    const { hint, data } = tooLarge(record.mapping.kind, release, length, MAX_DATA, gzip);
    return new PintleError('RELEASE_TOO_LARGE', prefix + (error as Error).message, {
      ...(hint !== undefined && { hint }),
      data,
      cause: error,
    });
  }
}

async function found(client: ApiClient, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await client.get(ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What stands where a write was refused; nothing where that cannot be read. */
async function readBack(
  record: RecordKind,
  client: ApiClient,
  ref: ObjectRef,
  host: StoreHost,
): Promise<Release | undefined> {
  try {
    const object = await found(client, ref);
    return object === undefined ? undefined : (await storedOf(record, object, host)).release;
  } catch {
    // The refusal is the error that counts.
    return undefined;
  }
}

async function storedOf(record: RecordKind, object: KubeObject, host: StoreHost): Promise<StoredRelease> {
  const release = await decodeRelease(record.text(object), host.inflate, maxRecordOf(host));
  const labels = labelsOf(object);
  return {
    release: { ...release, labels: userLabels(labels) },
    key: object.metadata.name ?? '',
    token: object.metadata.resourceVersion ?? '',
    labels,
  };
}

function labelsOf(object: KubeObject): Map<string, string> {
  const labels = own(object.metadata, 'labels');
  if (!isObject(labels)) return new Map();
  return new Map(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

function selectorOf({ name, status }: StoreQuery): string {
  const parts = [
    ...(name === undefined ? [] : [`name=${name}`]),
    'owner=helm',
    ...(status === undefined ? [] : [`status=${status}`]),
  ];
  return parts.join(',');
}

/**
 * Objects page by page, so that thousands of large ones are never in memory at once. A page that the server no longer
 * has starts over, and then all come at once.
 */
async function* pages(
  client: ApiClient,
  mapping: ResourceMapping,
  namespace: string,
  labelSelector: string,
  signal: AbortSignal | undefined,
): AsyncIterable<KubeObject> {
  const path = collectionPath(mapping, namespace);
  const seen = new Set<string>();
  let limit: number | undefined = FIRST_PAGE;
  let next: string | undefined;
  for (;;) {
    const query: Record<string, string | undefined> = { labelSelector, limit: limit?.toString(), continue: next };
    let page: Json;
    try {
      page = await client.json({ method: 'GET', path, query, ...(signal && { signal }) });
    } catch (error) {
      if (!isGone(error) || next === undefined) throw error;
      next = undefined;
      limit = undefined;
      continue;
    }
    const items = (own(page, 'items') ?? []) as readonly KubeObject[];
    let bytes = 0;
    for (const item of items) {
      const uid = item.metadata.uid ?? '';
      bytes += sizeOf(item);
      if (uid !== '' && seen.has(uid)) continue;
      seen.add(uid);
      yield item;
    }
    const each = items.length === 0 ? PAGE_BYTES : bytes / items.length;
    if (limit !== undefined) limit = Math.max(8, Math.min(MAX_PAGE, Math.floor(PAGE_BYTES / Math.max(1, each))));
    const token = dig(page, 'metadata', 'continue');
    next = typeof token === 'string' && token !== '' ? token : undefined;
    if (next === undefined) return;
  }
}

function sizeOf(object: KubeObject): number {
  const text = dig(object, 'data', 'release');
  return typeof text === 'string' ? text.length : 0;
}

async function pauseBefore(attempt: number, host: StoreHost): Promise<void> {
  const sleep = host.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  await sleep(200 * 2 ** attempt * (0.75 + Math.random() / 2));
}
