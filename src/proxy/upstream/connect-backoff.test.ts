// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { backoffMs, ConnectBackoff } from './connect-backoff.ts';
import type { ConnectFailure } from './connect-failure.ts';

const failure = (stage: ConnectFailure['stage']): ConnectFailure => ({ kind: 'connect_failure', message: '', stage });

describe('connection backoff', () => {
  it("waits as gRPC's rules say: 1 s, 1.6 times as long each time, 120 s at most, a fifth more or less", () => {
    const waits = [1, 2, 3, 4, 5, 11, 12, 100].map(failures => Math.round(backoffMs(failures, 0.5)));
    assert.deepEqual(waits, [1_000, 1_600, 2_560, 4_096, 6_554, 109_951, 120_000, 120_000]);
    assert.deepEqual([backoffMs(1, 0), Math.round(backoffMs(1, 1))], [800, 1_200]);
  });

  it('lets requests dial one that did not answer once a second, one that took a request at once, others when their time has come', () => {
    for (const [stage, waitMs] of [
      ['unreached', 1_000],
      ['accepted', 4_096],
      ['asked', 0],
    ] as const) {
      const backoff = new ConnectBackoff();
      for (let i = 0; i < 4; i++) backoff.fail(failure(stage), 5_000, 0.5);
      assert.equal(Math.round(backoff.requestWaitMs(5_000)), waitMs);
    }
  });

  it('begins to wait at the third connection in a row that was open and of no use', () => {
    const backoff = new ConnectBackoff();
    const waits = [1, 2, 3, 4].map(() => Math.round(backoff.fail(failure('open'), 0, 0.5)));
    assert.deepEqual(waits, [0, 0, 1_000, 1_600]);
  });

  it('starts over when a connection has proved itself', () => {
    const backoff = new ConnectBackoff();
    backoff.fail(failure('accepted'), 0, 0.5);
    backoff.fail(failure('accepted'), 0, 0.5);
    backoff.succeed();
    assert.deepEqual([backoff.failure, backoff.requestWaitMs(0)], [null, 0]);
    assert.equal(backoff.fail(failure('accepted'), 0, 0.5), 1_000);
  });
});
