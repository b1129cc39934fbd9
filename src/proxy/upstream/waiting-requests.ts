// SPDX-License-Identifier: Apache-2.0

import type { UpstreamRequest } from './upstream-request.ts';
import type { WaitingRequest } from './waiting-line.ts';

/** A client with so many in the line is refused at once when it is full: sixteen of them fill it, and nobody is looked for. */
const FAIR_SHARE = 64;

/** All requests of a cluster that wait, and how many of them each client has. */
export class WaitingRequests {
  readonly #byRequest = new Map<UpstreamRequest, WaitingRequest>();
  readonly #byClient = new Map<object | null, number>();

  get size(): number {
    return this.#byRequest.size;
  }

  get(request: UpstreamRequest): WaitingRequest | undefined {
    return this.#byRequest.get(request);
  }

  add(waiting: WaitingRequest): void {
    const { client } = waiting.request;
    if (!this.#byRequest.has(waiting.request)) this.#byClient.set(client, this.#countOf(client) + 1);
    this.#byRequest.set(waiting.request, waiting);
  }

  /** False: it did not wait. */
  delete(waiting: WaitingRequest): boolean {
    if (!this.#byRequest.delete(waiting.request)) return false;
    const { client } = waiting.request;
    const left = this.#countOf(client) - 1;
    if (left > 0) this.#byClient.set(client, left);
    else this.#byClient.delete(client);
    return true;
  }

  /**
   * The line is full: who gives way to a request of `client`. It is the newest one of the client that has most in the line, if that
   * is more than `client` would have then; null: nobody. O(waiting requests).
   */
  givingWayTo(client: object | null): WaitingRequest | null {
    const own = this.#countOf(client);
    if (own >= FAIR_SHARE) return null;
    let most = own + 1;
    let heaviest: object | null | undefined;
    for (const [other, count] of this.#byClient) {
      if (count <= most) continue;
      most = count;
      heaviest = other;
    }
    if (heaviest === undefined) return null;
    let newest: WaitingRequest | null = null;
    for (const waiting of this.#byRequest.values()) if (waiting.request.client === heaviest) newest = waiting;
    return newest;
  }

  #countOf(client: object | null): number {
    return this.#byClient.get(client) ?? 0;
  }
}
