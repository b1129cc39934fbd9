// SPDX-License-Identifier: Apache-2.0

import type { MessageConnection } from '../../wire/index.ts';
import { type Serving, STALLED_STREAM_MS } from '../http/index.ts';
import type { SocketTransport, WheelTimer } from '../io/index.ts';

/** After the end was sent, the client has this long to close its side. Before, what is unread is waited for as an answer is. */
const LINGER_MS = 5_000;
/** The client is told that nothing new is taken when it answered a ping, or after this. */
const SHUTDOWN_ROUND_TRIP_MS = 2_000;

/**
 * How a client's connection ends in order: what the client is told, and what is waited for. A base, not a part: a connection is one object.
 *
 *     open ──drain──► draining (asked to leave, a round trip later told) ──last stream over──► ending ──client's side──► closed
 *       └──idle, protocol error───────────────────────────────────────────────────────────────────▲                        ▲
 *       └──socket gone─────────────────────────────────────────────────────────────────────────────────────────────────────┘
 */
export abstract class OrderlyConnection implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  /** Streams that are under way. */
  protected active = 0;
  protected state: 'open' | 'draining' | 'ending' | 'closed' = 'open';
  #toldToLeave = false;
  /** What waited at the last look of what was said before the end, and when that had changed. */
  #unsentBytes = 0;
  #movedMs = 0;
  abstract readonly serving: Serving;
  protected abstract readonly messages: MessageConnection;
  protected abstract readonly transport: SocketTransport;

  /** It may be time to end, or for what the client owes. */
  abstract onTimer(nowMs: number): void;

  /**
   * The gateway ends soon. A client that can be told nothing between two requests is told with its next answer: if its connection
   * were closed then, that might cross with a request on its way.
   */
  askToLeave(): void {
    if (this.state === 'open' && !this.messages.tellsBetween) this.messages.shutdown();
  }

  /** Takes no new requests; ends when the last one is over. */
  drain(): void {
    if (this.state !== 'open') return;
    this.state = 'draining';
    this.messages.shutdown();
    this.messages.ping();
    const { loop } = this.serving;
    loop.connectionTimers.arm(this, loop.nowMs + SHUTDOWN_ROUND_TRIP_MS);
  }

  /** As `drain`, but what the client sends from now on is refused, even if it was on its way: it would have to prove first who it is. */
  turnAway(): void {
    this.drain();
    if (this.isAskedToLeave) this.tellToLeave();
  }

  /** Ends at once. */
  destroy(): void {
    this.transport.destroy();
  }

  onPong(): void {
    if (this.isAskedToLeave) this.tellToLeave();
  }

  /** A client that leaves: what it began is served. */
  onGoingAway(): void {
    if (this.active === 0) this.end();
  }

  onFinished(): void {
    this.end();
  }

  /** The round trip is not over. */
  protected get isAskedToLeave(): boolean {
    return this.state === 'draining' && !this.#toldToLeave;
  }

  /** After the last stream. */
  protected endIfTold(): void {
    if (this.#toldToLeave && this.state === 'draining') this.end();
  }

  protected tellToLeave(): void {
    this.#toldToLeave = true;
    this.messages.finishShutdown();
    if (this.active === 0) this.end();
  }

  /** The end was asked for. What was said before it is waited for as long as an answer that is not read. */
  protected linger(nowMs: number): void {
    const { unsentBytes } = this.transport;
    const hasMoved = unsentBytes !== this.#unsentBytes;
    this.#unsentBytes = unsentBytes;
    if (hasMoved) this.#movedMs = nowMs;
    if (hasMoved || (unsentBytes > 0 && nowMs - this.#movedMs < STALLED_STREAM_MS)) {
      this.serving.loop.connectionTimers.arm(this, nowMs + LINGER_MS);
      return;
    }
    if (unsentBytes > 0) {
      this.serving.metrics.count('daemun_limit_hits_total', { limit: 'stream_stalled' });
      // Nobody is to take what came for the whole.
      this.transport.break();
    }
    this.destroy();
  }

  protected end(): void {
    if (this.state === 'ending' || this.state === 'closed') return;
    this.state = 'ending';
    const { loop } = this.serving;
    loop.connectionTimers.arm(this, loop.nowMs + LINGER_MS);
    this.transport.shut();
  }
}
