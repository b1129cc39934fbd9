// SPDX-License-Identifier: Apache-2.0

/** What a worker keeps of its requests and sockets, at a quarter of a million of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthFactor, LINEAR_FACTOR } from '../../wire/scale.test-support.ts';
import { SocketLoop } from './socket-loop.ts';
import { TimerWheel, type WheelTimer } from './timer-wheel.ts';

class Timer implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  fired = 0;
  onTimer(): void {
    this.fired++;
  }
}

const TIMERS = Array.from({ length: 250_000 }, () => new Timer());

describe('at 250,000 entries', () => {
  it('the timer wheel is linear: armed, moved, disarmed and fired, many in one slot', () => {
    const factor = growthFactor(25_000, entries => {
      const wheel = new TimerWheel(10, 1024, () => 0);
      for (let at = 0; at < entries; at++) wheel.arm(TIMERS[at] as Timer, 100 + (at % 7) * 10_240);
      for (let at = 0; at < entries; at += 2) wheel.arm(TIMERS[at] as Timer, 5_000);
      for (let at = 0; at < entries; at += 4) wheel.disarm(TIMERS[at] as Timer);
      for (let nowMs = 0; nowMs <= 80_000; nowMs += 1_000) wheel.advance(nowMs);
      assert.equal(wheel.armed, 0);
      wheel.close();
    });
    assert.ok(factor < LINEAR_FACTOR, `ten times as many cost ${factor.toFixed(1)} times as much`);
  });

  it('the list of sockets that have output is linear', () => {
    const loop = new SocketLoop(() => 0);
    let flushed = 0;
    const socket = { flush: () => void flushed++ };
    const factor = growthFactor(25_000, entries => {
      flushed = 0;
      for (let at = 0; at < entries; at++) loop.markDirty(socket);
      loop.flush();
      assert.equal(flushed, entries);
    });
    loop.close();
    assert.ok(factor < LINEAR_FACTOR, `ten times as many cost ${factor.toFixed(1)} times as much`);
  });
});
