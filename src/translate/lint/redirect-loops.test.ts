// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { HttpMatch } from '../../snapshot/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import type { ListenerTables } from '../arbitrate/listener-tables.ts';
import { compareEntries, type RankedEntry, rankEntry } from '../rules/precedence.ts';
import { type LoopCandidate, lintRedirectLoops } from './redirect-loops.ts';

function entriesOf(paths: readonly HttpMatch['path'][]): readonly RankedEntry[] {
  const entries = paths.map((path, at) => {
    const name = `r${String(at).padStart(4, '0')}`;
    const match = { kind: 'http', path, method: null, headers: [], queryParams: [] } as const;
    return rankEntry({ match, rule: sampleRule(name), matchIndex: 0 }, { namespace: 'n', name, hostnames: [] });
  });
  return entries.sort(compareEntries);
}

function tablesOf(ranked: readonly RankedEntry[]): ListenerTables {
  const hosts = new Map([['*', { ranked, virtualHost: { hostname: '*', entries: [] } }]]);
  return new Map([['l', { hosts, virtualHosts: [] }]]);
}

const candidateOf = ({ entry }: RankedEntry, path: string): LoopCandidate => ({
  entry,
  path,
  listener: 'l',
  hostname: '*',
});

const takes = ({ kind, value }: HttpMatch['path'], path: string): boolean =>
  path === value || (kind === 'prefix' && (value === '/' || path.startsWith(`${value}/`)));

describe('redirects that lead back to their rule', () => {
  it('are those whose entry is the first that takes the path', () => {
    const segments = fc.array(fc.constantFrom('a', 'b', ''), { minLength: 1, maxLength: 4 });
    const path = segments.map(parts => `/${parts.join('/')}`);
    const own = fc.record({ kind: fc.constantFrom('exact', 'prefix'), value: path } as const);
    const written = fc.oneof(
      { weight: 8, arbitrary: own },
      { weight: 1, arbitrary: fc.constant({ kind: 'regex', value: 'x' } as const) },
    );
    const several = fc.uniqueArray(written, { selector: ({ kind, value }) => kind + value, maxLength: 8 });
    fc.assert(
      fc.property(several, path, (paths, target) => {
        const ranked = entriesOf(paths);
        const mayTake = ({ entry: { match } }: RankedEntry): boolean =>
          match.kind === 'http' && (match.path.kind === 'regex' || takes(match.path, target));
        const candidates = ranked.filter(one => mayTake(one) && !one.matchKey.startsWith('regex'));
        const byRoute = new Map([['n/r', candidates.map(one => candidateOf(one, target))]]);
        const first = ranked.find(mayTake);
        assert.deepEqual(
          lintRedirectLoops(byRoute, tablesOf(ranked)).map(({ resource }) => resource?.name),
          first !== undefined && candidates.includes(first) ? [first.route.name] : [],
        );
      }),
    );
  });

  it('are found with a look or two at each entry of a host, however many there are', () => {
    let looks = 0;
    const counted = (value: string): HttpMatch['path'] => ({
      get kind() {
        looks++;
        return 'prefix' as const;
      },
      value,
    });
    const ranked = entriesOf(Array.from({ length: 1_000 }, (_, at) => counted(`/r${at}`)));
    looks = 0;
    const byRoute = new Map(ranked.map((one, at) => [`n/r${at}`, [candidateOf(one, `${pathOf(one)}/x`)]]));
    assert.equal(lintRedirectLoops(byRoute, tablesOf(ranked)).length, 1_000);
    assert.ok(looks <= 2_000, `${looks} looks`);
  });
});

function pathOf({ entry: { match } }: RankedEntry): string {
  return match.kind === 'http' ? match.path.value : '';
}
