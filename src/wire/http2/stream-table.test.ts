// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NO_EVENTS } from '../message/message-stream.ts';
import { REQUEST, Side } from './connection.test-support.ts';
import { Http2Stream } from './stream.ts';
import { StreamTable } from './stream-table.ts';

const { connection } = new Side('server');

describe('stream table', () => {
  it('behaves as a map by id, for any order of ends', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat()), { maxLength: 400 }), steps => {
        const table = new StreamTable();
        const oracle = new Map<number, Http2Stream>();
        let id = 1;
        for (const [opens, pick] of steps) {
          if (opens || oracle.size === 0) {
            const stream = new Http2Stream(connection, id, NO_EVENTS, 0, 0);
            id += 2 + 2 * (pick % 3);
            table.add(stream);
            oracle.set(stream.id, stream);
          } else {
            const stream = [...oracle.values()][pick % oracle.size];
            assert.ok(stream);
            table.delete(stream);
            oracle.delete(stream.id);
            assert.equal(table.get(stream.id), undefined);
          }
          assert.equal(table.size, oracle.size);
        }
        for (const [key, stream] of oracle) assert.equal(table.get(key), stream);
        assert.deepEqual(
          table.all().map(s => s.id),
          [...oracle.keys()],
        );
      }),
      { numRuns: 100 },
    );
  });

  it('keeps a stream that outlives many turns of the ring', () => {
    const table = new StreamTable();
    const old = new Http2Stream(connection, 1, NO_EVENTS, 0, 0);
    table.add(old);
    for (let id = 3; id < 20_000; id += 2) {
      const stream = new Http2Stream(connection, id, NO_EVENTS, 0, 0);
      table.add(stream);
      assert.equal(table.get(1), old);
      table.delete(stream);
    }
    table.delete(old);
    assert.equal(table.size, 0);
  });

  it('gives ids in the order in which heads are sent, not streams opened', () => {
    const client = new Side('client');
    const [first, second] = [client.open().stream, client.open().stream];
    client.connection.sendHead(second, REQUEST, null, true);
    client.connection.sendHead(first, REQUEST, null, true);
    assert.deepEqual([first.id, second.id], [3, 1]);
  });
});
