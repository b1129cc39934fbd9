// SPDX-License-Identifier: Apache-2.0

/**
 * Gives memory back after a burst. V8 collects what is old when the heap has grown to some multiple of what lived, which
 * for a young worker is hundreds of MiB; a worker that goes quiet never gets there and would keep its garbage for days. The
 * room for young objects, up to 64 MiB a thread, and the pages that V8 keeps for later it would keep as well.
 *
 * When a start is over, the room that it took is given back at once. The main thread, too, does not stop for that: the first changes come then.
 *
 * From then on, every five seconds, two things are compared with what was left after the last time. When garbage stays far above, a
 * full collection runs, at most once in ten seconds. What was in use then and has been let go of since is garbage too, which the heap alone
 * does not show: buffers count until they are collected. When what V8 holds was far above, and the thread has little to do, V8 gives back all
 * it can, at most twice a minute, and once in five minutes when usual traffic needs the room again at once; what
 * no usual traffic needs goes within ten seconds. A thread that carries traffic stops for 5 to 30 ms of CPU time, the main one for as long as it takes.
 */
import type { Clock, Timer } from '../../time/index.ts';
import { type Heap, SMALL_HEAP_BYTES } from './thread-heap.ts';

const CHECK_MS = 5_000;
/** A collection is over soon after it began; what usual traffic takes until then counts as what is left. */
const SETTLE_MS = 1_000;
/** A start is over when the thread had little to do for two of these … */
const START_CHECK_MS = 1_000;
/** … or after this: it serves already. */
const MAX_START_CHECKS = 30;
/** What usual traffic leaves behind in a while stays below. */
const TOLERATED_BYTES = 16_777_216;
/** Room that usual traffic takes in a while stays below, and of a large heap below this share of what is used: to shrink it takes as much longer. */
const TOLERATED_ROOM_BYTES = 8_388_608;
const TOLERATED_ROOM_SHARE = 0.5;
/** Room beside what is used, after a start. One with many manifests leaves 128 MiB that no later change needs. */
const TOLERATED_START_ROOM_BYTES = 33_554_432;
/** A thread that is busy for a larger part of its time is not stopped, and is about to use its room. */
const QUIET_SHARE = 0.3;
/** Checks from one shrinking to the next at least … */
const SHRINK_CHECKS = 6;
/**
 * … doubled each time that what was given back was needed again meanwhile, up to five minutes: a thread that changes what it holds each second takes
 * 20 MiB more each minute, for as long as V8 sees no need to collect.
 */
const MAX_SHRINK_CHECKS = 60;
/** Room that no usual traffic needs again at once, the most for young objects included, nor as much as is used: after a burst it goes as soon as the thread is quiet. */
const FAR_ROOM_BYTES = 100_663_296;

/** What lives on a heap, as its owner knows it. */
export interface HeapUse {
  /** Bytes that are charged to somebody now; they are garbage as soon as they are not. */
  chargedBytes(): number;
  /** Runs before a collection: for pools that can let go of something. */
  letGo(): void;
}

/** For a thread that keeps no accounts. */
export const NOTHING_CHARGED: HeapUse = { chargedBytes: () => 0, letGo() {} };

/** Owns its timer; `close` ends it. */
export class HeapRelief {
  readonly #heap: Heap;
  readonly #clock: Clock;
  readonly #use: HeapUse;
  /** Left after the last collection, or the least seen since. Not before the start is over: it compiles and loads. */
  #usedFloor = Number.POSITIVE_INFINITY;
  #heldFloor = Number.POSITIVE_INFINITY;
  /** Charged when `#usedFloor` was seen. */
  #chargedAtFloor = 0;
  #startChecks = 0;
  /** The most since the last shrinking: V8 keeps pages in a pool of its own when it shrinks by itself, and does not count them. */
  #mostHeld = 0;
  #wasAbove = false;
  #wasWide = false;
  #wasQuiet = false;
  #checksToShrink = 0;
  #shrinkChecks = SHRINK_CHECKS;
  #timer: Timer;

  constructor(heap: Heap, clock: Clock, use: HeapUse) {
    this.#heap = heap;
    this.#clock = clock;
    this.#use = use;
    this.#timer = clock.after(START_CHECK_MS, () => this.#checkStart());
  }

  close(): void {
    this.#timer.cancel();
  }

  #checkStart(): void {
    this.#startChecks++;
    const wasQuiet = this.#wasQuiet;
    this.#wasQuiet = this.#heap.busyShare() < QUIET_SHARE;
    const isOver = this.#wasQuiet && wasQuiet;
    if (!isOver && this.#startChecks < MAX_START_CHECKS) {
      this.#timer = this.#clock.after(START_CHECK_MS, () => this.#checkStart());
      return;
    }
    this.#see(this.#heap.usedBytes());
    this.#heldFloor = this.#usedFloor + TOLERATED_START_ROOM_BYTES;
    this.#mostHeld = this.#heap.heldBytes();
    const isWide = this.#mostHeld - this.#heldFloor > TOLERATED_ROOM_BYTES;
    // What a large start read and has no more use for is a third of its heap, and would count as what lives.
    if (isOver && (isWide || this.#usedFloor > SMALL_HEAP_BYTES)) this.#relieve('shrink-beside');
    else this.#checkLater();
  }

  #check(): void {
    const usedBytes = this.#heap.usedBytes();
    if (usedBytes < this.#usedFloor) this.#see(usedBytes);
    const released = Math.max(0, this.#chargedAtFloor - this.#use.chargedBytes());
    const isAbove = usedBytes - this.#usedFloor + released > TOLERATED_BYTES;
    const mayShrink = this.#mayShrink();
    // The second time: what is under way now may be gone by itself.
    const isRelieved = mayShrink || (isAbove && this.#wasAbove);
    this.#wasAbove = isAbove && !isRelieved;
    if (isRelieved) this.#relieve(mayShrink ? 'shrink' : 'collect');
    else this.#checkLater();
  }

  #checkLater(afterMs = CHECK_MS): void {
    this.#timer = this.#clock.after(afterMs, () => this.#check());
  }

  /** Much more is or was held than last time, and the thread is quiet for the second time. */
  #mayShrink(): boolean {
    const heldBytes = this.#heap.heldBytes();
    this.#heldFloor = Math.min(this.#heldFloor, heldBytes);
    this.#mostHeld = Math.max(this.#mostHeld, heldBytes);
    const tolerated = Math.max(TOLERATED_ROOM_BYTES, TOLERATED_ROOM_SHARE * this.#usedFloor);
    const roomBytes = this.#mostHeld - this.#heldFloor;
    const isWide = roomBytes > tolerated;
    const isQuiet = this.#heap.busyShare() < QUIET_SHARE;
    const wasWide = this.#wasWide;
    this.#wasWide = isWide && isQuiet;
    if (this.#checksToShrink > 0) {
      this.#checksToShrink--;
      if (this.#checksToShrink === 0) this.#shrinkChecks = isWide ? this.#nextShrinkChecks() : SHRINK_CHECKS;
      if (roomBytes <= Math.max(FAR_ROOM_BYTES, this.#usedFloor)) return false;
    }
    return wasWide && this.#wasWide;
  }

  #nextShrinkChecks(): number {
    return Math.min(MAX_SHRINK_CHECKS, this.#shrinkChecks * 2);
  }

  #relieve(how: 'collect' | 'shrink' | 'shrink-beside'): void {
    this.#use.letGo();
    const isShrinking = how !== 'collect';
    if (how === 'collect') this.#heap.collect();
    else if (how === 'shrink') this.#heap.shrink();
    else this.#heap.shrinkBeside();
    if (isShrinking) {
      this.#wasWide = false;
      this.#checksToShrink = this.#shrinkChecks;
    }
    this.#timer = this.#clock.after(SETTLE_MS, () => this.#settle(isShrinking));
  }

  /** What is there now is what was left. */
  #settle(isShrunk: boolean): void {
    if (isShrunk) {
      this.#heldFloor = this.#heap.heldBytes();
      this.#mostHeld = this.#heldFloor;
    }
    this.#see(this.#heap.usedBytes());
    this.#checkLater(CHECK_MS - SETTLE_MS);
  }

  #see(usedBytes: number): void {
    this.#usedFloor = usedBytes;
    this.#chargedAtFloor = this.#use.chargedBytes();
  }
}
