// SPDX-License-Identifier: Apache-2.0

import ipaddr from 'ipaddr.js';

/** The longest DNS name, with its trailing dot. */
const MAX_HOST_LENGTH = 254;
const MAX_PORT = 65_535;
/** Labels of letters, digits, `-` and `_`; a trailing dot is the same name. */
const NAME = /^(?:[a-z0-9_-]+\.)*[a-z0-9_-]+\.?$/i;
const PORT = /^:\d{0,5}$/;

/**
 * True for a `host` or `host:port` that a request may name: a DNS name (underscores as in service names, a trailing dot),
 * an IPv4 address, or an IPv6 address in brackets; the port at most 65535, or empty after its colon (RFC 3986 §3.2).
 *
 * Stricter than the RFC's `reg-name`: no percent-encoding, no `* , ; ' ( )` and the like, no empty labels. No DNS name has
 * them, and another server might read another host out of them than the one that was routed by.
 */
export function isAuthority(text: string): boolean {
  const end = endOfHost(text);
  const host = text.slice(0, end);
  return (end === text.length || isPort(text.slice(end))) && (host.startsWith('[') ? isIpv6(host) : isName(host));
}

/** True when both name the same host and port: case, and the port that `scheme` has anyway, make no difference (RFC 9113 §8.3.1). */
export function isSameAuthority(a: string, b: string, scheme: string | undefined): boolean {
  return a === b || normalized(a, scheme) === normalized(b, scheme);
}

function endOfHost(text: string): number {
  const end = text.startsWith('[') ? text.indexOf(']') + 1 : text.indexOf(':');
  return end > 0 ? end : text.length;
}

function isName(host: string): boolean {
  return host.length <= MAX_HOST_LENGTH && NAME.test(host);
}

function isIpv6(host: string): boolean {
  const address = host.slice(1, -1);
  return host.endsWith(']') && /^[0-9a-f:.]{2,45}$/i.test(address) && ipaddr.IPv6.isValid(address);
}

function isPort(text: string): boolean {
  return PORT.test(text) && Number(text.slice(1)) <= MAX_PORT;
}

function normalized(authority: string, scheme: string | undefined): string {
  const end = endOfHost(authority);
  const port = authority.slice(end + 1);
  const isDefault = port === '' || port === (scheme === 'https' ? '443' : '80');
  return (isDefault ? authority.slice(0, end) : authority).toLowerCase();
}
