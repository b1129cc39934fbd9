// SPDX-License-Identifier: Apache-2.0

import type { VirtualHost } from '../../snapshot/index.ts';
import { entryOrder, type RankedEntry } from '../rules/precedence.ts';
import type { EntrySwap } from './entry-swaps.ts';

/** The entries of one hostname of one listener, ranked. Both lists may be those of other hosts, too. */
export interface HostTable {
  /** Never empty. */
  readonly ranked: readonly RankedEntry[];
  readonly virtualHost: VirtualHost;
}

/** What changed about a hostname. */
interface HostEdit {
  readonly removed: readonly RankedEntry[];
  readonly added: readonly RankedEntry[];
}

/**
 * Applies `swaps`; undefined when no entry is left. Entries that are replaced by others of the same rank and match (a
 * weight or a backend changed) are put in their places: nothing is sorted again.
 */
export function editHost(
  hostname: string,
  table: HostTable | undefined,
  swaps: readonly EntrySwap[],
): HostTable | undefined {
  const edit = { removed: swaps.flatMap(({ removed }) => removed), added: swaps.flatMap(({ added }) => added) };
  const order = entryOrder(hostname);
  const replacements = table === undefined ? undefined : pairEntries(edit, order);
  if (table !== undefined && replacements !== undefined) {
    return replaceEntries(table, replacements);
  }
  const ranked = mergeRanked(withoutEntries(table?.ranked ?? [], edit.removed), edit.added.toSorted(order), order);
  if (ranked.length === 0) return undefined;
  return { ranked, virtualHost: virtualHostOf(hostname, ranked) };
}

function virtualHostOf(hostname: string, ranked: readonly RankedEntry[]): VirtualHost {
  return { hostname, entries: ranked.map(({ entry }) => entry) };
}

function withoutEntries(ranked: readonly RankedEntry[], removed: readonly RankedEntry[]): readonly RankedEntry[] {
  if (removed.length === 0) return ranked;
  const gone = new Set(removed);
  return ranked.filter(entry => !gone.has(entry));
}

/** Both in order. One comparison for each entry at most; a few new ones among thousands take a dozen each. */
function mergeRanked(ranked: readonly RankedEntry[], added: readonly RankedEntry[], order: Order): RankedEntry[] {
  const merged: RankedEntry[] = [];
  let from = 0;
  for (const entry of added) {
    const place = placeOf(entry, ranked, { from, order });
    for (; from < place; from++) merged.push(ranked[from] as RankedEntry);
    merged.push(entry);
  }
  for (; from < ranked.length; from++) merged.push(ranked[from] as RankedEntry);
  return merged;
}

/** After all that stand before it, from `from` on: looked for in growing steps, then halved, so that what is near is cheap. */
function placeOf(
  entry: RankedEntry,
  ranked: readonly RankedEntry[],
  { from, order }: { readonly from: number; readonly order: Order },
): number {
  const standsBefore = (at: number): boolean => order(ranked[at] as RankedEntry, entry) <= 0;
  let low = from;
  let step = 1;
  while (low + step <= ranked.length && standsBefore(low + step - 1)) {
    low += step;
    step *= 2;
  }
  let high = Math.min(ranked.length, low + step - 1);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (standsBefore(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}

type Order = (a: RankedEntry, b: RankedEntry) => number;

function replaceEntries(
  { ranked, virtualHost }: HostTable,
  replacements: ReadonlyMap<RankedEntry, RankedEntry>,
): HostTable {
  const nextRanked = ranked.slice();
  const entries = virtualHost.entries.slice();
  for (const [place, after] of placed(ranked, replacements)) {
    nextRanked[place] = after;
    entries[place] = after.entry;
  }
  return { ranked: nextRanked, virtualHost: { ...virtualHost, entries } };
}

/** Up to here looking for each is quicker than looking at all. */
const FEW = 16;

function* placed(
  ranked: readonly RankedEntry[],
  replacements: ReadonlyMap<RankedEntry, RankedEntry>,
): Generator<readonly [place: number, after: RankedEntry]> {
  if (replacements.size <= FEW) {
    for (const [before, after] of replacements) yield [ranked.indexOf(before), after];
    return;
  }
  for (const [place, before] of ranked.entries()) {
    const after = replacements.get(before);
    if (after !== undefined) yield [place, after];
  }
}

function pairEntries({ removed, added }: HostEdit, order: Order): ReadonlyMap<RankedEntry, RankedEntry> | undefined {
  if (removed.length !== added.length) return undefined;
  const pairs = new Map<RankedEntry, RankedEntry>();
  for (const [index, before] of removed.entries()) {
    const after = added[index];
    if (after === undefined || after.matchKey !== before.matchKey || order(before, after) !== 0) return undefined;
    pairs.set(before, after);
  }
  return pairs;
}
