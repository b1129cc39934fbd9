// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HttpMatch } from '../../snapshot/index.ts';
import { compareHttpMatches, httpTargetKey } from './http-precedence.ts';

const exact = (value: string) => ({ kind: 'exact', value }) as const;
const prefix = (value: string) => ({ kind: 'prefix', value }) as const;
const regex = (value: string) => ({ kind: 'regex', value }) as const;
const fields = (count: number) =>
  Array.from({ length: count }, (_, at) => ({ kind: 'exact' as const, name: `n${at}`, value: 'v' }));

function match(path: HttpMatch['path'], rest: { method?: string; headers?: number; params?: number } = {}): HttpMatch {
  const { method = null, headers = 0, params = 0 } = rest;
  return { kind: 'http', path, method, headers: fields(headers), queryParams: fields(params) };
}

describe('compareHttpMatches', () => {
  /** Each row: what comes first, what comes after it. */
  const rows: readonly (readonly [string, HttpMatch, HttpMatch])[] = [
    ['an exact path before a longer prefix', match(exact('/a')), match(prefix('/a/b/c'))],
    ['an exact path before a pattern', match(exact('/a')), match(regex('/a.*'))],
    ['a pattern before a longer prefix', match(regex('/a')), match(prefix('/a/b'), { method: 'GET', headers: 2 })],
    ['the longer prefix, whatever else is asked for', match(prefix('/a/b')), match(prefix('/a'), { method: 'GET' })],
    ['a method before headers', match(prefix('/a'), { method: 'GET' }), match(prefix('/a'), { headers: 3 })],
    ['more headers before query parameters', match(prefix('/a'), { headers: 1 }), match(prefix('/a'), { params: 3 })],
    ['more query parameters', match(prefix('/a'), { params: 2 }), match(prefix('/a'), { params: 1 })],
  ];
  for (const [name, first, second] of rows) {
    it(`puts first ${name}`, () => {
      assert.ok(compareHttpMatches(first, second) < 0);
      assert.ok(compareHttpMatches(second, first) > 0);
    });
  }

  it('leaves the rest to age and name', () => {
    const [a, b] = [match(prefix('/a'), { headers: 1 }), match(prefix('/b'), { headers: 1 })];
    assert.equal(compareHttpMatches(a, b), 0);
    assert.notEqual(httpTargetKey(a), httpTargetKey(b));
  });
});
