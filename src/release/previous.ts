/** The objects of a revision that was deployed, from its record. */
import { isNoMatch } from '../cluster/api-error.ts';
import type { Cluster, Target } from '../cluster/types.ts';
import { PintleError } from '../errors.ts';
import type { Log } from '../host.ts';
import { splitDocuments } from '../yaml/split.ts';
import { buildTargets } from './build.ts';

/**
 * The objects of a manifest. Kinds that the cluster serves no more are passed over with a warning: there are no
 * objects of them. (Helm fails then, and its releases get stuck when an API is removed.)
 */
export async function previousTargets(
  cluster: Cluster,
  manifest: string,
  namespace: string,
  log: Log,
): Promise<readonly Target[]> {
  try {
    return await buildTargets(cluster, manifest, { namespace, validate: false });
  } catch (err) {
    if (!isNoMatch(err)) throw err;
  }
  const targets: Target[] = [];
  for (const document of splitDocuments(manifest)) {
    try {
      targets.push(...(await buildTargets(cluster, document, { namespace, validate: false })));
    } catch (err) {
      if (!isGoneKind(err)) throw err;
      const { apiVersion, kind } = err.data;
      log.log('WARN', 'the cluster no longer serves a kind of the release; its objects are taken for gone', {
        apiVersion,
        kind,
      });
    }
  }
  return targets;
}

/** A kind that is certainly not served; not one whose server does not answer just now. */
function isGoneKind(err: unknown): err is PintleError {
  return err instanceof PintleError && isNoMatch(err) && err.data.unavailable !== true;
}
