// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  ErrorCode,
  frame,
  Pair,
  REQUEST,
  RESPONSE,
  requestBlock,
  type Side,
  sendAll,
  startedServer,
  uint32,
} from './connection.test-support.ts';
import { DATA, HEADERS, RST_STREAM, SETTINGS, WINDOW_UPDATE } from './frame.ts';
import type { Http2Stream } from './stream.ts';

const INITIAL_WINDOW = 4;

function initialWindow(bytes: number): Buffer {
  return frame(SETTINGS, 0, 0, Buffer.concat([Buffer.from([0, INITIAL_WINDOW]), uint32(bytes)]));
}

/** A server with a stream that it answers. */
function answering(server: Side, id = 1): Http2Stream {
  server.receive(frame(HEADERS, 5, id, requestBlock()));
  const { stream } = server.last();
  assert.ok(stream);
  server.connection.sendHead(stream, RESPONSE, null, false);
  return stream;
}

function dataBytes(server: Side, id: number): number {
  return server
    .frames()
    .filter(f => f.type === DATA && f.id === id)
    .reduce((sum, f) => sum + f.payload.length, 0);
}

const MEGABYTE = Buffer.alloc(1 << 20, 'm');

describe('flow control', () => {
  it('sends what the stream window allows, and the rest after WINDOW_UPDATE', () => {
    const server = startedServer();
    server.receive(initialWindow(10));
    const stream = answering(server);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 25, true), 10);
    server.take();
    assert.equal(server.last().writable, 0);
    server.receive(frame(WINDOW_UPDATE, 0, 1, uint32(7)));
    assert.equal(server.last().writable, 1);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 10, 25, true), 7);
    server.receive(frame(WINDOW_UPDATE, 0, 1, uint32(100)));
    assert.equal(server.connection.sendData(stream, MEGABYTE, 17, 25, true), 8);
    assert.equal(stream.state, 'closed');
  });

  it('ends a stream with an empty frame whatever the window', () => {
    const server = startedServer();
    server.receive(initialWindow(0));
    const stream = answering(server);
    server.connection.sendData(stream, MEGABYTE, 0, 0, true);
    assert.equal(stream.state, 'closed');
  });

  it('applies a new initial window to open streams, below zero too', () => {
    const server = startedServer();
    const stream = answering(server);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 100, false), 100);
    server.receive(initialWindow(40));
    assert.equal(stream.sendWindow, -60);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 5, false), 0);
    server.receive(frame(WINDOW_UPDATE, 0, 1, uint32(60)));
    assert.equal(server.last().writable, 0, 'a window of zero is shut');
    server.receive(initialWindow(41));
    assert.equal(server.last().writable, 1);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 5, false), 1);
  });

  it('fails the stream or the connection whose window overflows or grows by nothing', () => {
    const server = startedServer();
    answering(server);
    server.take();
    server.receive(frame(WINDOW_UPDATE, 0, 1, uint32(0x7fffffff)));
    assert.deepEqual(server.last().reset, { code: ErrorCode.FLOW_CONTROL_ERROR, origin: 'codec' });
    answering(server, 3);
    server.receive(frame(WINDOW_UPDATE, 0, 3, uint32(0)));
    assert.deepEqual(server.last().reset, { code: ErrorCode.PROTOCOL_ERROR, origin: 'codec' });
    assert.equal(server.fatalCode, null);
    server.receive(frame(WINDOW_UPDATE, 0, 0, uint32(0x7fffffff)));
    assert.equal(server.fatalCode, ErrorCode.FLOW_CONTROL_ERROR);
  });

  it('serves waiting streams in turn, a portion each', () => {
    const server = startedServer({ outputHighWaterBytes: 1 << 20 });
    server.receive(initialWindow(1 << 20));
    const recorders = [1, 3, 5].map(id => {
      const stream = answering(server, id);
      return { stream, recorder: server.last() };
    });
    for (const { stream, recorder } of recorders) sendAll(recorder, stream, MEGABYTE);
    server.take();
    for (let round = 0; round < 3; round++) {
      server.receive(frame(WINDOW_UPDATE, 0, 0, uint32(3 * 65_536)));
      const frames = server.frames().filter(f => f.type === DATA);
      const shares = [1, 3, 5].map(id => frames.filter(f => f.id === id).reduce((sum, f) => sum + f.payload.length, 0));
      assert.deepEqual(shares, [65_536, 65_536, 65_536], `round ${round}`);
    }
  });

  it('takes nothing while the socket is blocked, and goes on afterwards', () => {
    const server = startedServer();
    const stream = answering(server);
    server.take();
    server.connection.outputBlocked(true);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 10, true), 0);
    server.connection.outputBlocked(false);
    assert.equal(server.last().writable, 1);
    assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 10, true), 10);
  });

  it('queues no more than its high-water mark, and goes on when the output is taken', () => {
    const server = startedServer({ outputHighWaterBytes: 20_000 });
    server.receive(initialWindow(1 << 20), frame(WINDOW_UPDATE, 0, 0, uint32(1 << 20)));
    const stream = answering(server);
    sendAll(server.last(), stream, MEGABYTE);
    let total = 0;
    for (let bytes = dataBytes(server, 1); bytes > 0; bytes = dataBytes(server, 1)) {
      assert.ok(bytes <= 40_000, `${bytes} at once`);
      total += bytes;
    }
    assert.equal(total, MEGABYTE.length);
    assert.equal(stream.state, 'closed');
  });

  it('does not keep closed streams in the queue of a connection that is stuck', () => {
    const server = startedServer();
    const filler = answering(server);
    server.connection.sendData(filler, MEGABYTE, 0, 65_535, false);
    server.take();
    for (let id = 3; id < 2_000; id += 2) {
      const stream = answering(server, id);
      assert.equal(server.connection.sendData(stream, MEGABYTE, 0, 10, true), 0);
      server.connection.reset(stream, ErrorCode.CANCEL);
    }
    let length = 0;
    for (let next: Http2Stream | null = filler.nextQueued; next !== null; next = next.nextQueued) length++;
    assert.ok(length < 40);
    const last = answering(server, 2_001);
    server.connection.sendData(last, MEGABYTE, 0, 10, true);
    server.receive(frame(WINDOW_UPDATE, 0, 0, uint32(100)));
    assert.equal(server.last().writable, 1);
  });

  it('resets a stream that overruns its window, and the connection that overruns its own', () => {
    const limits = { streamWindowBytes: 100, connectionWindowBytes: 65_535 };
    const server = startedServer(limits);
    server.receive(frame(HEADERS, 4, 1, requestBlock()), frame(DATA, 0, 1, Buffer.alloc(101)));
    assert.deepEqual(server.last().reset, { code: ErrorCode.FLOW_CONTROL_ERROR, origin: 'codec' });
    assert.equal(server.fatal, null);
  });

  it('gives the connection window back by itself, the stream window as it is consumed, padding at once', () => {
    const server = startedServer({ streamWindowBytes: 1_000, connectionWindowBytes: 65_536 });
    server.receive(frame(HEADERS, 4, 1, requestBlock()));
    const { stream } = server.last();
    assert.ok(stream);
    server.receive(frame(DATA, 8, 1, Buffer.concat([Buffer.from([200]), Buffer.alloc(600, 'd'), Buffer.alloc(200)])));
    assert.equal(server.last().text, 'd'.repeat(600));
    assert.deepEqual(server.frames(), []);
    server.connection.consumed(stream, 600);
    const updates = () => server.frames().map(f => [f.type, f.id, f.payload.readUInt32BE(0)]);
    assert.deepEqual(updates(), [[WINDOW_UPDATE, 1, 801]]);
    for (let i = 0; i < 17; i++) {
      server.receive(frame(DATA, 0, 1, Buffer.alloc(1_000)));
      server.connection.consumed(stream, 1_000);
    }
    assert.equal(updates().filter(([, id]) => id === 0).length, 1);
  });

  it('moves large messages both ways through small windows', () => {
    const pair = new Pair({ streamWindowBytes: 5_000, outputHighWaterBytes: 9_000 });
    const { recorder, stream } = pair.client.open();
    pair.server.prepare = served => {
      served.onHeadDo = s => {
        pair.server.connection.sendHead(s, RESPONSE, null, false);
        sendAll(served, s, MEGABYTE);
      };
      consumeAll(served);
    };
    consumeAll(recorder);
    pair.client.connection.sendHead(stream, REQUEST, null, false);
    sendAll(recorder, stream, MEGABYTE);
    pair.pump();
    const served = pair.server.last();
    assert.equal(served.text.length + recorder.text.length, 2 * MEGABYTE.length);
    assert.equal(stream.state, 'closed');
  });
});

/** Gives the stream's window back at once. */
function consumeAll(recorder: { onData: Side['streams'][number]['onData'] }): void {
  const keep = recorder.onData.bind(recorder);
  recorder.onData = (stream, chunk, start, end, endStream) => {
    keep(stream, chunk, start, end, endStream);
    stream.consumed(end - start);
  };
}

describe('flow control on closed streams', () => {
  it('counts DATA on a reset stream against the connection only', () => {
    const server = startedServer({ connectionWindowBytes: 65_536 });
    server.receive(frame(HEADERS, 4, 1, requestBlock()));
    const { stream } = server.last();
    assert.ok(stream);
    server.connection.reset(stream, ErrorCode.CANCEL);
    server.take();
    for (let i = 0; i < 20; i++) server.receive(frame(DATA, 0, 1, Buffer.alloc(1_000)));
    const frames = server.frames();
    assert.deepEqual(
      frames.map(f => [f.type, f.id]),
      [[WINDOW_UPDATE, 0]],
    );
    assert.equal(
      frames.some(f => f.type === RST_STREAM),
      false,
    );
  });
});
