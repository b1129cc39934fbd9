// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';

/** Of answers that their readers have not taken yet, all together: a few dumps of 10,000 routes. One alone may be larger. */
export const MAX_SENDING_BYTES = 128 * 1024 * 1024;
/** What is smaller is never refused: probes, levels, single objects. */
const LARGE_BYTES = 1024 * 1024;

/** Counts whole answers from when they are made until they are sent, or nobody is there any more. */
export class SendingBudget {
  #bytes = 0;

  hasRoomFor(length: number): boolean {
    return length < LARGE_BYTES || this.#bytes === 0 || this.#bytes + length <= MAX_SENDING_BYTES;
  }

  take(length: number, response: ServerResponse): void {
    this.#bytes += length;
    response.once('close', () => {
      this.#bytes -= length;
    });
  }
}
