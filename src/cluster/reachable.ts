import { PintleError } from '../errors.ts';
import { isUnauthorized } from './api-error.ts';
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
    // Go: rest/request.go Raw, which does not read what the answer says
    const message = isUnauthorized(error)
      ? 'the server has asked for the client to provide credentials'
      : error.message;
    throw new PintleError('CLUSTER_UNREACHABLE', `kubernetes cluster unreachable: ${message}`, {
      hint,
      data: error.data,
      cause: error,
    });
  }
}
