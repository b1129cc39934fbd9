// SPDX-License-Identifier: Apache-2.0

import { applyDelta, EMPTY_SNAPSHOT, type Snapshot, type SnapshotDelta } from '../../snapshot/index.ts';

/** The snapshot that a worker thread was given last, of which it is told the differences. See `SnapshotFeed`. */
export class SnapshotReceiver {
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  /** A difference could not be taken up: those that follow begin at what is not here. */
  #isBehind = false;

  /** Nothing was given yet. */
  get isEmpty(): boolean {
    return this.#snapshot === EMPTY_SNAPSHOT;
  }

  /** @throws Error when it cannot be taken up; then all there was stays, until a whole one comes. `isWhole`: it begins with nothing. */
  take(delta: SnapshotDelta, isWhole: boolean): Snapshot {
    if (this.#isBehind && !isWhole) throw new Error('the difference before was not taken up');
    this.#isBehind = true;
    this.#snapshot = applyDelta(isWhole ? EMPTY_SNAPSHOT : this.#snapshot, delta);
    this.#isBehind = false;
    return this.#snapshot;
  }
}
