// SPDX-License-Identifier: Apache-2.0

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { HeaderList } from '../head/header-list.ts';
import {
  ErrorCode,
  frame,
  Pair,
  REQUEST,
  RESPONSE,
  requestBlock,
  Side,
  startedServer,
  TRAILERS,
  uint32,
} from './connection.test-support.ts';
import { ACK, CONTINUATION, GOAWAY, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS } from './frame.ts';

describe('HTTP/2 connection', () => {
  it('carries a call: head, data, trailers, with per-call fields beside interned lists', () => {
    const wires = new Pair();
    const { recorder, stream } = wires.client.open();
    wires.client.connection.sendHead(stream, REQUEST, ['grpc-timeout', '1S'], false);
    assert.equal(wires.client.connection.sendData(stream, Buffer.from('hello'), 0, 5, true), 5);
    wires.pump();
    const served = wires.server.last();
    assert.deepEqual(served.head?.names, REQUEST.names);
    assert.deepEqual(served.fields, ['grpc-timeout', '1S']);
    assert.equal(served.text, 'hello');
    assert.equal(served.ended, true);
    assert.equal(served.stream?.state, 'half-closed (remote)');

    const answer = served.stream;
    assert.ok(answer);
    wires.server.connection.sendHead(answer, RESPONSE, null, false);
    wires.server.connection.sendData(answer, Buffer.from('world'), 0, 5, false);
    wires.server.connection.sendTrailers(answer, TRAILERS, ['grpc-message', 'fine']);
    wires.pump();
    assert.deepEqual(recorder.head?.values, ['200', 'application/grpc']);
    assert.equal(recorder.text, 'world');
    assert.deepEqual(recorder.trailers?.names, ['grpc-status']);
    assert.deepEqual(recorder.fields, ['grpc-message', 'fine']);
    assert.equal(stream.state, 'closed');
    assert.deepEqual([wires.client.connection.activeStreams, wires.server.connection.activeStreams], [0, 0]);
    assert.equal(wires.client.fatal ?? wires.server.fatal, null);
  });

  it('gives the same list object for the same head on another connection of the pool', () => {
    const pair = new Pair();
    for (let i = 0; i < 3; i++) pair.client.connection.sendHead(pair.client.open().stream, REQUEST, null, true);
    pair.pump();
    const [first, second, third] = pair.server.streams.map(s => s.head);
    assert.equal(first, second);
    assert.equal(second, third);
  });

  it('sends preface and SETTINGS first, even when a head is queued before the output is first taken', () => {
    const client = new Side('client');
    client.connection.sendHead(client.open().stream, REQUEST, null, true);
    const output = client.take();
    assert.deepEqual(output.subarray(0, PREFACE.length), PREFACE);
    assert.equal(output[PREFACE.length + 3], SETTINGS);
  });

  it('delivers interim responses apart from the final one', () => {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.pump();
    const served = pair.server.last().stream;
    assert.ok(served);
    pair.server.connection.sendInformational(served, new HeaderList([':status', 'link'], ['103', 'x']), null);
    pair.server.connection.sendHead(served, RESPONSE, null, true);
    pair.pump();
    assert.deepEqual(
      recorder.interim.map(list => list.get(':status')),
      ['103'],
    );
    assert.equal(recorder.head?.get(':status'), '200');
    assert.equal(recorder.ended, true);
  });

  it('splits a head that is larger than a frame, and joins it', () => {
    const pair = new Pair();
    const big = new HeaderList(
      [...REQUEST.names, 'x-big', 'x-more'],
      [...REQUEST.values, 'a'.repeat(30_000), 'b'.repeat(20_000)],
    );
    const { stream } = pair.client.open();
    pair.client.connection.sendHead(stream, big, ['x-request-id', '1'], true);
    const output = pair.client.take();
    assert.deepEqual([output[3], output[9 + 16_384 + 3]], [HEADERS, CONTINUATION]);
    for (const byte of output) pair.server.receive(Buffer.from([byte]));
    assert.deepEqual(pair.server.last().head?.values, big.values);
    assert.equal(pair.server.last().ended, true);
  });

  it('tells the user of a reset by the peer, and ignores what the peer sent before it knew of ours', () => {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, false);
    pair.pump();
    const served = pair.server.last().stream;
    assert.ok(served);
    pair.server.connection.sendHead(served, RESPONSE, null, true);
    pair.server.connection.reset(served, ErrorCode.NO_ERROR);
    pair.client.connection.sendData(stream, Buffer.from('late'), 0, 4, true);
    pair.pump();
    assert.equal(recorder.head?.get(':status'), '200');
    assert.equal(pair.server.fatal, null);
    assert.equal(pair.server.last().text, '');

    const second = pair.client.open();
    pair.client.connection.sendHead(second.stream, REQUEST, null, false);
    pair.pump();
    const other = pair.server.last().stream;
    assert.ok(other);
    pair.server.connection.reset(other, ErrorCode.CANCEL);
    pair.pump();
    assert.deepEqual(second.recorder.reset, { code: ErrorCode.CANCEL, origin: 'peer' });
  });

  it('lets a client be answered before it has sent everything', () => {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, false);
    pair.pump();
    const served = pair.server.last().stream;
    assert.ok(served);
    pair.server.connection.sendHead(served, RESPONSE, null, true);
    pair.pump();
    assert.equal(recorder.ended, true);
    assert.equal(stream.state, 'half-closed (remote)');
    pair.client.connection.reset(stream, ErrorCode.CANCEL);
    pair.pump();
    assert.deepEqual(pair.server.last().reset, { code: ErrorCode.CANCEL, origin: 'peer' });
  });

  it('refuses streams over the limit of the server, and tells when there is room again', () => {
    const pair = new Pair({ maxConcurrentStreams: 2 });
    const first = pair.client.open();
    pair.client.open();
    assert.equal(pair.client.connection.openStream(first.recorder), null);
    pair.client.connection.sendHead(first.stream, REQUEST, null, true);
    pair.pump();
    const served = pair.server.last().stream;
    assert.ok(served);
    assert.deepEqual(pair.client.log, ['settings']);
    pair.server.connection.sendHead(served, RESPONSE, null, true);
    pair.pump();
    assert.deepEqual(pair.client.log, ['settings', 'capacity']);
    pair.client.open();

    const server = startedServer({ maxConcurrentStreams: 1 });
    for (const id of [1, 3]) server.receive(frame(HEADERS, 5, id, requestBlock()));
    assert.deepEqual(
      server.frames().map(f => [f.type, f.id, f.payload.readUInt32BE(0)]),
      [[RST_STREAM, 3, ErrorCode.REFUSED_STREAM]],
    );
    assert.equal(server.streams.length, 1);
  });

  it('drains in two steps: what is under way ends, what comes later is refused', () => {
    const pair = new Pair();
    const { recorder, stream } = pair.client.open();
    pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.server.connection.shutdown();
    pair.pump();
    assert.deepEqual(pair.client.log, ['settings', 'going away null']);
    assert.equal(pair.client.connection.isUsable, false);
    assert.equal(pair.client.connection.openStream(recorder), null);
    pair.server.connection.finishShutdown();
    pair.server.receive(frame(HEADERS, 5, 3, requestBlock()));
    const frames = pair.server.frames().map(f => [f.type, f.payload.readUInt32BE(0)]);
    assert.deepEqual(frames, [
      [GOAWAY, 1],
      [RST_STREAM, ErrorCode.REFUSED_STREAM],
    ]);
    const served = pair.server.last().stream;
    assert.ok(served);
    pair.server.connection.sendHead(served, RESPONSE, null, true);
    pair.pump();
    assert.equal(recorder.ended, true);
  });

  it('resets streams above the last one that a GOAWAY names so that they can be retried, sent or not', () => {
    const pair = new Pair();
    const [first, second, unsent] = [pair.client.open(), pair.client.open(), pair.client.open()];
    for (const { stream } of [first, second]) pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.client.take();
    pair.client.receive(frame(GOAWAY, 0, 0, uint32(1, ErrorCode.NO_ERROR)));
    assert.equal(first.recorder.reset, null);
    for (const { recorder } of [second, unsent]) {
      assert.deepEqual(recorder.reset, { code: ErrorCode.REFUSED_STREAM, origin: 'leaving' });
    }
    assert.equal(pair.client.connection.activeStreams, 1);
    assert.deepEqual(pair.client.log, ['settings', 'going away 1']);
  });

  it('is finished when the last stream ends that a server took which leaves', () => {
    const pair = new Pair();
    const streams = [pair.client.open(), pair.client.open()];
    for (const { stream } of streams) pair.client.connection.sendHead(stream, REQUEST, null, true);
    pair.server.connection.shutdown();
    pair.pump();
    for (const recorder of pair.server.streams) {
      assert.deepEqual(pair.client.log, ['settings', 'going away null']);
      assert.ok(recorder.stream);
      pair.server.connection.sendHead(recorder.stream, RESPONSE, null, true);
      pair.pump();
    }
    assert.deepEqual(pair.client.log, ['settings', 'going away null', 'finished']);
  });

  it('tells every stream when the socket is gone, and those that never left that they were not seen', () => {
    const pair = new Pair();
    const [sent, queued, unsent] = [pair.client.open(), pair.client.open(), pair.client.open()];
    pair.client.connection.sendHead(sent.stream, REQUEST, null, true);
    pair.client.take();
    pair.client.connection.sendHead(queued.stream, REQUEST, null, true);
    pair.client.connection.close('lost');
    assert.deepEqual(sent.recorder.reset, { code: ErrorCode.INTERNAL_ERROR, origin: 'connection' });
    for (const { recorder } of [queued, unsent]) {
      assert.deepEqual(recorder.reset, { code: ErrorCode.REFUSED_STREAM, origin: 'connection' });
    }
    assert.equal(pair.client.connection.activeStreams, 0);
    assert.equal(pair.client.connection.openStream(sent.recorder), null);
  });

  it('opens no stream when the ids are used up', () => {
    const pair = new Pair();
    pair.client.connection.nextId = 0x7fffffff;
    const { stream } = pair.client.open();
    assert.equal(pair.client.connection.isUsable, false);
    pair.client.connection.sendHead(stream, REQUEST, null, true);
    assert.equal(stream.id, 0x7fffffff);
    assert.equal(pair.client.connection.isUsable, false);
  });

  it('answers PINGs and reports the answers to its own', () => {
    const pair = new Pair();
    pair.client.connection.ping();
    pair.pump();
    assert.deepEqual(pair.client.log, ['settings', 'pong']);
    pair.server.receive(frame(PING, 0, 0, Buffer.from('abcdefgh')));
    const [pong] = pair.server.frames();
    assert.deepEqual([pong?.type, pong?.flags, pong?.payload.toString()], [PING, ACK, 'abcdefgh']);
  });

  it('says when input is incomplete', () => {
    const server = startedServer();
    assert.equal(server.connection.isInputPartial, false);
    server.receive(frame(HEADERS, 1, 1, requestBlock()));
    assert.equal(server.connection.isInputPartial, true);
    server.receive(frame(CONTINUATION, 4, 1));
    assert.equal(server.connection.isInputPartial, false);
    server.receive(Buffer.from([0, 0]));
    assert.equal(server.connection.isInputPartial, true);
  });

  it('ignores input, calls and output requests after it broke', () => {
    const server = startedServer();
    server.receive(frame(HEADERS, 4, 1, requestBlock()));
    const { stream } = server.last();
    assert.ok(stream);
    server.receive(frame(SETTINGS, 0, 1));
    assert.equal(server.fatal?.code, ErrorCode.PROTOCOL_ERROR);
    assert.deepEqual(server.last().reset, { code: ErrorCode.PROTOCOL_ERROR, origin: 'connection' });
    assert.deepEqual(
      server.frames().map(f => f.type),
      [GOAWAY],
    );
    server.receive(frame(PING, 0, 0, uint32(1, 2)));
    server.connection.sendHead(stream, RESPONSE, null, true);
    assert.equal(server.connection.sendData(stream, Buffer.from('x'), 0, 1, true), 1);
    assert.equal(server.take().length, 0);
  });
});
