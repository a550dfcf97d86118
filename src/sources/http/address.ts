/** Which addresses are on the open internet, and which lead into the house. */
import { ipBytes } from '../../go/ip-bytes.ts';

/** IPv4 blocks that are no public addresses: IANA's special-purpose registry, multicast, and what is reserved. */
const PRIVATE_IPV4: readonly (readonly [network: string, bits: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];

/** Blocks within the global unicast addresses 2000::/3 that are not public: protocols, documentation, 6to4. */
const PRIVATE_IPV6: readonly (readonly [network: string, bits: number])[] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

function inBlock(address: Uint8Array, [network, bits]: readonly [string, number]): boolean {
  const base = ipBytes(network) as Uint8Array;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (address[i] !== base[i]) return false;
  const mask = (0xff << (8 - (bits & 7))) & 0xff;
  return ((address[whole] ?? 0) & mask) === ((base[whole] ?? 0) & mask);
}

/**
 * Whether an address, as text, is on the open internet. An IPv4 address in IPv6 clothes is not: no server has one.
 *
 * @example isPublicAddress('169.254.169.254') === false
 */
export function isPublicAddress(text: string): boolean {
  const zone = text.indexOf('%');
  const bare = zone < 0 ? text : text.slice(0, zone);
  const bytes = ipBytes(bare);
  if (bytes === undefined) return false;
  if (bytes.length === 4) return !bare.includes(':') && !PRIVATE_IPV4.some((block) => inBlock(bytes, block));
  if (((bytes[0] as number) & 0xe0) !== 0x20) return false;
  return !PRIVATE_IPV6.some((block) => inBlock(bytes, block));
}

/**
 * Whether a host that is no plain address is read as one by some resolvers: inet_aton takes one to four numbers,
 * decimal, octal or hexadecimal. Go takes them for names, and finds none.
 *
 * @example isOddAddress('0x7f000001') && isOddAddress('127.1') && isOddAddress('2130706433')
 */
export function isOddAddress(host: string): boolean {
  const bare = host.endsWith('.') ? host.slice(0, -1) : host;
  const parts = bare.split('.', 5);
  if (parts.length > 4 || !parts.every((part) => /^(?:0[xX][0-9a-fA-F]*|[0-9]+)$/.test(part))) return false;
  return bare !== host || ipBytes(host) === undefined;
}

const LOCAL_NAMES = /^(?:.*\.)?(?:localhost|localdomain|ip6-localhost|ip6-loopback)\.?$/i;

/** Whether `host` (no port, no brackets) names this machine or a private network by itself, without asking anyone. */
export function isPrivateHost(host: string): boolean {
  if (host === '' || LOCAL_NAMES.test(host) || isOddAddress(host)) return true;
  return (ipBytes(host) !== undefined || host.includes(':')) && !isPublicAddress(host);
}

/** What is said to a request that may go to public addresses only. */
export function privateAddressText(host: string, address?: string): string {
  const where = address === undefined || address === host ? host : `${host} (${address})`;
  return `refusing to connect to ${where}: not a public address`;
}
