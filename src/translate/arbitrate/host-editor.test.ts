// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { compareHostnames, hostnameCovers } from '../../values/index.ts';
import { entryOrder, type RankedEntry, rankEntry } from '../rules/precedence.ts';
import type { EntrySwap } from './entry-swaps.ts';
import { HostEditor } from './host-editor.ts';
import type { HostTable } from './host-table.ts';

const HOSTS = ['*', '*.a', 'x.a', 'z.a', '*.x.a', 'y.x.a', '*.y.x.a'];

/** Names tell their ages: the first is the oldest. */
function entryOf(hostnames: readonly string[], index: number): RankedEntry {
  const name = `r${index}`;
  const match = { kind: 'grpc', method: null, headers: [] } as const;
  const route = { namespace: 'n', name, hostnames: hostnames.toSorted(compareHostnames) };
  return rankEntry({ match, rule: sampleRule(name), matchIndex: 0 }, route);
}

const isOf = ({ route }: RankedEntry, host: string): boolean =>
  route.hostnames.length === 0 || route.hostnames.some(own => hostnameCovers(own, host));

function swapOf(removed: RankedEntry[], added: RankedEntry[], number: number): EntrySwap {
  return { number, removed, added, isFresh: added.length > 0 };
}

/** One pass over `hosts`, in this order: each gets the swaps of the routes that it takes requests of. */
function pass(
  before: ReadonlyMap<string, HostTable>,
  hosts: readonly string[],
  swaps: readonly EntrySwap[],
): Map<string, HostTable> {
  const editor = new HostEditor(() => before.values());
  const after = new Map(before);
  for (const host of hosts) {
    const steps = swaps.filter(({ removed, added }) => [...removed, ...added].some(entry => isOf(entry, host)));
    if (steps.length === 0) continue;
    const table = editor.edit(host, before.get(host), steps);
    if (table === undefined) after.delete(host);
    else after.set(host, table);
  }
  return after;
}

/** What each host has, as names of routes, sorted for itself alone. */
function expected(entries: readonly RankedEntry[], host: string): readonly string[] {
  return named(entries.filter(entry => isOf(entry, host)).toSorted(entryOrder(host)));
}

const named = (entries: readonly RankedEntry[]): readonly string[] => entries.map(({ route }) => route.name);

describe('HostEditor', () => {
  it('gives each host the order that it has by itself, whichever hosts share their lists', () => {
    const routes = fc.array(fc.uniqueArray(fc.constantFrom(...HOSTS.slice(1)), { maxLength: 3 }), { maxLength: 4 });
    const order = fc.shuffledSubarray(HOSTS, { minLength: 1 });
    fc.assert(
      fc.property(routes, order, fc.nat(3), fc.nat(3), (written, hosts, kept, gone) => {
        const entries = written.map(entryOf);
        const check = (tables: ReadonlyMap<string, HostTable>, live: readonly RankedEntry[]): void => {
          for (const host of hosts) {
            const table = tables.get(host);
            assert.deepEqual(named(table?.ranked ?? []), expected(live, host), host);
            assert.deepEqual(table?.virtualHost.entries ?? [], table?.ranked.map(({ entry }) => entry) ?? []);
            if (table !== undefined) assert.equal(table.virtualHost.hostname, host);
          }
        };
        const first = entries.slice(0, kept + 1);
        const added = pass(
          new Map(),
          hosts,
          first.map((entry, index) => swapOf([], [entry], index)),
        );
        check(added, first);
        const changes = entries.flatMap((entry, index) => {
          if (index > kept) return [swapOf([], [entry], index)];
          return index === gone ? [swapOf([entry], [], index)] : [];
        });
        check(
          pass(added, hosts, changes),
          entries.filter((_, index) => index > kept || index !== gone),
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('writes one list for hosts of the same order', () => {
    const entries = [['*.a'], ['*.a'], []].map(entryOf);
    const tables = pass(
      new Map(),
      ['x.a', 'z.a', 'y.x.a'],
      entries.map((entry, index) => swapOf([], [entry], index)),
    );
    assert.equal(new Set([...tables.values()].map(({ ranked }) => ranked)).size, 1);
    assert.equal(new Set([...tables.values()].map(({ virtualHost }) => virtualHost.entries)).size, 1);
  });

  it('finds the host of another listener that is the same already, by its entries and its name', () => {
    const [kept, gone] = [['*.a'], ['*.a']].map(entryOf) as [RankedEntry, RankedEntry];
    const others = pass(new Map(), ['z.a', 'x.a'], [swapOf([], [kept], 0)]);
    const own = pass(new Map(), ['x.a'], [swapOf([], [kept], 0), swapOf([], [gone], 1)]);
    const editor = new HostEditor(() => [...others.values(), ...own.values()]);
    assert.equal(editor.edit('x.a', own.get('x.a'), [swapOf([gone], [], 0)]), others.get('x.a'));
  });

  it('does not look at all hosts for what is new', () => {
    const [entry] = [['*.a']].map(entryOf) as [RankedEntry];
    const editor = new HostEditor(() => assert.fail('looked'));
    const steps = [swapOf([], [entry], 0)];
    const [one, other] = ['x.a', 'z.a'].map(host => editor.edit(host, undefined, steps));
    assert.equal(one?.ranked, other?.ranked);
  });
});
