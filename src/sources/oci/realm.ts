/**
 * Where credentials may go. A registry names the server that makes its tokens, and a hostile one names any: a
 * metadata service of the cloud, a neighbour in the network, a stranger who collects passwords.
 * Go: oras-go registry/remote/auth/client.go validateRealm; the rules for names and for strangers are Pintle's own.
 */
import { PintleError } from '../../errors.ts';
import { ipBytes } from '../../go/ip-bytes.ts';
import { quote } from '../../go/quote.ts';
import { hostname, parseUrl, type Url } from '../../go/url.ts';
import { isPrivateHost } from '../http/address.ts';

/** The variable that lists token servers to trust. */
export const TRUSTED_HOSTS_VARIABLE = 'PINTLE_TRUSTED_TOKEN_HOSTS';

export interface Realm {
  readonly url: string;
  /** Whether the registry's own credentials may be sent there. */
  readonly trusted: boolean;
  readonly host: string;
  /** Which addresses the name may stand for. */
  readonly addresses: 'any' | 'public';
}

/**
 * Judges the realm of a challenge.
 *
 * @param trustedHosts hosts that may have credentials wherever they are
 * @throws PintleError NETWORK_REFUSED with oras' text where it has one
 */
export function checkRealm(realm: string, registryUrl: string, trustedHosts: readonly string[]): Realm {
  const registry = parseUrl(registryUrl);
  let url: Url;
  try {
    url = parseUrl(realm);
  } catch (error) {
    throw refused(`failed to parse bearer realm ${quote(realm)}: ${(error as Error).message}`);
  }
  if (url.scheme === 'http' && registry.scheme === 'https') {
    throw refused(`bearer realm ${quote(realm)} uses http but registry was contacted over https`);
  }
  if (url.scheme !== 'http' && url.scheme !== 'https') {
    throw refused(`bearer realm ${quote(realm)} uses unsupported scheme ${quote(url.scheme)}`);
  }
  if (url.user !== undefined) throw refused(`bearer realm ${quote(realm)} has a user name in it`);
  const host = plainHost(realm, url);
  const own = host === plainHost(registryUrl, registry);
  const listed = trustedHosts.includes(host);
  if (!own && !listed && (isInside(host) || isInside(hostname(url)))) {
    throw refused(
      `bearer realm host ${quote(hostname(url))} is a loopback, link-local, private, or unspecified address`,
    );
  }
  return {
    url: realm,
    host,
    trusted: own || listed || isSameOwner(host, plainHost(registryUrl, registry)),
    addresses: own || listed ? 'any' : 'public',
  };
}

function refused(text: string): PintleError {
  return new PintleError('NETWORK_REFUSED', text, {
    hint: `if that is the registry's token server, set ${TRUSTED_HOSTS_VARIABLE} to its host`,
    data: { setting: TRUSTED_HOSTS_VARIABLE },
  });
}

/** The host as whoever connects understands it: `0x7f.1` is 127.0.0.1, and a dot at the end is nothing. */
function plainHost(text: string, url: Url): string {
  try {
    return new URL(text).hostname
      .replace(/^\[(.*)\]$/, '$1')
      .replace(/\.+$/, '')
      .toLowerCase();
  } catch {
    throw refused(`invalid host ${quote(hostname(url))}`);
  }
}

/** Whether a host is by its text alone one that only this machine or this network can reach. */
function isInside(host: string): boolean {
  return isPrivateHost(host) || /\.(?:internal|local)$/.test(host);
}

/**
 * Domains under which every name belongs to somebody else. Names of two short parts (`co.uk`) are taken for such
 * without being listed.
 */
const SHARED = new Set(
  `amazonaws.com appspot.com azure-api.net azurecr.cn azurecr.io azurecr.us azureedge.net azurefd.net azurewebsites.net
  blogspot.com cloudapp.net cloudflare.net cloudfront.net cloudfunctions.net deno.dev digitaloceanspaces.com dyndns.org
  firebaseapp.com fly.dev gitea.cloud github.io githubusercontent.com gitlab.io glitch.me googleapis.com gitpod.io
  herokuapp.com hf.space jfrog.io koyeb.app linodeobjects.com mybluemix.net myhuaweicloud.com netlify.app ngrok.app
  ngrok.dev ngrok.io ngrok-free.app ngrok-free.dev nip.io onrender.com oraclecloud.com oaiusercontent.com pages.dev pkg.dev
  r2.dev railway.app rancher.io repl.co replit.app replit.dev run.app scw.cloud sslip.io supabase.co surge.sh
  trafficmanager.net trycloudflare.com up.railway.app vercel.app web.app windows.net workers.dev xip.io`.split(/\s+/),
);

/** Whether two hosts have the same registrable domain, as far as that can be said without a list of all suffixes. */
export function isSameOwner(a: string, b: string): boolean {
  if (a === b) return true;
  const domain = registrable(a);
  return domain !== undefined && domain === registrable(b);
}

function registrable(host: string): string | undefined {
  if (ipBytes(host) !== undefined) return undefined;
  const labels = host.split('.');
  const [second = '', top = ''] = labels.slice(-2);
  if (labels.length < 2) return undefined;
  const suffix = `${second}.${top}`;
  if (SHARED.has(suffix)) return undefined;
  // Second-level registries of countries: co.uk, com.au, gov.br, and all that look like them.
  const wide = top.length === 2 && (second.length <= 3 || ['gouv', 'gove', 'asso', 'info'].includes(second));
  if (!wide) return suffix;
  return labels.length < 3 ? undefined : `${labels.at(-3)}.${suffix}`;
}

/** The refusal to send credentials to a stranger. */
export function strangerError(host: string, registry: string): PintleError {
  return new PintleError(
    'AUTH_FAILED',
    `registry ${registry} wants its credentials sent to another host, ${host}: refused`,
    {
      hint: `if ${host} is the token server of ${registry}, set ${TRUSTED_HOSTS_VARIABLE}=${host}`,
      data: { host, registry, setting: TRUSTED_HOSTS_VARIABLE },
    },
  );
}
