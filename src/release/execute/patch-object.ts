/** The patch from what an object was meant to be to what it is to be. Helm: kube/client.go createPatch */
import { isObject, type Json, type KubeObject } from '../../cluster/json.ts';
import type { Cluster, PatchType } from '../../cluster/types.ts';
import { PintleError } from '../../errors.ts';
import type { PlannedUpdate } from '../plan/plan.ts';

export interface ObjectPatch {
  readonly type: PatchType;
  readonly patch: Json;
}

/** The patch, made against the object as it is now. */
export async function createPatch(cluster: Cluster, update: PlannedUpdate, live: KubeObject): Promise<ObjectPatch> {
  try {
    return await patchOf(cluster, update, live);
  } catch (err) {
    if (!(err instanceof Error) || (err instanceof PintleError && err.code === 'ABORTED')) throw err;
    const message = `failed to create patch: ${err.message}`;
    if (err instanceof PintleError) throw err.withMessage(message);
    throw new PintleError('API_FAILED', message, { cause: err });
  }
}

async function patchOf(cluster: Cluster, update: PlannedUpdate, live: KubeObject): Promise<ObjectPatch> {
  const { target, method } = update;
  const { object } = target;
  if (method === 'strategic-merge') {
    const schema = await cluster.schemas.typeOf(object.apiVersion, object.kind);
    if (schema) {
      const { threeWayStrategicPatch, applyStrategicPatch } = await import('../../cluster/patch/strategic.ts');
      const original = originalOf(update, {
        make: (from, to) => threeWayStrategicPatch(from, to, live, schema, { overwrite: true }),
        join: (a, b) => applyStrategicPatch(a, b, schema),
      });
      const patch = threeWayStrategicPatch(original, object, live, schema, { overwrite: true });
      return { type: 'application/strategic-merge-patch+json', patch };
    }
  }
  const { applyMergePatch, mergePatch, threeWayJsonPatch } = await import('../../cluster/patch/merge-patch.ts');
  const original = originalOf(update, {
    make: (from, to) => threeWayJsonPatch(from, to, live),
    join: applyMergePatch,
  });
  const patch = method === 'merge' ? mergePatch(original, object) : threeWayJsonPatch(original, object, live);
  return { type: 'application/merge-patch+json', patch };
}

interface Patching {
  readonly make: (original: Json, modified: Json) => Json;
  readonly join: (object: Json, patch: Json) => Json;
}

/**
 * What the object was made from. A revision that failed may or may not have come to it: it is as one revision has it
 * where a patch to that would change nothing. Fields are removed that were in any of those.
 */
function originalOf({ original, earlier }: PlannedUpdate, { make, join }: Patching): Json {
  if (earlier.length === 0) return original;
  const [newest, ...others] = [original, ...earlier].filter((one) => isEmptyPatch(make(one, one)));
  if (newest === undefined) return original;
  return others.reduce<Json>((all, one) => join(one, all), newest);
}

/** Nothing to change. */
export function isEmptyPatch(patch: Json): boolean {
  return patch === null || (isObject(patch) && Object.keys(patch).length === 0);
}
