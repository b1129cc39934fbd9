// SPDX-License-Identifier: Apache-2.0

/** How endpoints of a cluster are told apart: `address:port`, `[address]:port` for IPv6. */
export function endpointKey(endpoint: { readonly address: string; readonly port: number }): string {
  const { address, port } = endpoint;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
