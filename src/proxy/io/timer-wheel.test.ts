// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setImmediate } from 'node:timers/promises';
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

  describe('without anything near', () => {
    /** Node's timers and the clock go on together, a millisecond a step. */
    function asleep(t: TestContext) {
      t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] });
      let nowMs = 0;
      let looks = 0;
      const wheel = new TimerWheel(10, 64, () => {
        looks++;
        return nowMs;
      });
      t.after(() => wheel.close());
      const pass = async (ms: number): Promise<void> => {
        for (let step = 0; step < ms; step++) {
          nowMs++;
          t.mock.timers.tick(1);
          await setImmediate();
        }
      };
      /** The process is stopped for so long. */
      const stall = (ms: number): void => {
        nowMs += ms;
        t.mock.timers.tick(ms);
      };
      return { wheel, pass, stall, looks: () => looks };
    }

    it('sleeps until the first timer is due', async t => {
      const { wheel, pass, looks } = asleep(t);
      const timer = new Timer();
      wheel.arm(timer, 500);
      await pass(499);
      assert.deepEqual(timer.fired, []);
      await pass(12);
      assert.equal(timer.fired.length, 1);
      assert.ok(looks() < 10, `${looks()} looks at the clock in 51 ticks`);
    });

    it('fires nothing before what lies in sockets was read, and nothing when it was closed meanwhile', async t => {
      for (const isClosed of [false, true]) {
        const { wheel, stall } = asleep(t);
        const timer = new Timer();
        wheel.arm(timer, 500);
        stall(10_000);
        assert.deepEqual(timer.fired, []);
        if (isClosed) wheel.close();
        await setImmediate();
        assert.equal(timer.fired.length, isClosed ? 0 : 1);
        t.mock.timers.reset();
      }
    });

    it('wakes for one that is armed meanwhile and is due before', async t => {
      const { wheel, pass } = asleep(t);
      const [late, early, past] = [new Timer(), new Timer(), new Timer()];
      wheel.arm(late, 500);
      await pass(100);
      wheel.arm(early, 200);
      wheel.arm(past, 50);
      assert.deepEqual(past.fired, []);
      await pass(20);
      assert.deepEqual([past.fired.length, early.fired.length], [1, 0]);
      await pass(90);
      assert.equal(early.fired.length, 1);
      await pass(310);
      assert.equal(late.fired.length, 1);
    });

    it('sleeps on past one that was disarmed, and through several turns', async t => {
      const { wheel, pass, looks } = asleep(t);
      const [gone, far] = [new Timer(), new Timer()];
      wheel.arm(gone, 300);
      wheel.arm(far, 2_000);
      await pass(50);
      wheel.disarm(gone);
      await pass(1_949);
      assert.deepEqual([gone.fired, far.fired], [[], []]);
      await pass(12);
      assert.equal(far.fired.length, 1);
      assert.ok(looks() < 30, `${looks()} looks at the clock in 200 ticks`);
    });
  });
});
