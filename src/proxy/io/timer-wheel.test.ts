// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { TimerWheel, type WheelTimer } from './timer-wheel.ts';

class Timer implements WheelTimer {
  wheelNext: WheelTimer | null = null;
  wheelPrevious: WheelTimer | null = null;
  wheelTick = 0;
  readonly fired: number[] = [];
  also: () => void = () => {};

  onTimer(nowMs: number): void {
    this.fired.push(nowMs);
    this.also();
  }
}

describe('a timer wheel', () => {
  function start() {
    const wheel = new TimerWheel(10, 8, () => 0);
    return { wheel, timer: new Timer(), other: new Timer() };
  }

  it('fires at the first tick at or after the time, never before', () => {
    const { wheel, timer } = start();
    wheel.arm(timer, 25);
    wheel.advance(20);
    assert.deepEqual(timer.fired, []);
    wheel.advance(30);
    assert.deepEqual(timer.fired, [30]);
    wheel.advance(400);
    assert.deepEqual(timer.fired, [30]);
    wheel.close();
  });

  it('fires at the next tick what was due when a wheel that stood still was armed', () => {
    let nowMs = 0;
    const wheel = new TimerWheel(10, 8, () => nowMs);
    const timer = new Timer();
    nowMs = 1_003;
    wheel.arm(timer, 1_000);
    wheel.advance(1_010);
    assert.deepEqual(timer.fired, [1_010]);
    wheel.close();
  });

  it('fires timers that are several turns away', () => {
    const { wheel, timer } = start();
    wheel.arm(timer, 250);
    for (let now = 0; now < 250; now += 10) wheel.advance(now);
    assert.deepEqual(timer.fired, []);
    wheel.advance(250);
    assert.deepEqual(timer.fired, [250]);
    wheel.close();
  });

  it('fires everything that is due after a long pause', () => {
    const { wheel, timer, other } = start();
    wheel.arm(timer, 15);
    wheel.arm(other, 5_000);
    wheel.advance(100_000);
    assert.deepEqual([timer.fired, other.fired], [[100_000], [100_000]]);
    assert.equal(wheel.armed, 0);
    wheel.close();
  });

  it('does not fire what was disarmed, even by a timer of the same tick', () => {
    const { wheel, timer, other } = start();
    wheel.arm(timer, 10);
    wheel.arm(other, 10);
    timer.also = () => wheel.disarm(other);
    wheel.advance(10);
    assert.deepEqual([timer.fired.length, other.fired.length, wheel.armed], [1, 0, 0]);
    wheel.close();
  });

  it('lets a timer arm itself again from inside', () => {
    const { wheel, timer } = start();
    wheel.arm(timer, 10);
    timer.also = () => {
      if (timer.fired.length === 1) wheel.arm(timer, 10);
    };
    wheel.advance(10);
    wheel.advance(20);
    assert.deepEqual(timer.fired, [10, 20]);
    wheel.close();
  });
});
