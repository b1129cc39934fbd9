// SPDX-License-Identifier: Apache-2.0

/** Once this share of all places is taken … */
const CROWDED = 3 / 4;
/** … a client that has this share gets no more: all others find the rest. */
const CLIENT_SHARE = 1 / 4;

/** How many places each client has, where clients are told apart by their addresses. O(1) each. */
export class ClientShares {
  readonly #crowded: number;
  readonly #share: number;
  readonly #taken = new Map<string, number>();

  /** `max`: of all places. */
  constructor(max: number) {
    this.#crowded = max * CROWDED;
    this.#share = max * CLIENT_SHARE;
  }

  /** Whether `client` has to leave what is free to others. `open`: places that are taken. */
  isSpent(client: string, open: number): boolean {
    return open >= this.#crowded && this.countOf(client) >= this.#share;
  }

  countOf(client: string): number {
    return this.#taken.get(client) ?? 0;
  }

  take(client: string): void {
    this.#taken.set(client, this.countOf(client) + 1);
  }

  /** Once for each `take`. */
  giveBack(client: string): void {
    const left = this.countOf(client) - 1;
    if (left > 0) this.#taken.set(client, left);
    else this.#taken.delete(client);
  }
}
