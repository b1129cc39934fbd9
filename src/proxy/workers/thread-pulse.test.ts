// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { VirtualClock } from '../virtual-clock.test-support.ts';
import { ThreadPulse } from './thread-pulse.ts';

const PULSE_MS = 10_000;
const nothing = (): void => {};

/** A thread that does this with each message. */
async function threadThat(does: string, t: TestContext): Promise<Worker> {
  const code = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', message => { ${does} });`;
  const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
  t.after(() => thread.terminate());
  await once(thread, 'online');
  return thread;
}

describe('the pulse of a thread', () => {
  function watch(thread: Worker, t: TestContext) {
    const clock = new VirtualClock();
    const logged: string[] = [];
    const log = { info: nothing, warn: nothing, error: (message: string) => void logged.push(message) };
    const pulse = new ThreadPulse(thread, 0, { clock, log });
    t.after(() => pulse.close());
    return { clock, logged, pulse };
  }

  it('ends one that turns in a circle, after a minute', async t => {
    const thread = await threadThat('for (;;);', t);
    const { clock, logged } = watch(thread, t);
    const ended = once(thread, 'exit');
    for (let beats = 0; beats < 6; beats++) clock.advance(PULSE_MS);
    assert.deepEqual(logged, []);
    clock.advance(PULSE_MS);
    await ended;
    assert.deepEqual(logged, ['a worker hangs: it has not answered for a minute, and is ended']);
    assert.equal(clock.pending, 0);
  });

  it('lets one live that answers, however late', async t => {
    const thread = await threadThat('parentPort.postMessage(message)', t);
    const { clock, logged, pulse } = watch(thread, t);
    for (let rounds = 0; rounds < 3; rounds++) {
      const answered = once(thread, 'message');
      for (let beats = 0; beats < 6; beats++) clock.advance(PULSE_MS);
      assert.deepEqual(await answered, [{ kind: 'pulse' }]);
      pulse.answered();
    }
    assert.deepEqual(logged, []);
  });

  it('asks again only when it was answered', () => {
    const clock = new VirtualClock();
    let asked = 0;
    const thread = { postMessage: () => void asked++, terminate: async () => 0 };
    const logged: unknown[] = [];
    const log = { info: nothing, warn: nothing, error: (_: string, fields?: object) => void logged.push(fields) };
    const pulse = new ThreadPulse(thread, 7, { clock, log });
    clock.advance(PULSE_MS);
    assert.equal(asked, 1);
    clock.advance(3 * PULSE_MS);
    assert.equal(asked, 1);
    pulse.answered();
    clock.advance(PULSE_MS);
    assert.equal(asked, 2);
    clock.advance(6 * PULSE_MS);
    assert.deepEqual([asked, logged], [2, [{ worker: 7 }]]);
    new ThreadPulse(thread, 7, { clock, log }).close();
    assert.equal(clock.pending, 0);
  });
});
