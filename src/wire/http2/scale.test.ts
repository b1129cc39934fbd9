// SPDX-License-Identifier: Apache-2.0

/** What a connection keeps of its streams, at a quarter of a million of them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthFactor, LINEAR_FACTOR } from '../scale.test-support.ts';
import { gate, loneStream } from './lone-stream.test-support.ts';
import { ResetMemory } from './reset-memory.ts';
import { SendQueue } from './send-queue.ts';
import { CLOSED, type Http2Stream } from './stream.ts';
import { StreamTable, UnsentStreams } from './stream-table.ts';

const STREAMS = Array.from({ length: 250_000 }, (_, at) => loneStream(at, 1));

const STRUCTURES: readonly { name: string; use: (entries: number) => void }[] = [
  {
    name: 'the send queue, each stream woken once',
    use(entries) {
      const queue = new SendQueue(gate(false));
      for (let at = 0; at < entries; at++) queue.wait(STREAMS[at] as Http2Stream);
      queue.wake();
      assert.ok(queue.isEmpty);
    },
  },
  {
    name: 'the send queue of a stuck connection whose streams are closed one by one',
    use(entries) {
      const queue = new SendQueue(gate(true));
      for (let at = 0; at < entries; at++) queue.wait(STREAMS[at] as Http2Stream);
      for (let at = 0; at < entries; at++) {
        (STREAMS[at] as Http2Stream).flags |= CLOSED;
        queue.onClosed(STREAMS[at] as Http2Stream);
      }
      for (let at = 0; at < entries; at++) (STREAMS[at] as Http2Stream).flags = 0;
    },
  },
  {
    name: 'the stream table, all open at once',
    use(entries) {
      const table = new StreamTable();
      for (let at = 0; at < entries; at++) table.add(STREAMS[at] as Http2Stream);
      for (let at = 0; at < entries; at++) assert.equal(table.get(2 * at + 1), STREAMS[at]);
      for (let at = 0; at < entries; at++) table.delete(STREAMS[at] as Http2Stream);
      assert.equal(table.size, 0);
    },
  },
  {
    name: 'streams without an id',
    use(entries) {
      const unsent = new UnsentStreams();
      for (let at = 0; at < entries; at++) unsent.add(STREAMS[at] as Http2Stream);
      for (let at = entries - 1; at >= 0; at--) unsent.delete(STREAMS[at] as Http2Stream);
      assert.equal(unsent.count, 0);
    },
  },
  {
    name: 'the memory of reset streams',
    use(entries) {
      const memory = new ResetMemory();
      for (let at = 0; at < entries; at++) {
        memory.add(2 * at + 1);
        assert.ok(memory.has(2 * at + 1));
      }
    },
  },
];

describe('at 250,000 entries', () => {
  for (const { name, use } of STRUCTURES) {
    it(`${name}: linear`, () => {
      const factor = growthFactor(25_000, use);
      assert.ok(factor < LINEAR_FACTOR, `ten times as many cost ${factor.toFixed(1)} times as much`);
    });
  }
});
