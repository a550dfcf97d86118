import type { Access } from './access.ts';

/** Whether a chart must be signed; `later` fetches the signature and leaves checking it to the caller. */
export type VerifyStrategy = 'never' | 'if-possible' | 'always' | 'later';

/** Where a chart is, and how to get there. */
export interface ChartLocation extends Access {
  /** A version or a constraint; the newest stable one if left out. */
  readonly version?: string;
  /** The URL of the repository; the reference is then the chart's name in it. */
  readonly repo?: string;
  /** Send user name and password to other hosts than the repository's, too. */
  readonly passCredentials?: boolean;
  /** Default: `never`. */
  readonly verify?: VerifyStrategy;
  /** The file with the public keys to verify with. */
  readonly keyring?: string;
  /** Take development versions, too, where no version is given. */
  readonly devel?: boolean;
}
