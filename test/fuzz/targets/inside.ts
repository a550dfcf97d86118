import { BlockList, isIP } from 'node:net';

const BLOCKS: readonly (readonly [network: string, bits: number])[] = [
  ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'] as const),
  ...(['192.168.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '::/8', 'fc00::/7', 'fe80::/10', 'ff00::/8'] as const),
  ...(['2002:7f00::/24', '2002:a00::/24', '64:ff9b::/96', '::ffff:0:0/96'] as const),
].map((block) => {
  const [network = '', bits] = block.split('/');
  return [network, Number(bits)];
});

/** A list each: Node takes an IPv4 address for its IPv6 form, too. */
const ipv4 = new BlockList();
const ipv6 = new BlockList();
for (const [network, bits] of BLOCKS) {
  if (network.includes(':')) ipv6.addSubnet(network, bits, 'ipv6');
  else ipv4.addSubnet(network, bits, 'ipv4');
}

/** Whether a host, as WHATWG's `URL` spells it, is an address that is not on the open internet; by Node's own list. */
export function leadsInside(host: string): boolean {
  const family = isIP(host);
  if (family === 4) return ipv4.check(host, 'ipv4');
  return family === 6 && ipv6.check(host, 'ipv6');
}
