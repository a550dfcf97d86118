import { encodeBase64 } from '../../go/base64.ts';
import { encodeBytes } from '../../go/bytes.ts';
import { GoError } from '../../go/error.ts';
import { hostname, parseUrl, port, type Url } from '../../go/url.ts';

const PORTS: Readonly<Record<string, string>> = { http: '80', https: '443' };

/** The port that a URL leads to, said or not; `''` for other schemes than http and https. */
export function effectivePort(url: Url): string {
  return port(url) || (PORTS[url.scheme] ?? '');
}

/**
 * Scheme, host and port of a URL, in one spelling: what credentials belong to.
 *
 * @example originOf(parseUrl('HTTPS://Charts.example:443/x')) === 'https://charts.example:443'
 */
export function originOf(url: Url): string {
  return `${url.scheme}://${hostname(url).toLowerCase()}:${effectivePort(url)}`;
}

/** Whether two absolute URLs have one scheme, host and port. What is no URL has no origin in common with anything. */
export function sameOrigin(a: string, b: string): boolean {
  try {
    return originOf(parseUrl(a)) === originOf(parseUrl(b));
  } catch (error) {
    if (error instanceof GoError) return false;
    throw error;
  }
}

/** The value of an `Authorization` header with a user name and password. */
export function basicAuth(username: string, password: string): string {
  return `Basic ${encodeBase64(encodeBytes(`${username}:${password}`))}`;
}
