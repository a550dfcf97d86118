import type { Sink } from './process.ts';

/** What a getter is told besides the URL. */
export interface PluginGetterOptions {
  readonly url?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly username?: string;
  readonly password?: string;
  readonly passCredentials?: boolean;
  readonly insecureSkipTlsVerify?: boolean;
  readonly plainHttp?: boolean;
  readonly accept?: string;
  readonly version?: string;
  readonly untar?: boolean;
  readonly userAgent?: string;
  readonly maxBytes?: number;
  /** In milliseconds. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Where what the plugin says on stderr goes; this process's own if left out. */
  readonly stderr?: Sink;
}
