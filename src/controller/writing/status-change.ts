// SPDX-License-Identifier: Apache-2.0

import type { Status } from '../../status/index.ts';
import { changedKeys } from '../../translate/index.ts';
import type { View } from '../shown/view.ts';

/** A status that another reload made. */
export interface StatusChange {
  /** `Kind/namespace/name`. */
  readonly key: string;
  /** undefined: the object had none. */
  readonly before: Status | undefined;
  /** undefined: it is gone, or no longer ours. */
  readonly after: Status | undefined;
}

/** What changed between two reloads; with null everything is new. */
export function statusChanges(before: View['statuses'] | null, now: View['statuses']): readonly StatusChange[] {
  const known = before ?? NONE;
  return changedKeys(known, now).map(key => ({ key, before: known.get(key), after: now.get(key) }));
}

const NONE: View['statuses'] = new Map();
