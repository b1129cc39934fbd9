// SPDX-License-Identifier: Apache-2.0

import { type Binding, type RouteEntry, requestListeners, type VirtualHost } from '../../snapshot/index.ts';

const NONE: readonly never[] = [];

/**
 * The entries of `after` that `before` does not have under the same virtual host, those of a list once: all that a snapshot brought, and with the
 * lists swapped all that it took away. A comparison by identity, for it passes over thousands.
 */
export function changedEntries(before: readonly Binding[], after: readonly Binding[]): RouteEntry[] {
  const found: Found = { changed: [], compared: new Map() };
  if (before === after) return found.changed;
  for (const [b, { listeners }] of after.entries()) {
    const oldListeners = requestListeners(before[b]?.listeners ?? NONE);
    for (const [l, { virtualHosts }] of requestListeners(listeners).entries()) {
      addChangedOfHosts(oldListeners[l]?.virtualHosts ?? NONE, virtualHosts, found);
    }
  }
  return found.changed;
}

interface Found {
  readonly changed: RouteEntry[];
  /** Lists with what they were compared to: many hosts may have one. */
  readonly compared: Map<readonly RouteEntry[], readonly RouteEntry[]>;
}

function addChangedOfHosts(
  before: readonly VirtualHost[],
  after: readonly VirtualHost[],
  { changed, compared }: Found,
): void {
  if (before === after) return;
  // By index: an iterator would make an object for each of thousands.
  for (let at = 0; at < after.length; at++) {
    const [old, now] = [before[at], after[at]];
    if (now === undefined || old === now) continue;
    const entries = old?.entries ?? NONE;
    if (entries === now.entries || compared.get(now.entries) === entries) continue;
    compared.set(now.entries, entries);
    addChanged(entries, now.entries, changed);
  }
}

function addChanged(before: readonly RouteEntry[], after: readonly RouteEntry[], changed: RouteEntry[]): void {
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
