// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { parsed } from '../environment.test-support.ts';
import { lintNeverMatches } from './never-matches.ts';

/** How many findings a path pattern has. */
function findingsOf(pattern: string): number {
  return findingsOfMatch({ path: { type: 'RegularExpression', value: pattern } });
}

function findingsOfMatch(match: object): number {
  const route = parsed({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec: { rules: [{ matches: [match] }] },
  });
  if (route.kind !== 'HTTPRoute') throw new Error('not an HTTPRoute');
  return lintNeverMatches(route).length;
}

const PARTS = [
  'a',
  '/',
  'b',
  '\\?',
  '?',
  '*',
  '+',
  '(',
  ')',
  '[',
  ']',
  '[^',
  '\\',
  '\\\\',
  '.',
  '|',
  '^',
  '$',
  '{0,1}',
  '\\[',
];

describe('matches that no request can meet', () => {
  it('are found where a pattern begins with another character, or asks for a query', () => {
    for (const pattern of ['api/.*', '^v[0-9]+', '(?i)api', 'a+/b', '/a\\?b=.*', '/[a]\\?+'])
      assert.equal(findingsOf(pattern), 1, pattern);
    for (const pattern of [
      '/api',
      '.*',
      'a*/b',
      'a?/b',
      'a|/b',
      '(a)?/b',
      '/a(\\?b)?',
      '/a\\??',
      '/a[\\?]*',
      '/a\\\\?b',
    ])
      assert.equal(findingsOf(pattern), 0, pattern);
  });

  it('are found where the method is CONNECT, which is not served', () => {
    assert.equal(findingsOfMatch({ method: 'CONNECT' }), 1);
    assert.equal(findingsOfMatch({ method: 'OPTIONS' }), 0);
  });

  it('are none that a path meets', () => {
    const patterns = fc.array(fc.constantFrom(...PARTS), { minLength: 1, maxLength: 8 }).map(parts => parts.join(''));
    const paths = fc
      .array(fc.constantFrom('a', 'b', '/', '\\', '[', '^'), { maxLength: 5 })
      .map(all => `/${all.join('')}`);
    const property = fc.property(patterns, fc.array(paths, { minLength: 20, maxLength: 20 }), (pattern, tried) => {
      let compiled: RE2JS;
      try {
        compiled = RE2JS.compile(pattern);
      } catch {
        return;
      }
      if (!tried.some(path => compiled.testExact(path))) return;
      assert.equal(findingsOf(pattern), 0, pattern);
    });
    fc.assert(property, { numRuns: 3_000 });
  });
});
