/**
 * The objects of a sandbox, in order of their changes. Objects in the store are never changed in place. What changes is
 * gathered until the request is done, and then told at once: to watches, and to whoever keeps the state.
 */
import type { KubeObject } from '../../../cluster/json.ts';
import { type Draft, finished, number, text } from '../edit.ts';

/** One object came, became another, or went. */
export interface Change {
  readonly storage: string;
  /** `namespace/name`, or the name alone. */
  readonly key: string;
  readonly revision: number;
  /** As it is now; for what went, as it was with the revision of its end. */
  readonly object: KubeObject;
  /** As it was before. */
  readonly before: KubeObject | undefined;
  readonly gone: boolean;
}

/** All of a sandbox as plain data. */
export interface SandboxState {
  readonly revision: number;
  readonly objects: readonly (readonly [storage: string, object: KubeObject])[];
}

/** How many changes a watch can go back. */
const REMEMBERED = 5000;

export function keyOf(namespace: string, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}

export function keyOfObject({ metadata }: KubeObject): string {
  return keyOf(text(metadata.namespace), text(metadata.name));
}

const EMPTY: ReadonlyMap<string, KubeObject> = new Map();

export class Store {
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  readonly #byOwner = new Map<string, Set<string>>();
  /** By storage, the keys of what has no owner. */
  readonly #unowned = new Map<string, Set<string>>();
  #revision = 1;
  #history: Change[] = [];
  #pending: Change[] = [];
  #seen = 0;
  /** The oldest revision from which a watch can go on. */
  #oldest = 0;
  readonly #listeners = new Set<(changes: readonly Change[]) => void>();

  get revision(): number {
    return this.#revision;
  }

  get(storage: string, namespace: string, name: string): KubeObject | undefined {
    return this.#objects.get(storage)?.get(keyOf(namespace, name));
  }

  /** All objects of a storage by key, in no order. */
  all(storage: string): ReadonlyMap<string, KubeObject> {
    return this.#objects.get(storage) ?? EMPTY;
  }

  /** The objects of one namespace, or of all, in order of their keys. */
  list(storage: string, namespace = ''): KubeObject[] {
    const found = [...this.all(storage)].filter(([key]) => namespace === '' || key.startsWith(`${namespace}/`));
    return found.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, object]) => object);
  }

  /** The objects of a namespace that have no owner, in no order. */
  unowned(storage: string, namespace: string): KubeObject[] {
    const objects = this.all(storage);
    const keys = [...(this.#unowned.get(storage) ?? [])].filter((key) => key.startsWith(`${namespace}/`));
    return keys.flatMap((key) => objects.get(key) ?? []);
  }

  get storages(): readonly string[] {
    return [...this.#objects.keys()].sort();
  }

  /** Objects that name another as their owner. */
  ownedBy(uid: string): readonly (readonly [storage: string, object: KubeObject])[] {
    return [...(this.#byOwner.get(uid) ?? [])].flatMap((place) => {
      const at = place.indexOf(' ');
      const object = this.#objects.get(place.slice(0, at))?.get(place.slice(at + 1));
      return object ? [[place.slice(0, at), object] as const] : [];
    });
  }

  /** Stores an object as it is now, with a revision of its own. */
  put(storage: string, draft: Draft): KubeObject {
    const revision = ++this.#revision;
    const object = finished({
      ...draft,
      metadata: { ...(draft['metadata'] as Draft), resourceVersion: `${revision}` },
    });
    const key = keyOfObject(object);
    const before = this.#objects.get(storage)?.get(key);
    this.#set(storage, key, object, before);
    this.#pending.push({ storage, key, revision, object, before, gone: false });
    return object;
  }

  /** Takes an object away. */
  remove(storage: string, object: KubeObject): KubeObject {
    const key = keyOfObject(object);
    const revision = ++this.#revision;
    const last = { ...object, metadata: { ...object.metadata, resourceVersion: `${revision}` } };
    this.#unset(storage, key, object);
    this.#pending.push({ storage, key, revision, object: last, before: object, gone: true });
    return last;
  }

  #set(storage: string, key: string, object: KubeObject, before: KubeObject | undefined): void {
    let map = this.#objects.get(storage);
    if (map === undefined) this.#objects.set(storage, (map = new Map()));
    map.set(key, object);
    if (before) this.#index(storage, key, before, false);
    this.#index(storage, key, object, true);
  }

  #unset(storage: string, key: string, object: KubeObject): void {
    this.#objects.get(storage)?.delete(key);
    this.#index(storage, key, object, false);
  }

  #index(storage: string, key: string, object: KubeObject, add: boolean): void {
    const owners = (object.metadata['ownerReferences'] ?? []) as readonly { readonly uid?: string }[];
    if (owners.length === 0) {
      let keys = this.#unowned.get(storage);
      if (keys === undefined) this.#unowned.set(storage, (keys = new Set()));
      if (add) keys.add(key);
      else keys.delete(key);
    }
    for (const { uid = '' } of owners) {
      let places = this.#byOwner.get(uid);
      if (places === undefined) this.#byOwner.set(uid, (places = new Set()));
      if (add) places.add(`${storage} ${key}`);
      else places.delete(`${storage} ${key}`);
      if (places.size === 0) this.#byOwner.delete(uid);
    }
  }

  /** Changes of this request since the last call. */
  takeUnseen(): readonly Change[] {
    const unseen = this.#pending.slice(this.#seen);
    this.#seen = this.#pending.length;
    return unseen;
  }

  /** Ends a request: tells what changed. */
  flush(): readonly Change[] {
    const changes = this.#pending;
    this.#pending = [];
    this.#seen = 0;
    this.#remember(changes);
    return changes;
  }

  #remember(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#history.push(...changes);
    if (this.#history.length > 2 * REMEMBERED) {
      this.#history = this.#history.slice(-REMEMBERED);
      this.#oldest = (this.#history[0]?.revision ?? 1) - 1;
    }
    for (const listener of this.#listeners) listener(changes);
  }

  /** Takes over what another process did. */
  receive(changes: readonly Omit<Change, 'before'>[]): void {
    const told = changes.map((change) => {
      const before = this.#objects.get(change.storage)?.get(change.key);
      if (!change.gone) this.#set(change.storage, change.key, change.object, before);
      else if (before) this.#unset(change.storage, change.key, before);
      this.#revision = Math.max(this.#revision, change.revision);
      return { ...change, before };
    });
    this.#remember(told);
  }

  /** Changes after a revision; nothing where they are no longer known. */
  since(revision: number): readonly Change[] | undefined {
    if (revision < this.#oldest) return undefined;
    return this.#history.filter((change) => change.revision > revision);
  }

  listen(listener: (changes: readonly Change[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  snapshot(): SandboxState {
    return {
      revision: this.#revision,
      objects: this.storages.flatMap((storage) => this.list(storage).map((object) => [storage, object] as const)),
    };
  }

  /** Begins anew with a state. Whoever watches is told of the differences; nobody can go back to before. */
  load(state: SandboxState): void {
    const before = new Map([...this.#objects].map(([storage, map]) => [storage, new Map(map)]));
    this.#objects.clear();
    this.#byOwner.clear();
    this.#unowned.clear();
    this.#pending = [];
    this.#seen = 0;
    this.#history = [];
    this.#revision = state.revision;
    this.#oldest = state.revision;
    for (const [storage, object] of state.objects) this.#set(storage, keyOfObject(object), object, undefined);
    const differences = this.#listeners.size > 0 ? this.#differencesFrom(before) : [];
    for (const listener of this.#listeners) listener(differences);
  }

  #differencesFrom(before: ReadonlyMap<string, ReadonlyMap<string, KubeObject>>): Change[] {
    const changes: Change[] = [];
    const revision = this.#revision;
    for (const [storage, map] of before) {
      for (const [key, object] of map) {
        const now = this.#objects.get(storage)?.get(key);
        if (now === undefined) changes.push({ storage, key, revision, object, before: object, gone: true });
      }
    }
    for (const [storage, map] of this.#objects) {
      for (const [key, object] of map) {
        const was = before.get(storage)?.get(key);
        const isSame = was?.metadata.resourceVersion === object.metadata.resourceVersion;
        if (!isSame) changes.push({ storage, key, revision, object, before: was, gone: false });
      }
    }
    return changes;
  }
}

/** The number of a revision, or undefined where it is none. */
export function revisionOf(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? number(Number(value), 0) : undefined;
}
