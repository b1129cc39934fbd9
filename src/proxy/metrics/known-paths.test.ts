// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { KnownPaths } from './known-paths.ts';

const paths = (prefix: string, count: number): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`);

describe('known paths', () => {
  it('may be any that was added, of whatever length', () => {
    const added = ['/', '/a', '/é/ü', ...paths('/a.B/Method', 1_000)];
    const known = new KnownPaths(added.slice(0, 500));
    for (const path of added.slice(500)) known.add(path);
    for (const path of added) assert.ok(known.mayHave(path), path);
  });

  it('are told from most others by a few characters, also where names count up', () => {
    for (const prefix of ['/a.B/Method', '/shop.Cart/Get', '/bench.Bench/Unary', '/a.much.longer.Name/Method']) {
      const known = new KnownPaths(paths(prefix, 1_000));
      const others = [...paths('/shop.List/Get', 10_000), ...paths(prefix, 30_000).slice(1_000)];
      const taken = others.filter(path => known.mayHave(path)).length;
      assert.ok(taken < others.length / 20, `${taken} of ${others.length}`);
    }
  });
});
