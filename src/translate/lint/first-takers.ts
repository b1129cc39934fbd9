// SPDX-License-Identifier: Apache-2.0

/** Whether an entry gets the requests for a path, or one that stands before it. */
import type { RouteEntry } from '../../snapshot/index.ts';
import type { HostTable } from '../arbitrate/host-table.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import type { RankedEntry } from '../rules/precedence.ts';

/** An entry where it stands. */
export interface EntryPlace {
  readonly entry: RouteEntry;
  /** Listener id and hostname. */
  readonly listener: string;
  readonly hostname: string;
}

/** Paths with more segments are not followed: each costs a look at all before it. */
const MAX_FOLLOWED = 64;

/** Of the tables of one pass. What is known of a host is made once, however many entries ask. */
export class FirstTakers {
  readonly #tables: ListenerTables;
  readonly #known = new Map<HostTable['ranked'], PathTakers>();

  constructor(tables: ListenerTables) {
    this.#tables = tables;
  }

  /** Another entry that stands before takes `path`, or might. `entry` takes it, if it is asked. */
  isTakenBefore({ entry, listener, hostname }: EntryPlace, path: string): boolean {
    const ranked = this.#tables.get(listener)?.hosts.get(hostname)?.ranked;
    if (ranked === undefined) return true;
    const takers = this.#known.get(ranked) ?? pathTakers(ranked);
    this.#known.set(ranked, takers);
    const first = ranked[firstOf(takers, path)]?.entry;
    return first === undefined || first.rule.id !== entry.rule.id || first.matchIndex !== entry.matchIndex;
  }
}

/** The places of the entries of a host that stand first of those with the same path. */
interface PathTakers {
  /** Patterns are not tried: each might take any path. */
  readonly pattern: number;
  readonly exact: ReadonlyMap<string, number>;
  readonly prefix: ReadonlyMap<string, number>;
}

function pathTakers(ranked: readonly RankedEntry[]): PathTakers {
  let pattern = Number.POSITIVE_INFINITY;
  const exact = new Map<string, number>();
  const prefix = new Map<string, number>();
  for (const [place, { entry }] of ranked.entries()) {
    if (entry.match.kind !== 'http') continue;
    const { kind, value } = entry.match.path;
    if (kind === 'regex') pattern = Math.min(pattern, place);
    else {
      const known = kind === 'exact' ? exact : prefix;
      if (!known.has(value)) known.set(value, place);
    }
  }
  return { pattern, exact, prefix };
}

/** Infinity: nobody takes it, or it is not followed. */
function firstOf({ pattern, exact, prefix }: PathTakers, path: string): number {
  let first = Math.min(pattern, exact.get(path) ?? Number.POSITIVE_INFINITY);
  const look = (value: string): void => {
    first = Math.min(first, prefix.get(value) ?? Number.POSITIVE_INFINITY);
  };
  look(path);
  look('/');
  let segments = 0;
  for (let at = path.indexOf('/', 1); at !== -1; at = path.indexOf('/', at + 1)) {
    if (++segments > MAX_FOLLOWED) return Number.POSITIVE_INFINITY;
    look(path.slice(0, at));
  }
  return first;
}
