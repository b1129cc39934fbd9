// SPDX-License-Identifier: Apache-2.0

import { type BodyMemory, BodyQueue, type CopyPages } from '../io/index.ts';

/** Kept for a retry at most; a request that has sent more is not tried again. */
export const MAX_REPLAY_BYTES = 65_536;
/** A first slice up to this is copied beside others': `EXCHANGE_BYTES` covers it. */
const SMALL_COPY_BYTES = 2048;

/**
 * What was sent of a request's body and may have to be sent again, to another endpoint: a small first slice, which is the whole body
 * of a usual call, then the rest. It stays until the answer begins.
 */
export class Replay {
  /** Memory that `EXCHANGE_BYTES` does not cover. */
  cost = 0;
  readonly #pages: CopyPages;
  readonly #chunk: Buffer;
  readonly #start: number;
  readonly #end: number;
  #rest: BodyQueue | null = null;

  /** Begins with a slice. */
  constructor({ copies, pages }: BodyMemory, chunk: Buffer, start: number, end: number) {
    this.#pages = pages;
    const isSmall = end - start <= SMALL_COPY_BYTES;
    this.#start = isSmall ? copies.add(chunk, start, end) : 0;
    this.#end = isSmall ? this.#start + end - start : 0;
    this.#chunk = copies.chunk;
    if (!isSmall) this.keep(chunk, start, end);
  }

  get bytes(): number {
    return this.#end - this.#start + (this.#rest === null ? 0 : this.#rest.bytes);
  }

  /** Adds a further slice. */
  keep(chunk: Buffer, start: number, end: number): void {
    this.#rest ??= new BodyQueue(this.#pages);
    const before = this.#rest.cost;
    this.#rest.push(chunk, start, end);
    this.cost += this.#rest.cost - before;
  }

  /** Gives all of it away; not to be used any more. */
  toQueue(): BodyQueue {
    const queue = new BodyQueue(this.#pages);
    queue.push(this.#chunk, this.#start, this.#end);
    if (this.#rest !== null) queue.append(this.#rest);
    return queue;
  }

  /** Lets go of all of it; not to be used any more. */
  drop(): void {
    this.#rest?.clear();
  }
}
