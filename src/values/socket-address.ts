// SPDX-License-Identifier: Apache-2.0

/** Where a socket listens or connects to: `127.0.0.1:8080`, `[::1]:8080`. `host`: an IP address or a DNS name. */
export function socketAddress(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** True for IP addresses that only this machine reaches, IPv4 ones of an IPv6 socket included. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

/** The address of a peer, without the prefix that IPv4 ones have on an IPv6 socket. */
export function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}
