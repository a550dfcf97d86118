/** What actions are given and what they tell on the way: data and interfaces, no code. */
import type { Chart } from '../chart/types.ts';
import type { Cluster, ObjectRef } from '../cluster/types.ts';
import type { GoMap } from '../go/value.ts';
import type { Log, RenderHost } from '../host.ts';
import type { PostRender } from '../library/render-release.ts';
import type { HookEvent } from '../manifests/manifest.ts';
import type { ResolveHost } from '../render/functions.ts';
import type { HookPhase, Release, ReleaseStatus, ReleaseStore } from './types.ts';

/** What every action works with. */
export interface ReleaseContext {
  readonly cluster: Cluster;
  readonly store: ReleaseStore;
  /** The namespace of the release, and of objects that name none. */
  readonly namespace: string;
  readonly host: RenderHost;
  readonly log: Log;
  /** Who this is, in leases and messages: `user@host (pid 123)`. */
  readonly holder: string;
  /** Ends the work: no write starts after it but those that make the record true. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: ReleaseEvent) => void;
  /** Gets what hooks print, where their output-log policy asks for it. */
  readonly onLog?: (text: string) => void;
}

export type WaitStrategy = 'hookOnly' | 'watcher' | 'legacy';

export type DryRun = 'none' | 'client' | 'server';

/** When waiting ends before its time: states that do not get better by themselves. */
export interface FailFast {
  /** Milliseconds that an image may fail to be pulled; 0 waits for the timeout. Default 60,000. */
  readonly imagePullGrace: number;
  /** Restarts of a container after which it counts as crashing; 0 waits for the timeout. Default 5. */
  readonly crashLoops: number;
}

export interface WaitOptions {
  readonly strategy: WaitStrategy;
  /** Milliseconds for each single wait; 0 as Helm treats it. */
  readonly timeout: number;
  readonly jobs: boolean;
  readonly failFast?: FailFast;
}

/** What install and upgrade have in common. */
export interface DeployOptions {
  readonly wait: WaitOptions;
  readonly dryRun: DryRun;
  /** Leave the data of Secrets out of what a dry run shows. */
  readonly hideSecret: boolean;
  readonly noHooks: boolean;
  readonly skipCrds: boolean;
  /** What happens to CRDs that are there: Helm's way, new versions where no data is lost, or nothing. */
  readonly crds?: 'create' | 'upgrade' | 'skip';
  /** With `crds: 'upgrade'`: change them even where that loses data. */
  readonly forceCrds?: boolean;
  readonly rollbackOnFailure: boolean;
  readonly forceReplace: boolean;
  readonly forceConflicts: boolean;
  readonly takeOwnership: boolean;
  /** Undefined: as Helm chooses (install: on; upgrade: as the release was). */
  readonly serverSide: boolean | undefined;
  readonly disableOpenApiValidation: boolean;
  readonly skipSchemaValidation: boolean;
  readonly description: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly subNotes: boolean;
  readonly postRender?: PostRender;
  readonly resolveHost?: ResolveHost;
  /** Render in a process of its own. */
  readonly isolate?: boolean;
  /** Take over an operation whose holder died. */
  readonly takeOver?: boolean;
}

export interface InstallOptions extends DeployOptions {
  readonly name: string;
  readonly createNamespace: boolean;
  /** Use the name again of a release that was uninstalled with its history kept, or that failed. */
  readonly replace: boolean;
  /** Without a cluster: the versions to assume. */
  readonly kubeVersion?: string;
  readonly apiVersions: readonly string[];
  /** Only for `template --is-upgrade`. */
  readonly isUpgrade?: boolean;
}

export interface UpgradeOptions extends DeployOptions {
  readonly name: string;
  readonly resetValues: boolean;
  readonly reuseValues: boolean;
  readonly resetThenReuseValues: boolean;
  readonly cleanupOnFail: boolean;
  /** Revisions to keep; 0 keeps all. */
  readonly historyMax: number;
}

export interface RollbackOptions {
  readonly name: string;
  /** 0: the one before. */
  readonly revision: number;
  readonly wait: WaitOptions;
  readonly dryRun: DryRun;
  readonly noHooks: boolean;
  readonly cleanupOnFail: boolean;
  readonly forceReplace: boolean;
  readonly forceConflicts: boolean;
  readonly serverSide: boolean | undefined;
  readonly historyMax: number;
  readonly description: string;
  readonly takeOver?: boolean;
}

export interface UninstallOptions {
  readonly name: string;
  readonly wait: WaitOptions;
  readonly dryRun: DryRun;
  readonly noHooks: boolean;
  readonly keepHistory: boolean;
  readonly cascade: 'background' | 'foreground' | 'orphan';
  readonly ignoreNotFound: boolean;
  readonly description: string;
  readonly takeOver?: boolean;
}

export interface TestOptions {
  readonly name: string;
  /** Milliseconds. */
  readonly timeout: number;
  /** Names of tests to run, or to leave out. Helm: `--filter name=x,!name=y` */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly hideNotes?: boolean;
  /** Called once the tests have run, failed ones too, before their objects are deleted as their policies want it. */
  readonly beforeCleanup?: (release: Release) => Promise<void>;
}

/** An object in a text or an event. */
export type EventObject = Pick<ObjectRef, 'namespace' | 'name'> & {
  readonly apiVersion: string;
  readonly kind: string;
};

/** How far one object is. */
export interface ObjectProgress {
  readonly object: EventObject;
  readonly status: 'InProgress' | 'Failed' | 'Current' | 'Terminating' | 'NotFound' | 'Unknown';
  /** What is missing, in words: `Available: 1/3`. */
  readonly message: string;
  /** The newest warnings of the cluster about it and its pods. */
  readonly events?: readonly string[];
  /** The last lines of a container that fails. */
  readonly logLines?: readonly string[];
}

/** What happens, as it happens. */
export type ReleaseEvent =
  | { readonly type: 'record'; readonly version: number; readonly status: ReleaseStatus }
  | { readonly type: 'crd'; readonly name: string }
  | {
      readonly type: 'hook';
      readonly event: HookEvent;
      readonly name: string;
      readonly kind: string;
      readonly phase: HookPhase;
    }
  | {
      readonly type: 'object';
      readonly action: 'created' | 'changed' | 'unchanged' | 'deleted' | 'kept';
      readonly object: EventObject;
    }
  | { readonly type: 'waiting'; readonly objects: readonly ObjectProgress[] }
  | { readonly type: 'waited' }
  | { readonly type: 'undo'; readonly why: string };

/** What a deployment starts from. */
export interface DeployInput {
  readonly chart: Chart;
  readonly values: GoMap;
}

/** What `uninstall` did. */
export interface Uninstalled {
  /** Undefined where there was none and that was no fault. */
  readonly release: Release | undefined;
  /** The lines about what was kept, as Helm prints them. */
  readonly info: string;
}
