// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import { kindOf } from './forbidden-kinds.ts';

/** A write takes milliseconds. What takes this long waits for something of its own, as a webhook that does not answer: up to 30 s. */
const SLOW_MS = 1_500;
/** Slow writes that others do not wait behind. With the watches and as many as are written at once, fewer than there are connections. */
const MAX_SLOW = 30;
/** A kind with so many slow writes begins no more: those of other kinds find room. */
const MAX_SLOW_OF_KIND = 15;

interface Running {
  readonly kind: string;
  readonly timer: Timer;
  isSlow: boolean;
}

/** Writes that are on their way. One that becomes slow gives its place to another. */
export class WriteSlots {
  readonly #clock: Clock;
  readonly #onRoom: () => void;
  readonly #running = new Map<string, Running>();
  readonly #slowOfKind = new Map<string, number>();
  #slow = 0;

  /** `onRoom`: a write became slow, so that another may begin. */
  constructor(clock: Clock, onRoom: () => void) {
    this.#clock = clock;
    this.#onRoom = onRoom;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Places that are taken, of those for writes at once. */
  get taken(): number {
    return this.#running.size - Math.min(this.#slow, MAX_SLOW);
  }

  /** True: the object is not to be written now; it is being written, or its kind has no room. */
  holds(key: string): boolean {
    return this.#running.has(key) || (this.#slow > 0 && (this.#slowOfKind.get(kindOf(key)) ?? 0) >= MAX_SLOW_OF_KIND);
  }

  begin(key: string): void {
    const kind = kindOf(key);
    const timer = this.#clock.after(SLOW_MS, () => {
      running.isSlow = true;
      this.#count(kind, 1);
      this.#onRoom();
    });
    const running: Running = { kind, timer, isSlow: false };
    this.#running.set(key, running);
  }

  end(key: string): void {
    const running = this.#running.get(key);
    if (running === undefined) return;
    this.#running.delete(key);
    running.timer.cancel();
    if (running.isSlow) this.#count(running.kind, -1);
  }

  #count(kind: string, more: number): void {
    this.#slow += more;
    this.#slowOfKind.set(kind, (this.#slowOfKind.get(kind) ?? 0) + more);
  }
}
