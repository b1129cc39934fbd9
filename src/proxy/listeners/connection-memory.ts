// SPDX-License-Identifier: Apache-2.0

import type { WindowAccount } from '../../wire/index.ts';
import type { ExchangeState } from '../http/index.ts';
import { EXCHANGE_BYTES, type MemoryBudget, type MemoryHolder } from '../io/index.ts';

/** Memory held for one connection: its requests, what waits for slow readers and writers, and input that waits. Over it its worst stream is reset. */
const MAX_HELD_BYTES = 16 * 1024 * 1024;
/** Where the worker has no room, a stream that holds this part of its connection's memory is ended alone; else the connection is. */
const WORST_PART = 8;

/** The connection, as its account sees it. */
export interface MemoryOwner {
  /** Gives back what nobody waits for, and corrects what is known of output that waits (`add` follows). */
  measureOutput(): void;
  /** The worker is short of memory, and this connection holds most of it without one stream to blame. Ends it. */
  endForMemory(): void;
}

/** What one client's connection is charged with: its exchanges, output that it does not read, and input that waits for its rest or its time. O(1) per request. */
export class ConnectionMemory implements MemoryHolder, WindowAccount {
  heldBytes = 0;
  grownBytes = 0;
  readonly #budget: MemoryBudget;
  readonly #owner: MemoryOwner;
  /** Exchanges that hold more than any does; null: there were none yet, as on most connections. */
  #waiting: Set<ExchangeState> | null = null;
  #isOver = false;

  /** Joins `budget`, the worker's. Call `leave` when the connection is gone. */
  constructor(budget: MemoryBudget, owner: MemoryOwner) {
    this.#budget = budget;
    this.#owner = owner;
    budget.join(this);
  }

  /** The connection is gone. What an endpoint has not taken yet of its tunnel stays in the books until the request is over, and may be ended. */
  leave(): void {
    this.#isOver = true;
    this.#leaveIfEmpty();
  }

  #leaveIfEmpty(): void {
    if (this.#isOver && (this.#waiting === null || this.#waiting.size === 0)) this.#budget.leave(this);
  }

  /** `exchange` holds this many bytes more (or, negative, fewer). May end the worst exchange before it returns. */
  held(exchange: ExchangeState, change: number): void {
    this.heldBytes += change;
    if (exchange.chargedBytes > EXCHANGE_BYTES) {
      this.#waiting ??= new Set();
      this.#waiting.add(exchange);
    } else if (change < 0 && this.#waiting?.delete(exchange)) this.#leaveIfEmpty();
    this.#budget.add(change);
    if (this.heldBytes > MAX_HELD_BYTES) this.#resetWorst();
  }

  /** Output or input that waits takes this many bytes more (or, negative, fewer). */
  add(change: number): void {
    this.heldBytes += change;
    this.#budget.add(change);
    if (this.heldBytes > MAX_HELD_BYTES) this.#resetWorst();
  }

  remeasure(): void {
    this.#owner.measureOutput();
  }

  shed(): void {
    const worst = this.#worst();
    if (worst !== null && worst.chargedBytes * WORST_PART >= this.heldBytes) worst.overflow();
    else this.#owner.endForMemory();
  }

  #resetWorst(): void {
    this.#budget.report('connection_buffer', MAX_HELD_BYTES);
    this.#worst()?.overflow();
  }

  #worst(): ExchangeState | null {
    let worst: ExchangeState | null = null;
    for (const exchange of this.#waiting ?? []) {
      if (worst === null || exchange.chargedBytes > worst.chargedBytes) worst = exchange;
    }
    return worst;
  }
}
