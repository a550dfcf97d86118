import { PintleError } from '../../errors.ts';
import { GoError } from '../../go/error.ts';
import { quote } from '../../go/quote.ts';
import { parseUrl, type Url } from '../../go/url.ts';
import { resolveReference } from '../../go/url-resolve.ts';
import { requestFault, shownUrl } from './fault.ts';
import { originOf } from './origin.ts';

/** As many requests as one may lead to. Go: http defaultCheckRedirect */
const MAX_REQUESTS = 10;

/** One request on the way to the answer. */
export interface Hop {
  readonly method: string;
  readonly url: Url;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly authorization?: string | undefined;
  readonly body?: Uint8Array | undefined;
}

/** What a server's word to go elsewhere leaves of a request; a stranger is told what it takes to answer, no more. */
const SAFE_HEADERS = /^(?:accept|accept-encoding|user-agent|range|if-.*)$/;

/**
 * The request that an answer leads to; nothing where the answer is no redirect that can be followed.
 *
 * On the way to another scheme, host or port everything that was meant for the first server stays behind:
 * authorization (but with `passCredentials`), cookies, other headers, and the body.
 *
 * @throws PintleError for too many hops, an unusable Location, a way from https to http, and a body that would have to
 * go to a stranger.
 */
export function nextHop(
  hop: Hop,
  sent: number,
  answer: { readonly status: number; readonly headers: ReadonlyMap<string, string> },
  passCredentials: boolean,
): Hop | undefined {
  const location = answer.headers.get('location');
  if (![301, 302, 303, 307, 308].includes(answer.status) || location === undefined || location === '') return undefined;
  const url = resolve(hop, location);
  if (sent >= MAX_REQUESTS) {
    throw requestFault('NETWORK_FAILED', hop.method, location, `stopped after ${MAX_REQUESTS} redirects`);
  }
  if (hop.url.scheme === 'https' && url.scheme === 'http') {
    throw requestFault(
      'NETWORK_REFUSED',
      hop.method,
      shownUrl(url),
      'refusing to follow a redirect from https to http',
      {
        hint: `${shownUrl(hop.url)} redirects there; use the address of a server that stays on https`,
      },
    );
  }
  // Go: http redirectBehavior
  const keeps = answer.status === 307 || answer.status === 308;
  const method = keeps || hop.method === 'HEAD' ? hop.method : 'GET';
  const body = keeps ? hop.body : undefined;
  const headers = keeps ? hop.headers : withoutBody(hop.headers);
  if (originOf(url) === originOf(hop.url)) return { ...hop, method, url, headers, body };
  if (body !== undefined) {
    throw requestFault(
      'NETWORK_REFUSED',
      hop.method,
      shownUrl(url),
      'refusing to send the request body to another server',
      {
        hint: `${shownUrl(hop.url)} redirects there`,
      },
    );
  }
  return {
    method,
    url,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => SAFE_HEADERS.test(name))),
    authorization: passCredentials ? hop.authorization : undefined,
  };
}

function withoutBody(headers: Hop['headers']): Hop['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('content-')));
}

/** Go: http Client.do, which resolves `Location`. */
function resolve(hop: Hop, location: string): Url {
  let url: Url;
  try {
    url = resolveReference(hop.url, parseUrl(location));
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    const reason = `failed to parse Location header ${quote(location)}: ${error.message}`;
    throw requestFault('NETWORK_FAILED', hop.method, shownUrl(hop.url), reason, { cause: error });
  }
  // Go keeps the fragment of where one comes from.
  return url.fragment === '' && hop.url.fragment !== ''
    ? { ...url, fragment: hop.url.fragment, ...(hop.url.rawFragment ? { rawFragment: hop.url.rawFragment } : {}) }
    : url;
}

/** Refuses what no transport can send to. Go: http Transport.roundTrip */
export function checkTarget({ method, url }: Hop): void {
  let reason: string | undefined;
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    reason = `unsupported protocol scheme ${quote(url.scheme)}`;
  } else if (url.host === '') {
    reason = 'http: no Host in request URL';
  }
  if (reason !== undefined) throw requestFault('NETWORK_FAILED', method, shownUrl(url), reason);
}

/** An absolute URL, for a new request. Go: http.NewRequest */
export function parseTarget(text: string): Url {
  try {
    return parseUrl(text);
  } catch (error) {
    if (!(error instanceof GoError)) throw error;
    throw new PintleError('NETWORK_FAILED', error.message, { cause: error, data: { url: text } });
  }
}
