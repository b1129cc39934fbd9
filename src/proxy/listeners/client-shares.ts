// SPDX-License-Identifier: Apache-2.0

/** Once this share of all places is taken … */
const CROWDED = 3 / 4;
/** … a client that has this share gets no more: all others find the rest. */
const CLIENT_SHARE = 1 / 4;

/** Stands for a client while it has places. */
interface Share {
  places: number;
}

/** How many places each client has, where clients are told apart by their addresses. O(1) each. */
export class ClientShares {
  readonly #crowded: number;
  readonly #share: number;
  readonly #taken = new Map<string, Share>();

  /** `max`: of all places. */
  constructor(max: number) {
    this.#crowded = max * CROWDED;
    this.#share = max * CLIENT_SHARE;
  }

  /** Whether `client` has to leave what is free to others. `open`: places that are taken. */
  isSpent(client: string, open: number): boolean {
    return open >= this.#crowded && (this.#taken.get(client)?.places ?? 0) >= this.#share;
  }

  /** The same one for all connections of `client`; null: it has none. */
  of(client: string): object | null {
    return this.#taken.get(client) ?? null;
  }

  take(client: string): void {
    const share = this.#taken.get(client);
    if (share === undefined) this.#taken.set(client, { places: 1 });
    else share.places += 1;
  }

  /** Once for each `take`. */
  giveBack(client: string): void {
    const share = this.#taken.get(client);
    if (share === undefined) return;
    share.places -= 1;
    if (share.places === 0) this.#taken.delete(client);
  }
}
