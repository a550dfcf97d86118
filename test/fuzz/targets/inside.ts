import { BlockList, isIP } from 'node:net';

const BLOCKS: readonly (readonly [network: string, bits: number])[] = [
  ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'] as const),
  ...(['192.168.0.0/16', '224.0.0.0/4', '240.0.0.0/4', '::/8', 'fc00::/7', 'fe80::/10', 'ff00::/8'] as const),
  ...(['2002:7f00::/24', '2002:a00::/24', '64:ff9b::/96', '::ffff:0:0/96'] as const),
].map((block) => {
  const [network = '', bits] = block.split('/');
  return [network, Number(bits)];
});

const inside = new BlockList();
for (const [network, bits] of BLOCKS) inside.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4');

/** Whether a host, as WHATWG's `URL` spells it, is an address that is not on the open internet; by Node's own list. */
export function leadsInside(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && inside.check(host, family === 4 ? 'ipv4' : 'ipv6');
}
