// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_LISTED_FINDINGS } from '../../errors/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import { compareEntries, type RankedEntry, rankEntry } from '../rules/precedence.ts';
import { lintShadows } from './shadowed-matches.ts';
import { toldShadows } from './told-shadows.ts';

/** Routes r0000, r0001 … of as many matches, all of which take everything. */
function equalMatches(routes: number, matchesEach: number): readonly RankedEntry[] {
  const entries = Array.from({ length: routes }, (_, at) => {
    const name = `r${String(at).padStart(4, '0')}`;
    const rule = sampleRule(name);
    return Array.from({ length: matchesEach }, (_, matchIndex) =>
      rankEntry(
        { match: { kind: 'grpc', method: null, headers: [] }, rule, matchIndex },
        { namespace: 'default', name, hostnames: [] },
      ),
    );
  });
  return entries.flat().sort(compareEntries);
}

/** `ranked` under each of `hostnames` of each of `listeners`. */
function tablesOf(
  ranked: readonly RankedEntry[],
  listeners: readonly string[],
  hostnames: readonly string[],
): ListenerTables {
  const hosts = new Map(hostnames.map(hostname => [hostname, { ranked, virtualHost: { hostname, entries: [] } }]));
  return new Map(listeners.map(listener => [listener, { hosts, virtualHosts: [] }]));
}

const told = (tables: ListenerTables) => toldShadows(lintShadows(tables, undefined));

describe('what is told of hidden matches', () => {
  it('is each of them, by route and place, once for all hosts and listeners', () => {
    const { findings, more } = told(tablesOf(equalMatches(2, 2), ['a', 'b'], ['x.example', '*']));
    assert.deepEqual(
      findings.map(({ code, resource, path }) => [code, resource?.name, path.join('.')]),
      [
        ['lint/unreachable-match', 'r0000', 'spec.rules.0.matches.1'],
        ['lint/identical-match', 'r0001', 'spec.rules.0.matches.0'],
        ['lint/identical-match', 'r0001', 'spec.rules.0.matches.1'],
      ],
    );
    assert.equal(more, 0);
  });

  it('is no more than is listed: the rest is counted, once for all hosts and listeners, and not made', () => {
    const routes = Math.ceil(MAX_LISTED_FINDINGS / 128) + 20;
    const { findings, more } = told(tablesOf(equalMatches(routes, 128), ['a', 'b'], ['x.example', '*']));
    assert.equal(findings.length, MAX_LISTED_FINDINGS);
    assert.equal(findings.length + more, routes * 128 - 1);
  });

  it('is that nobody gets there only where that holds at each host', () => {
    const [hidden, alone] = [equalMatches(2, 1), equalMatches(2, 1).slice(1)];
    const everywhere = told(tablesOf(hidden, ['a', 'b'], ['x.example']));
    assert.match(everywhere.findings[0]?.message ?? '', /^No request gets here: /);
    const atOne = told(new Map([...tablesOf(hidden, ['a'], ['x.example']), ...tablesOf(alone, ['b'], ['y.example'])]));
    assert.match(atOne.findings[0]?.message ?? '', /^At one host or more no request gets here: /);
  });

  it('is told as of all clients, whichever table was there first', () => {
    const shared = tablesOf(equalMatches(2, 1), ['Gateway/a/g/80'], ['x.example']);
    const ofOne = tablesOf(equalMatches(2, 1), ['Service/a/s:80/a x'], ['x.example']);
    for (const tables of [new Map([...ofOne, ...shared]), new Map([...shared, ...ofOne])])
      assert.deepEqual(told(tables), told(shared));
    assert.notDeepEqual(told(ofOne), told(shared));
  });

  it('is the very same for hosts whose matches stay in their places', () => {
    const before = lintShadows(tablesOf(equalMatches(3, 2), ['a'], ['*']), undefined);
    const after = lintShadows(tablesOf(equalMatches(3, 2), ['a'], ['*']), before);
    assert.equal(after.takers.get('a')?.get('*'), before.takers.get('a')?.get('*'));
    assert.deepEqual(toldShadows(after), toldShadows(before));
  });
});
