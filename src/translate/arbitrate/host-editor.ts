// SPDX-License-Identifier: Apache-2.0

import { haveSameItems } from '../../values/index.ts';
import { haveSameOrder, type RankedEntry, type RankedRoute } from '../rules/precedence.ts';
import type { EntrySwap } from './entry-swaps.ts';
import { editHost, type HostTable } from './host-table.ts';
import { type Done, RepeatedWork } from './repeated-work.ts';

/**
 * Edits hosts, those of one pass. Hosts whose entries are the same in the same order have one list of them, be they of one listener or
 * of many: else the entries of a route would be written down once for each of its hosts at each of its listeners.
 */
export class HostEditor {
  readonly #known: KnownLists;
  readonly #done = new RepeatedWork<readonly RankedEntry[] | undefined, EntrySwap, DoneHost>();

  /** `before`: all hosts as they were. */
  constructor(before: () => Iterable<HostTable>) {
    this.#known = new KnownLists(before);
  }

  /** undefined: no entry is left. */
  edit(hostname: string, table: HostTable | undefined, steps: readonly EntrySwap[]): HostTable | undefined {
    const before = table?.ranked;
    const done = this.#done.find(before, steps, work => work.hostname === hostname || work.isOrderedFor(hostname));
    if (done !== undefined) return this.#named(hostname, done.after);
    const after = this.#share(editHost(hostname, table, steps), steps);
    this.#done.add(new DoneHost(hostname, { before, steps, after }));
    return after;
  }

  /** What comes to be by a new listener, or in several steps, may be there under another name. */
  #share(table: HostTable | undefined, steps: readonly EntrySwap[]): HostTable | undefined {
    const first = table?.ranked[0];
    if (table === undefined || first === undefined || steps.some(({ isFresh }) => isFresh)) return table;
    const known = this.#known.find(first, table.ranked);
    return known === undefined ? table : this.#named(table.virtualHost.hostname, known);
  }

  #named(hostname: string, table: HostTable | undefined): HostTable | undefined {
    if (table === undefined || table.virtualHost.hostname === hostname) return table;
    const { ranked, virtualHost } = table;
    return this.#known.of(hostname, ranked) ?? { ranked, virtualHost: { hostname, entries: virtualHost.entries } };
  }
}

/** So many lists that begin with one entry are compared. */
const MAX_TRIED = 8;

/** The lists of all hosts, each once, and who has them. A pass looks at all hosts for it, so no more is made of each than is asked for. */
class KnownLists {
  readonly #tables: () => Iterable<HostTable>;
  #byFirst: ReadonlyMap<RankedEntry, readonly HostTable[]> | undefined;
  #byList: ReadonlyMap<readonly RankedEntry[], ReadonlyMap<string, HostTable>> | undefined;

  constructor(tables: () => Iterable<HostTable>) {
    this.#tables = tables;
  }

  /** A host with the entries of `ranked`, which begins with `first`. */
  find(first: RankedEntry, ranked: readonly RankedEntry[]): HostTable | undefined {
    this.#byFirst ??= firstOfLists(this.#tables());
    return this.#byFirst.get(first)?.find(known => haveSameItems(known.ranked, ranked));
  }

  /** The host of a list that has a name. Of lists that are new, as are all where none was looked for, there is none. */
  of(hostname: string, list: readonly RankedEntry[]): HostTable | undefined {
    if (this.#byFirst === undefined) return undefined;
    this.#byList ??= hostsOfLists(this.#tables());
    return this.#byList.get(list)?.get(hostname);
  }
}

/** By the entry that a list begins with, a host of each. */
function firstOfLists(tables: Iterable<HostTable>): ReadonlyMap<RankedEntry, readonly HostTable[]> {
  const byFirst = new Map<RankedEntry, HostTable[]>();
  for (const table of tables) {
    const first = table.ranked[0] as RankedEntry;
    const lists = byFirst.get(first);
    if (lists === undefined) byFirst.set(first, [table]);
    else if (lists.length < MAX_TRIED && lists.every(({ ranked }) => ranked !== table.ranked)) lists.push(table);
  }
  return byFirst;
}

/** By list, then name. */
function hostsOfLists(
  tables: Iterable<HostTable>,
): ReadonlyMap<readonly RankedEntry[], ReadonlyMap<string, HostTable>> {
  const byList = new Map<readonly RankedEntry[], Map<string, HostTable>>();
  for (const table of tables) {
    const { hostname } = table.virtualHost;
    const hosts = byList.get(table.ranked);
    if (hosts === undefined) byList.set(table.ranked, new Map([[hostname, table]]));
    else hosts.set(hostname, table);
  }
  return byList;
}

class DoneHost implements Done<readonly RankedEntry[] | undefined, EntrySwap, HostTable | undefined> {
  readonly hostname: string;
  readonly before: readonly RankedEntry[] | undefined;
  readonly steps: readonly EntrySwap[];
  readonly after: HostTable | undefined;
  #routes: readonly RankedRoute[] | undefined;

  constructor(hostname: string, { before, steps, after }: Pick<DoneHost, 'before' | 'steps' | 'after'>) {
    this.hostname = hostname;
    this.before = before;
    this.steps = steps;
    this.after = after;
  }

  /** Whether its entries stand in the same order under another name. */
  isOrderedFor(hostname: string): boolean {
    this.#routes ??= [...new Set(this.after?.ranked.map(({ route }) => route))];
    return haveSameOrder(this.#routes, this.hostname, hostname);
  }
}
