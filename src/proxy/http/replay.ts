// SPDX-License-Identifier: Apache-2.0

import { BodyQueue, type SmallCopies } from '../io/index.ts';

/** Kept for a retry at most; a request that has sent more is not tried again. */
export const MAX_REPLAY_BYTES = 65_536;
/** A first slice up to this is copied beside others': `EXCHANGE_BYTES` covers it. */
const SMALL_COPY_BYTES = 2048;

/** What was sent of a request's body and may have to be sent again, to another endpoint: a first slice, then the rest. */
export class Replay {
  /** Memory that `EXCHANGE_BYTES` does not cover. */
  cost = 0;
  #chunk: Buffer;
  #start: number;
  #end: number;
  #rest: BodyQueue | null = null;

  /** Begins with a slice: the whole body of a usual call. It stays until the answer begins. */
  constructor(copies: SmallCopies, chunk: Buffer, start: number, end: number) {
    const length = end - start;
    if (length <= SMALL_COPY_BYTES) {
      this.#start = copies.add(chunk, start, end);
      this.#end = this.#start + length;
      this.#chunk = copies.chunk;
    } else {
      const queue = new BodyQueue();
      queue.push(chunk, start, end);
      this.#chunk = queue.chunk;
      this.#start = queue.start;
      this.#end = queue.end;
      this.cost = queue.cost;
    }
  }

  get bytes(): number {
    return this.#end - this.#start + (this.#rest === null ? 0 : this.#rest.bytes);
  }

  /** Adds a further slice. */
  keep(chunk: Buffer, start: number, end: number): void {
    this.#rest ??= new BodyQueue();
    const before = this.#rest.cost;
    this.#rest.push(chunk, start, end);
    this.cost += this.#rest.cost - before;
  }

  /** Gives all of it away; not to be used any more. */
  toQueue(): BodyQueue {
    const queue = new BodyQueue();
    queue.push(this.#chunk, this.#start, this.#end);
    if (this.#rest !== null) queue.append(this.#rest);
    return queue;
  }
}
