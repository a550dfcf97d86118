/** Brings the cluster from one revision's objects to another's. */
import type { Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { type Executed, executePlan } from '../execute/execute.ts';
import type { ReleaseContext } from '../options.ts';
import { checkKnown, fetchLive } from '../plan/live.ts';
import { type Plan, type PlanOptions, planChanges } from '../plan/plan.ts';

export interface Change {
  readonly previous: readonly Target[];
  readonly targets: readonly Target[];
  /** Objects of other revisions since the last success. */
  readonly earlier?: readonly (readonly Target[])[];
  /** What revisions that failed may have left. */
  readonly left?: readonly Target[];
  readonly adopted: ReadonlySet<string>;
  readonly planOptions: PlanOptions;
  readonly forceConflicts: boolean;
  /** Made just now; absent where something may have changed since, hooks for instance. */
  readonly plan?: Plan | undefined;
}

/** Plans, where that is to be done anew, and carries it out. Failures are in the result. Helm: Client.Update */
export async function applyRevision(change: Change, context: ReleaseContext): Promise<Executed> {
  const { planOptions, forceConflicts } = change;
  const { serverSide, forceReplace } = planOptions;
  const { cluster, signal, log, onEvent } = context;
  try {
    const plan = change.plan ?? (await planAgain(change, context));
    return await executePlan(cluster, plan, { serverSide, forceReplace, forceConflicts, signal, log, onEvent });
  } catch (error) {
    if (!(error instanceof PintleError)) throw error;
    return { created: [], error };
  }
}

async function planAgain(change: Change, { cluster, signal }: ReleaseContext): Promise<Plan> {
  const { previous, targets, earlier, left = [], adopted, planOptions } = change;
  const { live, unread } = await fetchLive(cluster, [...targets, ...previous, ...left], signal);
  checkKnown([...targets, ...previous, ...left], unread);
  return planChanges({ previous, targets, earlier, left, live, adopted, options: planOptions });
}
