// SPDX-License-Identifier: Apache-2.0

/**
 * What all sockets of one worker share: coarse time, timers, and the list of sockets that have output.
 *
 * Output is written once per turn of the event loop and socket: all input that one poll delivered is handled first, then
 * every dirty socket is written (`setImmediate` runs right after the poll). So fifty clients with one request each cost
 * one write to an endpoint that they share. No allocation per request; one immediate per turn that has output.
 */
import type { Clock } from '../../time/index.ts';
import { newReadBuffer } from './shared-read-socket.ts';
import { TimerWheel } from './timer-wheel.ts';

/** Writes what it has queued. Called once after each `markDirty`. */
export interface Flushable {
  flush(): void;
}

/** Deadlines are late by at most this (plus the length of a turn). */
const DEADLINE_RESOLUTION_MS = 10;
/** For handshakes, idle connections, drains: seconds are exact enough. */
const CONNECTION_RESOLUTION_MS = 500;

export class SocketLoop {
  /**
   * Milliseconds, monotonic. Read anew by whatever wakes the loop: a chunk of input, a tick of a wheel, a
   * timer of `clock`, an event of a socket, a message to the worker (`refresh`). What happens until the next one has this time.
   */
  nowMs: number;
  /** What cleartext sockets are read into, one read after the other. */
  readonly readBuffer: Buffer = newReadBuffer();
  /** Per request. */
  readonly deadlines: TimerWheel;
  /** Per connection. */
  readonly connectionTimers: TimerWheel;
  readonly #now: () => number;
  #dirty: Flushable[] = [];
  #spare: Flushable[] = [];
  #scheduled = false;
  readonly #flushAll = (): void => this.flush();

  constructor(now: () => number) {
    this.#now = now;
    this.nowMs = now();
    const refresh = (): number => {
      this.nowMs = now();
      return this.nowMs;
    };
    this.deadlines = new TimerWheel(DEADLINE_RESOLUTION_MS, 1024, refresh);
    this.connectionTimers = new TimerWheel(CONNECTION_RESOLUTION_MS, 256, refresh);
  }

  /** `clock`, whose timers bring `nowMs` up to date before they run. */
  clock(clock: Clock): Clock {
    return {
      nowMs: () => clock.nowMs(),
      wallMs: () => clock.wallMs(),
      after: (delayMs, run) =>
        clock.after(delayMs, () => {
          this.refresh();
          run();
        }),
    };
  }

  /** Reads the clock; called first when a socket has an event. */
  refresh(): void {
    this.nowMs = this.#now();
  }

  /** `flush` is called on it before this turn of the event loop ends. Callers mark once until then. */
  markDirty(output: Flushable): void {
    this.#dirty.push(output);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.#flushAll);
  }

  /** Writes everything now. What is marked meanwhile goes out in the same call. */
  flush(): void {
    this.#scheduled = true;
    while (this.#dirty.length > 0) {
      const batch = this.#dirty;
      this.#dirty = this.#spare;
      this.#spare = batch;
      for (let at = 0; at < batch.length; at++) (batch[at] as Flushable).flush();
      batch.length = 0;
    }
    this.#scheduled = false;
  }

  /** Ends the timers. Sockets are their owners'. */
  close(): void {
    this.deadlines.close();
    this.connectionTimers.close();
  }
}
