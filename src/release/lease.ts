/**
 * Operations on releases: the record of one that is under way says who is at it and is renewed as long as that one
 * lives, so that others can tell work from wreckage. Creating the new record, or changing the old one only if it is
 * still what was read, decides between two that begin at once.
 */
import { PintleError } from '../errors.ts';
import type { Random } from '../host.ts';
import { soon } from './soon.ts';
import { timestampAt, timestampMilliseconds } from './timestamp.ts';
import type { Lease, Release, ReleaseStatus, ReleaseStore, StoredRelease } from './types.ts';

/** Seconds for which a holder is taken to be alive after it was last heard of. */
const DURATION = 30;
/** Milliseconds between renewals. */
const RENEWAL = 10_000;

const IN_PROGRESS: ReadonlySet<ReleaseStatus> = new Set([
  'pending-install',
  'pending-upgrade',
  'pending-rollback',
  'uninstalling',
]);

/** Whether a status is one that an operation leaves behind only when it does not come to its end. */
export function isInProgress(status: ReleaseStatus): boolean {
  return IN_PROGRESS.has(status);
}

export interface OperationOptions {
  /** For people: `user@host (pid 123)`. */
  readonly holder: string;
  readonly operation: Lease['operation'];
  /** The cluster's time, in milliseconds. */
  readonly now: () => number;
  readonly random: Random;
  /**
   * The record that is changed instead of making a new one, as uninstall does: it must still be what was read. With
   * an empty token it is changed whatever became of it.
   */
  readonly token?: string;
  /** Seconds. Default 30. */
  readonly duration?: number;
  /** Milliseconds between renewals. Default 10,000. */
  readonly renewal?: number;
  /** Ends the work; the record is still written then, but not for as long as it takes. */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds that a write may take then. Default 5,000. */
  readonly patience?: number;
  /** Told when the record was taken over by somebody else: work has to stop. */
  readonly onLost?: (error: PintleError) => void;
}

/** An operation under way. */
export interface Operation {
  /** What was saved last. */
  readonly release: Release;
  /** Set when somebody else took the record over; nothing is written after that. */
  readonly lost: PintleError | undefined;
  /**
   * Writes the record; one write after the other. While the status is one of work in progress the lease stays in it.
   *
   * @throws PintleError RELEASE_BUSY where the record was taken over
   */
  save(release: Release): Promise<void>;
  /** Ends the renewals, once what is being written is, or was given up. The record stays as it was saved last. */
  end(): Promise<void>;
}

/**
 * Begins an operation by writing its record with a lease.
 *
 * @throws PintleError RELEASE_BUSY where another was faster, RELEASE_TOO_LARGE
 */
export async function beginOperation(
  store: ReleaseStore,
  release: Release,
  options: OperationOptions,
): Promise<Operation> {
  const { now, token } = options;
  const lease = newLease(options);
  const first = { ...release, lease };
  let stored: StoredRelease;
  try {
    stored = token === undefined ? await store.create(first) : await store.update(first, token || undefined);
  } catch (error) {
    throw await explainLoss(store, release, error, now());
  }
  return new RunningOperation(store, { ...stored, release: first }, lease, options);
}

function newLease({ holder, operation, now, random, duration = DURATION }: OperationOptions): Lease {
  const id = [...random.bytes(16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const started = timestampAt(now());
  return { id, holder, operation, started, renewed: started, duration };
}

/**
 * A record that is there already, or no more, is the work of another operation: of one that goes on, or of one that came
 * to its end, or gave up, in the meantime.
 */
async function explainLoss(store: ReleaseStore, release: Release, error: unknown, now: number): Promise<unknown> {
  if (!(error instanceof PintleError) || !LOST.has(error.code)) return error;
  const { name, version } = release;
  let other: Release | undefined;
  try {
    if (error.code === 'RELEASE_EXISTS') other = (await store.get(name, version)).release;
  } catch (err) {
    if (err instanceof PintleError && err.code === 'RELEASE_INVALID') return err;
  }
  try {
    other ??= newestOf((await store.query({ name, outline: true })).map(({ release: one }) => one));
  } catch {
    return error;
  }
  if (other !== undefined) return busyError(other, now, error);
  return error.code === 'RELEASE_EXISTS' ? goneError(name) : error;
}

const LOST: ReadonlySet<string> = new Set(['RELEASE_EXISTS', 'RELEASE_NOT_FOUND']);

function newestOf(releases: readonly Release[]): Release | undefined {
  return releases.reduce<Release | undefined>((a, b) => (a === undefined || b.version > a.version ? b : a), undefined);
}

class RunningOperation implements Operation {
  #stored: StoredRelease;
  #lease: Lease;
  #queue: Promise<void> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lost: PintleError | undefined;
  readonly #store: ReleaseStore;
  readonly #options: OperationOptions;

  constructor(store: ReleaseStore, stored: StoredRelease, lease: Lease, options: OperationOptions) {
    this.#store = store;
    this.#stored = stored;
    this.#lease = lease;
    this.#options = options;
    this.#renewLater();
  }

  get release(): Release {
    return this.#stored.release;
  }

  get lost(): PintleError | undefined {
    return this.#lost;
  }

  save(release: Release): Promise<void> {
    const write = this.#queue.then(() => this.#write(release));
    this.#queue = write.catch(() => {});
    return write;
  }

  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#queue;
  }

  #renewLater(): void {
    const timer = setTimeout(() => this.#renew(), this.#options.renewal ?? RENEWAL);
    // A timer alone must not keep a Node process alive.
    if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
    this.#timer = timer;
  }

  #renew(): void {
    const done = this.#queue.then(async () => {
      // A finished record has no lease to renew; and what ended in between must not be written again.
      if (this.#timer !== undefined && this.#lost === undefined && isInProgress(this.release.info.status)) {
        await this.#write(this.release);
      }
    });
    // A renewal that fails is made up for by the next one, or by whoever asks for the record then.
    this.#queue = done.catch(() => {});
    void this.#queue.then(() => {
      if (this.#timer !== undefined && this.#lost === undefined) this.#renewLater();
    });
  }

  async #write(release: Release): Promise<void> {
    if (this.#lost !== undefined) throw this.#lost;
    this.#lease = { ...this.#lease, renewed: timestampAt(this.#options.now()) };
    const { lease: _, ...rest } = release;
    const next: Release = isInProgress(release.info.status) ? { ...rest, lease: this.#lease } : rest;
    try {
      await this.#update(next);
    } catch (error) {
      if (!(error instanceof PintleError) || error.code !== 'RELEASE_TOO_LARGE') throw error;
      await this.#update(shortened(next));
    }
  }

  /** A change by somebody who is not another operation, such as a label set by hand, is no reason to stop. */
  async #update(release: Release): Promise<void> {
    try {
      const stored = await soon(this.#store.update(release, this.#stored.token || undefined), this.#options);
      this.#stored = { ...stored, release };
    } catch (error) {
      if (!(error instanceof PintleError) || !GONE.has(error.code)) throw error;
      const token = await soon(this.#ownToken(), this.#options);
      if (token === undefined) throw this.#lose(error);
      const stored = await soon(this.#store.update(release, token), this.#options);
      this.#stored = { ...stored, release };
    }
  }

  /** The record's new token where it still has this operation's lease. */
  async #ownToken(): Promise<string | undefined> {
    const { name, version } = this.release;
    try {
      const { release, token } = await this.#store.get(name, version);
      return release.lease?.id === this.#lease.id ? token : undefined;
    } catch {
      return undefined;
    }
  }

  #lose(cause: PintleError): PintleError {
    const { name } = this.release;
    const message = `the record of release ${name} was taken over by another operation`;
    const lost = new PintleError('RELEASE_BUSY', message, {
      hint: `nothing more is changed here; see what became of it: pintle history ${name}`,
      data: { name, lost: true },
      cause,
    });
    this.#lost = lost;
    this.#options.onLost?.(lost);
    return lost;
  }
}

const GONE: ReadonlySet<string> = new Set(['RELEASE_BUSY', 'RELEASE_NOT_FOUND']);

/** The end of an operation has to be written even if its description is what makes the record too large. */
function shortened(release: Release): Release {
  const { info } = release;
  const description = info.description.length > 200 ? `${info.description.slice(0, 200)}…` : info.description;
  return { ...release, info: { ...info, description } };
}

/**
 * Whether the holder of a record lives: no lease tells nothing (Helm's own records have none). `now` is the cluster's
 * time in milliseconds.
 */
export function leaseState(release: Release, now: number): 'none' | 'alive' | 'expired' {
  const { lease } = release;
  if (lease === undefined) return 'none';
  // One that is heard of in the future is no more: the clock was set back since, and who lives writes the new time.
  const since = now - millisecondsOf(lease.renewed);
  return Math.abs(since) < lease.duration * 1000 ? 'alive' : 'expired';
}

function millisecondsOf(timestamp: string): number {
  try {
    return timestampMilliseconds(timestamp);
  } catch {
    // Then nothing was heard of it.
    return Number.NaN;
  }
}

/** Helm's sentence for a release that is worked on; what is known of the work, and the way out, is in the hint. */
export function busyError(release: Release | undefined, now: number, cause?: unknown): PintleError {
  const message = 'another operation (install/upgrade/rollback) is in progress';
  const state = release === undefined ? 'none' : leaseState(release, now);
  return new PintleError('RELEASE_BUSY', message, {
    hint: release === undefined ? 'try again' : busyHint(release, state, now),
    data: { state, ...(release && factsOf(release)) },
    ...(cause !== undefined && { cause }),
  });
}

/** What another operation made of a record, once it has come to its end. */
function outcomeOf({ version, info }: Release, now: number): string {
  const ago = age(now - millisecondsOf(info.deleted || info.lastDeployed));
  return `revision ${version} is ${info.status} by now, begun ${ago} ago: ${info.description}; try again`;
}

/** The release went while another operation began with it. */
export function goneError(name: string): PintleError {
  const { message, data } = busyError(undefined, 0);
  const hint = `${name} was uninstalled by another command since this one began; install it again if it is wanted`;
  return new PintleError('RELEASE_BUSY', message, { hint, data: { ...data, name } });
}

function factsOf({ name, namespace, version, info, lease }: Release): Record<string, unknown> {
  return { name, namespace, version, status: info.status, ...(lease && { lease }) };
}

function busyHint(release: Release, state: 'none' | 'alive' | 'expired', now: number): string {
  const { name, namespace, version, info, lease } = release;
  const unlock = `pintle unlock ${name} -n ${namespace}`;
  if (!isInProgress(info.status)) return `another operation was faster: ${outcomeOf(release, now)}`;
  if (lease === undefined) {
    const since = age(now - millisecondsOf(info.lastDeployed));
    return `revision ${version} is ${info.status} since ${since} and does not say who works on it; if nobody does: ${unlock}`;
  }
  const since = now - millisecondsOf(lease.renewed);
  const heard = age(state === 'expired' && since < 0 ? Number.NaN : since);
  const who = `${lease.operation} by ${lease.holder}, begun ${age(now - millisecondsOf(lease.started))} ago`;
  if (state === 'alive') return `${who}, was heard of ${heard} ago; wait for it to end`;
  return `${who}, was last heard of ${heard} ago and seems to be dead; end it with ${unlock}, or go on with --take-over`;
}

/** @example age(125_000) === '2m5s' */
function age(milliseconds: number): string {
  if (Number.isNaN(milliseconds)) return 'an unknown time';
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h${minutes % 60}m` : `${Math.floor(hours / 24)}d`;
}
