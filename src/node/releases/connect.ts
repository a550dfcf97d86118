/** Releases on a cluster, for programs. */
import type { Log, RenderHost } from '../../host.ts';
import { readSettings, type Settings } from '../environment.ts';
import { sharedHost } from '../host.ts';
import { openReleaseWorld, type ReleaseWorld } from './world.ts';

/** Which cluster, and where the records are; what is left out is as the environment says, as on the command line. */
export interface ConnectOptions {
  /** Default: that of the kubeconfig's context. */
  readonly namespace?: string;
  /** Path of a kubeconfig. Default: `$KUBECONFIG`, `~/.kube/config`, or the pod that this runs in. */
  readonly kubeconfig?: string;
  /** A context of the kubeconfig. */
  readonly context?: string;
  /** The folder of an embedded cluster, in place of a real one. */
  readonly sandbox?: string;
  /** Where records are kept. Default: `$HELM_DRIVER`, else Secrets. */
  readonly driver?: 'secret' | 'configmap' | 'memory' | 'sql';
  /** Default: `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly log?: Log;
  readonly host?: RenderHost;
}

const SILENT: Log = { log: () => undefined };

/**
 * Connects to a cluster and its records of releases. Nothing is asked before it is used.
 *
 * @example
 * const releases = await connectReleases({ namespace: 'shop', sandbox: '/tmp/sandbox' });
 * const release = await install({ chart, values }, options, releases.context({ onEvent: console.log }));
 * await releases.close();
 */
export function connectReleases(options: ConnectOptions = {}): Promise<ReleaseWorld> {
  const { env = process.env, driver, log = SILENT, host = sharedHost() } = options;
  const settings: Settings = {
    ...readSettings(env, process.platform),
    ...(options.namespace !== undefined && { namespace: options.namespace }),
    ...(options.kubeconfig !== undefined && { kubeconfig: options.kubeconfig }),
    ...(options.context !== undefined && { kubeContext: options.context }),
    ...(options.sandbox !== undefined && { sandbox: options.sandbox }),
  };
  return openReleaseWorld({ settings, env: driver === undefined ? env : { ...env, HELM_DRIVER: driver }, log, host });
}
