/**
 * A Kubernetes cluster in this process, for trying a chart without a cluster and for tests: an apiserver with its own
 * types, defaults, checks and server-side apply, controllers that do their work at once, and Pods that become ready
 * though nothing runs. Its answers are those of the real control plane, wherever charts can tell.
 */
import type { KubeObject } from '../../cluster/json.ts';
import type { ApiCall, ClusterTransport } from '../../cluster/types.ts';
import type { Clock, MaybePromise, Random } from '../../host.ts';
import { Registry } from './api/registry.ts';
import { Controllers } from './controllers/settle.ts';
import { seed } from './seed.ts';
import { sendAnswer } from './server/answer.ts';
import { answerCall } from './server/server.ts';
import { type Change, type SandboxState, Store } from './store/store.ts';
import type { World } from './world.ts';

/** A change as it is passed between processes. */
export type SandboxChange = Omit<Change, 'before'>;

/** Where the state of a sandbox is kept, for several processes in turn. */
export interface SandboxJournal {
  /** Before each request: nobody else may change the state until `end`. What others did since the last time. */
  begin(): MaybePromise<{ readonly state: SandboxState } | { readonly changes: readonly SandboxChange[] }>;
  /** After each request, with what it did. */
  end(changes: readonly SandboxChange[], state: () => SandboxState): MaybePromise<void>;
}

export interface SandboxOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** What `snapshot` gave. Default: a new cluster. */
  readonly state?: SandboxState;
  readonly journal?: SandboxJournal;
}

export interface Sandbox {
  readonly transport: ClusterTransport;
  /** Everything in it as plain data. */
  snapshot(): SandboxState;
  /** Begins anew with an empty cluster. */
  reset(): Promise<void>;
}

/** How often an open watch looks at the clock and at what other processes did, in milliseconds. */
const LOOK = 25;

const CUSTOM = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * A cluster of one's own.
 *
 * @example const sandbox = createSandbox({ clock, random });
 *   const cluster = clusterOf(sandbox.transport, { clock, random });
 */
export function createSandbox(options: SandboxOptions): Sandbox {
  return new EmbeddedCluster(options);
}

class EmbeddedCluster implements Sandbox {
  readonly transport: ClusterTransport;
  readonly #world: World;
  readonly #controllers: Controllers;
  readonly #journal: SandboxJournal | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  #watches = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor({ clock, random, state, journal }: SandboxOptions) {
    const [store, registry] = [new Store(), new Registry()];
    this.#world = { store, registry, clock, random };
    this.#controllers = new Controllers(this.#world);
    this.#journal = journal;
    store.listen((changes) => this.#readCustom(changes));
    if (state) this.#load(state);
    else if (!journal) this.#seed();
    this.transport = { server: 'https://sandbox', send: (call) => this.#send(call) };
  }

  #load(state: SandboxState): void {
    this.#world.store.load(state);
    this.#world.registry.readCustom(this.#world.store.all(CUSTOM).values());
    this.#controllers.lookAtAll();
  }

  #seed(): void {
    this.#load({ revision: 1, objects: [] });
    seed(this.#world);
    this.#controllers.settle();
  }

  #readCustom(changes: readonly { readonly storage: string }[]): void {
    const { registry, store } = this.#world;
    if (changes.some((change) => change.storage === CUSTOM)) registry.readCustom(store.all(CUSTOM).values());
  }

  /** Work on the state, one after the other, with the state of the others in and the own out. */
  #locked<T>(work: () => T): Promise<T> {
    const result = this.#turn.then(() => this.#exchange(work));
    this.#turn = result.catch(() => {});
    return result;
  }

  async #exchange<T>(work: () => T): Promise<T> {
    const { store } = this.#world;
    const before = await this.#journal?.begin();
    let changes: readonly Change[] = [];
    try {
      if (before && 'state' in before) {
        if (before.state.revision > 0) this.#load(before.state);
        else this.#seed();
      } else if (before) {
        store.receive(before.changes);
        for (const { storage, key } of before.changes) this.#controllers.soon(storage, key);
      }
      this.#controllers.settle();
      const result = work();
      this.#controllers.settle();
      return result;
    } finally {
      changes = store.flush();
      await this.#journal?.end(changes, () => store.snapshot());
    }
  }

  async #send(call: ApiCall): Promise<Awaited<ReturnType<ClusterTransport['send']>>> {
    call.signal?.throwIfAborted();
    const answer = await this.#locked(() => answerCall(this.#world, call, () => this.#openWatch()));
    return sendAnswer(answer, new Date(this.#world.clock.now().milliseconds).toUTCString());
  }

  /** While somebody watches, time goes on without requests. */
  #openWatch(): () => void {
    this.#watches++;
    this.#lookLater();
    return () => {
      this.#watches--;
      if (this.#watches === 0) clearTimeout(this.#timer);
    };
  }

  #lookLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // A journal that cannot be read now is told to whoever sends the next request.
      void this.#locked(() => {})
        .catch(() => {})
        .then(() => {
          if (this.#watches > 0) this.#lookLater();
        });
    }, LOOK);
  }

  snapshot(): SandboxState {
    return this.#world.store.snapshot();
  }

  reset(): Promise<void> {
    return this.#locked(() => {
      for (const [storage, object] of this.snapshot().objects) this.#world.store.remove(storage, object as KubeObject);
      seed(this.#world);
    });
  }
}
