// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { WRITE_PACE } from './write-pace.ts';
import { WriteQueue } from './write-queue.ts';

const WEBHOOK_MS = 30_000;
const TIMED_OUT = {
  reason: 'InternalError',
  message: 'failed calling webhook "w": context deadline exceeded',
  details: { causes: [{ message: 'context deadline exceeded' }] },
};

/** A queue before a server whose webhook does not answer for the objects that `hangs` names; when each of the others was written. */
function setUp(t: TestContext, hangs: (key: string) => boolean) {
  const clock = new VirtualClock();
  const writtenMs = new Map<string, number>();
  let [running, most] = [0, 0];
  const queue: WriteQueue = new WriteQueue({
    client: {
      async request({ path }) {
        running += 1;
        most = Math.max(most, running);
        await new Promise<void>(resolve => (hangs(path) ? clock.after(WEBHOOK_MS, resolve) : setImmediate(resolve)));
        running -= 1;
        return hangs(path) ? { status: 500, headers: {}, json: TIMED_OUT } : { status: 200, headers: {}, json: {} };
      },
    },
    clock,
    random: () => 0,
    pace: WRITE_PACE,
    onRefused: () => undefined,
    prepare: key =>
      writtenMs.has(key)
        ? undefined
        : {
            request: { method: 'PUT', path: key, body: {} },
            done: () => writtenMs.set(key, clock.nowMs()),
            conflicted: () => Promise.resolve(),
          },
  });
  t.after(() => queue.stop());
  queue.start();
  const passMs = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 5) {
      for (let turn = 0; turn < 3; turn++) await new Promise(resolve => setImmediate(resolve));
      clock.advance(5);
    }
  };
  return { clock, queue, writtenMs, passMs, most: () => most };
}

describe('writes that the server is slow with', () => {
  it('do not hold up the others, at first or when they are tried again', async t => {
    const { queue, writtenMs, passMs } = setUp(t, key => /\/h\d+$/.test(key));
    for (let index = 0; index < 10; index++) queue.mark(`HTTPRoute/a/h${index}`);
    for (let index = 0; index < 1_000; index++) queue.mark(`HTTPRoute/a/r${index}`);
    await passMs(6_000);
    assert.equal(writtenMs.size, 1_000, 'soon after the time that they take alone');
    await passMs(WEBHOOK_MS + 56_500);
    assert.equal(queue.due, 10, 'tried again');
    queue.mark('HTTPRoute/a/new');
    await passMs(2_000);
    assert.ok(writtenMs.has('HTTPRoute/a/new'));
  });

  it('leave room for other kinds, and are not more than there are connections', async t => {
    const { queue, writtenMs, passMs, most } = setUp(t, key => !key.startsWith('Gateway/'));
    for (const kind of ['HTTPRoute', 'GRPCRoute', 'TCPRoute']) {
      for (let index = 0; index < 100; index++) queue.mark(`${kind}/a/r${index}`);
      if (kind === 'HTTPRoute') queue.mark('Gateway/a/g');
    }
    await passMs(4_000);
    assert.ok(writtenMs.has('Gateway/a/g'), 'marked behind routes that hang');
    await passMs(6_000);
    assert.ok(most() <= 40, String(most()));
  });

  it('are over when they are answered', async t => {
    let isHanging = true;
    const { clock, queue, writtenMs, passMs } = setUp(t, () => isHanging);
    for (let index = 0; index < 100; index++) queue.mark(`HTTPRoute/a/r${index}`);
    await passMs(2_000);
    isHanging = false;
    await passMs(WEBHOOK_MS + 5_000);
    assert.equal(writtenMs.size, 100);
    assert.equal(queue.due, 0);
    queue.stop();
    assert.equal(clock.pending, 0);
  });
});
