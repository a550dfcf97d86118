import { PintleError } from '../errors.ts';
import type { Cluster } from './types.ts';

/**
 * Asks the cluster for its version. Helm: kube.Client.IsReachable
 *
 * @throws PintleError CLUSTER_UNREACHABLE `kubernetes cluster unreachable: …`
 */
export async function checkReachable(cluster: Pick<Cluster, 'client'>, signal?: AbortSignal): Promise<void> {
  try {
    await cluster.client.json({ method: 'GET', path: '/version', ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof PintleError) || error.code === 'ABORTED') throw error;
    const {
      hint = 'check the server and the context of the kubeconfig, or choose others with --kubeconfig and --kube-context',
    } = error;
    throw new PintleError('CLUSTER_UNREACHABLE', `kubernetes cluster unreachable: ${error.message}`, {
      hint,
      data: error.data,
      cause: error,
    });
  }
}
