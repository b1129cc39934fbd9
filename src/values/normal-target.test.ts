// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalTarget, targetFault } from './normal-target.ts';

const NORMAL: readonly (readonly [given: string, normal: string])[] = [
  ['/', '/'],
  ['/a/b?q', '/a/b?q'],
  ['/a/', '/a/'],
  ['/.well-known/x', '/.well-known/x'],
  ['/a/...', '/a/...'],
  ["/a;v=1/b:c@d!$&'()*+,=", "/a;v=1/b:c@d!$&'()*+,="],
  ['/%61%7e%2D%5F%2e', '/a~-_.'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%5cb', '/a%5Cb'],
  ['/%c3%a9', '/%C3%A9'],
  ['/%2541', '/%2541'],
  ['/\xc3\xa9', '/%C3%A9'],
  ['/a?q=\xc3\xa9%c3', '/a?q=%C3%A9%c3'],
  ['/\xe9?\xe9', '/%E9?%E9'],
  ['/{id}|"<x>^`[]', '/%7Bid%7D%7C%22%3Cx%3E%5E%60%5B%5D'],
  ['//a///b//', '/a/b/'],
  ['//evil.example/x', '/evil.example/x'],
  ['/a/./b/../c', '/a/c'],
  ['/a/b/..', '/a/'],
  ['/a/.', '/a/'],
  ['/a/%2E%2e/b', '/b'],
  ['/../../x', '/x'],
  ['/..', '/'],
  ['/a//../b', '/b'],
  ['/a/../b?x=/../%41', '/b?x=/../%41'],
  ['/a?100%|{}"\\', '/a?100%|{}"\\'],
  ['/?', '/?'],
  ['*', '*'],
  ['a:80', 'a:80'],
  ['', ''],
];

const REFUSED: readonly (readonly [target: string, fault: RegExp])[] = [
  ['/a b', /space/],
  ['/a?b c', /space/],
  ['/a\tb', /control/],
  ['/a\x7f', /control/],
  ['/a#b', /fragment/],
  ['/a?b#c', /fragment/],
  ['/a\\b', /backslash/],
  ['/a%', /percent/],
  ['/a%4', /percent/],
  ['/a%zz', /percent/],
  ['/%%34%31', /percent/],
  ['/a%00', /NUL/],
  ['/a/..%2fb', /dot segment/],
  ['/a%2F..', /dot segment/],
  ['/a/..%5Cb', /dot segment/],
  ['/a/%2e%2e%2fb', /dot segment/],
  ['/a/..;/b', /dot segment/],
  ['/a/.;x=1', /dot segment/],
];

describe('a request target', () => {
  for (const [given, normal] of NORMAL) {
    it(`${JSON.stringify(given)} is ${given === normal ? 'left as it is' : JSON.stringify(normal)}`, () => {
      assert.equal(normalTarget(given), normal);
      assert.equal(targetFault(given), undefined);
    });
  }

  for (const [given, fault] of REFUSED) {
    it(`${JSON.stringify(given)} is refused`, () => {
      assert.equal(normalTarget(given), '');
      assert.match(targetFault(given) ?? '', fault);
    });
  }

  const pieces = [
    '/',
    '/',
    '.',
    '..',
    'a',
    '%2e',
    '%2F',
    '%5c',
    '%41',
    '%25',
    '%',
    '%0',
    ';',
    '?',
    '#',
    '\\',
    '{',
    'é',
    ' ',
  ];
  const targets = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map(parts => `/${parts.join('')}`);

  it('has one form, which is left as it is', () => {
    fc.assert(
      fc.property(targets, target => {
        const normal = normalTarget(target);
        assert.equal(normal === '', targetFault(target) !== undefined);
        assert.equal(normalTarget(normal), normal);
      }),
      { numRuns: 5_000 },
    );
  });

  it('names what a reader of RFC 3986 makes of it, with slashes merged', () => {
    fc.assert(
      fc.property(targets, target => {
        const normal = normalTarget(target);
        if (normal === '') return;
        const { pathname } = new URL(`http://h${normal}`);
        assert.equal(normal.split('?', 1)[0], pathname);
        assert.ok(!/\/\/|\/\.\.?(?:\/|$)|%[a-f]|%.[a-f]/.test(pathname), normal);
      }),
      { numRuns: 5_000 },
    );
  });
});
