// SPDX-License-Identifier: Apache-2.0

import type { SocketLoop, WheelTimer } from '../io/index.ts';

/**
 * Something is owed and does not come: the body of a request that nobody has begun to answer, or bytes that one side does
 * not take. As Envoy's stream_idle_timeout.
 */
export const STALLED_STREAM_MS = 300_000;

/**
 * What an exchange waits for at most so long. `request`: the whole of it; `backend`: the beginning of an endpoint's answer; `pause`: the next
 * try; `own-answer`: the end of a request that we answer; `half-over`: the other direction of a tunnel.
 */
export type DeadlineKind = 'request' | 'backend' | 'pause' | 'own-answer' | 'half-over';

/** The exchange, as its timers see it. */
export interface DeadlineOwner {
  /** The timer of `kind` is over. */
  onDeadline(kind: DeadlineKind): void;
}

/** The timers of one exchange, each by itself. Nothing is allocated before one is armed; they stand on the loop's wheel. */
export class Deadlines {
  /** What the whole request is allowed; 0: no limit. */
  requestMs = 0;
  /** That is the route's word, and not the call's own. */
  isByRoute = false;
  /** What an endpoint is allowed until its answer begins; 0: no limit. */
  backendMs = 0;
  readonly #owner: DeadlineOwner;
  #first: ExchangeTimer | null = null;

  constructor(owner: DeadlineOwner) {
    this.#owner = owner;
  }

  arm(kind: DeadlineKind, loop: SocketLoop, atMs: number): void {
    let timer = this.#first;
    while (timer !== null && timer.kind !== kind) timer = timer.next;
    if (timer === null) {
      timer = new ExchangeTimer(kind, this.#owner, this.#first);
      this.#first = timer;
    }
    loop.deadlines.arm(timer, atMs);
  }

  disarm(kind: DeadlineKind, loop: SocketLoop): void {
    for (let timer = this.#first; timer !== null; timer = timer.next)
      if (timer.kind === kind) loop.deadlines.disarm(timer);
  }

  disarmAll(loop: SocketLoop): void {
    for (let timer = this.#first; timer !== null; timer = timer.next) loop.deadlines.disarm(timer);
  }
}

class ExchangeTimer implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly kind: DeadlineKind;
  readonly next: ExchangeTimer | null;
  readonly #owner: DeadlineOwner;

  constructor(kind: DeadlineKind, owner: DeadlineOwner, next: ExchangeTimer | null) {
    this.kind = kind;
    this.#owner = owner;
    this.next = next;
  }

  onTimer(): void {
    this.#owner.onDeadline(this.kind);
  }
}
