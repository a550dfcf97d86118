/** What became of a Job that is gone: the cluster's events outlive it. */
import { dig, type Json, type KubeObject, own } from '../json.ts';
import { current, failed, type ObjectStatus } from '../ready/status.ts';
import type { ApiClient, ObjectRef, ResourceMapping } from '../types.ts';

export const EVENTS: ResourceMapping = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  namespaced: true,
};

/** What the Job controller says when it gives up. */
const GAVE_UP: ReadonlySet<Json> = new Set([
  'BackoffLimitExceeded',
  'DeadlineExceeded',
  'PodFailurePolicy',
  'FailedIndexes',
]);

/**
 * The outcome of an object that was removed while it was waited for. One that is removed when it is done, by its own
 * `ttlSecondsAfterFinished` or by whoever made it, has done its work unless the cluster recorded that it failed.
 */
export async function outcomeOfGone(
  client: ApiClient,
  ref: ObjectRef,
  object: KubeObject | undefined,
  signal: AbortSignal,
): Promise<ObjectStatus> {
  if (ref.mapping.kind !== 'Job') return current('Resource was removed');
  const uid = object?.metadata.uid;
  const query = [`involvedObject.kind=Job`, `involvedObject.name=${ref.name}`];
  if (uid !== undefined) query.push(`involvedObject.uid=${uid}`);
  const { items } = await client.list(EVENTS, { namespace: ref.namespace, fieldSelector: query.join(','), signal });
  const newest = items.toSorted((a, b) => timeOf(a) - timeOf(b)).findLast(({ reason }) => isVerdict(reason));
  if (newest === undefined || !GAVE_UP.has(newest['reason'] as Json)) return current('Job was removed');
  const why = own(newest, 'message');
  return failed(`Job was removed after it failed. ${typeof why === 'string' ? why : String(newest['reason'])}`);
}

function isVerdict(reason: Json | undefined): boolean {
  return reason === 'Completed' || GAVE_UP.has(reason ?? null);
}

/** When an event was seen last, in milliseconds. */
export function timeOf(event: KubeObject): number {
  for (const path of [
    ['series', 'lastObservedTime'],
    ['lastTimestamp'],
    ['eventTime'],
    ['metadata', 'creationTimestamp'],
  ]) {
    const text = dig(event, ...path);
    const time = typeof text === 'string' ? Date.parse(text) : Number.NaN;
    if (!Number.isNaN(time)) return time;
  }
  return 0;
}
