// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readVersion } from './file-version.ts';
import { losesParts, unfinishedObject } from './lost-parts.ts';
import { configMap, route } from './temporary-folder.test-support.ts';

describe('a value that loses parts', () => {
  it('has a field, an item or the end of a text less', () => {
    const before = { a: 1, list: [{ x: 'one' }, { x: 'two' }], text: 'some text' };
    const lessThan = (after: unknown) => losesParts(before, after);
    assert.equal(lessThan(before), false);
    assert.equal(lessThan({ ...before, a: 2, more: true }), false);
    assert.equal(lessThan({ ...before, text: 'other' }), false);
    assert.equal(lessThan({ a: 1, list: before.list }), true);
    assert.equal(lessThan({ ...before, list: [{ x: 'one' }] }), true);
    assert.equal(lessThan({ ...before, list: [{ x: 'one' }, {}] }), true);
    assert.equal(lessThan({ ...before, list: null }), true);
    assert.equal(lessThan({ ...before, text: 'some' }), true);
    assert.equal(lessThan(undefined), true);
  });
});

describe('the object at the end of a file', () => {
  const OPTIONS = { defaultNamespace: 'default' };
  const read = (text: string) => readVersion('f', Buffer.from(text), { ...OPTIONS, previous: undefined });
  const unfinished = (before: string, after: string) => unfinishedObject(read(after), read(before))?.ref?.name;
  const whole = `${configMap('a')}---\n${route('r', 5)}`;

  it('is unfinished wherever the text is cut, unless nothing of it is there', () => {
    const start = whole.indexOf('metadata: {name: r}') + 'metadata: {name: r}'.length;
    for (let end = start; end < whole.length; end++) {
      const cut = whole.slice(0, end);
      const version = read(cut);
      if (!version.hasFailure)
        assert.equal(unfinishedObject(version, read(whole))?.ref?.name, 'r', JSON.stringify(cut.slice(-20)));
    }
  });

  it('is not unfinished when it changed, grew, or another one follows', () => {
    assert.equal(unfinished(whole, whole), undefined);
    assert.equal(unfinished(whole, whole.replace('weight: 5', 'weight: 6')), undefined);
    assert.equal(unfinished(whole, `${whole}---\n${configMap('b')}`), undefined);
    assert.equal(
      unfinished(`${route('r', 5)}---\n${configMap('a')}`, `${route('r').split('  rules')[0]}---\n${configMap('a')}`),
      undefined,
    );
  });
});
