// SPDX-License-Identifier: Apache-2.0

import { count } from '../changes.ts';
import type { RouteChange } from '../rules/translated-routes.ts';

/** Listener id → how many routes are attached to it (ListenerStatus.attachedRoutes). */
export type AttachedRoutes = ReadonlyMap<string, number>;

/** Brings the counts up to date. */
export function countAttachedRoutes(
  changes: ReadonlyMap<string, RouteChange>,
  previous: AttachedRoutes | undefined,
): AttachedRoutes {
  if (previous !== undefined && changes.size === 0) return previous;
  const counts = new Map(previous);
  for (const { before, after } of changes.values()) {
    for (const { listener } of before?.attachments ?? []) count(counts, listener.id, -1);
    for (const { listener } of after?.attachments ?? []) count(counts, listener.id, 1);
  }
  return counts;
}
