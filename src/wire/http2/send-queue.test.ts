// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { NO_EVENTS } from '../message/message-stream.ts';
import { SendQueue } from './send-queue.ts';
import { CLOSED, Http2Stream, QUEUED, type StreamConnection } from './stream.ts';

const NOBODY: StreamConnection = {
  sendHead() {},
  sendInformational() {},
  sendData: () => 0,
  sendTrailers() {},
  upgrade() {},
  peer: { takesExtendedConnect: false, maxHeaderListBytes: Number.POSITIVE_INFINITY },
  reset() {},
  consumed() {},
};

const newStream = (at: number): Http2Stream => new Http2Stream(NOBODY, 2 * at + 1, NO_EVENTS, 0, 1);

describe('a stream that waits for its window, is closed, and gets the window', () => {
  for (const isBlocked of [false, true])
    it(`is not asked for, and counts nowhere, where the connection is ${isBlocked ? 'stuck' : 'open'}`, () => {
      const gate = {
        sendWindow: 1,
        isBlocked,
        broken: false,
        output: { queuedBytes: 0 },
        limits: { outputHighWaterBytes: 1 },
      };
      const queue = new SendQueue(gate);
      for (let at = 0; at < 100; at++) {
        const stream = newStream(at);
        queue.wait(stream);
        stream.flags |= CLOSED;
        queue.onClosed(stream);
        stream.sendWindow = 1;
        queue.onStreamWindow(stream);
      }
      assert.equal(queue.isEmpty, true);
      // Those that are closed in the queue of a stuck connection go: what they hold goes with them.
      gate.isBlocked = true;
      const streams = Array.from({ length: 100 }, (_, at) => newStream(100 + at));
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
