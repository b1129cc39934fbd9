// SPDX-License-Identifier: Apache-2.0

import { DaemunError } from '../../errors/index.ts';

/** A worker could not take up a snapshot, not even whole: a bug. What it served before goes on. */
export class SnapshotRefused extends DaemunError {
  override readonly name = 'SnapshotRefused';

  constructor(error: string) {
    super('internal/unexpected', `a worker could not take up what it should serve: ${error}`);
  }
}
