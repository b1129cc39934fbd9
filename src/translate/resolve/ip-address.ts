// SPDX-License-Identifier: Apache-2.0

import ipaddr from 'ipaddr.js';

/** True for an IPv4 address in four decimal parts, and for an IPv6 address. */
export function isIpAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}
