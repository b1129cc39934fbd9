// SPDX-License-Identifier: Apache-2.0

import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import { getHeapSpaceStatistics, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** The young generation is collected by itself, and all the time. */
const YOUNG_SPACES: ReadonlySet<string> = new Set(['new_space', 'new_large_object_space']);
/** To give back a larger heap takes longer than a start should wait; relief does it later, whatever room there is. */
export const SMALL_HEAP_BYTES = 50_331_648;
/** V8 begins to collect when buffers have taken 64 MiB since the last time. They are not written to, so the system gives no memory for them. */
const PRESSURE_BYTES = 83_886_080;

/** A thread's heap, so that tests own it. */
export interface Heap {
  /** Old objects, and the buffers of all, garbage included. */
  usedBytes(): number;
  /** What V8 holds for objects, free room included, and their buffers. */
  heldBytes(): number;
  /** The part of the time since the last call in which the thread was busy: 0 to 1. */
  busyShare(): number;
  /** A full collection, which is over at once or soon after. */
  collect(): void;
  /** As `collect`, and V8 gives back all room and pages that it can. */
  shrink(): void;
  /** As `shrink`, where others wait for this thread: it gives back less, and does not stop for as long as all that lives is marked. */
  shrinkBeside(): void;
}

/**
 * V8 itself collects twice, by marking all there is, some eight seconds after a heap has grown or a context was let go of: 50 to 250 ms of CPU time in
 * which nothing is found that relief would not find. It begins so late that it never does, in milliseconds.
 */
const V8_REDUCES_AFTER_MS = 2_147_483_647;

/**
 * This thread's heap, which V8 leaves to its owner from then on. It is collected as V8 lets programs do it: the thread stops for as long as all that
 * lives is marked, to give back room twice or more: 20 ms with a small heap, hundreds with thousands of routes, and several times that where other
 * threads want the same cores.
 */
export class ThreadHeap implements Heap {
  #utilization: EventLoopUtilization = performance.eventLoopUtilization();

  constructor() {
    setFlagsFromString(`--gc-memory-reducer-start-delay-ms=${V8_REDUCES_AFTER_MS}`);
  }

  usedBytes(): number {
    // Buffers are swept beside, and not counted any more when another one is made.
    void new ArrayBuffer(1);
    let bytes = getHeapStatistics().external_memory;
    for (const { space_name, space_used_size } of getHeapSpaceStatistics()) {
      if (!YOUNG_SPACES.has(space_name)) bytes += space_used_size;
    }
    return bytes;
  }

  heldBytes(): number {
    const { total_heap_size, external_memory } = getHeapStatistics();
    return total_heap_size + external_memory;
  }

  busyShare(): number {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.#utilization);
    this.#utilization = now;
    return utilization;
  }

  collect(): void {
    collector()?.();
  }

  shrink(): void {
    collector()?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }

  /** The flag, which is the whole process's, says at the beginning of a collection what it is for; other threads hardly ever see it. */
  shrinkBeside(): void {
    setFlagsFromString('--optimize-for-size');
    pressV8();
    setFlagsFromString('--no-optimize-for-size');
  }
}

/** The heap of a thread that carries traffic, which never stops for so long. */
export class ServingHeap extends ThreadHeap {
  override collect(): void {
    pressV8();
  }

  override shrink(): void {
    this.shrinkBeside();
  }
}

/**
 * V8 is brought to collect as it does by itself, where other threads mark and this one stops to sweep up, by the pressure of a buffer that is gone at
 * once. It gives back less, for more CPU time in all.
 */
function pressV8(): void {
  try {
    new ArrayBuffer(PRESSURE_BYTES).transfer(0);
  } catch {
    // There is no room for it, not even after all was collected, which V8 tries first.
  }
}

/**
 * Gives back what the start of a thread left behind, before anybody waits for it: modules are read, compiled and linked once, and the pages of that
 * stay with the young generation for as long as the thread is quiet. Some 15 MiB a thread, for 20 to 50 ms of CPU time.
 */
export function giveBackStart(): void {
  const heap = new ThreadHeap();
  if (heap.usedBytes() <= SMALL_HEAP_BYTES) heap.shrink();
}

/** V8's own way to collect. The flag stays on, which only new contexts notice: flags are those of the process, and another thread may be here too. */
function collector(): ((options?: object) => void) | undefined {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('globalThis.gc');
  return typeof collect === 'function'
    ? options => void collect(...(options === undefined ? [] : [options]))
    : undefined;
}
