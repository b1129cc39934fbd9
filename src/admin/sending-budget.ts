// SPDX-License-Identifier: Apache-2.0
import type { ServerResponse } from 'node:http';

/** Of answers that their readers have not taken yet, all together: a few dumps of 10,000 routes. One alone may be larger. */
export const MAX_SENDING_BYTES = 128 * 1024 * 1024;
/** What is smaller is never refused: probes, levels, single objects. */
const LARGE_BYTES = 1024 * 1024;

/** Counts whole answers from when they are made until they are sent, or nobody is there any more; what several are given, once. */
export class SendingBudget {
  readonly #readers = new Map<Buffer, number>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number = MAX_SENDING_BYTES) {
    this.#maxBytes = maxBytes;
  }

  hasRoomFor(bytes: Buffer): boolean {
    const { length } = bytes;
    return (
      length < LARGE_BYTES || this.#bytes === 0 || this.#readers.has(bytes) || this.#bytes + length <= this.#maxBytes
    );
  }

  take(bytes: Buffer, response: ServerResponse): void {
    if (!this.#readers.has(bytes)) this.#bytes += bytes.length;
    this.#addReaders(bytes, 1);
    response.once('close', () => {
      this.#addReaders(bytes, -1);
      if (!this.#readers.has(bytes)) this.#bytes -= bytes.length;
    });
  }

  #addReaders(bytes: Buffer, more: number): void {
    const readers = (this.#readers.get(bytes) ?? 0) + more;
    if (readers === 0) this.#readers.delete(bytes);
    else this.#readers.set(bytes, readers);
  }
}
