// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { GrpcMatch, RouteEntry } from '../../snapshot/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { compareHostnames } from '../../values/index.ts';
import { type Aged, compareAge } from '../age.ts';
import { compareEntries, entryOrder, type RankedEntry, rankEntry } from './precedence.ts';

interface Written {
  readonly method?: GrpcMatch['method'];
  readonly headers?: number;
  readonly route?: Aged & { readonly hostnames?: readonly string[] };
  readonly ruleIndex?: number;
  readonly matchIndex?: number;
}

function ranked({
  method = null,
  headers = 0,
  route = { namespace: 'n', name: 'r' },
  ruleIndex = 0,
  matchIndex = 0,
}: Written): RankedEntry {
  const names = Array.from({ length: headers }, (_, index) => ({
    kind: 'exact' as const,
    name: `h${index}`,
    value: 'v',
  }));
  const { namespace, name } = route;
  const rule = sampleRule(name, { origin: { kind: 'GRPCRoute', namespace, name, ruleIndex, ruleName: '' } });
  const entry: RouteEntry = { match: { kind: 'grpc', method, headers: names }, rule, matchIndex };
  return rankEntry(entry, { hostnames: [], ...route });
}

const exact = (service: string | null, method: string | null) => ({ kind: 'exact' as const, service, method });
const regex = (service: string | null, method: string | null) => ({ kind: 'regex' as const, service, method });

describe('compareEntries', () => {
  const better: readonly [string, Written, Written][] = [
    ['more characters of the service', { method: exact('a.Longer', null) }, { method: exact('a.B', 'VeryLongMethod') }],
    ['then more characters of the method', { method: exact('a.B', 'Get') }, { method: exact('a.B', null), headers: 9 }],
    ['a method alone above none', { method: exact(null, 'G') }, { headers: 9 }],
    ['then more headers', { method: exact('a.B', 'Get'), headers: 2 }, { method: exact('a.B', 'Get'), headers: 1 }],
    ['exact methods above patterns', { method: exact(null, 'G') }, { method: regex('long.pattern.*', '.*') }],
    ['patterns above no method at all', { method: regex('.*', null) }, { headers: 9 }],
    [
      'the older route',
      { route: { namespace: 'z', name: 'z', creationTimestamp: '2025-01-01T00:00:00Z' } },
      { route: { namespace: 'a', name: 'a', creationTimestamp: '2025-01-02T00:00:00Z' } },
    ],
    ['then the namespace', { route: { namespace: 'a', name: 'z' } }, { route: { namespace: 'b', name: 'a' } }],
    ['then the name', { route: { namespace: 'a', name: 'a' } }, { route: { namespace: 'a', name: 'b' } }],
    ['then the rule written first', { ruleIndex: 0, matchIndex: 5 }, { ruleIndex: 1 }],
    ['then the match written first', { matchIndex: 0 }, { matchIndex: 1 }],
  ];
  for (const [rule, first, second] of better) {
    it(`prefers ${rule}`, () => {
      assert.ok(compareEntries(ranked(first), ranked(second)) < 0);
      assert.ok(compareEntries(ranked(second), ranked(first)) > 0);
    });
  }

  it('is a total order', () => {
    const text = fc.constantFrom(null, 'a', 'bb');
    const entry = fc
      .record({
        method: fc.oneof(
          fc.constant(null),
          fc.tuple(text, text).map(([s, m]) => exact(s, m)),
          fc.tuple(text, text).map(([s, m]) => regex(s, m)),
        ),
        headers: fc.nat(2),
        ruleIndex: fc.nat(1),
        matchIndex: fc.nat(1),
      })
      .map(ranked);
    fc.assert(
      fc.property(entry, entry, entry, (a, b, c) => {
        assert.equal(Math.sign(compareEntries(a, b)), 0 - Math.sign(compareEntries(b, a)));
        if (compareEntries(a, b) <= 0 && compareEntries(b, c) <= 0) assert.ok(compareEntries(a, c) <= 0);
      }),
    );
  });
});

describe('entryOrder', () => {
  const old = { namespace: 'a', name: 'a' };
  const recent = { namespace: 'z', name: 'z', creationTimestamp: '2025-01-01T00:00:00Z' };
  const rows: readonly [string, string, readonly string[], readonly string[]][] = [
    ['an exact name above a wildcard', 'abc.example.com', ['abc.example.com'], ['*.example.com']],
    ['a longer wildcard', '*.example.com', ['*.example.com'], ['*.com']],
    ['any hostname above none', '*.example.com', ['*.com'], []],
    ['the best of several hostnames', 'a.b.c', ['*.c', '*.b.c'], ['*.c']],
  ];
  for (const [rule, hostname, better, worse] of rows) {
    it(`prefers ${rule}, though the route is newer and its match shorter`, () => {
      const compare = entryOrder(hostname);
      const first = ranked({ route: { ...recent, hostnames: better.toSorted(compareHostnames) } });
      const second = ranked({ route: { ...old, hostnames: worse }, method: exact('a.B', 'Get') });
      assert.ok(compare(first, second) < 0);
      assert.ok(compare(second, first) > 0);
    });
  }

  it('leaves the rest to compareEntries, whatever else the routes serve', () => {
    const other = ranked({ route: { ...old, hostnames: ['x.example.com', '*.example.com'] } });
    const one = ranked({ route: { ...recent, hostnames: ['*.example.com'] }, method: exact('a.B', 'Get') });
    assert.ok(entryOrder('abc.example.com')(one, other) < 0);
  });
});

describe('compareAge', () => {
  it('takes an object without a timestamp for older than any', () => {
    const dated = { namespace: 'a', name: 'a', creationTimestamp: '2025-01-01T00:00:00Z' };
    assert.ok(compareAge({ namespace: 'b', name: 'b' }, dated) < 0);
  });
});
