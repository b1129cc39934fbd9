// SPDX-License-Identifier: Apache-2.0

import { socketAddress } from '../../values/index.ts';

/** How endpoints of a cluster are told apart: `address:port`, `[address]:port` for IPv6. */
export function endpointKey(endpoint: { readonly address: string; readonly port: number }): string {
  return socketAddress(endpoint.address, endpoint.port);
}
