// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gate, loneStream } from './lone-stream.test-support.ts';
import { SendQueue } from './send-queue.ts';
import { CLOSED, QUEUED } from './stream.ts';

describe('a stream that waits for its window, is closed, and gets the window', () => {
  for (const isBlocked of [false, true])
    it(`is not asked for, and counts nowhere, where the connection is ${isBlocked ? 'stuck' : 'open'}`, () => {
      const connection = gate(isBlocked);
      const queue = new SendQueue(connection);
      for (let at = 0; at < 100; at++) {
        const stream = loneStream(at, 0);
        queue.wait(stream);
        stream.flags |= CLOSED;
        queue.onClosed(stream);
        stream.sendWindow = 1;
        queue.onStreamWindow(stream);
      }
      assert.equal(queue.isEmpty, true);
      // Those that are closed in the queue of a stuck connection go: what they hold goes with them.
      connection.isBlocked = true;
      const streams = Array.from({ length: 100 }, (_, at) => loneStream(100 + at, 0));
      for (const stream of streams) {
        stream.sendWindow = 1;
        queue.wait(stream);
      }
      for (const stream of streams) {
        stream.flags |= CLOSED;
        queue.onClosed(stream);
      }
      const kept = streams.filter(({ flags }) => flags & QUEUED).length;
      assert.ok(kept < 20, `${kept} of 100 are kept`);
    });
});
