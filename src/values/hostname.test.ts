// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  ANY_HOST,
  compareHostnames,
  hostnameCovers,
  hostnameMatches,
  hostOfAuthority,
  intersectHostnames,
} from './hostname.ts';

const label = fc.constantFrom('a', 'b');
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map(labels => labels.join('.'));
const pattern = fc.oneof(
  host,
  host.map(name => `*.${name}`),
  fc.constant(ANY_HOST),
);

// Every host of up to five labels: one more than the patterns have, so that wildcards can be told apart.
const hosts = Array.from({ length: 5 }).reduce<string[]>(
  names => [...new Set([...names, 'a', 'b', ...names.flatMap(name => [`a.${name}`, `b.${name}`])])],
  [],
);

describe('hostname patterns', () => {
  for (const [written, name, expected] of [
    ['a.example.com', 'a.example.com', true],
    ['a.example.com', 'b.a.example.com', false],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'a.b.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', '.example.com', false],
    ['*.example.com', 'aexample.com', false],
    ['*', 'anything', true],
  ] as const) {
    it(`${written} ${expected ? 'takes' : 'does not take'} ${name}`, () => {
      assert.equal(hostnameMatches(written, name), expected);
    });
  }

  it('cover another pattern when they take all of its hosts', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => assert.equal(hostnameCovers(a, b), intersectHostnames(a, b) === b)),
    );
  });

  it('intersect to exactly the hosts that both take', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => {
        const both = intersectHostnames(a, b);
        for (const name of hosts) {
          const expected = hostnameMatches(a, name) && hostnameMatches(b, name);
          assert.equal(both !== undefined && hostnameMatches(both, name), expected, `${a} and ${b}: ${name}`);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('intersect to the same pattern from both sides', () => {
    fc.assert(
      fc.property(pattern, pattern, (a, b) => assert.equal(intersectHostnames(a, b), intersectHostnames(b, a))),
    );
  });

  it('are ordered: precise ones first, longer before shorter, any host last', () => {
    const sorted = ['*', '*.com', 'a.com', '*.a.b.com', 'b.com', 'long.a.com'].toSorted(compareHostnames);
    assert.deepEqual(sorted, ['long.a.com', 'a.com', 'b.com', '*.a.b.com', '*.com', '*']);
  });
});

describe('hostOfAuthority', () => {
  for (const [authority, expected] of [
    ['Example.COM', 'example.com'],
    ['example.com:443', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com.:443', 'example.com'],
    ['[::1]:80', '[::1]'],
    ['[::1]', '[::1]'],
    ['', ''],
  ] as const) {
    it(`of ${JSON.stringify(authority)} is ${JSON.stringify(expected)}`, () => {
      assert.equal(hostOfAuthority(authority), expected);
    });
  }
});
