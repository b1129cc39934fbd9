// SPDX-License-Identifier: Apache-2.0

/**
 * What the requests and connections of one worker may hold together, and who gives way when it is too much.
 *
 * Each connection has a cap of its own; this one is for many that stay below theirs. Charges are real costs: objects,
 * unused capacity included (see `BodyQueue.cost`, `memory-cost.ts`). Over the limit those who hold
 * most end first, down to seven eighths, so that looking for them is paid for by what was charged meanwhile. `add` is O(1).
 */

/** For all workers of a process: room for a thousand slow readers with full windows, and far from any usual limit of a container. */
export const PROCESS_BUFFER_BYTES = 268_435_456;
/** A worker's share is not less, however many there are. */
const MIN_BUFFER_BYTES = 67_108_864;
/** Where ending others stops. */
const RELIEF = 7 / 8;

/** The share of one worker. */
export function workerBufferBytes(workers: number): number {
  return Math.max(MIN_BUFFER_BYTES, Math.floor(PROCESS_BUFFER_BYTES / Math.max(1, workers)));
}

/** Someone whose charges can be ended: a client's connection. */
export interface MemoryHolder {
  /** What it is charged with now. */
  readonly heldBytes: number;
  /** Corrects charges that are only looked at now and then. */
  remeasure(): void;
  /** Ends its stream that holds most, or itself; `heldBytes` is less afterwards. */
  shed(): void;
}

/** Hears of a limit that acted: `worker_buffer` here, `connection_buffer` from a connection. */
export type LimitReport = (limit: 'worker_buffer' | 'connection_buffer', limitBytes: number) => void;

export class MemoryBudget {
  /** Charged now. */
  bytes = 0;
  readonly limitBytes: number;
  readonly report: LimitReport;
  readonly #holders = new Set<MemoryHolder>();
  #isShedding = false;

  constructor(limitBytes: number, report: LimitReport) {
    this.limitBytes = limitBytes;
    this.report = report;
  }

  join(holder: MemoryHolder): void {
    this.#holders.add(holder);
  }

  leave(holder: MemoryHolder): void {
    this.#holders.delete(holder);
  }

  /** Charges `bytes`, or gives them back when negative. May end requests and connections before it returns. */
  add(bytes: number): void {
    this.bytes += bytes;
    if (this.bytes > this.limitBytes && !this.#isShedding) this.#shed();
  }

  #shed(): void {
    this.#isShedding = true;
    for (const holder of this.#holders) holder.remeasure();
    const target = this.limitBytes * RELIEF;
    const worstFirst = [...this.#holders].sort((a, b) => b.heldBytes - a.heldBytes);
    for (let at = 0; at < worstFirst.length && this.bytes > target; at++) this.#relieve(worstFirst, at, target);
    this.#isShedding = false;
  }

  /** Brings the holder at `at` down to the next one. */
  #relieve(worstFirst: readonly MemoryHolder[], at: number, target: number): void {
    const holder = worstFirst[at] as MemoryHolder;
    const next = worstFirst[at + 1]?.heldBytes ?? 0;
    do {
      const before = holder.heldBytes;
      if (before === 0) return;
      this.report('worker_buffer', this.limitBytes);
      holder.shed();
      if (holder.heldBytes >= before) return;
    } while (this.bytes > target && holder.heldBytes >= next && holder.heldBytes > 0);
  }
}
