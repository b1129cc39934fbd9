// SPDX-License-Identifier: Apache-2.0

import type { Random } from '../../time/index.ts';

/** The first pause after a failure; each further one is twice as long. */
const FIRST_DELAY_MS = 500;
/** A server that comes back is found within this; all that ask share it, so that they do not come at once. */
const LONGEST_DELAY_MS = 15_000;
/** A server asks for seconds. What stands before it may ask for hours, and is well again sooner. */
const MAX_ASKED_MS = 60_000;

/** How long to wait before something is tried again. */
export class RetryDelay {
  readonly #random: Random;
  #failures = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  /** After a failure: what the server asked for if it did, up to MAX_ASKED_MS, else longer each time, with as much chance as certainty. */
  next(askedMs: number | null): number {
    const wantedMs = Math.min(FIRST_DELAY_MS * 2 ** Math.min(this.#failures, 10), LONGEST_DELAY_MS);
    this.#failures++;
    return Math.max(Math.min(askedMs ?? 0, MAX_ASKED_MS), wantedMs * (0.5 + this.#random() / 2));
  }

  /** It works again. */
  reset(): void {
    this.#failures = 0;
  }
}
