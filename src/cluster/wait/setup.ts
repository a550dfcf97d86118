/** What every way of waiting works with. */
import type { Log } from '../../host.ts';
import type { KubeObject } from '../json.ts';
import type { ObjectStatus, StatusName } from '../ready/status.ts';
import type { Cluster, ObjectRef, Target } from '../types.ts';

/** Which states end a wait before its time. A number of 0 is a state that waits for the timeout. */
export interface FailFastLimits {
  /** Milliseconds that an image may fail to be pulled. */
  readonly imagePullGrace: number;
  /** Restarts of a container after which it counts as crashing. */
  readonly crashLoops: number;
  /** Milliseconds that a container may miss its configuration; the same as for images where it is left out. */
  readonly configGrace?: number;
}

/** How far one object is, for people who watch. */
export interface Progress {
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly status: StatusName;
  readonly message: string;
  /** The newest warnings of the cluster about it and its pods. */
  readonly events?: readonly string[];
  /** The last lines of a container that fails. */
  readonly logLines?: readonly string[];
}

export interface WaiterOptions {
  readonly log: Log;
  readonly signal?: AbortSignal;
  /** Off where it is left out: then every wait lasts until all is ready or its time is over, as in Helm. */
  readonly failFast?: FailFastLimits;
  /** Asks for more of the cluster than the wait itself needs: pods, events, logs. */
  readonly onProgress?: (objects: readonly Progress[]) => void;
  /** For tests. */
  readonly timing?: Partial<Timing>;
}

/** How long things take, in milliseconds. */
export interface Timing {
  /** An object that is gone may come back for so long. */
  readonly goneGrace: number;
  /** The same of a hook, of which nobody else makes a new one. */
  readonly hookGrace: number;
  /** A watch that tells nothing for so long is doubted: what it watches is read. */
  readonly silence: number;
  /** The last look at the end of the time may take so long. */
  readonly lastLook: number;
  /** Pods, events and logs are looked at only in waits that take longer than this. */
  readonly evidenceDelay: number;
  /** Finding out why an object failed may take so long; at the end of the time it is {@link lastLook}. */
  readonly conclusion: number;
  /** Between two reports of progress. */
  readonly throttle: number;
  /** Between two questions of the legacy strategy. */
  readonly poll: number;
  /** After a watch that could not be held. */
  readonly retry: number;
}

export const TIMING: Timing = {
  goneGrace: 10_000,
  hookGrace: 1000,
  silence: 10_000,
  lastLook: 700,
  evidenceDelay: 1500,
  conclusion: 1500,
  throttle: 100,
  poll: 2000,
  retry: 1000,
};

/** What all parts of one wait share. */
export interface WaitSetup extends Omit<WaiterOptions, 'timing'> {
  readonly cluster: Cluster;
  readonly timing: Timing;
}

/** One object that is waited for. */
export interface Tracked {
  readonly ref: ObjectRef;
  /** As the chart has it, where there is such a thing. */
  readonly wanted: KubeObject | undefined;
  status: ObjectStatus;
  /** As the cluster last had it. */
  object: KubeObject | undefined;
  /** Nothing more will come of it: it was removed. */
  lost: boolean;
  /** How often something was learned of it, so that slow answers do not undo newer ones, and when it last was. */
  turn: number;
  heard: number;
}

/** A target, or an object of which only the place is known, at the beginning of a wait. */
export function track(ref: ObjectRef | Target, status: ObjectStatus): Tracked {
  const wanted = 'object' in ref ? ref.object : undefined;
  return { ref, wanted, status, object: undefined, lost: false, turn: 0, heard: 0 };
}
