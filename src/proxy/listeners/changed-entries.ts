// SPDX-License-Identifier: Apache-2.0

import { type Binding, type RouteEntry, requestListeners } from '../../snapshot/index.ts';

const NONE: readonly never[] = [];

/**
 * The entries of `after` that `before` does not have under the same virtual host: all that a snapshot brought, and with the
 * lists swapped all that it took away. A comparison by identity, for it passes over thousands.
 */
export function changedEntries(before: readonly Binding[], after: readonly Binding[]): RouteEntry[] {
  const changed: RouteEntry[] = [];
  if (before === after) return changed;
  for (const [b, { listeners }] of after.entries()) {
    const oldListeners = requestListeners(before[b]?.listeners ?? NONE);
    for (const [l, { virtualHosts }] of requestListeners(listeners).entries()) {
      const oldHosts = oldListeners[l]?.virtualHosts ?? NONE;
      for (const [h, { entries }] of virtualHosts.entries()) addChanged(oldHosts[h]?.entries ?? NONE, entries, changed);
    }
  }
  return changed;
}

function addChanged(before: readonly RouteEntry[], after: readonly RouteEntry[], changed: RouteEntry[]): void {
  if (before === after) return;
  let at = 0;
  while (at < after.length && after[at] === before[at]) at++;
  let end = after.length;
  const moved = before.length - after.length;
  while (end > at && end + moved > at && after[end - 1] === before[end + moved - 1]) end--;
  if (at === end) return;
  const known = new Set(before.slice(at, end + moved));
  for (; at < end; at++) {
    const entry = after[at] as RouteEntry;
    if (!known.has(entry)) changed.push(entry);
  }
}
