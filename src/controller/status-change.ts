// SPDX-License-Identifier: Apache-2.0

import type { StatusObject, View } from './view.ts';

/** A status that another reload made. */
export interface StatusChange {
  /** `Kind/namespace/name`. */
  readonly key: string;
  /** undefined: the object had none. */
  readonly before: StatusObject | undefined;
  /** undefined: it is gone, or no longer ours. */
  readonly after: StatusObject | undefined;
}

/** What changed between two reloads; with null everything is new. */
export function statusChanges(before: View['statuses'] | null, now: View['statuses']): readonly StatusChange[] {
  if (before === now) return [];
  const changes: StatusChange[] = [];
  let kept = 0;
  for (const [key, after] of now) {
    const known = before?.get(key);
    if (known !== undefined) kept += 1;
    if (known !== after) changes.push({ key, before: known, after });
  }
  if (before === null || kept === before.size) return changes;
  for (const [key, gone] of before) if (!now.has(key)) changes.push({ key, before: gone, after: undefined });
  return changes;
}
