// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../proxy/virtual-clock.test-support.ts';
import { EVENT_PACE, WriteQueue } from './write-queue.ts';

const TERMINATING = { message: 'no', details: { causes: [{ reason: 'NamespaceTerminating' }] } };
const DENIED = { status: { allowed: false } };

for (const [what, status, json, isDropped] of [
  ['of a namespace that is gone', 404, {}, true],
  ['of a namespace that goes', 403, TERMINATING, true],
  ['that the server does not take as it is', 422, {}, true],
  ['of a kind that may not be written now', 403, DENIED, false],
  ['to a server that struggles', 503, {}, false],
  ['that was taken', 201, {}, false],
] as const) {
  test(`a write ${what} is ${isDropped ? 'given up, and its maker told' : 'not given up'}`, async t => {
    const said: string[] = [];
    const queue = new WriteQueue({
      client: { request: async () => ({ status, headers: {}, json }) },
      clock: new VirtualClock(),
      random: () => 0,
      pace: EVENT_PACE,
      onRefused: () => undefined,
      prepare: () => ({
        request: { method: 'POST', path: '/', body: {} },
        done: () => said.push('done'),
        dropped: () => said.push('dropped'),
        conflicted: () => Promise.resolve(),
      }),
    });
    t.after(() => queue.stop());
    queue.start();
    queue.mark('Event/a/e');
    await new Promise(resolve => setImmediate(resolve));
    assert.deepEqual(said, isDropped ? ['dropped'] : status === 201 ? ['done'] : []);
  });
}
