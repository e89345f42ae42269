import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/**
 * Addresses that are not the public internet's, after the special-purpose registries of IANA (RFC 6890 and its updates): this machine,
 * private and shared networks, link-local with the metadata services of the clouds, multicast, reserved. Also the IPv6 forms that carry
 * an IPv4 address, which would be a way round the rest.
 */
const INWARD = new BlockList();
for (const [address, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['168.63.129.16', 32], // Azure's WireServer, on every hosted runner
] as const) {
  INWARD.addSubnet(address, prefix, 'ipv4');
}
for (const [address, prefix] of [
  ['::', 96], // unspecified, loopback, and the deprecated IPv4-compatible form
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
] as const) {
  INWARD.addSubnet(address, prefix, 'ipv6');
}

/** True when the address leads to the public internet and not back to this machine or its neighbours. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 0) return false;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/iu.exec(address)?.[1];
  if (mapped !== undefined) return isPublicAddress(mapped);
  if (INWARD.check(address, family === 6 ? 'ipv6' : 'ipv4')) return false;
  return !Object.values(networkInterfaces()).some((list) => list?.some((own) => own.address === address));
}
