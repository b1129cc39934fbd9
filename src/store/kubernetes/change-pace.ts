// SPDX-License-Identifier: Apache-2.0

import type { Clock, Timer } from '../../time/index.ts';
import type { WatchStream } from './kube-client.ts';

/** Changes that come within this of the last ones are told of together; a single one is told at once. Each time costs more than a change does. */
const CHANGE_GAP_MS = 79;
/** So long before changes can be told of again what waits is read, which takes one turn of the event loop. */
const READ_AHEAD_MS = 1;
/** A watch that gave so much since the last time has more to give, and is not held up. */
const BUSY_BYTES = 65_536;

/**
 * When changes are told of, and when they are read: to read each as it comes, a hundred times a second, takes more CPU than all that is done with
 * them, so a watch that gave changes stands still until others can be told of. Owns timers; `stop` ends them.
 *
 *   told ──────── what gave changes is not read ────────► read ──1 ms──► told
 */
export class ChangePace {
  readonly #clock: Clock;
  readonly #tell: () => void;
  #due: Timer | null = null;
  #toldMs = Number.NEGATIVE_INFINITY;
  /** What watches gave that is told of next, in bytes. */
  readonly #given = new Map<WatchStream, number>();
  #resume: Timer | null = null;

  /** `tell`: of all changes until now. Never in the midst of one. */
  constructor(clock: Clock, tell: () => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  changed(): void {
    if (this.#due !== null) return;
    const sinceMs = this.#clock.nowMs() - this.#toldMs;
    this.#due = this.#clock.after(Math.max(0, CHANGE_GAP_MS - sinceMs), () => {
      this.#due = null;
      this.#toldMs = this.#clock.nowMs();
      this.#hold();
      this.#tell();
    });
  }

  /** A watch gave so many bytes, whose changes were noted. */
  gave(stream: WatchStream, bytes: number): void {
    // What changed nothing, such as a bookmark, costs nothing either.
    if (this.#due !== null) this.#given.set(stream, (this.#given.get(stream) ?? 0) + bytes);
  }

  /** What is due is not told; watches that stand still are ended by their owner. */
  stop(): void {
    this.#due?.cancel();
    this.#resume?.cancel();
  }

  #hold(): void {
    const held = [...this.#given].flatMap(([stream, bytes]) => (bytes < BUSY_BYTES ? [stream] : []));
    this.#given.clear();
    if (held.length === 0) return;
    for (const stream of held) stream.pause();
    this.#resume = this.#clock.after(CHANGE_GAP_MS - READ_AHEAD_MS, () => {
      for (const stream of held) stream.resume();
    });
  }
}
