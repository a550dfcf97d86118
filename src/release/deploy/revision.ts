/** What install and upgrade have in common before anything happens. */
import { clusterCapabilities } from '../../cluster/capabilities.ts';
import { clusterLookup } from '../../cluster/lookup.ts';
import { PintleError } from '../../errors.ts';
import type { Capabilities } from '../../render/capabilities.ts';
import type { Lookup } from '../../render/functions.ts';
import { SYSTEM_LABELS } from '../labels.ts';
import type { DeployOptions, ReleaseContext, WaitOptions } from '../options.ts';
import type { Plan } from '../plan/plan.ts';
import type { Release } from '../types.ts';

/** A revision that could be deployed, and what that would mean. */
export interface PlannedRelease {
  /** As it would be recorded first. */
  readonly release: Release;
  readonly plan: Plan;
}

/** @throws PintleError USAGE where Secrets are to be hidden outside of a dry run */
export function checkHideSecret(options: Pick<DeployOptions, 'hideSecret' | 'dryRun'>): void {
  if (!hidesForReal(options)) return;
  throw new PintleError('USAGE', 'hiding Kubernetes secrets requires a dry-run mode');
}

export function hidesForReal({ hideSecret, dryRun }: Pick<DeployOptions, 'hideSecret' | 'dryRun'>): boolean {
  return hideSecret && dryRun === 'none';
}

/** @throws PintleError RELEASE_INVALID where the user names a label that is the system's */
export function checkLabels(labels: ReadonlyMap<string, string>): void {
  if (!SYSTEM_LABELS.some((name) => labels.has(name))) return;
  const names = `[${SYSTEM_LABELS.join(' ')}]`;
  const message = `user supplied labels contains system reserved label name. System labels: ${names}`;
  throw new PintleError('RELEASE_INVALID', message);
}

/** Whoever undoes on failure has to know whether it failed. */
export function waitOf({ wait, rollbackOnFailure }: Pick<DeployOptions, 'wait' | 'rollbackOnFailure'>): WaitOptions {
  return rollbackOnFailure && wait.strategy === 'hookOnly' ? { ...wait, strategy: 'watcher' } : wait;
}

/** What templates are told of the cluster, and may ask of it. What is asked after rendering is on its way then. */
export async function clusterView(
  { cluster, log }: ReleaseContext,
  { dryRun, disableOpenApiValidation }: Pick<DeployOptions, 'dryRun' | 'disableOpenApiValidation'>,
): Promise<{ readonly capabilities: Capabilities; readonly lookup: Lookup | undefined }> {
  if (!disableOpenApiValidation) cluster.schemas.prepare();
  return {
    capabilities: await clusterCapabilities(cluster, log),
    lookup: dryRun === 'client' ? undefined : clusterLookup(cluster, log),
  };
}

/** The first conflict, as Helm tells it, with all of them in the data. */
export function conflictError(plan: Plan, doing: string): PintleError | undefined {
  const [first] = plan.conflicts;
  if (first === undefined) return undefined;
  const more = plan.conflicts.length > 1 ? ` (and ${plan.conflicts.length - 1} more objects)` : '';
  return new PintleError('OWNERSHIP_CONFLICT', `unable to continue with ${doing}: ${first.message}`, {
    hint: `${first.object.mapping.kind}/${first.object.name}${more} is there already and not this release's: rename it in the chart, delete it, or take it over with --take-ownership`,
    data: {
      conflicts: plan.conflicts.map(({ object, message }) => ({
        name: object.name,
        namespace: object.namespace,
        kind: object.mapping.kind,
        message,
      })),
    },
  });
}
