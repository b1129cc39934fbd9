// SPDX-License-Identifier: Apache-2.0

import type { Binding, RouteEntry } from '../../snapshot/index.ts';

const NONE: readonly never[] = [];

/**
 * The entries of `after` that `before` does not have at the same place: all that a snapshot brought, and with the lists
 * swapped all that it took away; what only moved is among both. A comparison by identity, for it passes over thousands.
 */
export function changedEntries(before: readonly Binding[], after: readonly Binding[]): RouteEntry[] {
  const changed: RouteEntry[] = [];
  if (before === after) return changed;
  for (const [b, { listeners }] of after.entries()) {
    const oldListeners = before[b]?.listeners ?? NONE;
    for (const [l, { virtualHosts }] of listeners.entries()) {
      const oldHosts = oldListeners[l]?.virtualHosts ?? NONE;
      for (const [h, { entries }] of virtualHosts.entries()) addChanged(oldHosts[h]?.entries ?? NONE, entries, changed);
    }
  }
  return changed;
}

function addChanged(before: readonly RouteEntry[], after: readonly RouteEntry[], changed: RouteEntry[]): void {
  if (before === after) return;
  for (let at = 0; at < after.length; at++) {
    const entry = after[at] as RouteEntry;
    if (entry !== before[at]) changed.push(entry);
  }
}
