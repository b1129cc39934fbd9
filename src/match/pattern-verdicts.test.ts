// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileBinding } from './compiled-binding.ts';
import { MAX_PATTERN_TEXT, PatternVerdicts } from './pattern-verdicts.ts';
import { binding, entry, listener, request, virtualHost } from './snapshot-builders.test-support.ts';

/** A pattern that takes texts with an `x`, and counts how often it was tried. */
class Counted {
  tried = 0;
  testExact(text: string): boolean {
    this.tried++;
    return text.includes('x');
  }
}

describe('verdicts of patterns', () => {
  it('are given once for each pattern and text', () => {
    const verdicts = new PatternVerdicts();
    const [one, two] = [new Counted(), new Counted()];
    for (let i = 0; i < 5; i++) {
      assert.equal(verdicts.takes(one, `${'a'.repeat(2_000)}x`), true);
      assert.equal(verdicts.takes(one, 'a'.repeat(2_000)), false);
      assert.equal(verdicts.takes(two, 'a'.repeat(2_000)), false);
    }
    assert.deepEqual([one.tried, two.tried, verdicts.size], [2, 1, 3]);
  });

  it('are no, untried and told, for texts that are too long', () => {
    let told = 0;
    const verdicts = new PatternVerdicts({ onTooLong: () => told++ });
    const pattern = new Counted();
    assert.equal(verdicts.takes(pattern, 'x'.repeat(MAX_PATTERN_TEXT)), true);
    assert.equal(verdicts.takes(pattern, 'x'.repeat(MAX_PATTERN_TEXT + 1)), false);
    assert.deepEqual([pattern.tried, told, verdicts.size], [1, 1, 1]);
  });

  it('are forgotten rather than held without end', () => {
    const verdicts = new PatternVerdicts({ maxVerdicts: 10, maxCharacters: 100 });
    const pattern = new Counted();
    for (let i = 0; i < 1_000; i++) {
      assert.equal(verdicts.takes(pattern, `x${i}`), true);
      assert.ok(verdicts.size <= 10);
    }
    for (let i = 0; i < 100; i++) {
      verdicts.takes(pattern, 'y'.repeat(40 + (i % 7)));
      assert.ok(verdicts.size <= 2, 'a third text of 40 characters is over the cap');
    }
  });

  it('are shared by the matches of a binding, on headers and on methods', () => {
    const verdicts = new PatternVerdicts();
    const regex = { kind: 'regex', name: 'h', value: 'a+' } as const;
    const hosts = virtualHost('*', entry('h', null, regex), entry('m', { kind: 'regex', service: 's+', method: 'm+' }));
    const found = compileBinding(binding(listener('l', '*', hosts)), { verdicts }).listenerFor('x');
    const winner = (path: string, h: string) => found?.match('x', request(path, { h }))?.rule.id;
    for (let i = 0; i < 3; i++) {
      assert.equal(winner('/ss/mm', 'aa'), 'h');
      assert.equal(winner('/ss/mm', 'b'), 'm');
      assert.equal(winner(`/ss/${'m'.repeat(MAX_PATTERN_TEXT + 1)}`, 'b'), undefined);
      assert.equal(winner('/ss/n', 'a'.repeat(MAX_PATTERN_TEXT + 1)), undefined);
    }
    assert.equal(verdicts.size, 5);
  });
});
