// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownPaths } from './known-paths.ts';

const paths = (service: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) => `/${service}/Method${at}`);

describe('known paths', () => {
  it('may be any that was added, of whatever length', () => {
    const added = ['/', '/a', '/é/ü', ...paths('a.B', 1_000)];
    const known = new KnownPaths(added.slice(0, 500));
    for (const path of added.slice(500)) known.add(path);
    for (const path of added) assert.ok(known.mayHave(path), path);
  });

  it('are told from most others by a few characters', () => {
    const known = new KnownPaths(paths('a.B', 1_000));
    const others = [...paths('shop.Cart', 10_000), ...paths('a.B', 100_000).slice(1_000)];
    const taken = others.filter(path => known.mayHave(path)).length;
    assert.ok(taken < others.length / 10, `${taken} of ${others.length}`);
  });
});
