// SPDX-License-Identifier: Apache-2.0

/**
 * Gives memory back after a burst. V8 collects what is old when the heap has grown to some multiple of what lived, which
 * for a young worker is hundreds of MiB; a worker that goes quiet never gets there and would keep its garbage for days.
 *
 * Every five seconds what the heap and its buffers hold is compared with what was left after the last collection. When it
 * stays far above, a full collection runs: some 50 to 100 ms of CPU time, at most once in ten seconds.
 */
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Timer } from '../clock.ts';

const CHECK_MS = 5_000;
/** What usual traffic leaves behind in a while stays below. */
const TOLERATED_BYTES = 16_777_216;
/** The young generation is collected by itself, and all the time. */
const YOUNG_SPACES: ReadonlySet<string> = new Set(['new_space', 'new_large_object_space']);

/** The heap, so that tests own it. */
export interface Heap {
  /** Old objects, and the buffers of all, garbage included. */
  usedBytes(): number;
  /** A full collection, at once. */
  collect(): void;
}

/** This thread's heap. */
export const threadHeap: Heap = {
  usedBytes() {
    let bytes = getHeapStatistics().external_memory;
    for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
      if (!YOUNG_SPACES.has(space_name)) bytes += space_used_size;
    }
    return bytes;
  },
  collect: () => collectGarbage({ type: 'major' }),
};

/**
 * Gives back what the start of a thread left behind: modules are read, compiled and linked once, and the pages of that
 * stay with the young generation for as long as the thread is quiet. Some 15 MiB a thread, for 20 to 50 ms of CPU time.
 */
export function giveBackStart(): void {
  collectGarbage({ type: 'major', flavor: 'last-resort' });
}

function collectGarbage(how: { readonly type: 'major'; readonly flavor?: 'last-resort' }): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') collect(how);
}

/** Owns its timer; `close` ends it. */
export class HeapRelief {
  readonly #heap: Heap;
  readonly #clock: Clock;
  readonly #onRelief: () => void;
  /** Left after the last collection, or the least seen since. Not before the first check: a start compiles and loads. */
  #floorBytes = Number.POSITIVE_INFINITY;
  #wasAbove = false;
  #timer: Timer;

  /** `onRelief` runs before a collection: for pools that can let go of something. */
  constructor(heap: Heap, clock: Clock, onRelief: () => void) {
    this.#heap = heap;
    this.#clock = clock;
    this.#onRelief = onRelief;
    this.#timer = clock.after(CHECK_MS, () => this.#check());
  }

  close(): void {
    this.#timer.cancel();
  }

  #check(): void {
    const usedBytes = this.#heap.usedBytes();
    this.#floorBytes = Math.min(this.#floorBytes, usedBytes);
    const isAbove = usedBytes - this.#floorBytes > TOLERATED_BYTES;
    // The second time: what is under way now may be gone by itself.
    if (isAbove && this.#wasAbove) this.#relieve();
    else this.#wasAbove = isAbove;
    this.#timer = this.#clock.after(CHECK_MS, () => this.#check());
  }

  #relieve(): void {
    this.#onRelief();
    this.#heap.collect();
    this.#floorBytes = this.#heap.usedBytes();
    this.#wasAbove = false;
  }
}
