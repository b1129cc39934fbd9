// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { ChangePace } from './change-pace.ts';

/** A watch that can be held up, and what is said of it in its turn. */
function setUp() {
  const clock = new VirtualClock();
  const said: string[] = [];
  const pace = new ChangePace(clock, () => said.push('told'));
  const stream = { pause: () => said.push('held'), resume: () => said.push('read') };
  const change = (bytes = 3_000): void => {
    pace.changed();
    pace.gave(stream, bytes);
  };
  const after = (ms: number): readonly string[] => {
    said.length = 0;
    clock.advance(ms);
    return [...said];
  };
  return { clock, pace, stream, change, after };
}

describe('the pace of changes', () => {
  it('tells of a single change at once, and of those that follow together', () => {
    const { clock, pace, after } = setUp();
    pace.changed();
    assert.deepEqual(after(0), ['told']);
    pace.changed();
    pace.changed();
    assert.deepEqual([after(78), after(1)], [[], ['told']]);
    assert.deepEqual(after(1_000), []);
    assert.equal(clock.pending, 0);
  });

  it('reads no more of a watch that gave changes until others can be told of', () => {
    const { change, after } = setUp();
    change();
    assert.deepEqual(after(0), ['held', 'told']);
    assert.deepEqual([after(77), after(1)], [[], ['read']]);
    change();
    change();
    assert.deepEqual([after(0), after(1)], [[], ['held', 'told']]);
    assert.deepEqual([after(77), after(1), after(1_000)], [[], ['read'], []]);
  });

  it('holds up no watch that has much to give, or that changed nothing', () => {
    const { clock, pace, stream, change, after } = setUp();
    change(40_000);
    change(40_000);
    assert.deepEqual(after(0), ['told']);
    pace.gave(stream, 100);
    assert.deepEqual(after(1_000), []);
    change();
    assert.deepEqual(after(0), ['held', 'told']);
    pace.stop();
    assert.equal(clock.pending, 0);
  });
});
