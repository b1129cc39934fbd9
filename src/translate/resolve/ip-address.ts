// SPDX-License-Identifier: Apache-2.0

import ipaddr from 'ipaddr.js';

/** True for an IPv4 address in four decimal parts, and for an IPv6 address. */
export function isIpAddress(text: string): boolean {
  return isPlainIpv4(text) || ipaddr.IPv6.isValid(text);
}

/** What nearly all addresses are, of which there are thousands: told without a regular expression, which makes objects. */
function isPlainIpv4(text: string): boolean {
  let [parts, value, digits] = [1, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) {
      if (digits > 0 && value === 0) return false;
      value = value * 10 + digit;
      digits += 1;
      if (value > 255) return false;
    } else {
      if (text[at] !== '.' || digits === 0) return false;
      parts += 1;
      value = 0;
      digits = 0;
    }
  }
  return parts === 4 && digits > 0;
}

const ZERO = 0x30;
