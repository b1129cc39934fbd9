// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { GrpcMatch } from '../../snapshot/index.ts';
import { sampleRule } from '../../snapshot/rule.test-support.ts';
import { compareEntries, rankEntry } from '../rules/precedence.ts';
import { findTakers } from './shadowed-matches.ts';

/** Indexes of those `matches` (of one rule) that are found to be hidden. */
function hidden(...matches: readonly Omit<GrpcMatch, 'kind'>[]): readonly number[] {
  const rule = sampleRule('r');
  const entries = matches.map((match, matchIndex) => ({
    match: { kind: 'grpc' as const, ...match },
    rule,
    matchIndex,
  }));
  const ranked = entries
    .map(entry => rankEntry(entry, { namespace: 'n', name: 'r', hostnames: [] }))
    .sort(compareEntries);
  const takers = findTakers(ranked);
  return ranked.flatMap(({ entry }, place) => ((takers?.[place] ?? -1) < 0 ? [] : [entry.matchIndex]));
}

const exact = (service: string | null, method: string | null = null) => ({ kind: 'exact' as const, service, method });
const regex = (service: string | null, method: string | null = null) => ({ kind: 'regex' as const, service, method });
const header = (name: string) => ({ kind: 'exact' as const, name, value: 'v' });

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

  it('takes a real pattern for what it is', () => {
    assert.deepEqual(hidden({ method: regex('a.B'), headers: [] }, { method: exact('a.B'), headers: [] }), []);
    assert.deepEqual(hidden({ method: regex('a[.]B'), headers: [] }, { method: exact('a.B'), headers: [] }), []);
  });
});
