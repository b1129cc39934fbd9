// SPDX-License-Identifier: Apache-2.0

import { randomFillSync } from 'node:crypto';

/** Drawn at once: one call for some 170 new traces. */
const POOL_BYTES = 4_096;
const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

/** Ids of traces and spans in lower-case hex, random: nobody can tell the next one. One per worker. */
export class TraceIds {
  readonly #pool: Buffer = Buffer.alloc(POOL_BYTES);
  #at = POOL_BYTES;

  trace(): string {
    return this.#next(TRACE_BYTES);
  }

  span(): string {
    return this.#next(SPAN_BYTES);
  }

  #next(bytes: number): string {
    if (this.#at + bytes > POOL_BYTES) {
      randomFillSync(this.#pool);
      this.#at = 0;
    }
    const id = this.#pool.toString('hex', this.#at, this.#at + bytes);
    this.#at += bytes;
    return id;
  }
}
