// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { growthFactor, LINEAR_FACTOR } from '../scale.test-support.ts';
import { answer, ServerSide } from './connection.test-support.ts';

const POST = 'POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n';
const GET = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
const READ_BYTES = 65_536;

function inReads(side: ServerSide, bytes: Buffer, size: number): void {
  for (let at = 0; at < bytes.length; at += size) side.receive(bytes.subarray(at, at + size));
}

function consuming(side: ServerSide): ServerSide {
  side.owner.prepare = recorder => {
    recorder.onData = (stream, _chunk, start, end, last) => {
      recorder.writable += end - start;
      recorder.isEnded = last;
      stream.consumed(end - start);
    };
  };
  return side;
}

describe('HTTP/1.1 at scale', () => {
  it('takes 250,000 chunks of one byte in linear time, and gives them on by the read', () => {
    const factor = growthFactor(25_000, chunks => {
      const side = consuming(new ServerSide());
      side.receive(POST);
      inReads(side, Buffer.from(`${'1\r\nx\r\n'.repeat(chunks)}0\r\n\r\n`), READ_BYTES);
      assert.equal(side.last().writable, chunks);
      assert.equal(side.last().isEnded, true);
    });
    assert.ok(factor < LINEAR_FACTOR, `10 times as many chunks cost ${factor} times as much`);
  });

  it('takes a body in reads of one byte in linear time', () => {
    const factor = growthFactor(25_000, chunks => {
      const side = consuming(new ServerSide());
      side.receive(POST);
      inReads(side, Buffer.from(`${'1\r\nx\r\n'.repeat(chunks / 5)}0\r\n\r\n`), 1);
      assert.equal(side.last().isEnded, true);
    });
    assert.ok(factor < LINEAR_FACTOR, `10 times as many reads cost ${factor} times as much`);
  });

  it('takes a head in reads of one byte in linear time', () => {
    const factor = growthFactor(6_000, bytes => {
      const side = new ServerSide();
      const head = `GET / HTTP/1.1\r\nHost: a.example\r\nX: ${'y'.repeat(bytes)}\r\n\r\n`;
      inReads(side, Buffer.from(head), 1);
      assert.equal(side.streams.length, 1);
    });
    assert.ok(factor < LINEAR_FACTOR, `10 times as many reads cost ${factor} times as much`);
  });

  it('answers pipelined requests in linear time, whether at once or one by one', () => {
    for (const isAtOnce of [true, false]) {
      const factor = growthFactor(1_000, requests => {
        const side = new ServerSide();
        if (isAtOnce) side.answerAll();
        inReads(side, Buffer.from(GET.repeat(requests)), READ_BYTES);
        if (isAtOnce) {
          while (side.connection.endedStreams < requests) side.take();
          return;
        }
        for (let count = 0; count < requests; count++) {
          answer(side.lastStream());
          side.take();
        }
        assert.equal(side.connection.endedStreams, requests);
      });
      assert.ok(factor < LINEAR_FACTOR, `10 times as many requests cost ${factor} times as much`);
    }
  });

  it('holds input in reads of one byte in linear time', () => {
    const factor = growthFactor(20_000, bytes => {
      const side = new ServerSide();
      side.receive(GET);
      inReads(side, Buffer.alloc(bytes, 'x'), 1);
      assert.equal(side.streams.length, 1);
    });
    assert.ok(factor < LINEAR_FACTOR, `10 times as many reads cost ${factor} times as much`);
  });
});
