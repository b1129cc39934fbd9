// SPDX-License-Identifier: Apache-2.0

import { messageOf } from '../../errors/index.ts';
import { type BindFailures, EMPTY_SNAPSHOT, type Snapshot } from '../../snapshot/index.ts';
import type { PortsWanted } from '../listeners/index.ts';
import type { SharedDeltas } from './shared-deltas.ts';
import { SnapshotRefused } from './snapshot-refused.ts';
import { settle, type Waiting } from './waiting.ts';
import type { ToWorker } from './worker-protocol.ts';

export interface SnapshotFeedParts {
  readonly deltas: SharedDeltas;
  /** @throws Error for what cannot be sent to a thread. */
  post(message: ToWorker): void;
  /** The thread could not take up a difference, and is given all there is; or, `wasWhole`, could not take that up either. */
  onRefused(refusal: { readonly error: string; readonly wasWhole: boolean }): void;
  /** Nobody waits for what the thread could not do: a new snapshot would try again. */
  onUnserved(): void;
}

/**
 * Gives snapshots to one thread and its replacements, as differences from what the thread holds.
 *
 *   difference ──refused──► whole ──refused──► who waits is told; the next is whole again
 *       ▲                     │
 *       └──────── taken ──────┘
 */
export class SnapshotFeed {
  readonly #parts: SnapshotFeedParts;
  /** What the thread holds once it has read its messages; the empty one: it is given all there is. */
  #sent: Snapshot = EMPTY_SNAPSHOT;
  #wanted: Snapshot | null = null;
  #ports: PortsWanted = 'as-they-are';
  /** Whether there is a thread. */
  #isThere = false;
  #sequence = 0;
  /** The number of the last whole one. What was sent before it does not matter any more. */
  #wholeSequence = 0;
  #waiting: Waiting<BindFailures>[] = [];

  constructor(parts: SnapshotFeedParts) {
    this.#parts = parts;
  }

  /** Resolves when the thread, or one that took its place, serves `snapshot` or a later one; rejects when it cannot (a bug). Sent when this returns. */
  give(snapshot: Snapshot, ports: PortsWanted): Promise<BindFailures> {
    this.#wanted = snapshot;
    // What was opened once is opened by a thread that takes the place of this one, too.
    if (ports === 'open') this.#ports = ports;
    const given = new Promise<BindFailures>((resolve, reject) =>
      this.#waiting.push({ sequence: this.#sequence + 1, resolve, reject }),
    );
    this.#send();
    return given;
  }

  /** There is a thread, which holds nothing. */
  begin(): void {
    this.#isThere = true;
    this.#sent = EMPTY_SNAPSHOT;
    this.#send();
  }

  /** The thread is gone. Who waits does so for the next one. */
  end(): void {
    this.#isThere = false;
  }

  served(sequence: number, failures: BindFailures): void {
    if (failures.size > 0 && !this.#isAwaited(sequence)) this.#parts.onUnserved();
    this.#waiting = settle(this.#waiting, sequence, entry => entry.resolve(failures));
  }

  /** It was taken up, and could not be executed. */
  failed(sequence: number, error: Error): void {
    this.#waiting = settle(this.#waiting, sequence, entry => entry.reject(error));
  }

  /** It could not be taken up. */
  refused(sequence: number, error: string): void {
    if (sequence < this.#wholeSequence) return;
    const wasWhole = sequence === this.#wholeSequence;
    this.#sent = EMPTY_SNAPSHOT;
    this.#parts.onRefused({ error, wasWhole });
    if (wasWhole) {
      if (!this.#isAwaited(sequence)) this.#parts.onUnserved();
      this.failed(sequence, new SnapshotRefused(error));
    } else this.#send();
  }

  #isAwaited(sequence: number): boolean {
    return this.#waiting.some(entry => entry.sequence <= sequence);
  }

  #send(): void {
    const snapshot = this.#wanted;
    if (snapshot === null || !this.#isThere) return;
    this.#sequence += 1;
    const sequence = this.#sequence;
    const isWhole = this.#sent === EMPTY_SNAPSHOT;
    if (isWhole) this.#wholeSequence = sequence;
    try {
      const delta = this.#parts.deltas.between(this.#sent, snapshot);
      this.#parts.post({ kind: 'apply', sequence, delta, isWhole, ports: this.#ports });
      this.#sent = snapshot;
    } catch (error) {
      this.refused(sequence, messageOf(error));
    }
  }
}
