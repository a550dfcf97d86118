/**
 * Records as objects in a cluster: what the stores of Secrets and of ConfigMaps have in common.
 * Go: helm pkg/storage/driver secrets.go, cfgmaps.go
 */
import {
  isAlreadyExists,
  isConflict,
  isFateUnknown,
  isForbidden,
  isNotFound,
  isTooLarge,
} from '../../cluster/api-error.ts';
import { isObject, type Json, type KubeObject, newObject, own } from '../../cluster/json.ts';
import type { ApiClient, ObjectRef, ResourceMapping } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { decodeRelease, encodeRelease, invalidRecord } from '../codec.ts';
import { releaseExists, releaseNotFound, storeError } from '../errors.ts';
import { checkKey, releaseKey } from '../key.ts';
import { recordLabels, userLabels } from '../labels.ts';
import { busyError } from '../lease.ts';
import { matchesSelector } from '../selector.ts';
import { grown, isNearLimit, MAX_DATA, shortened, tooLarge } from '../size.ts';
import type { Release, ReleaseStore, StoredRelease, StoreQuery } from '../types.ts';
import { checkName, gzipOf, Kept, maxRecordOf, type StoreHost } from './host.ts';
import { recordObjects } from './pages.ts';

/** In what a Secret and a ConfigMap differ. */
export interface RecordKind {
  readonly kind: 'secret' | 'configmap';
  readonly mapping: ResourceMapping;
  /** The object but for its metadata. */
  body(text: string): Readonly<Record<string, Json>>;
  /** The record's text in an object. */
  text(object: KubeObject): string;
  /** Helm's words before an error of the server's. */
  readonly prefixes: Readonly<Record<Verb, (key: string) => string>>;
}

type Verb = 'get' | 'decode' | 'query' | 'list' | 'create' | 'update';

/** Where records are. */
interface Place {
  readonly record: RecordKind;
  readonly client: ApiClient;
  readonly namespace: string;
  readonly host: StoreHost;
}

/** Helm's client says nothing of a manager, and so the server takes the program's name. */
const MANAGER = 'Helm';

/** Tries of a write whose answer was lost. */
const TRIES = 4;

/** A store in one namespace, or, where that is empty, for reading in all. */
export function kubeStore(record: RecordKind, client: ApiClient, namespace: string, host: StoreHost): ReleaseStore {
  const place: Place = { record, client, namespace, host };
  return {
    kind: record.kind,
    namespace,
    get: (name, version) => getRecord(place, name, version),
    query: (query, signal) => queryRecords(place, query, signal),
    create: (release) => createRecord(place, release),
    update: (release, token) => updateRecord(place, release, token),
    delete: (name, version) => deleteRecord(place, name, version),
    checkSize(release) {
      const { length } = encode(place, release);
      if (isNearLimit(length, release)) encode(place, grown(release));
    },
    rehearse: (release) => rehearse(place, release),
  };
}

function refOf({ record, namespace }: Place, name: string, version: number): ObjectRef {
  return { mapping: record.mapping, namespace, name: releaseKey(name, version) };
}

async function getRecord(place: Place, name: string, version: number): Promise<StoredRelease> {
  const { client, record } = place;
  const ref = refOf(place, name, version);
  let object: KubeObject;
  try {
    object = await client.get(ref);
  } catch (error) {
    if (isNotFound(error)) throw releaseNotFound({ name, version });
    throw storeError(error, record.prefixes.get(ref.name));
  }
  try {
    // Helm has the system's labels only where it lists.
    const { labels: _, ...stored } = await storedOf(place, object);
    return stored;
  } catch (error) {
    throw invalidRecord(ref.name, record.prefixes.decode(ref.name), error);
  }
}

async function queryRecords(place: Place, query: StoreQuery, signal?: AbortSignal): Promise<readonly StoredRelease[]> {
  const { client, record, namespace } = place;
  const asked = { mapping: record.mapping, namespace, labelSelector: selectorOf(query), ...(signal && { signal }) };
  const kept = new Kept(query);
  try {
    for await (const object of recordObjects(client, asked)) {
      const stored = await readableOf(place, object, query);
      const { selector } = query;
      if (stored === undefined) continue;
      if (selector === undefined || matchesSelector(selector, stored.labels ?? new Map())) kept.add(stored);
    }
  } catch (error) {
    if (error instanceof PintleError && error.code === 'USAGE') throw error;
    throw storeError(error, query.name === undefined ? record.prefixes.list('') : record.prefixes.query(''));
  }
  return kept.list;
}

/** A record in an object; one that cannot be read is told in the log and passed over. */
async function readableOf(place: Place, object: KubeObject, query: StoreQuery): Promise<StoredRelease | undefined> {
  try {
    const stored = await storedOf(place, object);
    checkName(query, stored);
    return stored;
  } catch (error) {
    const key = object.metadata.name ?? '';
    place.host.log.log('DEBUG', 'failed to decode release', { key, error: (error as Error).message });
    query.onUnreadable?.(key, error);
    return undefined;
  }
}

function selectorOf({ name, status }: StoreQuery): string {
  const parts = [
    ...(name === undefined ? [] : [`name=${name}`]),
    'owner=helm',
    ...(status === undefined ? [] : [`status=${status}`]),
  ];
  return parts.join(',');
}

async function createRecord(place: Place, release: Release): Promise<StoredRelease> {
  const { client, record, namespace } = place;
  const { prefixes, mapping } = record;
  const text = encode(place, release);
  const ref = refOf(place, release.name, release.version);
  const object = objectOf(place, release, text, 'createdAt');
  for (let attempt = 1; ; attempt++) {
    try {
      return written(release, await client.create(mapping, namespace, object, { fieldManager: MANAGER }));
    } catch (error) {
      const exists = isAlreadyExists(error);
      if (!exists && !isFateUnknown(error)) throw writeError(place, error, prefixes.create(ref.name), release);
      if (!exists && attempt < TRIES) await pauseBefore(attempt, place);
      // Only this operation's own record can be the same to the byte: it has the operation's id.
      const mayBeOurs = release.lease !== undefined || attempt > 1 || !exists;
      const same = mayBeOurs ? await sameObject(place, ref, text) : undefined;
      if (same !== undefined) return written(release, same);
      if (exists) throw releaseExists(ref.name);
      if (attempt >= TRIES) throw storeError(error, prefixes.create(ref.name));
    }
  }
}

/** Asks the server without changing anything; where the namespace is still to be made, it cannot tell. */
async function rehearse(place: Place, release: Release): Promise<void> {
  const { client, record, namespace } = place;
  const object = objectOf(place, release, encode(place, release), 'createdAt');
  try {
    await client.create(record.mapping, namespace, object, { fieldManager: MANAGER, dryRun: true });
  } catch (error) {
    const isRefused = isTooLarge(error) || isForbidden(error);
    if (isRefused) throw writeError(place, error, record.prefixes.create(object.metadata.name ?? ''), release);
  }
}

async function updateRecord(place: Place, wanted: Release, token?: string): Promise<StoredRelease> {
  const { client, record, host } = place;
  const { release, text } = encodeFitting(place, wanted);
  const ref = refOf(place, release.name, release.version);
  const object = objectOf(place, release, text, 'modifiedAt', token);
  const prefix = record.prefixes.update(ref.name);
  for (let attempt = 1; ; attempt++) {
    try {
      return written(release, await client.replace(ref, object, { fieldManager: MANAGER }));
    } catch (error) {
      const conflict = isConflict(error);
      if (isNotFound(error)) throw storeError(error, prefix, 'RELEASE_NOT_FOUND');
      if (!conflict && !isFateUnknown(error)) throw writeError(place, error, prefix, release);
      if (!conflict && attempt < TRIES) await pauseBefore(attempt, place);
      const same = await sameObject(place, ref, text);
      if (same !== undefined) return written(release, same);
      if (conflict && token !== undefined) throw busyError(await readBack(place, ref), host.now());
      if (attempt >= TRIES) throw storeError(error, prefix);
    }
  }
}

async function deleteRecord(place: Place, name: string, version: number): Promise<void> {
  const ref = refOf(place, name, version);
  for (let attempt = 1; ; attempt++) {
    try {
      return await place.client.delete(ref);
    } catch (error) {
      if (isNotFound(error)) {
        if (attempt > 1) return;
        throw releaseNotFound({ name, version });
      }
      if (!isFateUnknown(error) || attempt >= TRIES) throw error;
      await pauseBefore(attempt, place);
    }
  }
}

/** @throws PintleError RELEASE_TOO_LARGE */
function encode({ record, host }: Place, release: Release): string {
  const gzip = gzipOf(host);
  const text = encodeRelease(release, gzip);
  if (text.length <= MAX_DATA) return text;
  throw tooLarge(record.mapping.kind, release, text.length, MAX_DATA, gzip);
}

/** A record that is there has to tell the truth, be it in fewer words. @throws PintleError RELEASE_TOO_LARGE */
function encodeFitting(place: Place, release: Release): { readonly release: Release; readonly text: string } {
  try {
    return { release, text: encode(place, release) };
  } catch (error) {
    for (const shorter of shortened(release)) {
      const text = encodeRelease(shorter, gzipOf(place.host));
      if (text.length <= MAX_DATA) return { release: shorter, text };
    }
    throw error;
  }
}

function objectOf(
  { record, namespace, host }: Place,
  release: Release,
  text: string,
  stamp: 'createdAt' | 'modifiedAt',
  token?: string,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: record.mapping.kind,
    metadata: {
      name: releaseKey(release.name, release.version),
      namespace,
      labels: newObject(recordLabels(release, stamp, host.now())) as Record<string, string>,
      ...(token !== undefined && { resourceVersion: token }),
    },
    ...record.body(text),
  };
}

function written(release: Release, object: KubeObject): StoredRelease {
  const { resourceVersion = '' } = object.metadata;
  return { release, key: releaseKey(release.name, release.version), token: resourceVersion };
}

/** The server, or what stands before it, may take less than Kubernetes does. */
function writeError({ record, host }: Place, error: unknown, prefix: string, release: Release): unknown {
  if (!isTooLarge(error)) return storeError(error, prefix);
  const gzip = gzipOf(host);
  const { length } = encodeRelease(release, gzip);
  const { hint, data } = tooLarge(record.mapping.kind, release, length, MAX_DATA, gzip);
  return new PintleError('RELEASE_TOO_LARGE', prefix + (error as Error).message, {
    ...(hint !== undefined && { hint }),
    data,
    cause: error,
  });
}

/** The object if it holds just what was to be written: then the write happened, whatever the answer was. */
async function sameObject(place: Place, ref: ObjectRef, text: string): Promise<KubeObject | undefined> {
  const object = await found(place, ref);
  return object !== undefined && place.record.text(object) === text ? object : undefined;
}

async function found({ client }: Place, ref: ObjectRef): Promise<KubeObject | undefined> {
  try {
    return await client.get(ref);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** What stands where a write was refused; nothing where that cannot be read. */
async function readBack(place: Place, ref: ObjectRef): Promise<Release | undefined> {
  try {
    const object = await found(place, ref);
    return object === undefined ? undefined : (await storedOf(place, object)).release;
  } catch {
    // The refusal is the error that counts.
    return undefined;
  }
}

async function storedOf({ record, host }: Place, object: KubeObject): Promise<StoredRelease> {
  const release = await decodeRelease(record.text(object), host.inflate, maxRecordOf(host));
  const labels = labelsOf(object);
  const { name: key = '', resourceVersion: token = '' } = object.metadata;
  const stored = { release: { ...release, labels: userLabels(labels) }, key, token, labels };
  checkKey(stored);
  return stored;
}

function labelsOf(object: KubeObject): Map<string, string> {
  const labels = own(object.metadata, 'labels');
  if (!isObject(labels)) return new Map();
  return new Map(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

async function pauseBefore(attempt: number, { host }: Place): Promise<void> {
  const sleep = host.sleep ?? ((ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)));
  await sleep(200 * 2 ** attempt * (0.75 + Math.random() / 2));
}
