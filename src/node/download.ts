/** From a chart's reference to its bytes. Go: helm pkg/downloader/chart_downloader.go, pkg/action/install.go */

import { PintleError } from '../errors.ts';
import type { Verification } from '../provenance/verify.ts';
import type { World } from './world.ts';

/** Whether a chart must be signed; `later` fetches the signature and leaves checking it to the caller. */
export type VerifyStrategy = 'never' | 'if-possible' | 'always' | 'later';

/** Where a chart is, and how to get there. */
export interface ChartLocation {
  /** A version or a constraint; the newest stable one if left out. */
  readonly version?: string;
  /** The URL of the repository; the reference is then the chart's name in it. */
  readonly repo?: string;
  readonly username?: string;
  readonly password?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly plainHttp?: boolean;
  /** Send user name and password to other hosts than the repository's, too. */
  readonly passCredentials?: boolean;
  /** Default: `never`. */
  readonly verify?: VerifyStrategy;
  /** The file with the public keys to verify with. */
  readonly keyring?: string;
  /** Take development versions, too, where no version is given. */
  readonly devel?: boolean;
}

/** A chart that came from elsewhere, and is in the content cache now. */
export interface Downloaded {
  readonly bytes: Uint8Array;
  /** Where it is in the content cache. */
  readonly path: string;
  /** What to call it on disk: `NAME-VERSION.tgz`. */
  readonly fileName: string;
  /** `sha256:…` of the bytes. */
  readonly digest: string;
  readonly provenance?: Uint8Array;
  readonly verification?: Verification;
  /** The URL that it came from. */
  readonly source: string;
}

/**
 * Fetches a chart that is not a path: `repo/chart` of a repository that was added, a URL, an `oci://` reference, or
 * a name in `location.repo`. What is in the content cache already is not fetched again.
 *
 * @throws PintleError with Helm's text
 */
export async function downloadChart(reference: string, location: ChartLocation, world: World): Promise<Downloaded> {
  throw new PintleError('NOT_SUPPORTED', `cannot fetch ${reference}`, { data: { location, world } });
}
