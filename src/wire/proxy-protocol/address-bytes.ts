// SPDX-License-Identifier: Apache-2.0

import ipaddr from 'ipaddr.js';

/** Four bytes of IPv4, or sixteen of IPv6, as text. An IPv4 address that is mapped into IPv6 is the IPv4 address. */
export function addressText(bytes: Iterable<number>): string {
  return ipaddr.process(ipaddr.fromByteArray([...bytes]).toString()).toString();
}

/** The other way round. `asIpv6`: an IPv4 address is mapped. `address` is valid. */
export function addressBytes(address: string, asIpv6: boolean): Buffer {
  const parsed = ipaddr.parse(address);
  if (asIpv6 && parsed instanceof ipaddr.IPv4) return Buffer.from(parsed.toIPv4MappedAddress().toByteArray());
  return Buffer.from(parsed.toByteArray());
}
