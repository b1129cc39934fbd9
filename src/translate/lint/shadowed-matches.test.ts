// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GrpcMatch, HttpMatch, RequestMatch } from '../../snapshot/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { compareEntries, rankEntry } from '../rules/precedence.ts';
import { findTakers, lintShadows } from './shadowed-matches.ts';

/** Indexes of those `matches` (of one rule) that are found to be hidden. */
function hidden(...matches: readonly Omit<GrpcMatch, 'kind'>[]): readonly number[] {
  return hiddenAmong(matches.map(match => ({ kind: 'grpc', ...match })));
}

function hiddenAmong(matches: readonly RequestMatch[]): readonly number[] {
  const rule = sampleRule('r');
  const entries = matches.map((match, matchIndex) => ({ match, rule, matchIndex }));
  const ranked = entries
    .map(entry => rankEntry(entry, { namespace: 'n', name: 'r', hostnames: [] }))
    .sort(compareEntries);
  const takers = findTakers(ranked);
  return ranked.flatMap(({ entry }, place) => ((takers?.[place] ?? -1) < 0 ? [] : [entry.matchIndex]));
}

const exact = (service: string | null, method: string | null = null) => ({ kind: 'exact' as const, service, method });
const regex = (service: string | null, method: string | null = null) => ({ kind: 'regex' as const, service, method });
const header = (name: string) => ({ kind: 'exact' as const, name, value: 'v' });

/** A listener with one host, at which every match after the first is hidden. */
function tableOf(size: number) {
  const rule = sampleRule('r');
  const match: GrpcMatch = { kind: 'grpc', method: null, headers: [] };
  const ranked = Array.from({ length: size }, (_, matchIndex) =>
    rankEntry({ match, rule, matchIndex }, { namespace: 'n', name: 'r', hostnames: [] }),
  );
  const virtualHost = { hostname: 'a.org', entries: ranked.map(({ entry }) => entry) };
  return { hosts: new Map([['a.org', { ranked, virtualHost }]]), virtualHosts: [virtualHost] };
}

describe('lintShadows', () => {
  it('looks once at what listeners have alike, also after a change', () => {
    const alike = tableOf(2);
    const first = lintShadows(
      new Map([
        ['x', alike],
        ['y', alike],
        ['z', tableOf(1)],
      ]),
      undefined,
    );
    assert.deepEqual([...first.takers.keys()], ['x', 'y']);
    assert.equal(first.takers.get('x'), first.takers.get('y'));
    const changed = tableOf(3);
    const second = lintShadows(
      new Map([
        ['x', changed],
        ['y', changed],
        ['z', changed],
      ]),
      first,
    );
    assert.equal(second.takers.get('x'), second.takers.get('y'));
    assert.deepEqual(
      ['x', 'z'].map(listener => [...(second.takers.get(listener)?.get('a.org') ?? [])]),
      [
        [-1, 0, 0],
        [-1, 0, 0],
      ],
    );
  });
});

describe('findTakers', () => {
  it('finds the second of two equal matches, headers in any order', () => {
    assert.deepEqual(hidden({ method: exact('a.B'), headers: [] }, { method: exact('a.B'), headers: [] }), [1]);
    const two = [header('x'), header('y')];
    assert.deepEqual(hidden({ method: null, headers: two }, { method: null, headers: two.toReversed() }), [1]);
  });

  it('lets narrower matches stand before broader ones', () => {
    assert.deepEqual(
      hidden(
        { method: null, headers: [] },
        { method: exact('a.B'), headers: [] },
        { method: exact('a.B', 'M'), headers: [header('x')] },
      ),
      [],
    );
  });

  it('sees a pattern without special characters behind the exact method that includes it', () => {
    assert.deepEqual(hidden({ method: regex('a\\.B', 'M'), headers: [] }, { method: exact('a.B'), headers: [] }), [0]);
    assert.deepEqual(
      hidden({ method: regex('a\\.B', 'M'), headers: [header('x')] }, { method: exact(null, 'M'), headers: [] }),
      [0],
    );
  });

  it('finds what stands behind a pattern of every path', () => {
    const path = (kind: HttpMatch['path']['kind'], value: string): HttpMatch => {
      return { kind: 'http', path: { kind, value }, method: null, headers: [], queryParams: [] };
    };
    assert.deepEqual(hiddenAmong([path('prefix', '/'), path('regex', '/.*'), path('prefix', '/a')]), [2, 0]);
    assert.deepEqual(hiddenAmong([path('prefix', '/'), path('regex', '/a.*'), path('prefix', '/a')]), []);
    assert.deepEqual(hiddenAmong([path('regex', '/.*'), path('exact', '/a')]), []);
  });

  it('takes a real pattern for what it is', () => {
    assert.deepEqual(hidden({ method: regex('a.B'), headers: [] }, { method: exact('a.B'), headers: [] }), []);
    assert.deepEqual(hidden({ method: regex('a[.]B'), headers: [] }, { method: exact('a.B'), headers: [] }), []);
  });
});
