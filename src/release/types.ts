/** Releases as they are stored, and the places that store them: data and interfaces, no code. */
import type { GoMap } from '../go/value.ts';
import type { HookEvent } from '../manifests/manifest.ts';

export type ReleaseStatus =
  | 'unknown'
  | 'deployed'
  | 'uninstalled'
  | 'superseded'
  | 'failed'
  | 'uninstalling'
  | 'pending-install'
  | 'pending-upgrade'
  | 'pending-rollback';

export type HookPhase = '' | 'Unknown' | 'Running' | 'Succeeded' | 'Failed';

/** A moment as Go prints it: RFC 3339 with nanoseconds, e.g. `2026-03-04T05:06:07.123456789Z`. Empty for none. */
export type Timestamp = string;

export interface ReleaseInfo {
  readonly firstDeployed: Timestamp;
  readonly lastDeployed: Timestamp;
  readonly deleted: Timestamp;
  readonly description: string;
  readonly status: ReleaseStatus;
  readonly notes: string;
}

export interface HookRun {
  readonly startedAt: Timestamp;
  readonly completedAt: Timestamp;
  readonly phase: HookPhase;
}

export interface StoredHook {
  readonly name: string;
  readonly kind: string;
  /** The template that it came from. */
  readonly path: string;
  readonly manifest: string;
  readonly events: readonly HookEvent[];
  readonly lastRun: HookRun;
  readonly weight: number;
  readonly deletePolicies: readonly string[];
  readonly outputLogPolicies: readonly string[];
}

/** Who works on a release, so that others can tell work from wreckage. Helm passes over it. */
export interface Lease {
  /** Unique for each operation. */
  readonly id: string;
  /** For people: `user@host (pid 123)`. */
  readonly holder: string;
  readonly operation: 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'test';
  /** By the cluster's clock. */
  readonly started: Timestamp;
  readonly renewed: Timestamp;
  /** Seconds after `renewed` for which the holder is taken to be alive. */
  readonly duration: number;
}

/** An object by what its manifest says of its place. */
export interface LeftObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** One revision of a release. Spec: release.md §2. */
export interface Release {
  readonly name: string;
  readonly namespace: string;
  readonly version: number;
  readonly info: ReleaseInfo;
  /** The chart as records have it, in the engine's values: `metadata`, `lock`, `templates`, `values`, `schema`, `files`. */
  readonly chart: GoMap;
  /** The user's values; null where there were none. */
  readonly config: GoMap | null;
  readonly manifest: string;
  readonly hooks: readonly StoredHook[];
  /** The user's own, without the system's. */
  readonly labels: ReadonlyMap<string, string>;
  /** Empty in records of Helm 3, and then client-side. */
  readonly applyMethod: 'ssa' | 'csa' | '';
  readonly lease?: Lease;
  /**
   * What may be in the cluster though the revision's manifest lacks it, or though the revision never was complete: the
   * next operation that succeeds removes it. Only until this one has succeeded. Helm passes over it.
   */
  readonly left?: readonly LeftObject[];
}

/** A release with what its store needs to change it only if nobody else did. */
export interface StoredRelease {
  readonly release: Release;
  /** `sh.helm.release.v1.<name>.v<revision>` */
  readonly key: string;
  /** The state that was read: a resourceVersion, or what stands for it. */
  readonly token: string;
  /** All labels of the record, the system's among them, where a query found it. */
  readonly labels?: ReadonlyMap<string, string>;
  /** Of the newest revision that can be read: those of the release that cannot, which keep their numbers. */
  readonly unreadable?: readonly number[];
}

/** Which records a query asks for; what is left out is not asked about. */
export interface StoreQuery {
  readonly name?: string;
  readonly status?: ReleaseStatus;
  /** Helm's `--selector`, on labels. */
  readonly selector?: string;
  /**
   * Leave out what is large: the chart but for its metadata, values, manifest, hooks, notes. For lists of many.
   * `earlier`: the newest revision is whole, and those before it keep their manifest; for one release.
   */
  readonly outline?: boolean | 'earlier';
  /** Told of each record that cannot be read, which is then passed over. */
  readonly onUnreadable?: (key: string, error: unknown) => void;
}

/**
 * A place for records: Secrets, ConfigMaps, memory or a database, each exactly as Helm has it, so that both can take
 * turns. Records that cannot be decoded are skipped with a line in the debug log; reads never change anything.
 */
export interface ReleaseStore {
  readonly kind: 'secret' | 'configmap' | 'memory' | 'sql';
  /** Empty: all namespaces (reads only). */
  readonly namespace: string;
  /** @throws PintleError RELEASE_NOT_FOUND `release: not found` */
  get(name: string, version: number): Promise<StoredRelease>;
  /** All that match, in no order; none is an empty list. */
  query(query: StoreQuery, signal?: AbortSignal): Promise<readonly StoredRelease[]>;
  /** @throws PintleError RELEASE_EXISTS `release: already exists`, RELEASE_TOO_LARGE before anything is sent */
  create(release: Release): Promise<StoredRelease>;
  /**
   * Replaces a record. With a token, only if it is still what was read.
   *
   * @throws PintleError RELEASE_NOT_FOUND, RELEASE_BUSY where somebody else changed it
   */
  update(release: Release, token?: string): Promise<StoredRelease>;
  /** @throws PintleError RELEASE_NOT_FOUND */
  delete(name: string, version: number): Promise<void>;
  /** How large the record would be, and what the place allows; throws RELEASE_TOO_LARGE with the largest parts. */
  checkSize(release: Release): void;
  /**
   * Asks whether the record would be taken, without making it, for who changes something before: RELEASE_TOO_LARGE, or
   * what the server refuses it with.
   */
  rehearse?(release: Release): Promise<void>;
  close?(): Promise<void>;
}

/** A PostgreSQL database. Errors are PintleError STORE_FAILED with the server's text and its SQLSTATE as `data.sqlState`. */
export interface SqlClient extends SqlQueries {
  /** Runs `work` on one connection between BEGIN and COMMIT, or ROLLBACK where it throws. */
  transaction<T>(work: (sql: SqlQueries) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

export interface SqlQueries {
  /** Parameters stand in the text as `$1`, `$2` …; without any, the text may hold several statements. */
  query(text: string, params?: readonly unknown[]): Promise<SqlAnswer>;
}

export interface SqlAnswer {
  /** By the name of the column. */
  readonly rows: readonly Readonly<Record<string, unknown>>[];
  /** Rows that were found or changed. */
  readonly count: number;
}
