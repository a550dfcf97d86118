import type { Transport } from '../../host.ts';
import type { Environment } from '../environment.ts';
import type { PoolOptions } from './agents.ts';

export interface NodeTransport extends Transport {
  /** Closes the connections that are kept for later requests. */
  close(): void;
}

/**
 * Sends over the network. `env` names proxies (HTTP_PROXY, HTTPS_PROXY, NO_PROXY) and authorities (SSL_CERT_FILE,
 * SSL_CERT_DIR).
 *
 * Connections are kept and used again; one that nothing waits for does not keep the process alive. Nothing of the
 * network is loaded before the first request.
 */
export function nodeTransport({ env, ...pool }: { readonly env: Environment } & PoolOptions): NodeTransport {
  let started: Promise<NodeTransport> | undefined;
  return {
    async send(request) {
      started ??= import('./send.ts').then(({ startTransport }) => startTransport(env, pool));
      return (await started).send(request);
    },
    close() {
      started?.then((transport) => transport.close());
      started = undefined;
    },
  };
}
