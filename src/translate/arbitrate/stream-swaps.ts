// SPDX-License-Identifier: Apache-2.0

import { haveSameItems } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import { formAt } from '../rules/route-forms.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import type { RankedStream } from '../rules/translate-stream.ts';
import { isSameIn, type RouteChange } from '../rules/translated-routes.ts';

/**
 * What one changed route of streams takes away from server names of a listener, and what it brings. All listeners at which a route has the
 * same names share one: a route may have a thousand names, and hundreds of listeners.
 */
export interface StreamSwap {
  /** Its own, among those of one pass. */
  readonly number: number;
  readonly hostnames: readonly string[];
  readonly removed: RankedStream | null;
  readonly added: RankedStream | null;
}

/** By `ListenerTarget.table`, in the order of the routes; only tables in which something changes. */
export function collectStreamSwaps(
  changes: ReadonlyMap<string, RouteChange>,
): ReadonlyMap<string, readonly StreamSwap[]> {
  const collector = new SwapCollector();
  for (const change of changes.values()) if (!isSameIn(change, 'stream')) collector.add(change);
  return collector.byTable;
}

class SwapCollector {
  readonly byTable = new Map<string, StreamSwap[]>();
  #numbers = 0;
  /** Of the route at hand. */
  #swaps: StreamSwap[] = [];

  add({ before, after }: RouteChange): void {
    this.#swaps = [];
    const left = new Map(before?.attachments.map(attachment => [attachment.listener.table, attachment]));
    for (const attachment of after?.attachments ?? []) {
      const { table } = attachment.listener;
      const old = left.get(table);
      const isThere = old !== undefined && haveSameItems(old.hostnames, attachment.hostnames);
      if (isThere) left.delete(table);
      const removed = isThere ? streamAt(before, old) : null;
      this.#place(attachment, { removed, added: streamAt(after, attachment) });
    }
    for (const old of left.values()) this.#place(old, { removed: streamAt(before, old), added: null });
  }

  #place({ listener, hostnames }: Attachment, { removed, added }: Pick<StreamSwap, 'removed' | 'added'>): void {
    if (removed === added) return;
    const known = this.#swaps.find(
      swap => swap.hostnames === hostnames && swap.removed === removed && swap.added === added,
    );
    const swap = known ?? { number: this.#numbers++, hostnames, removed, added };
    if (known === undefined) this.#swaps.push(swap);
    const ofTable = this.byTable.get(listener.table);
    if (ofTable === undefined) this.byTable.set(listener.table, [swap]);
    else ofTable.push(swap);
  }
}

function streamAt(route: TranslatedRoute | undefined, { listener }: Attachment): RankedStream | null {
  return route === undefined ? null : formAt(route, listener).stream;
}
