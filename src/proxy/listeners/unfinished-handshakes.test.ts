// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { UnfinishedHandshakes } from './unfinished-handshakes.ts';

describe('unfinished handshakes', () => {
  it('give up the one that waits longest when there are too many, and none that is done', () => {
    const givenUp: string[] = [];
    let hits = 0;
    const unfinished = new UnfinishedHandshakes(() => hits++, 2);
    const begin = (name: string) => {
      const handshake = { giveUp: () => givenUp.push(name) };
      unfinished.add(handshake);
      return handshake;
    };
    const done = begin('done');
    const first = begin('first');
    assert.deepEqual(givenUp, []);
    unfinished.remove(done);
    begin('second');
    assert.deepEqual(givenUp, [], 'there was room');
    begin('third');
    unfinished.remove(first);
    begin('fourth');
    assert.deepEqual([givenUp, hits], [['first', 'second'], 2]);
  });
});
