// SPDX-License-Identifier: Apache-2.0

import { diffSnapshots, type Snapshot, type SnapshotDelta } from '../../snapshot/index.ts';

/** What one snapshot differs from another in, made once for all threads that go from the one to the other. */
export class SharedDeltas {
  #last: { readonly before: Snapshot; readonly after: Snapshot; readonly delta: SnapshotDelta } | null = null;

  /** By identity: the same two snapshots have the same delta. */
  between(before: Snapshot, after: Snapshot): SnapshotDelta {
    if (this.#last?.before !== before || this.#last.after !== after)
      this.#last = { before, after, delta: diffSnapshots(before, after) };
    return this.#last.delta;
  }

  /** The last one was sent to all: the snapshot before is held no longer. */
  forget(): void {
    this.#last = null;
  }
}
