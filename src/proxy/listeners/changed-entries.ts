// SPDX-License-Identifier: Apache-2.0

import { type Binding, type RouteEntry, requestListeners, type VirtualHost } from '../../snapshot/index.ts';

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
      addChangedOfHosts(oldListeners[l]?.virtualHosts ?? NONE, virtualHosts, changed);
    }
  }
  return changed;
}

function addChangedOfHosts(before: readonly VirtualHost[], after: readonly VirtualHost[], changed: RouteEntry[]): void {
  if (before === after) return;
  // By index: an iterator would make an object for each of thousands.
  for (let at = 0; at < after.length; at++) {
    const [old, now] = [before[at], after[at]];
    if (now !== undefined && old !== now) addChanged(old?.entries ?? NONE, now.entries, changed);
  }
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
