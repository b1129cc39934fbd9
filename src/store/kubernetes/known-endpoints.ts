// SPDX-License-Identifier: Apache-2.0

import type { EndpointSlice } from '../../resources/index.ts';

type Endpoint = EndpointSlice['endpoints'][number];

/** So few are looked through sooner than a map is made of them for the one that is new. */
const FEW = 32;

/** Endpoints of a slice as it was, found by their first address. Most are asked for in their order, or all have moved by one place. */
export class KnownEndpoints {
  readonly #endpoints: readonly Endpoint[];
  #next = 0;
  #byAddress: Map<string | undefined, Endpoint> | null = null;

  constructor(endpoints: readonly Endpoint[]) {
    this.#endpoints = endpoints;
  }

  of(address: string | undefined): Endpoint | undefined {
    for (let at = this.#next; at < this.#next + 2; at += 1) {
      const endpoint = this.#endpoints[at];
      if (endpoint === undefined || endpoint.addresses[0] !== address) continue;
      this.#next = at + 1;
      return endpoint;
    }
    if (this.#endpoints.length <= FEW) return this.#endpoints.find(({ addresses }) => addresses[0] === address);
    this.#byAddress ??= new Map(this.#endpoints.map(endpoint => [endpoint.addresses[0], endpoint]));
    return this.#byAddress.get(address);
  }
}
