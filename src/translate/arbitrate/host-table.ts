// SPDX-License-Identifier: Apache-2.0

import type { VirtualHost } from '../../snapshot/index.ts';
import { entryOrder, type RankedEntry } from '../rules/precedence.ts';

/** The entries of one hostname of one listener, ranked. */
export interface HostTable {
  readonly ranked: readonly RankedEntry[];
  readonly virtualHost: VirtualHost;
}

/** What changed about a hostname. */
export interface HostEdit {
  readonly removed: readonly RankedEntry[];
  readonly added: readonly RankedEntry[];
}

/**
 * Applies `edit`; undefined when no entry is left. Entries that are replaced by others of the same rank and match (a
 * weight or a backend changed) are put in their places: nothing is sorted again.
 */
export function editHost(hostname: string, table: HostTable | undefined, edit: HostEdit): HostTable | undefined {
  const order = entryOrder(hostname);
  const replacements = table === undefined ? undefined : pairEntries(edit, order);
  if (table !== undefined && replacements !== undefined) {
    return replaceEntries(table, replacements);
  }
  const removed = new Set(edit.removed);
  const kept = (table?.ranked ?? []).filter(entry => !removed.has(entry));
  const ranked = [...kept, ...edit.added].sort(order);
  if (ranked.length === 0) return undefined;
  return { ranked, virtualHost: virtualHostOf(hostname, ranked) };
}

function virtualHostOf(hostname: string, ranked: readonly RankedEntry[]): VirtualHost {
  return { hostname, entries: ranked.map(({ entry }) => entry) };
}

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

function pairEntries(
  { removed, added }: HostEdit,
  order: (a: RankedEntry, b: RankedEntry) => number,
): ReadonlyMap<RankedEntry, RankedEntry> | undefined {
  if (removed.length !== added.length) return undefined;
  const pairs = new Map<RankedEntry, RankedEntry>();
  for (const [index, before] of removed.entries()) {
    const after = added[index];
    if (after === undefined || after.matchKey !== before.matchKey || order(before, after) !== 0) return undefined;
    pairs.set(before, after);
  }
  return pairs;
}
