// SPDX-License-Identifier: Apache-2.0

import { applyDelta, diffSnapshots, EMPTY_SNAPSHOT } from './delta.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Goes the way that all of `snapshot` goes to a data plane in another thread, and throws what breaks there. As long as a first snapshot
 * takes: for when one was refused.
 */
export function checkReceivable(snapshot: Snapshot): void {
  applyDelta(EMPTY_SNAPSHOT, structuredClone(diffSnapshots(EMPTY_SNAPSHOT, snapshot)));
}
