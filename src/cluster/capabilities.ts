import { PintleError } from '../errors.ts';
import type { Log } from '../host.ts';
import type { Cluster } from './types.ts';

/** What a cluster can do, as rendering takes it. */
export interface ClusterCapabilities {
  readonly kubeVersion: {
    readonly version: string;
    /** Helm leaves it empty for versions that a cluster names. */
    readonly normalized: string;
    readonly major: string;
    readonly minor: string;
  };
  /** Group versions and kinds: `apps/v1`, `apps/v1/Deployment`. */
  readonly apiVersions: readonly string[];
}

/**
 * Asks the cluster what it is and serves, past every cache. Group versions that do not answer are warned of.
 *
 * @throws PintleError with Helm's text. Helm: action.Configuration getCapabilities
 */
export async function clusterCapabilities(
  { discovery }: Pick<Cluster, 'discovery'>,
  log?: Log,
): Promise<ClusterCapabilities> {
  discovery.invalidate();
  const all = discovery.apiVersions();
  // The version's fault counts first; the other one's is not to go unheard.
  all.catch(() => {});
  const version = await discovery.version().catch(doing('could not get server version from Kubernetes'));
  const doingAll = 'could not get apiVersions from Kubernetes';
  const apiVersions = await all.catch(doing(`${doingAll}: ${doingAll}`));
  const failures = [...((await discovery.failures?.()) ?? [])].map(([gv, reason]) => `${gv}: ${reason}`);
  if (failures.length > 0) {
    const error = `unable to retrieve the complete list of server APIs: ${failures.sort().join(', ')}`;
    log?.log('WARN', 'the kubernetes server has an orphaned API service', { error });
    log?.log('WARN', 'to fix this, kubectl delete apiservice <service-name>');
  }
  const { gitVersion, major, minor } = version;
  return { kubeVersion: { version: gitVersion, normalized: '', major, minor }, apiVersions };
}

function doing(what: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    const { code, message, hint, data } = error;
    throw new PintleError(code, `${what}: ${message}`, { ...(hint !== undefined && { hint }), data, cause: error });
  };
}
