// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalTarget } from '../../values/index.ts';
import { compileRewrite, otherPath } from './url-change.ts';

function full(text: string): string {
  const { path } = compileRewrite({ path: { type: 'ReplaceFullPath', replaceFullPath: text } }, null);
  return path?.value ?? 'none';
}

function prefix(text: string): string {
  const { path } = compileRewrite({ path: { type: 'ReplacePrefixMatch', replacePrefixMatch: text } }, '/a');
  return path?.value ?? 'none';
}

describe('a path that a filter sets', () => {
  for (const [text, sent, isTold] of [
    ['/one', '/one', false],
    ['/one/', '/one/', false],
    ['/a%20b', '/a%20b', false],
    ['', '/', false],
    ['one', '/one', true],
    ['/a b', '/a%20b', true],
    ['/ä', '/%C3%A4', true],
    ['/a?b=c', '/a%3Fb=c', true],
    ['/a#b', '/a%23b', true],
    ['/100%', '/100%25', true],
    ['/a/../b', '/b', true],
    ['//evil.test/x', '/evil.test/x', true],
    ['/a\\b', '/a/b', true],
    ['/a\r\nx: y', '/ax:%20y', true],
    ['/a/..;/b', '/', true],
  ] as const) {
    it(`${JSON.stringify(text)} is sent as ${sent}${isTold ? ', which is told' : ''}`, () => {
      assert.equal(full(text), sent);
      const told = otherPath({ path: { type: 'ReplaceFullPath', replaceFullPath: text } });
      assert.equal(told !== undefined, isTold);
      if (told !== undefined) assert.ok(told.message.endsWith(`is sent as ${sent}`));
    });
  }

  it('loses the slash at its end when it stands for a prefix', () => {
    assert.deepEqual([prefix('/xyz/'), prefix('/xyz'), prefix('/'), prefix('')], ['/xyz', '/xyz', '', '']);
  });

  it('is in the form that paths of requests have, whatever was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), text => {
        const sent = full(text);
        assert.ok(sent.startsWith('/'));
        assert.equal(normalTarget(sent), sent);
        assert.match(sent, /^[!-~]+$/);
      }),
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('/', '.', '%', '2', 'F', 'e', ';', '\\', '?', '#', ' ', '\ud800') }),
        text => {
          const sent = full(text);
          assert.equal(normalTarget(sent), sent);
        },
      ),
    );
  });
});
