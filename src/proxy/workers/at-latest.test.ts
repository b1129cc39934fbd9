// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Clock } from '../../time/index.ts';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { atLatest } from './at-latest.ts';

describe('patience', () => {
  it('ends after its time', async () => {
    const clock = new VirtualClock();
    const outcome = atLatest(clock, 2_050, { answer: new Promise<string>(() => undefined), otherwise: 'late' });
    clock.advance(2_049);
    assert.equal(clock.pending, 1);
    clock.advance(1);
    assert.equal(await outcome, 'late');
    assert.equal(clock.pending, 0);
  });

  it('reads what came while the process was stopped before it gives up', async () => {
    const due: (() => void)[] = [];
    const clock: Clock = {
      nowMs: () => 0,
      wallMs: () => 0,
      after(_, run) {
        due.push(run);
        return { cancel: () => undefined };
      },
    };
    const { promise: answer, resolve } = Promise.withResolvers<string>();
    const outcome = atLatest(clock, 2_000, { answer, otherwise: 'late' });
    // However late a timer is, it runs once before the messages of other threads are read.
    due.shift()?.();
    resolve('answered');
    assert.equal(await outcome, 'answered');
  });
});
