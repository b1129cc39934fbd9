// SPDX-License-Identifier: Apache-2.0

import { haveSameItems } from '../../values/index.ts';
import type { Attachment } from '../attach/choose-listeners.ts';
import type { RankedEntry } from '../rules/precedence.ts';
import { formAt } from '../rules/route-forms.ts';
import type { TranslatedRoute } from '../rules/translate-route.ts';
import { isSameIn, type RouteChange } from '../rules/translated-routes.ts';

/** What one changed route takes away and what it brings. */
export interface EntrySwap {
  /** Its own, among those of one pass. */
  readonly number: number;
  readonly removed: readonly RankedEntry[];
  readonly added: readonly RankedEntry[];
  /** What is added was nowhere before. */
  readonly isFresh: boolean;
}

/** A swap at hosts of a listener. All listeners at which a route has the same hosts share one: there may be as many as routes. */
export interface PlacedSwap {
  /** Its own, among those of one pass. */
  readonly number: number;
  readonly hostnames: readonly string[];
  readonly swap: EntrySwap;
}

/** By `ListenerTarget.table`, in the order of the routes; only tables in which something changes. */
export function collectSwaps(changes: ReadonlyMap<string, RouteChange>): ReadonlyMap<string, readonly PlacedSwap[]> {
  const collector = new SwapCollector();
  for (const change of changes.values()) if (!isSameIn(change, 'entries')) collector.add(change);
  return collector.byTable;
}

class SwapCollector {
  readonly byTable = new Map<string, PlacedSwap[]>();
  #numbers = 0;

  add({ before, after }: RouteChange): void {
    const swaps = new SwapsOfRoute(before, () => this.#numbers++);
    const left = new Map(before?.attachments.map(attachment => [attachment.listener.table, attachment]));
    for (const attachment of after?.attachments ?? []) {
      const { table } = attachment.listener;
      const old = left.get(table);
      const added = entriesAt(after, attachment);
      if (old === undefined || !haveSameItems(old.hostnames, attachment.hostnames)) {
        this.#place(table, swaps.at(attachment.hostnames, NONE, added));
        continue;
      }
      left.delete(table);
      const removed = entriesAt(before, old);
      if (removed !== added) this.#place(table, swaps.at(attachment.hostnames, removed, added));
    }
    for (const [table, old] of left) this.#place(table, swaps.at(old.hostnames, entriesAt(before, old), NONE));
  }

  #place(table: string, swap: PlacedSwap): void {
    const known = this.byTable.get(table);
    if (known === undefined) this.byTable.set(table, [swap]);
    else known.push(swap);
  }
}

const NONE: readonly RankedEntry[] = [];

function entriesAt(route: TranslatedRoute | undefined, { listener }: Attachment): readonly RankedEntry[] {
  return route === undefined ? NONE : formAt(route, listener).entries;
}

/** Makes each swap of a route once. */
class SwapsOfRoute {
  readonly #before: TranslatedRoute | undefined;
  readonly #number: () => number;
  readonly #swaps: EntrySwap[] = [];
  readonly #placed = new Map<string, PlacedSwap>();

  constructor(before: TranslatedRoute | undefined, number: () => number) {
    this.#before = before;
    this.#number = number;
  }

  at(hostnames: readonly string[], removed: readonly RankedEntry[], added: readonly RankedEntry[]): PlacedSwap {
    const swap = this.#swap(removed, added);
    const key = `${swap.number} ${hostnames.join(' ')}`;
    let placed = this.#placed.get(key);
    if (placed === undefined) {
      placed = { number: this.#number(), hostnames, swap };
      this.#placed.set(key, placed);
    }
    return placed;
  }

  #swap(removed: readonly RankedEntry[], added: readonly RankedEntry[]): EntrySwap {
    const known = this.#swaps.find(swap => swap.removed === removed && swap.added === added);
    if (known !== undefined) return known;
    const before = this.#before;
    const isFresh = added !== before?.entries && before?.otherForms.some(({ entries }) => entries === added) !== true;
    const swap: EntrySwap = { number: this.#number(), removed, added, isFresh: isFresh && added.length > 0 };
    this.#swaps.push(swap);
    return swap;
  }
}
