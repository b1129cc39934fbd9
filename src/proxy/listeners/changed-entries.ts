// SPDX-License-Identifier: Apache-2.0

import { type Binding, type RouteEntry, requestListeners, type VirtualHost } from '../../snapshot/index.ts';
import { apart } from '../../values/index.ts';

const NONE: readonly never[] = [];

/**
 * The entries of `after` that `before` does not have under the same virtual host, those of a list once: all that a snapshot brought, and with the
 * lists swapped all that it took away. A comparison by identity, for it passes over thousands.
 */
export function changedEntries(before: readonly Binding[], after: readonly Binding[]): RouteEntry[] {
  const found: Found = { changed: [], compared: new Map() };
  if (before === after) return found.changed;
  eachChanged(before, after, idOf, (oldBinding, { listeners }) => {
    const oldListeners = requestListeners(oldBinding?.listeners ?? NONE);
    eachChanged(oldListeners, requestListeners(listeners), idOf, (oldListener, { virtualHosts }) => {
      eachChanged(oldListener?.virtualHosts ?? NONE, virtualHosts, hostnameOf, (old, now) => {
        addChanged(old?.entries ?? NONE, now.entries, found);
      });
    });
  });
  return found.changed;
}

interface Found {
  readonly changed: RouteEntry[];
  /** Lists with what they were compared to: many hosts may have one. */
  readonly compared: Map<readonly RouteEntry[], readonly RouteEntry[]>;
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function hostnameOf({ hostname }: VirtualHost): string {
  return hostname;
}

/** The items that are not the very same in `before`, each with the one that had its name. */
function eachChanged<Item>(
  before: readonly Item[],
  after: readonly Item[],
  nameOf: (item: Item) => string,
  see: (old: Item | undefined, now: Item) => void,
): void {
  const { old, now } = apart(before, after);
  if (now.length === 0) return;
  const known = new Map(old.map(item => [nameOf(item), item]));
  for (const item of now) {
    const before = known.get(nameOf(item));
    if (before !== item) see(before, item);
  }
}

function addChanged(before: readonly RouteEntry[], after: readonly RouteEntry[], { changed, compared }: Found): void {
  if (before === after || compared.get(after) === before) return;
  compared.set(after, before);
  const { old, now } = apart(before, after);
  if (now.length === 0) return;
  const known = new Set(old);
  for (const entry of now) if (!known.has(entry)) changed.push(entry);
}
