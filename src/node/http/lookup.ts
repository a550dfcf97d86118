/** Names to addresses, by rules: what is checked here is what is connected to. */
import { getServers, type LookupAddress, lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { PintleError } from '../../errors.ts';
import { isOddAddress, isPublicAddress, privateAddressText } from '../../sources/http/address.ts';

/**
 * The `lookup` of a connection: asks the system once, and gives out all addresses or, where only public ones are
 * allowed and any is not, none. `resolve` is the system's, but in tests.
 */
export function lookupFor(policy: 'any' | 'public', resolve: typeof lookup = lookup): LookupFunction {
  return (host, options, callback) => {
    const fail = (error: Error): void => callback(error, [], undefined);
    // Go takes these for names that nobody has; the system's resolver would take them for addresses.
    if (isOddAddress(host)) return fail(lookupFault(host, 'no such host'));
    resolve(host, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return fail(lookupFault(host, reasonOf(error), error));
      const stranger = policy === 'public' && addresses.find(({ address }) => !isPublicAddress(address));
      if (stranger) return fail(new PintleError('NETWORK_REFUSED', privateAddressText(host, stranger.address)));
      give(addresses, options.all === true, callback);
    });
  };
}

function give(addresses: LookupAddress[], all: boolean, callback: Parameters<LookupFunction>[2]): void {
  const [first] = addresses;
  if (all || first === undefined) callback(null, addresses);
  else callback(null, first.address, first.family);
}

/** Why a name has no address. */
export function reasonOf({ code }: { readonly code?: string | undefined }): string {
  return code === 'ENOTFOUND' ? 'no such host' : 'server misbehaving';
}

/** Go: net.DNSError; the server is named where it was asked. */
export function lookupFault(host: string, reason: string, cause?: Error): PintleError {
  const [server] = isDomainName(host) ? getServers() : [];
  const asked = server === undefined ? '' : ` on ${/:.*:|^\[/.test(server) ? bracketed(server) : withPort(server)}`;
  return new PintleError('NETWORK_FAILED', `dial tcp: lookup ${host}${asked}: ${reason}`, { cause });
}

function withPort(server: string): string {
  return server.includes(':') ? server : `${server}:53`;
}

function bracketed(server: string): string {
  return server.startsWith('[') ? (server.endsWith(']') ? `${server}:53` : server) : `[${server}]:53`;
}

/** Go: net isDomainName */
function isDomainName(name: string): boolean {
  const bare = name.endsWith('.') ? name.slice(0, -1) : name;
  if (bare.length > 253 || !/[A-Za-z_-]/.test(bare)) return false;
  return bare
    .split('.')
    .every((label) => label.length <= 63 && /^[A-Za-z0-9_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?$/.test(label));
}
