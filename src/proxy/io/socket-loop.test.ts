// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { SocketLoop } from './socket-loop.ts';

describe('the loop', () => {
  it('has the time of a timer that fires', () => {
    const time = new VirtualClock();
    const loop = new SocketLoop(() => time.nowMs());
    const clock = loop.clock(time);
    const seen: number[] = [];
    clock.after(40, () => seen.push(loop.nowMs));
    clock.after(50, () => seen.push(loop.nowMs)).cancel();
    time.advance(100);
    assert.deepEqual(seen, [40]);
    loop.close();
  });
});
