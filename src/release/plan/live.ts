/** What of a release is in the cluster now, asked for all objects at once. */
import { isNotFound } from '../../cluster/api-error.ts';
import { getTogether } from '../../cluster/get-together.ts';
import { type KubeObject, own } from '../../cluster/json.ts';
import type { Cluster, ObjectRef, Target } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import { workOn } from '../execute/batches.ts';
import { checkSignal } from '../execute/fate.ts';
import { describe } from '../ownership.ts';
import { type LiveObjects, placeKey } from './identity.ts';

/** The objects that are there. An error of one is in `unread`. */
export interface Fetched {
  readonly live: LiveObjects;
  readonly unread: ReadonlyMap<string, PintleError>;
}

/** Reads objects, each once, many at a time. */
export async function fetchLive(
  { client }: Pick<Cluster, 'client'>,
  refs: readonly ObjectRef[],
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  const all = new Map(refs.map((ref) => [placeKey(ref), ref]));
  const { known, rest } = await getTogether(client, [...all.values()], signal);
  const outcomes = await workOn(
    rest,
    async (ref) => {
      try {
        return await client.get(ref, signal ? { signal } : {});
      } catch (err) {
        if (isNotFound(err)) return undefined;
        throw err;
      }
    },
    signal,
  );
  checkSignal(signal);
  const live = new Map<string, KubeObject>();
  const unread = new Map<string, PintleError>();
  for (const [ref, object] of known) if (object) live.set(placeKey(ref), object);
  for (const [i, ref] of rest.entries()) {
    const outcome = outcomes[i];
    if (outcome?.state === 'done' && outcome.result) live.set(placeKey(ref), outcome.result);
    if (outcome?.state === 'failed') unread.set(placeKey(ref), outcome.error);
  }
  return { live, unread };
}

/** Fails for the first object that could not be read: what may be there must not be taken for gone. Helm: Client.Update */
export function checkKnown(refs: readonly ObjectRef[], unread: Fetched['unread']): void {
  if (unread.size === 0) return;
  for (const ref of refs) {
    // One without a name is told of where the work begins, and the revision has failed then.
    const error = ref.name === '' ? undefined : unread.get(placeKey(ref));
    if (error) throw error.withMessage(`could not get information about the resource: ${error.message}`);
  }
}

/**
 * Fails for the first object that could not be read, and for names that cannot be. Helm: validate.go
 * existingResourceConflict
 */
export function checkReadable(targets: readonly Target[], unread: Fetched['unread']): void {
  for (const target of targets) {
    const generated = own(target.object.metadata, 'generateName');
    const generates = typeof generated === 'string' && generated !== '';
    if (target.name === '' && generates) continue;
    if (generates) {
      throw new PintleError('MANIFEST_INVALID', 'metadata.name and metadata.generateName cannot both be set');
    }
    const error = unread.get(placeKey(target));
    if (error)
      throw error.withMessage(`could not get information about the resource ${describe(target)}: ${error.message}`);
  }
}
