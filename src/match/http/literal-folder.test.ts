// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { literalFolder } from './literal-folder.ts';

describe('the folder of a pattern', () => {
  for (const [pattern, folder] of [
    ['/a/b/c[0-9]+', '/a/b'],
    ['^/a/b', '/a'],
    ['/a/b/', '/a/b'],
    ['/a/v1\\.0/x', '/a/v1.0'],
    ['/a/b/*', '/a'],
    ['/a/b/?c', '/a'],
    ['/a/bc{2}/d', '/a'],
    ['/a/(b|c)/d', '/a'],
    ['/a/x|/b/x', '/'],
    ['/a/(?:x)|/b/x', '/'],
    ['/a/[|]/x', '/'],
    ['(?i)/a/b', '/'],
    ['/a\\Q|\\E/x', '/'],
    ['/a/\\d/x', '/a'],
    ['/a/b/(?i)?', '/a'],
    ['/a/b/(?i)(?s)*', '/a'],
    ['/a/b/\\Q\\E?', '/'],
    ['/a/b/(?:c)?', '/a/b'],
    ['.*', '/'],
    ['', '/'],
  ] as const) {
    it(`is ${folder} for ${pattern}`, () => assert.equal(literalFolder(pattern), folder));
  }

  it('holds every path that the pattern takes', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '/',
      '/',
      '.',
      '\\.',
      '*',
      '+',
      '?',
      '|',
      '(',
      ')',
      '[ab]',
      '\\d',
      '^',
      '(?i)',
      '(?s)',
      '(?:',
      '{0}',
      '$',
      '\\b',
      '\\Q',
      '\\E',
    );
    const patterns = fc.array(part, { maxLength: 8 }).map(parts => `/${parts.join('')}`);
    const paths = fc
      .array(fc.constantFrom('a', 'b', 'A', '/', '.', '1'), { maxLength: 6 })
      .map(all => `/${all.join('')}`);
    const property = fc.property(patterns, fc.array(paths, { minLength: 20, maxLength: 20 }), (pattern, all) => {
      let compiled: RE2JS;
      try {
        compiled = RE2JS.compile(pattern);
      } catch {
        return;
      }
      const folder = literalFolder(pattern);
      for (const path of all) {
        if (compiled.testExact(path)) assert.ok(folder === '/' || path.startsWith(`${folder}/`), `${pattern} ${path}`);
      }
    });
    fc.assert(property, { numRuns: 2000 });
  });
});
