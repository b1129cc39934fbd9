// SPDX-License-Identifier: Apache-2.0

/**
 * Of a worker, on all its ports. One takes 76 KiB until it is done, mostly OpenSSL's own, which the memory budget does not see and the allocator keeps. A
 * worker begins 1,000 to 4,000 a second: the client that is given up had a second or more for its answer.
 */
const MAX_UNFINISHED_HANDSHAKES = 4_096;

/** What is kept of a handshake. */
export interface Unfinished {
  /** Ends it: others need its place. */
  giveUp(): void;
}

/** Handshakes that wait for their clients: the one that waits longest goes when there are too many. */
export class UnfinishedHandshakes {
  readonly #onFull: () => void;
  readonly #max: number;
  readonly #begun = new Set<Unfinished>();

  /** `onFull`: one is given up. */
  constructor(onFull: () => void, max = MAX_UNFINISHED_HANDSHAKES) {
    this.#onFull = onFull;
    this.#max = max;
  }

  add(handshake: Unfinished): void {
    if (this.#begun.size >= this.#max) this.#giveUpOldest();
    this.#begun.add(handshake);
  }

  /** It is done or gone. No effect on one that was given up. */
  remove(handshake: Unfinished): void {
    this.#begun.delete(handshake);
  }

  #giveUpOldest(): void {
    for (const oldest of this.#begun) {
      this.#begun.delete(oldest);
      this.#onFull();
      oldest.giveUp();
      return;
    }
  }
}
