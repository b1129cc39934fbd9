// SPDX-License-Identifier: Apache-2.0

/**
 * True for an IPv4 or IPv6 address as an API server takes it (Go's parser, in the lenient form that Kubernetes keeps):
 * leading zeros are allowed in IPv4, zones are not allowed in IPv6.
 */
export function isIpAddress(value: string): boolean {
  return value.includes(':') ? isIpv6(value) : isIpv4(value);
}

function isIpv4(value: string): boolean {
  const parts = value.split('.');
  return parts.length === 4 && parts.every(part => /^[0-9]+$/.test(part) && Number(part) <= 255);
}

function isIpv6(value: string): boolean {
  const halves = value.split('::');
  if (halves.length > 2) return false;
  const [left = '', right] = halves;
  const groups = [...countGroups(left, right === undefined), ...(right === undefined ? [] : countGroups(right, true))];
  if (groups.includes(0)) return false;
  const total = groups.reduce((sum, size) => sum + size, 0);
  return right === undefined ? total === 8 : total <= 7;
}

/** True for an IPv4 address without leading zeros (Go's netip, which CEL's isIP is). */
export function isCanonicalIpv4(value: string): boolean {
  return isIpv4(value) && value.split('.').every(part => part === '0' || !part.startsWith('0'));
}

/** The number of 16-bit groups of each part between colons; 0 for a part that is none. */
function countGroups(text: string, mayEndInIpv4: boolean): number[] {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.map((part, index) => {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) return 1;
    return mayEndInIpv4 && index === parts.length - 1 && isIpv4(part) ? 2 : 0;
  });
}
